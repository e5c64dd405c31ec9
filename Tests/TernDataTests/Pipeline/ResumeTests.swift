import Foundation
import Synchronization
import TernCore
import TernData
import Testing

/// An epoch that is begun in its middle is the rest of the whole one, bit for bit, and nothing before it is made.
@Suite struct ResumeTests {
    static let count = 23
    static let data = TensorDataset(Tensor(shape: [count], values: (0..<count).map { Int32($0) }))

    /// Pipelines of every kind, over numbers.
    static func loaders(workers: Int) -> [(name: String, Pipeline<[Int32], Never>)] {
        func noisy(_ pipeline: Pipeline<Tensor, Never>) -> Pipeline<Tensor, Never> {
            pipeline.map(seed: 3) { $0 * 1000 + Tensor.randomIntegers([], in: 0..<999, dtype: .int32, generator: $1) }
        }
        func numbers(_ pipeline: Pipeline<Tensor, Never>) -> Pipeline<[Int32], Never> {
            pipeline.map { $0.array(of: Int32.self) }
        }
        let stream = Pipeline(0..<count).map { Tensor(Int32($0)) }
        return [
            ("batches", numbers(data.shuffled(seed: 1).batched(4).prefetched(workers: workers))),
            ("whole batches only", numbers(data.shuffled(seed: 1).batched(4, dropLast: true))),
            ("examples", numbers(noisy(Pipeline(data.shuffled(seed: 2))).prefetched(workers: workers))),
            ("augmented, then batched", numbers(noisy(Pipeline(data)).batched(5).prefetched(workers: workers))),
            ("batched, then augmented", numbers(noisy(data.batched(5, dropLast: true)).prefetched(workers: workers))),
            ("a buffer", numbers(noisy(Pipeline(data)).shuffled(buffer: 7, seed: 5).batched(3))),
            (
                "prefetched, then shuffled",
                numbers(noisy(Pipeline(data)).prefetched(workers: workers).shuffled(buffer: 9))
            ),
            ("shuffled twice", numbers(noisy(Pipeline(data)).shuffled(buffer: 4).shuffled(buffer: 6, seed: 1))),
            ("a stream", numbers(noisy(stream).shuffled(buffer: 6).batched(4).prefetched(workers: workers))),
        ]
    }

    @Test("the rest of an epoch is the same from every place on", arguments: [0, 1, 3])
    func everyPlace(workers: Int) {
        for (name, loader) in Self.loaders(workers: workers) {
            for epoch in [0, 2] {
                let whole = Array(loader.epoch(epoch))
                for place in 0...whole.count {
                    let rest = loader.epoch(epoch, from: place)
                    #expect(Array(rest) == Array(whole[place...]), "\(name), epoch \(epoch), place \(place)")
                    #expect(rest.knownCount == loader.knownCount.map { $0 - place })
                }
            }
        }
    }

    @Test("at the end of an epoch and behind it there is nothing")
    func behindTheEnd() {
        for (name, loader) in Self.loaders(workers: 2) {
            for place in [Self.count, Self.count + 1, .max] {
                #expect(Array(loader.epoch(0, from: place)).isEmpty, "\(name), place \(place)")
            }
            #expect(loader.epoch(0, from: 100).knownCount ?? 0 == 0)
        }
    }

    @Test("a place within the rest counts on")
    func nested() {
        let loader = Self.data.shuffled(seed: 1).batched(2)
        let whole = Array(loader.epoch(4))
        #expect(Array(loader.epoch(4, from: 3).epoch(4, from: 2)) == Array(whole[5...]))
        #expect(Array(loader.epoch(4, from: 3).prefetched(workers: 2)) == Array(whole[3...]))
    }

    @Test("what comes before the place is not made", arguments: [0, 2])
    func noWork(workers: Int) {
        let made = Mutex<[Int]>([])
        let counted = Pipeline(Self.data).map { value in
            let number = value.item(as: Int.self)
            made.withLock { $0.append(number) }
            return number
        }
        _ = Array(counted.prefetched(workers: workers).epoch(0, from: 20))
        #expect(made.withLock { $0.sorted() } == [20, 21, 22])

        made.withLock { $0 = [] }
        _ = Array(counted.batched(5).prefetched(workers: workers).epoch(0, from: 3))
        #expect(made.withLock { $0.sorted() } == [15, 16, 17, 18, 19, 20, 21, 22])

        made.withLock { $0 = [] }
        let rest = Array(counted.prefetched(workers: workers).shuffled(buffer: 6).epoch(0, from: 18))
        #expect(rest.count == 5)
        #expect(made.withLock { $0.sorted() } == rest.sorted())
    }

    @Test("an error behind the place reaches the loop, one before it does not stop the way there")
    func errors() {
        struct Broken: Error, Equatable { let value: Int }
        let loader = Pipeline(0..<10).map { value throws(Broken) in
            if value % 4 == 2 { throw Broken(value: value) }
            return value
        }
        #expect(
            Array(loader.epoch(0, from: 3).results) == [
                .success(3), .success(4), .success(5), .failure(Broken(value: 6)),
            ])
    }
}
