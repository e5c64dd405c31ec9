/// Why ranks could not exchange what an operation asked for.
///
/// A rank that dies or hangs is no error that is thrown: it ends the whole job, see ``Communicator/timeLimit``.
public struct CommunicationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked for, with types and sizes: `allReduce (sum) of float32 [3, 4]`.
    public let operation: String
    /// What went wrong: MPI's own message, or what the other ranks asked for instead.
    public let reason: String
    /// The rank that tells, and of how many; -1 of 0 if there is no communicator yet.
    public let rank, size: Int

    init(_ operation: String, _ reason: String, rank: Int = -1, size: Int = 0) {
        (self.operation, self.reason, self.rank, self.size) = (operation, reason, rank, size)
    }

    public var description: String {
        size == 0 ? "\(operation): \(reason)" : "\(operation), rank \(rank) of \(size): \(reason)"
    }
}
