import Foundation

/// Looks at the clock for the thread of MPI: when a job has waited for too long, it asks the other ranks where they are, says so,
/// and ends the program on all of them.
///
/// Ranks answer from their threads of MPI, so one whose program computes, or hangs, still tells that.
final class MPIWatch {
    private enum Kind: Int32 {
        case question = 1
        case answer = 2
    }

    private unowned let thread: MPIThread
    private let channel: MPIChannel
    private var finishedCount = 0
    private var lastOperation = "none"
    private var lastEnd = ContinuousClock.now
    private var nextLook = ContinuousClock.now
    private var active: [MPIChannel] = []
    private let own: [UInt8]
    /// Messages on their way: few, and never taken back.
    private var sent: [UnsafeMutableRawPointer] = []

    private static let byteCount = 512
    /// How long answers may take.
    private static let patience = Duration.seconds(3)

    init(_ thread: MPIThread, on channel: MPIChannel) {
        (self.thread, self.channel) = (thread, channel)
        own = Array("\(ProcessInfo.processInfo.hostName), process \(getpid())".utf8)
    }

    func finished(_ job: MPIJob) {
        (finishedCount, lastOperation, lastEnd) = (finishedCount + 1, job.operation, .now)
    }

    /// Answers who asks, and ends the program if a job has waited for too long.
    func look(_ active: [MPIChannel]) {
        let now = ContinuousClock.now
        if now < nextLook { return }
        nextLook = now + .milliseconds(100)
        self.active = active
        answer()
        let limit = Duration.seconds(thread.timeLimit)
        for channel in active {
            if let job = channel.jobs.first, now - job.lastSign > limit { endFor(job) }
        }
    }

    private func endFor(_ job: MPIJob) -> Never {
        let others = job.channel.worldRanks.filter { $0 != channel.rank }
        for rank in others { send("", .question, to: rank) }
        var answers: [Int: String] = [:]
        let end = ContinuousClock.now + Self.patience
        while answers.count < others.count, ContinuousClock.now < end {
            answer()
            for rank in others { if let text = received(.answer, from: rank) { answers[rank] = text } }
            usleep(1000)
        }
        // Others may be about to ask the same.
        let last = ContinuousClock.now + .milliseconds(300)
        while ContinuousClock.now < last {
            answer()
            usleep(1000)
        }
        let rows = others.map { rank in
            "\n  rank \(rank) " + (answers[rank] ?? "does not answer: it has died, is stopped, or cannot be reached")
        }
        thread.endJob("rank \(channel.rank) of \(channel.size) \(whereabouts)" + rows.joined() + "\nAll ranks end.")
    }

    private func answer() {
        for rank in 0..<channel.size where rank != channel.rank && received(.question, from: rank) != nil {
            send(whereabouts, .answer, to: rank)
        }
    }

    /// Where this rank is.
    private var whereabouts: String {
        let waiting = active.compactMap { $0.jobs.first }.min { $0.lastSign < $1.lastSign }
        func seconds(_ since: ContinuousClock.Instant) -> Int { Int((ContinuousClock.now - since).components.seconds) }
        let place =
            waiting.map { "has waited \(seconds($0.lastSign)) s in \($0.operation)" }
            ?? "waits for nobody: it has computed or slept for \(seconds(lastEnd)) s"
        return
            "(\(String(decoding: own, as: UTF8.self))) \(place), after \(finishedCount) operations, the last of them "
            + lastOperation
    }

    private func send(_ text: String, _ kind: Kind, to rank: Int) {
        let message = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 8)
        message.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        for (index, byte) in text.utf8.prefix(Self.byteCount).enumerated() {
            message.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        sent.append(message)
        let request = MPILibrary.HandlePointer.allocate(capacity: 1)
        request.initialize(to: 0)
        let library = thread.library
        _ = library.send(
            message, Int32(Self.byteCount), library.handles.byte, Int32(rank), kind.rawValue, channel.handle, request)
    }

    private func received(_ kind: Kind, from rank: Int) -> String? {
        let library = thread.library
        var isThere: Int32 = 0
        _ = library.probe(Int32(rank), kind.rawValue, channel.handle, &isThere, thread.status)
        if isThere == 0 { return nil }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        let isRead = bytes.withUnsafeMutableBytes { bytes in
            var (request, isDone): (Int, Int32) = (0, 0)
            var code = library.receive(
                bytes.baseAddress!, Int32(bytes.count), library.handles.byte, Int32(rank), kind.rawValue,
                channel.handle, &request)
            while code == 0 && isDone == 0 { code = library.test(&request, &isDone, thread.status) }
            return code == 0
        }
        return isRead ? String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) : nil
    }
}
