import Foundation
import Synchronization
import Testing

@testable import TernCore

/// Pools of their own: their workers never end, and so neither do they.
private let pool = ThreadPool()
private let agingPool = ThreadPool()

/// Serialized because the tests set the number of threads.
@Suite("Jobs of the thread pool", .serialized)
struct ThreadPoolTests {
    /// How often each piece ran.
    private func runs(_ pieces: Int, on pool: ThreadPool) -> [Int] {
        let counters = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: pieces)
        defer { counters.deallocate() }
        for piece in 0..<pieces { (counters + piece).initialize(to: Atomic(0)) }
        pool.run(pieces: pieces) { _ = counters[$0].add(1, ordering: .relaxed) }
        return (0..<pieces).map { counters[$0].load(ordering: .relaxed) }
    }

    @Test("run every piece once", arguments: [1, 2, 3, 8, 70])
    func once(threads: Int) {
        pool.threadCount = threads
        for pieces in [1, 2, 3, 7, 8, 63, 64, 65, 1000] {
            for _ in 0..<50 { #expect(runs(pieces, on: pool) == Array(repeating: 1, count: pieces)) }
        }
    }

    @Test("have written their results when the job is over", arguments: [2, 4])
    func results(threads: Int) {
        pool.threadCount = threads
        var numbers = [Int](repeating: 0, count: 64)
        for turn in 1...5000 {
            numbers.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let buffer = buffer
                pool.run(pieces: 64) { buffer[$0] += $0 * turn }
            }
            if turn % 500 == 0 { #expect(numbers == (0..<64).map { $0 * turn * (turn + 1) / 2 }) }
        }
    }

    @Test("wake the workers that sleep, and those alone that have a share")
    func waking() {
        pool.threadCount = 3
        for shares in [3, 2, 3] {
            // Longer than a worker looks for work.
            Thread.sleep(forTimeInterval: 0.1)
            let inside = Atomic<Int>(0)
            let deadline = Date(timeIntervalSinceNow: 20)
            pool.run(pieces: shares) { _ in
                inside.add(1, ordering: .sequentiallyConsistent)
                while inside.load(ordering: .sequentiallyConsistent) < shares, Date() < deadline {}
            }
            #expect(inside.load(ordering: .relaxed) == shares)
            #expect(Date() < deadline, "the \(shares) pieces did not run at once")
        }
    }

    @Test("are dealt to as many threads as have enough to do")
    func shares() {
        #expect(sharesOfJob(pieces: 100, work: 2999, threads: 64) == 1)
        #expect(sharesOfJob(pieces: 100, work: 3000, threads: 64) == 2)
        #expect(sharesOfJob(pieces: 100, work: 15_000, threads: 64) == 10)
        #expect(sharesOfJob(pieces: 100, work: .max, threads: 64) == 64)
        #expect(sharesOfJob(pieces: 100, work: .max, threads: 1000) == 64)
        #expect(sharesOfJob(pieces: 3, work: .max, threads: 64) == 3)
        #expect(sharesOfJob(pieces: 0, work: .max, threads: 64) == 0)
    }

    @Test("are recorded with the time of every piece, and computed by it")
    func recorded() {
        var x = Tensor.zeros([1])
        let record = JobRecord { x = Tensor.ones([10 * elementwisePiece]) + 1 }
        #expect(record.jobs.map(\.pieces.count).contains(10))
        #expect(record.jobs.allSatisfy { $0.pieces.allSatisfy { $0 >= 0 } && $0.gap >= 0 })
        #expect(x == Tensor.full([10 * elementwisePiece], 2))
    }

    @Test("may start jobs, which run inside their pieces")
    func nested() {
        pool.threadCount = 2
        let total = Atomic<Int>(0)
        pool.run(pieces: 20) { piece in
            pool.run(pieces: 10) { total.add(piece * 10 + $0, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == (0..<200).reduce(0, +))
    }

    @Test("may come from several threads, while the number of threads changes")
    func severalThreads() {
        let total = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for turn in 0..<500 {
                pool.threadCount = 1 + (thread + turn) % 5
                pool.run(pieces: 33) { total.add($0, ordering: .relaxed) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 4 * 500 * (0..<33).reduce(0, +))
    }

    @Test("are told apart when their numbers begin again")
    func numbersBeginAgain() {
        agingPool.threadCount = 3
        for _ in 0..<3 {
            agingPool.jobs = 1
            for _ in 0..<5 { #expect(runs(9, on: agingPool) == Array(repeating: 1, count: 9)) }
            agingPool.jobs = 1 << 31 - 3
            for _ in 0..<10 { #expect(runs(9, on: agingPool) == Array(repeating: 1, count: 9)) }
            #expect(agingPool.jobs < 10)
        }
    }
}
