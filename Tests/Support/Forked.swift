#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How a program ended, and what it wrote to standard error.
public struct Ending: Sendable {
    /// The exit status, if it came to its end.
    public var status: Int32?
    /// The signal that ended it: that of `abort` after a message, any other for a bare trap or a crash.
    public var signal: Int32?
    public var text: String

    /// The message behind `Fatal error: `, if the program stopped with one.
    public var message: String? {
        guard signal == SIGABRT, let start = text.range(of: "Fatal error: ") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\n" })
    }
}

extension String {
    /// Foundation's `range(of:)`, which is more than is needed here.
    fileprivate func range(of part: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(part) }.map { $0..<index($0, offsetBy: part.count) }
    }
}

/// Whether the address sanitizer watches this process: it needs more addresses than ``limitMemory(to:)`` leaves.
public let isAddressSanitized = dlsym(nil, "__asan_init") != nil

/// Gives this process, which is meant to ask for too much, no more than so many bytes: the machine may have them.
public func limitMemory(to byteCount: UInt) {
    var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t(byteCount))
    #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
        setrlimit(RLIMIT_AS, &limit)
    #endif
}

/// Runs `body` in a copy of this process that ends with it. For programs that should stop: a copy costs a millisecond, a
/// process of its own tenths of a second. Only in a process without other threads at work (an exit test), as the copy
/// has none of them.
public func endingOfCopy(within seconds: UInt32 = 20, _ body: () -> Void) -> Ending {
    // Swift hides the function, because of those threads.
    let fork = unsafeBitCast(dlsym(dlopen(nil, RTLD_NOW), "fork"), to: (@convention(c) () -> pid_t).self)
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    let child = fork()
    if child == 0 {
        dup2(ends[1], STDERR_FILENO)
        close(ends[0])
        close(ends[1])
        // No search for the caller's line, no report of the crash.
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] { signal(number, SIG_DFL) }
        alarm(seconds)
        body()
        _exit(0)
    }
    close(ends[1])
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(ends[0], &buffer, buffer.count)
        if count <= 0 { break }
        bytes += buffer.prefix(count)
    }
    close(ends[0])
    var result: Int32 = 0
    waitpid(child, &result, 0)
    let signal = result & 0x7F
    return Ending(
        status: signal == 0 ? result >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal,
        text: String(decoding: bytes, as: UTF8.self))
}
