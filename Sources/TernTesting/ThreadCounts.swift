import Synchronization
import TernCore

/// Held while a check changes the number of threads, which all threads of the process share.
private let counting = Mutex(())

/// Calls `body` with 1, 2, 3 and 5 threads for kernels, one after the other; afterwards there are as many as before. Results
/// must have the same bits.
///
/// ```swift
/// var expected: Tensor?
/// withThreadCounts { count in
///     let result = myOperation(x)
///     assert(expected == nil || hasSameBits(result, expected!))
///     expected = result
/// }
/// ```
///
/// One caller at a time: others wait.
public func withThreadCounts(_ body: (_ count: Int) -> Void) {
    counting.withLock { _ in
        let count = threadCount
        defer { threadCount = count }
        for count in [1, 2, 3, 5] {
            threadCount = count
            body(count)
        }
    }
}
