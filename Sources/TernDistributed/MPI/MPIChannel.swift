/// A communicator of MPI, with the jobs that wait for it. Ranks give it the same jobs in the same order, and one is under way at
/// a time: so messages need no names.
///
/// Jobs of different channels are under way at the same time, and may come in any order.
final class MPIChannel: @unchecked Sendable {
    // Unchecked: the queue belongs to the thread of MPI.
    let handle: Int
    let rank, size: Int
    /// The ranks in the world of those here.
    let worldRanks: [Int]
    var jobs: [MPIJob] = []

    init(handle: Int, rank: Int, worldRanks: [Int]) {
        (self.handle, self.rank, size, self.worldRanks) = (handle, rank, worldRanks.count, worldRanks)
    }
}
