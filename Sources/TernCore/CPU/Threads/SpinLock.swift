import CTernKernels
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A lock for a few instructions that threads seldom want at once. Unlike `Mutex` it is given up by an ordinary write,
/// which halves its price where nobody waits.
struct SpinLock: ~Copyable {
    private let isLocked = Atomic<Bool>(false)

    @inline(__always)
    func withLock<Result>(_ body: () -> Result) -> Result {
        while isLocked.exchange(true, ordering: .acquiring) { wait() }
        defer { isLocked.store(false, ordering: .releasing) }
        return body()
    }

    @inline(never)
    private func wait() {
        var turns = 0
        while isLocked.load(ordering: .relaxed) { SpinLock.pause(&turns) }
    }

    /// Lets others go on, between two looks at what this thread waits for.
    ///
    /// - Parameter patience: turns after which who is waited for seems to have lost its processor.
    static func pause(_ turns: inout Int, patience: Int = 100) {
        tern_cpu_relax()
        turns += 1
        // Give ours away instead of spinning against it.
        if turns > patience { sched_yield() }
    }
}
