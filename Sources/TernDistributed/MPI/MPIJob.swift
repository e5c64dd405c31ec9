import Foundation
import Synchronization

/// What an operation does, in stages: each begins some transfers, and the next comes when these are done. Stages run on the
/// thread of MPI.
final class MPIJob: @unchecked Sendable {
    // Unchecked: handed from the thread that made it to that of MPI, and back when it is done.
    /// Throws a ``CommunicationError``; typed closures in arrays crash the compiler.
    typealias Stage = (MPITransfers) throws -> Void

    /// With types and sizes, for messages.
    let operation: String
    let channel: MPIChannel
    private var stages: ArraySlice<Stage>
    private var transfers: MPITransfers?
    private var failure: CommunicationError?
    private let isDone = DispatchSemaphore(value: 0)
    /// Whether the program has nothing else to do.
    let isAwaited = Atomic(false)
    /// What this rank has sent, as far as it can be told: MPI's own reductions count as a ring's.
    var sentByteCount = 0
    private var begin: ContinuousClock.Instant?
    /// How long it was under way.
    private(set) var duration = Duration.zero
    /// When something of it was done last, on the thread of MPI's clock.
    var lastSign = ContinuousClock.now

    init(_ operation: String, on channel: MPIChannel, _ stages: [Stage]) {
        (self.operation, self.channel, self.stages) = (operation, channel, stages[...])
    }

    /// Goes on as far as it can without waiting.
    ///
    /// - Returns: whether it is done.
    func advance(_ thread: MPIThread) -> Bool {
        let begin = begin ?? .now
        self.begin = begin
        do {
            while true {
                if let transfers {
                    let (isAnyDone, areAllDone) = try transfers.test()
                    if isAnyDone { lastSign = .now }
                    if !areAllDone { return false }
                }
                guard let stage = stages.popFirst() else { break }
                let next = MPITransfers(self, thread)
                transfers = next
                try stage(next)
            }
            transfers = nil
        } catch {
            failure = error as? CommunicationError ?? CommunicationError(operation, "\(error)")
            // What still goes on writes to memory that must stay.
            if let transfers { thread.abandon(transfers) }
        }
        duration = .now - begin
        isDone.signal()
        return true
    }

    /// Waits for the end.
    func wait(_ thread: MPIThread) throws(CommunicationError) {
        isAwaited.store(true, ordering: .relaxed)
        // The thread of MPI watches the time. This is for a call of MPI that does not come back.
        if isDone.wait(timeout: .now() + thread.timeLimit + 30) == .timedOut {
            thread.endJob("\(operation): the library of MPI does not come back from a call")
        }
        isDone.signal()
        if let failure { throw failure }
    }
}
