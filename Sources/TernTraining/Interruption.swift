import Foundation
import Synchronization
import TernCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Turns SIGINT (Ctrl-C) and SIGTERM into a wish that the loop can follow: finish this step, save, leave.
///
/// ```swift
/// let interruption = Interruption()
/// for (images, labels) in loader {
///     ...
///     if interruption.isRequested {
///         try checkpoints.save(training)
///         break
///     }
/// }
/// ```
///
/// A second signal ends the process at once, as it would have without this, but for what was printed, which is written
/// out first; a third does not wait for who reads that. The signals are as before when the object is
/// gone. A signal that the process ignores from its start on, as under `nohup`, stays ignored.
public final class Interruption {
    private let signals: [Int32]
    private var former: [(signal: Int32, action: sigaction)] = []

    /// - Parameter signals: those that ask for an interruption.
    public init(signals: [Int32] = [SIGINT, SIGTERM]) {
        self.signals = signals
        _ = ending
        if instances.add(1, ordering: .sequentiallyConsistent).oldValue == 0 {
            received.store(0, ordering: .sequentiallyConsistent)
        }
        for signal in signals {
            var former = sigaction()
            if sigaction(signal, nil, &former) != 0 {
                mistake("Interruption", "expects signals that can be handled, got \(signal)")
            }
            if former.isIgnore { continue }
            var action = handlingAction()
            sigaction(signal, &action, nil)
            self.former.append((signal, former))
        }
    }

    deinit {
        for (signal, action) in former {
            var action = action
            sigaction(signal, &action, nil)
        }
        instances.subtract(1, ordering: .sequentiallyConsistent)
    }

    /// Whether a signal has come.
    public var isRequested: Bool { signal != nil }

    /// The signal that has come, such as `SIGINT`.
    public var signal: Int32? {
        let number = received.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }
}

/// The signal that has come; 0 is none. A handler may do little more than this.
private let received = Atomic<Int32>(0)
private let instances = Atomic(0)

private func handle(_ number: Int32) {
    if received.exchange(number, ordering: .sequentiallyConsistent) != 0 {
        // The second one: as if there were no handler. What interrupted the printing of something cannot write it out.
        signal(number, SIG_DFL)
        var number = number
        if write(ending, &number, MemoryLayout.size(ofValue: number)) <= 0 { raise(number) }
    }
}

/// Where to write the number of a signal that shall end the process, for a thread that waits for it; -1 if there is none.
private let ending: Int32 = {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return -1 }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let thread = Thread { [source = ends[0]] in
        var number: Int32 = 0
        while read(source, &number, MemoryLayout.size(ofValue: number)) <= 0 {}
        flushStandardOutput()
        kill(getpid(), number)
    }
    thread.start()
    return ends[1]
}()

private func handlingAction() -> sigaction {
    var action = sigaction()
    #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handle
    #else
        action.__sigaction_handler.sa_handler = handle
    #endif
    // What was interrupted, such as a write, goes on.
    action.sa_flags = Int32(SA_RESTART)
    sigemptyset(&action.sa_mask)
    return action
}

extension sigaction {
    fileprivate var isIgnore: Bool {
        #if canImport(Darwin)
            let handler = __sigaction_u.__sa_handler
        #else
            let handler = __sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
