import Foundation
import TernCore

/// Processes that compute together, its *ranks*: 0, 1 ... `size - 1`, each with the same program. MPI connects them, which is
/// loaded when the program runs: Open MPI 4 and 5, MPICH, and any library with the ABI of MPI 5.0.
///
/// ```swift
/// let group = Communicator.world
/// let total = try group.allReduce(Tensor([Double(group.rank)]))     // 0 + 1 + ...
/// ```
///
/// ```
/// mpirun -n 4 .build/release/train
/// ```
///
/// A program that was not started by a launcher of MPI is rank 0 of 1, and needs no library: every operation gives what it
/// got. So one program serves for both.
///
/// All ranks of a communicator call the same operations on it in the same order, as ordinary statements do by themselves; those
/// that call different ones, or give tensors of other types and shapes, get a ``CommunicationError`` that says who asked for
/// what. A rank that does not come at all ends the program on all ranks after ``timeLimit``, with a message on the standard error
/// output that says where each rank is; one that dies does so at once, by its launcher. A thread of its own calls MPI, so that
/// transfers go on while the program computes; operations may be called from any thread, one at a time.
public final class Communicator: Sendable {
    /// The number of this process, from 0 on.
    public let rank: Int
    /// How many processes there are.
    public let size: Int
    /// `nil` where this process is alone.
    let channel: MPIChannel?

    /// All processes that the launcher started. Those of one machine share its processors: unless the launcher has bound them to
    /// some, or `TERN_NUM_THREADS` says otherwise, ``/TernCore/threadCount`` becomes the share of each.
    ///
    /// If there are several and MPI cannot be loaded or started, the program ends with a message and the status 1.
    public static let world: Communicator = {
        do throws(CommunicationError) {
            guard let thread = try MPIThread.shared?.get() else { return Communicator(nil) }
            MPILaunch.shareProcessors()
            return Communicator(thread.world)
        } catch {
            FileHandle.standardError.write(Data("tern: \(error)\n".utf8))
            exit(1)
        }
    }()

    /// Only this process: rank 0 of 1.
    public static let alone = Communicator(nil)

    init(_ channel: MPIChannel?) {
        (rank, size) = (channel?.rank ?? 0, channel?.size ?? 1)
        self.channel = channel
    }

    /// How many seconds a rank waits for the others before it ends the program on all ranks: 600, or what the variable
    /// `TERN_MPI_LIMIT` of the environment says. What ranks compute between two operations must take less.
    public static var timeLimit: Double {
        get { MPIThread.running?.timeLimit ?? .infinity }
        set {
            if !(newValue > 0) { mistake("Communicator.timeLimit", "expects seconds above 0, got \(newValue)") }
            MPIThread.running?.timeLimit = newValue
        }
    }

    /// Runs `body` with chunks of so many bytes at most, a multiple of 64: for tests, which cannot send 2 GB.
    package func withChunks<Result>(of limit: Int?, _ body: () throws -> Result) rethrows -> Result {
        guard let limit, let thread = MPIThread.running else { return try body() }
        let former = thread.chunkLimit
        thread.chunkLimit = limit
        defer { thread.chunkLimit = former }
        return try body()
    }

    /// Whether this is the only rank.
    var isAlone: Bool { size == 1 }

    /// Begins an operation. `nil` where this process is alone: there is nothing to exchange.
    func begin(_ operation: String, _ stages: [MPIJob.Stage]) -> MPIJob? {
        guard let channel, let thread = MPIThread.running else { return nil }
        let job = MPIJob(operation, on: channel, stages)
        thread.submit(job)
        return job
    }

    /// An operation from its beginning to its end.
    func run(_ operation: String, _ stages: [MPIJob.Stage]) throws(CommunicationError) {
        try wait(begin(operation, stages))
    }

    func wait(_ job: MPIJob?) throws(CommunicationError) {
        guard let job, let thread = MPIThread.running else { return }
        try job.wait(thread)
    }

    /// Waits until all ranks have come here.
    public func barrier() throws(CommunicationError) {
        let agreement = Agreement("barrier", self)
        try run("barrier", agreement.stages)
    }

    /// The ranks with the same color as a communicator of their own, in the order of `key` and, where that is the same, of their
    /// ranks. All ranks call it. MPI's `MPI_Comm_split`.
    ///
    /// ```swift
    /// let half = try group.split(color: group.rank % 2)       // even ranks, and odd ones
    /// ```
    ///
    /// It lasts as long as the program. Operations of different communicators may be under way at the same time.
    ///
    /// - Parameters:
    ///   - color: 0...2147483647.
    ///   - key: a number in the same range.
    public func split(color: Int, key: Int = 0) throws(CommunicationError) -> Communicator {
        for number in [color, key] where !(0...Int(Int32.max)).contains(number) {
            mistake("split", "expects a color and a key in 0...\(Int32.max), got \(color) and \(key)")
        }
        guard let channel, let thread = MPIThread.running else { return .alone }
        let agreement = Agreement("split", self, numbers: [color, key])
        let made = Box<MPIChannel>()
        try run(
            "split",
            agreement.stages + [
                { _ in
                    let members = agreement.numbers.indices.filter { agreement.numbers[$0][0] == color }
                    let ranks = members.sorted { (agreement.numbers[$0][1], $0) < (agreement.numbers[$1][1], $1) }
                    made.value = try thread.split(
                        channel, color: color, key: key, worldRanks: ranks.map { channel.worldRanks[$0] })
                }
            ])
        return Communicator(made.value)
    }
}

/// Something that the thread of MPI hands to the one that waits for it.
final class Box<Value>: @unchecked Sendable {
    // Unchecked: read after the job is done.
    var value: Value?
}
