#if canImport(Darwin)
    @preconcurrency import Darwin
#elseif canImport(Musl)
    @preconcurrency import Musl
#else
    // `stdout` is a variable to Swift, though nobody sets it.
    @preconcurrency import Glibc
#endif
#if canImport(Runtime)
    import Runtime
#endif

/// Writes out what was printed. Of no other stream: one that another thread reads would wait for its next line.
package func flushStandardOutput() { fflush(stdout) }

/// Stops the program with a message that names the innermost line outside of Tern which led here, or `file` and `line`
/// where that cannot be told. What was printed before stays: it is written out first.
@inline(never)
func stop(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    flushStandardOutput()
    let text = Array("\(callersPlace() ?? "\(file):\(line)"): Fatal error: \(message)\n".utf8)
    text.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count <= 0 { break }
            rest = rest.dropFirst(count)
        }
    }
    abort()
}

/// The innermost line outside of Tern's sources, such as `user/main.swift:5`, or `nil` if the program was stripped of
/// what tells it, the platform has no backtraces, or the user does without them (`SWIFT_BACKTRACE=enable=no`).
///
/// Takes some milliseconds, in a large program tenths of a second: all of its debug information is read.
private func callersPlace() -> String? {
    #if canImport(Runtime)
        let settings = getenv("SWIFT_BACKTRACE").map { String(cString: $0) } ?? ""
        if ["no", "off", "false"].contains(where: { settings.contains("enable=\($0)") }) { return nil }
        guard let trace = try? Backtrace.capture(limit: 1000),
            let frames = trace.symbolicated(options: [.showInlineFrames, .showSourceLocations])?.frames
        else { return nil }
        // The innermost first: calls that were inlined stand before the function that they were inlined into.
        let places = frames.compactMap { $0.symbol?.sourceLocation }.filter { $0.line > 0 }
        // The folder of the sources, as the compiler saw it, is known by this file.
        let file = "Core/Diagnostics/Stopping.swift"
        guard let here = places.first(where: { $0.path.hasSuffix("/Tern" + file) }) else { return nil }
        let own = here.path.dropLast(file.count)
        // Calls that were inlined have paths from the folder that the compiler ran in.
        let relative = "/" + own.split(separator: "/").suffix(2).joined(separator: "/")
        let place = places.first {
            let isOwn = $0.path.hasPrefix("/") ? $0.path.hasPrefix(own) : "/\($0.path)".contains(relative)
            return !isOwn && !$0.path.hasSuffix("<compiler-generated>")
        }
        return place.map { "\($0.path.split(separator: "/").suffix(2).joined(separator: "/")):\($0.line)" }
    #else
        return nil
    #endif
}
