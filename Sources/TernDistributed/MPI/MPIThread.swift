import Foundation
import TernCore

/// The one thread that calls MPI. Transfers go on while other threads compute, without any support for threads in the library,
/// and someone looks at the clock while the program waits.
final class MPIThread: @unchecked Sendable {
    // Unchecked: the condition guards what other threads change; the rest belongs to this one.

    /// The thread, if the program was started as one of several ranks.
    static let shared: Result<MPIThread, CommunicationError>? = MPILaunch().map { launch in
        Result { () throws(CommunicationError) in try MPIThread(launch) }
    }

    /// The same, where it is nobody's part to say why it could not start.
    static var running: MPIThread? { try? shared?.get() }

    let library: MPILibrary
    /// Bytes of one call of MPI at most; a multiple of 64.
    var chunkLimit = Int(Int32.max) & ~63
    /// Seconds that ranks wait for each other.
    var timeLimit: Double
    /// Where MPI writes what nobody reads; as large as that of any library.
    let status = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)

    private let condition = NSCondition()
    private var submitted: [MPIJob] = []
    private var phase = Phase.starting
    private enum Phase: Equatable {
        case starting, running, ending, ended
        case failed(CommunicationError)
    }

    /// All ranks.
    private(set) var world: MPIChannel!
    private var active: [MPIChannel] = []
    private var abandoned: [MPITransfers] = []
    private var watch: MPIWatch!

    private init(_ launch: MPILaunch) throws(CommunicationError) {
        library = try MPILibrary(launch)
        timeLimit = ProcessInfo.processInfo.environment["TERN_MPI_LIMIT"].flatMap(Double.init) ?? 600
        let thread = Thread { [self] in live() }
        thread.name = "tern-mpi"
        thread.start()
        let end = Date() + timeLimit
        let reached = condition.withLock {
            while phase == .starting, condition.wait(until: end) {}
            return phase
        }
        if reached == .starting { endJob("Communicator.world: not all ranks have come within \(Int(timeLimit)) s") }
        if case .failed(let error) = reached { throw error }
        endWithProgram(self)
    }

    func submit(_ job: MPIJob) {
        condition.withLock {
            submitted.append(job)
            condition.signal()
        }
    }

    /// Keeps the memory of transfers that failed.
    func abandon(_ transfers: MPITransfers) { abandoned.append(transfers) }

    /// Ends all ranks, with a message.
    func endJob(_ message: String) -> Never {
        flushStandardOutput()
        FileHandle.standardError.write(Data("tern: \(message)\n".utf8))
        // If MPI cannot end the job, the launcher sees that this process ends.
        alarm(5)
        if Thread.current.name == "tern-mpi" { _ = library.abort(library.handles.world, 1) }
        _exit(1)
    }

    // MARK: On the thread itself

    private func live() {
        do throws(CommunicationError) {
            try start()
        } catch {
            return setPhase(.failed(error))
        }
        setPhase(.running)
        var turns = 0
        while true {
            let (new, isEnding) = condition.withLock {
                if active.isEmpty && submitted.isEmpty && phase == .running {
                    _ = condition.wait(until: Date() + 0.2)
                }
                defer { submitted = [] }
                return (submitted, phase == .ending)
            }
            for job in new { begin(job) }
            if new.isEmpty { turns += 1 } else { turns = 0 }
            if advance() { turns = 0 }
            if isEnding && active.isEmpty { return end() }
            watch.look(active)
            if !active.isEmpty { rest(turns) }
        }
    }

    /// A transfer goes on only while MPI is called; but a program that computes meanwhile needs the processor.
    private func rest(_ turns: Int) {
        let isAwaited = active.contains { $0.jobs.first?.isAwaited.load(ordering: .relaxed) == true }
        if isAwaited && turns < 1000 { sched_yield() } else { usleep(turns < 20_000 ? 5 : 100) }
    }

    private func begin(_ job: MPIJob) {
        let channel = job.channel
        job.lastSign = .now
        channel.jobs.append(job)
        if channel.jobs.count == 1 { active.append(channel) }
    }

    /// - Returns: whether a job was done.
    private func advance() -> Bool {
        var isAnyDone = false
        for channel in active {
            while let job = channel.jobs.first, job.advance(self) {
                channel.jobs.removeFirst()
                channel.jobs.first?.lastSign = .now
                watch.finished(job)
                isAnyDone = true
            }
        }
        active.removeAll { $0.jobs.isEmpty }
        return isAnyDone
    }

    private func start() throws(CommunicationError) {
        func check(_ code: Int32, _ call: String) throws(CommunicationError) {
            if code != 0 { throw CommunicationError("Communicator.world", "\(call): \(library.message(code))") }
        }
        var level: Int32 = 0
        try check(library.initThread(nil, nil, library.handles.funneled, &level), "MPI_Init_thread")
        let handle = library.handles.world
        try check(library.setErrorHandler(handle, library.handles.errorsReturn), "MPI_Comm_set_errhandler")
        var (rank, size): (Int32, Int32) = (0, 0)
        try check(library.rank(handle, &rank), "MPI_Comm_rank")
        try check(library.size(handle, &size), "MPI_Comm_size")
        // Channels of our own: other code of the process may use MPI's world.
        func channel() throws(CommunicationError) -> MPIChannel {
            var copy = 0
            try check(library.split(handle, 0, rank, &copy), "MPI_Comm_split")
            return MPIChannel(handle: copy, rank: Int(rank), worldRanks: Array(0..<Int(size)))
        }
        world = try channel()
        watch = MPIWatch(self, on: try channel())
    }

    /// A part of a channel; all of its ranks must be at this call.
    func split(_ channel: MPIChannel, color: Int, key: Int, worldRanks: [Int]) throws(CommunicationError) -> MPIChannel
    {
        var handle = 0
        let code = library.split(channel.handle, Int32(color), Int32(key), &handle)
        if code != 0 {
            throw CommunicationError("split", library.message(code), rank: channel.rank, size: channel.size)
        }
        return MPIChannel(
            handle: handle, rank: worldRanks.firstIndex(of: channel.worldRanks[channel.rank])!, worldRanks: worldRanks)
    }

    private func end() {
        _ = library.finalize()
        setPhase(.ended)
    }

    private func setPhase(_ new: Phase) {
        condition.withLock {
            phase = new
            condition.broadcast()
        }
    }

    // MARK: The end of the program

    /// Leaves MPI when all ranks do. A rank that ends with an error does not: the launcher ends the others then.
    fileprivate func leave(status: Int32) {
        if status != 0 { return }
        let end = Date() + timeLimit
        let reached = condition.withLock {
            if phase == .running { phase = .ending }
            condition.signal()
            while phase == .ending, condition.wait(until: end) {}
            return phase
        }
        if reached == .ending {
            endJob("the other ranks have not come to the program's end within \(Int(timeLimit)) s")
        }
    }
}

private func endWithProgram(_ thread: MPIThread) {
    #if canImport(Glibc)
        on_exit({ status, _ in MPIThread.running?.leave(status: status) }, nil)
    #else
        atexit { MPIThread.running?.leave(status: 0) }
    #endif
}
