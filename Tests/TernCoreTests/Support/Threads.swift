import Foundation
import Synchronization

/// Runs `body` on a thread of its own, started at once.
func startedThread(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void) -> RunningThread {
    let running = RunningThread()
    let thread = Thread {
        body()
        running.finished.signal()
    }
    if let stackSize { thread.stackSize = stackSize }
    thread.start()
    return running
}

final class RunningThread: Sendable {
    fileprivate let finished = DispatchSemaphore(value: 0)
    func wait() { finished.wait() }
}

/// The result of `body` on a new thread.
func onThread<Result: Sendable>(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Result) -> Result {
    let result = Box<Result>()
    startedThread(stackSize: stackSize) { result.value.withLock { $0 = body() } }.wait()
    return result.value.withLock { $0! }
}

private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
