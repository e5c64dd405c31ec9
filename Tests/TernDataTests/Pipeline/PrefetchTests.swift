import Foundation
import Synchronization
import TernCore
import TernData
import Testing

/// Serialized because threads of the process are counted.
@Suite(.serialized) struct PrefetchTests {
    struct Broken: Error, Equatable { let value: Int }

    static let data = TensorDataset(
        Tensor(shape: [1000, 7], values: (0..<7000).map { Float($0) }),
        Tensor(shape: [1000], values: (0..<1000).map { Int64($0) }))

    static func workerThreads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { task in
            let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
            return name?.hasPrefix("tern-data") == true
        }.count
    }

    /// Waits for threads that have done their work to be gone.
    static func expectNoWorkers() throws {
        for _ in 0..<200 {
            if try workerThreads() == 0 { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record("\(try workerThreads()) workers are left")
    }

    @Test("batches are the same in every epoch for any number of workers", arguments: [1, 2, 4, 7])
    func sameBatches(workers: Int) throws {
        func loader(_ workers: Int) -> Pipeline<(Tensor, Tensor), Never> {
            Self.data.shuffled(seed: 3).batched(16).map { ($0 * 2 - 1, $1) }.prefetched(workers: workers)
        }
        let (serial, parallel) = (loader(0), loader(workers))
        for _ in 0..<3 {
            let expected = Array(serial)
            let batches = Array(parallel)
            #expect(batches.count == 63)
            #expect(zip(batches, expected).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 })
        }
        try Self.expectNoWorkers()
    }

    @Test("elements that take unequal times come in order")
    func order() {
        let slow = Pipeline(0..<60).map { value in
            Thread.sleep(forTimeInterval: value % 5 == 0 ? 0.004 : 0)
            return value
        }
        #expect(Array(slow.prefetched(workers: 4)) == Array(0..<60))
    }

    @Test("workers run at the same time")
    func concurrency() {
        let running = Atomic(0)
        let most = Atomic(0)
        let busy = Pipeline(0..<12).map { value in
            most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            Thread.sleep(forTimeInterval: 0.02)
            running.subtract(1, ordering: .relaxed)
            return value
        }
        #expect(Array(busy.prefetched(workers: 3)).count == 12)
        #expect(most.load(ordering: .relaxed) == 3)
    }

    @Test("no more than the asked number of elements is made ahead", arguments: [(1, 1), (1, 4), (3, 3), (2, 9)])
    func bounded(workers: Int, ahead: Int) {
        let begun = Atomic(0)
        let loader = Pipeline(0..<50).map { value in
            begun.add(1, ordering: .relaxed)
            return value
        }.prefetched(workers: workers, ahead: ahead)
        var taken = 0
        for _ in loader {
            taken += 1
            Thread.sleep(forTimeInterval: 0.001)
            #expect(begun.load(ordering: .relaxed) <= taken + ahead)
        }
        #expect(taken == 50)
    }

    @Test("leaving the loop early stops the workers", arguments: [1, 4])
    func earlyExit(workers: Int) throws {
        let begun = Atomic(0)
        let loader = Pipeline(0..<1_000_000).map { value in
            begun.add(1, ordering: .relaxed)
            return value
        }.prefetched(workers: workers)
        for value in loader where value == 5 { break }
        let atExit = begun.load(ordering: .relaxed)
        #expect(atExit <= 6 + 2 * workers)
        try Self.expectNoWorkers()
        #expect(begun.load(ordering: .relaxed) == atExit)

        // A loop that was never begun, and an iterator that is dropped.
        var iterator = loader.makeIterator()
        #expect(iterator.next() == 0)
        iterator = loader.makeIterator()
        #expect(iterator.next() == 0)
        _ = consume iterator
        try Self.expectNoWorkers()
    }

    @Test("a worker's error reaches the loop at its place, and ends it", arguments: [0, 1, 2, 4])
    func errors(workers: Int) throws {
        let loader = Pipeline(0..<100).map { value throws(Broken) in
            if value == 20 || value == 22 { throw Broken(value: value) }
            return value
        }.prefetched(workers: workers)
        var values: [Int] = []
        let error = #expect(throws: Broken.self) {
            for result in loader.results { values.append(try result.get()) }
        }
        #expect(error == Broken(value: 20))
        #expect(values == Array(0..<20))
        #expect(loader.results.reduce(0) { count, _ in count + 1 } == 21)
        try Self.expectNoWorkers()
    }

    @Test("a stream's own error reaches the loop after what came before it", arguments: [0, 2])
    func streamErrors(workers: Int) {
        let stream = Pipeline<Int, Broken> { _ in
            var count = 0
            return { () throws(Broken) -> Int? in
                count += 1
                if count == 4 { throw Broken(value: 4) }
                return count
            }
        }
        let results = Array(stream.prefetched(workers: workers).results)
        #expect(results == [.success(1), .success(2), .success(3), .failure(Broken(value: 4))])
    }

    @Test("work may follow the prefetching, and a second prefetching too")
    func chained() throws {
        let loader = Self.data.batched(10).prefetched(workers: 2).map { $0.0.count }.prefetched(workers: 1)
        #expect(Array(loader) == Array(repeating: 70, count: 100))
        try Self.expectNoWorkers()
    }

    @Test("nothing of an epoch is kept after it")
    func noLeaks() throws {
        final class Witness: Sendable {}
        weak var witness: Witness?
        do {
            let alive = Witness()
            witness = alive
            let loader = Pipeline(0..<100).map { value in withExtendedLifetime(alive) { value } }.prefetched(workers: 2)
            for value in loader where value == 50 { break }
            #expect(Array(loader).count == 100)
        }
        try Self.expectNoWorkers()
        // A worker counts itself out before its thread lets go of what it ran.
        for _ in 0..<500 where witness != nil { usleep(10_000) }
        #expect(witness == nil)
    }
}
