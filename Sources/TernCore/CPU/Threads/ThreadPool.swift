import CTernKernels
import Dispatch
import Foundation
import Synchronization

/// The number of threads that kernels run on, the calling one included.
///
/// The default is `TERN_NUM_THREADS` if that is set, otherwise the processors that this process may use: its affinity
/// mask and the quota of its control groups are respected. Results have the same bits for any number of threads.
public var threadCount: Int {
    get { ThreadPool.shared.threadCount }
    set {
        if newValue < 1 { mistake("threadCount", "must be at least 1, got \(newValue)") }
        ThreadPool.shared.threadCount = newValue
    }
}

/// Runs `body` for the pieces `0..<pieces`, on several threads where `work` is enough to pay for it.
///
/// ```swift
/// func softened(_ x: Tensor) -> Tensor {
///     let shape = x.shape
///     let piece = 4096
///     return x.withUnsafeBuffer(of: Float.self) { x in
///         Tensor(shape: shape, of: Float.self) { y in
///             parallelFor(pieces: (x.count + piece - 1) / piece, nanoseconds: Double(x.count)) { index in
///                 for i in index * piece..<min(x.count, (index + 1) * piece) { y[i] = x[i] / (1 + abs(x[i])) }
///             }
///         }
///     }
/// }
/// ```
///
/// Results have the same bits for any number of threads, if how work is cut into pieces does not depend on that number,
/// each piece writes memory of its own, and what several pieces find is added up afterwards, in the order of the pieces.
/// Bodies compute on memory, not with tensors.
///
/// - Parameters:
///   - pieces: at least 0; several for each thread, so that an uneven one does not keep the others waiting.
///   - nanoseconds: roughly what one core takes for all pieces together.
///   - body: computes one piece; called once for each, on any thread and in any order.
public func parallelFor(pieces: Int, nanoseconds: Double, _ body: (_ piece: Int) -> Void) {
    parallelFor(pieces: pieces, work: Int(min(max(nanoseconds, 0), 1e18)), body)
}

/// The same, inlined.
@inline(__always)
package func parallelFor(pieces: Int, work: Int, _ body: (Int) -> Void) {
    Observation.kernelBegins()
    if Observation.isOn, Observation.timesPieces(pieces, work, body) { return }
    let shares = sharesOfJob(pieces: pieces, work: work, threads: ThreadPool.shared.threadCount)
    if shares <= 1 {
        for piece in 0..<pieces { body(piece) }
    } else {
        ThreadPool.shared.run(pieces: pieces, shares: shares, body)
    }
}

/// How many threads a job is dealt to: each is to have more to do than it costs to tell it.
///
/// - Parameter work: nanoseconds of all pieces together.
@inline(__always)
package func sharesOfJob(pieces: Int, work: Int, threads: Int) -> Int {
    min(threads, pieces, work / ThreadPool.worthwhileNanoseconds, ThreadPool.maximumShares)
}

/// Worker threads that spin briefly for the next job and then sleep.
///
/// A job is a range of pieces, a share for the caller and each worker; who has done its own helps with the others'. So
/// the same part of a batch meets the same core, and its cache, in one operation after the other. There is one job at a
/// time; a second thread that asks meanwhile runs its pieces itself, so that several training loops never wait for each
/// other.
///
/// A cache line that one core has written and another reads takes as long as a few hundred operations. So what a worker
/// needs to begin is one line, and what it writes is in lines of its own. Those that sleep are woken by one another, each by
/// the one at half its number: nobody wakes more than two, and the last of 64 has six before it.
final class ThreadPool: @unchecked Sendable {
    static let shared = ThreadPool()
    /// What a share is to take at least: handing it to a spinning worker and waiting for it costs about half a microsecond.
    static let worthwhileNanoseconds = 1_500
    /// How long a worker looks for work before it sleeps: longer than the serial gaps inside a training step.
    private static let spins = 20_000
    static let maximumShares = 64

    /// What the owner of `busy` writes, and workers that are inside read.
    private struct Job: ~Copyable {
        /// Of the job that workers may join, the number above and the count of shares in the lowest byte; 0 for none.
        let ticket = Atomic<Int>(0)
        var pieces = 0
        var body: ((Int) -> Void)?
    }

    /// What belongs to one share, and to the thread that begins with it.
    private struct Share: ~Copyable {
        /// In the upper half the number of a job and in the lower the next of its pieces: the first of the share if the
        /// number is another job's.
        let next = Atomic<Int>(0)
        /// Keeps the two in different cache lines.
        private let padding = InlineArray<15, Int>(repeating: 0)
        /// The ticket of the job that the worker is inside; 0 for none.
        let inside = Atomic<Int>(0)
        /// Whether the worker must be woken for a job.
        let asleep = Atomic<Bool>(false)
    }
    private static let shareStride = 256

    private let count = Atomic<Int>(ThreadPool.defaultThreadCount())
    private let startedWorkers = Atomic<Int>(0)
    /// Held by the thread whose job runs.
    private let busy = Atomic<Bool>(false)
    /// How many jobs there were since the numbers last began: changed by the owner of `busy`.
    var jobs = 0
    private let job: UnsafeMutablePointer<Job>
    private let memory: UnsafeMutableRawPointer
    private let alarms = (0..<ThreadPool.maximumShares).map { _ in DispatchSemaphore(value: 0) }

    init() {
        let stride = ThreadPool.shareStride
        memory = .allocate(byteCount: (ThreadPool.maximumShares + 1) * stride, alignment: stride)
        job = (memory + ThreadPool.maximumShares * stride).bindMemory(to: Job.self, capacity: 1)
        job.initialize(to: Job())
        for share in 0..<ThreadPool.maximumShares {
            (memory + share * stride).bindMemory(to: Share.self, capacity: 1).initialize(to: Share())
        }
    }

    @inline(__always)
    var threadCount: Int {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }

    /// - Parameter shares: threads that the job is dealt to, at most those that ``threadCount`` allows.
    func run(pieces: Int, shares wanted: Int = maximumShares, _ body: (Int) -> Void) {
        // A share counts its pieces in 32 bits.
        guard pieces >> 31 == 0,
            busy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else {
            for piece in 0..<pieces { body(piece) }
            return
        }
        startWorkers()
        withoutActuallyEscaping(body) { body in
            let shares = min(threadCount, pieces, wanted, ThreadPool.maximumShares)
            let ticket = nextNumber() << 8 | shares
            job.pointee.body = body
            job.pointee.pieces = pieces
            job.pointee.ticket.store(ticket, ordering: .sequentiallyConsistent)
            wakeThose(after: 0, of: shares)
            ThreadPool.takePieces(body, pieces, ticket, from: 0, memory)
            // A worker either entered before this store and is waited for, or sees it and stays out.
            job.pointee.ticket.store(0, ordering: .sequentiallyConsistent)
            for share in 1..<max(1, shares) {
                let inside = ThreadPool.share(share, memory)
                var turns = 0
                while inside.pointee.inside.load(ordering: .sequentiallyConsistent) == ticket {
                    SpinLock.pause(&turns, patience: ThreadPool.spins)
                }
            }
            job.pointee.body = nil
        }
        busy.store(false, ordering: .releasing)
    }

    /// A number of 31 bits that no share has seen: before they begin again, all are forgotten.
    private func nextNumber() -> Int {
        jobs += 1
        if jobs >> 31 != 0 {
            jobs = 1
            for share in 0..<ThreadPool.maximumShares {
                ThreadPool.share(share, memory).pointee.next.store(0, ordering: .relaxed)
            }
        }
        return jobs
    }

    @inline(__always)
    private static func share(_ index: Int, _ memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Share> {
        (memory + index * shareStride).assumingMemoryBound(to: Share.self)
    }

    @inline(__always)
    private static func takePieces(
        _ body: (Int) -> Void, _ pieces: Int, _ ticket: Int, from own: Int, _ memory: UnsafeMutableRawPointer
    ) {
        let shares = ticket & 0xFF
        for turn in 0..<shares {
            let index = own + turn < shares ? own + turn : own + turn - shares
            let (first, end) = (pieces * index / shares, pieces * (index + 1) / shares)
            let share = share(index, memory)
            while let piece = claim(share, ticket >> 8, first, end) { body(piece) }
        }
    }

    /// The next piece of a share, or nil if all are taken. Reads before it writes: the line of a share that is done
    /// stays with its thread.
    @inline(__always)
    private static func claim(_ share: UnsafeMutablePointer<Share>, _ number: Int, _ first: Int, _ end: Int) -> Int? {
        var seen = share.pointee.next.load(ordering: .relaxed)
        while true {
            let piece = seen >> 32 == number ? seen & 0xFFFF_FFFF : first
            if piece >= end { return nil }
            let (taken, now) = share.pointee.next.compareExchange(
                expected: seen, desired: number << 32 | (piece + 1), ordering: .relaxed)
            if taken { return piece }
            seen = now
        }
    }

    /// Workers are started when first needed: a program that never trains has none.
    private func startWorkers() {
        let wanted = min(threadCount, ThreadPool.maximumShares) - 1
        while startedWorkers.load(ordering: .relaxed) < wanted {
            let index = startedWorkers.add(1, ordering: .relaxed).oldValue
            let thread = Thread { [unowned self] in work(share: index + 1) }
            thread.name = "tern-\(index)"
            thread.start()
        }
    }

    private func work(share index: Int) -> Never {
        let (job, memory) = (job, memory)
        var last = 0
        var turns = 0
        while true {
            let ticket = job.pointee.ticket.load(ordering: .relaxed)
            if ticket != last, index < ticket & 0xFF {
                last = ticket
                turns = 0
                wakeThose(after: index, of: ticket & 0xFF)
                ThreadPool.join(job, ticket, index, memory)
            } else if turns < ThreadPool.spins {
                turns += 1
                tern_cpu_relax()
            } else {
                sleep(index, after: last)
                turns = 0
            }
        }
    }

    /// Until there is a job with this share.
    private func sleep(_ index: Int, after last: Int) {
        let asleep = ThreadPool.share(index, memory)
        asleep.pointee.asleep.store(true, ordering: .sequentiallyConsistent)
        let ticket = job.pointee.ticket.load(ordering: .sequentiallyConsistent)
        // A job that came meanwhile is joined without sleeping, unless its owner has seen the worker asleep: then the alarm
        // is on its way and must be taken.
        if ticket != last, index < ticket & 0xFF,
            asleep.pointee.asleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            return
        }
        alarms[index].wait()
    }

    /// Wakes the two workers that it is for this share's to wake, if they sleep.
    @inline(__always)
    private func wakeThose(after index: Int, of shares: Int) {
        if 2 * index + 1 < shares { wake(2 * index + 1) }
        if 2 * index + 2 < shares { wake(2 * index + 2) }
    }

    @inline(__always)
    private func wake(_ index: Int) {
        let share = ThreadPool.share(index, memory)
        if share.pointee.asleep.load(ordering: .sequentiallyConsistent),
            share.pointee.asleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            alarms[index].signal()
        }
    }

    // Not inlined: the reference to the body must be gone when the worker says that it is outside.
    @inline(never)
    private static func join(
        _ job: UnsafeMutablePointer<Job>, _ ticket: Int, _ index: Int, _ memory: UnsafeMutableRawPointer
    ) {
        let share = share(index, memory)
        share.pointee.inside.store(ticket, ordering: .sequentiallyConsistent)
        if job.pointee.ticket.load(ordering: .sequentiallyConsistent) == ticket { help(job, ticket, index, memory) }
        share.pointee.inside.store(0, ordering: .sequentiallyConsistent)
    }

    @inline(never)
    private static func help(
        _ job: UnsafeMutablePointer<Job>, _ ticket: Int, _ index: Int, _ memory: UnsafeMutableRawPointer
    ) {
        if let body = job.pointee.body { takePieces(body, job.pointee.pieces, ticket, from: index, memory) }
    }

    // MARK: - The default number of threads

    private static func defaultThreadCount() -> Int {
        let environment = ProcessInfo.processInfo.environment
        if let text = environment["TERN_NUM_THREADS"] {
            guard let count = Int(text), count >= 1 else {
                mistake("TERN_NUM_THREADS", "must be a whole number of at least 1, got '\(text)'")
            }
            return count
        }
        // `activeProcessorCount` respects the affinity mask.
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(processors, controlGroupProcessors() ?? processors))
    }

    /// Processors that the quotas of this process's control group and those above it allow (Linux, version 2), rounded up.
    static func controlGroupProcessors(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup")
        -> Int?
    {
        guard let text = try? String(contentsOfFile: membership, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return nil }
        var path = String(line.dropFirst(3))
        var fewest: Int?
        while true {
            if let limit = try? String(contentsOfFile: root + path + "/cpu.max", encoding: .utf8) {
                let parts = limit.split(whereSeparator: \.isWhitespace)
                if parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0 {
                    let processors = max(1, Int((quota / period).rounded(.up)))
                    fewest = min(fewest ?? processors, processors)
                }
            }
            guard !path.isEmpty, path != "/" else { return fewest }
            path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
    }
}
