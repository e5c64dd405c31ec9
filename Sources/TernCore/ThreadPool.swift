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

/// Runs `body` for the pieces `0..<pieces`, on several threads when `work` is enough to pay for it.
///
/// How work is cut into pieces must not depend on the number of threads, and each piece must write memory of its own:
/// then the result has the same bits for any number of threads. `work` is a rough number of nanoseconds that one core
/// takes for all pieces. Bodies must not touch tensors that are being recorded.
@inline(__always)
package func parallelFor(pieces: Int, work: Int, _ body: (Int) -> Void) {
    if pieces <= 1 || work < ThreadPool.worthwhileNanoseconds || ThreadPool.shared.threadCount == 1 {
        for piece in 0..<pieces { body(piece) }
    } else {
        ThreadPool.shared.run(pieces: pieces, body)
    }
}

/// Worker threads that spin briefly for the next job and then sleep.
///
/// A job is a range of pieces, a share for the caller and each worker; who has done its own helps with the others'. So
/// the same part of a batch meets the same core, and its cache, in one operation after the other. There is one job at a
/// time; a second thread that asks meanwhile runs its pieces itself, so that several training loops never wait for each
/// other.
final class ThreadPool: @unchecked Sendable {
    static let shared = ThreadPool()
    /// Handing a job to a spinning worker and waiting for it costs about half a microsecond.
    static let worthwhileNanoseconds = 3_000
    /// How long a worker looks for work before it sleeps: longer than the serial gaps inside a training step.
    private static let spins = 20_000

    private let count = Atomic<Int>(ThreadPool.defaultThreadCount())
    private let startedWorkers = Atomic<Int>(0)
    /// Held by the thread whose job runs.
    private let busy = Atomic<Bool>(false)
    /// Number of the job that workers may join; 0 while there is none.
    private let openJob = Atomic<Int>(0)
    private let workersInside = Atomic<Int>(0)
    /// The next piece of each share.
    private let next: UnsafeMutablePointer<Atomic<Int>>
    /// Counters of different threads stay off each other's cache lines.
    private static let counterStride = 16
    private static let maximumShares = 64
    private let sleepers = Atomic<Int>(0)
    private let alarm = DispatchSemaphore(value: 0)
    // Written by the owner of `busy` before it opens a job, read by workers that are inside.
    private var lastJob = 0
    private var pieces = 0
    private var shares = 1
    private var body: ((Int) -> Void)?

    private init() {
        next = .allocate(capacity: ThreadPool.maximumShares * ThreadPool.counterStride)
        for share in 0..<ThreadPool.maximumShares {
            (next + share * ThreadPool.counterStride).initialize(to: Atomic(0))
        }
    }

    @inline(__always)
    var threadCount: Int {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }

    func run(pieces: Int, _ body: (Int) -> Void) {
        let (mine, _) = busy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        guard mine else {
            for piece in 0..<pieces { body(piece) }
            return
        }
        startWorkers()
        withoutActuallyEscaping(body) { body in
            self.body = body
            self.pieces = pieces
            lastJob += 1
            shares = min(threadCount, pieces, ThreadPool.maximumShares)
            for share in 0..<shares { counter(share).pointee.store(start(of: share), ordering: .relaxed) }
            openJob.store(lastJob, ordering: .sequentiallyConsistent)
            for _ in 0..<sleepers.load(ordering: .sequentiallyConsistent) { alarm.signal() }
            takePieces(body, from: 0)
            // A worker either entered before this store and is waited for, or sees it and stays out.
            openJob.store(0, ordering: .sequentiallyConsistent)
            var turns = 0
            while workersInside.load(ordering: .sequentiallyConsistent) != 0 {
                tern_cpu_relax()
                turns += 1
                // The worker lost its processor: give ours away instead of spinning against it.
                if turns > ThreadPool.spins { sched_yield() }
            }
            self.body = nil
        }
        busy.store(false, ordering: .releasing)
    }

    @inline(__always)
    private func counter(_ share: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        next + share * ThreadPool.counterStride
    }

    @inline(__always)
    private func start(of share: Int) -> Int { pieces * share / shares }

    @inline(__always)
    private func takePieces(_ body: (Int) -> Void, from own: Int) {
        for turn in 0..<shares {
            let share = (own + turn) % shares
            let end = start(of: share + 1)
            while true {
                let piece = counter(share).pointee.add(1, ordering: .relaxed).oldValue
                if piece >= end { break }
                body(piece)
            }
        }
    }

    /// Workers are started when first needed: a program that never trains has none.
    private func startWorkers() {
        let wanted = threadCount - 1
        while startedWorkers.load(ordering: .relaxed) < wanted {
            let index = startedWorkers.add(1, ordering: .relaxed).oldValue
            let thread = Thread { [unowned self] in work(index) }
            thread.name = "tern-\(index)"
            thread.start()
        }
    }

    private func work(_ index: Int) -> Never {
        var lastJoined = 0
        var turns = 0
        while true {
            let job = openJob.load(ordering: .relaxed)
            if job != 0, job != lastJoined {
                lastJoined = job
                turns = 0
                join(job, index)
            } else if turns < ThreadPool.spins {
                turns += 1
                tern_cpu_relax()
            } else {
                sleepers.add(1, ordering: .sequentiallyConsistent)
                let job = openJob.load(ordering: .sequentiallyConsistent)
                if job == 0 || job == lastJoined { alarm.wait() }
                sleepers.subtract(1, ordering: .sequentiallyConsistent)
                turns = 0
            }
        }
    }

    // Not inlined: the reference to the body must be gone when the worker says that it is outside.
    @inline(never)
    private func join(_ job: Int, _ index: Int) {
        workersInside.add(1, ordering: .sequentiallyConsistent)
        if openJob.load(ordering: .sequentiallyConsistent) == job, index < threadCount - 1 { help(index + 1) }
        workersInside.subtract(1, ordering: .sequentiallyConsistent)
    }

    @inline(never)
    private func help(_ participant: Int) {
        if let body { takePieces(body, from: participant % shares) }
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
