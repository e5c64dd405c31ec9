import TernCore
import TernData
import Testing

@Suite struct PipelineTests {
    static let numbers = TensorDataset(Tensor(shape: [10], values: (0..<10).map { Int32($0) }))

    static func values(_ pipeline: Pipeline<Tensor, Never>) -> [[Int32]] {
        Array(pipeline.map { $0.array(of: Int32.self) })
    }

    @Test("batches come in order, the last one smaller or left out")
    func batches() {
        #expect(Self.values(Self.numbers.batched(4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        #expect(Self.values(Self.numbers.batched(4, dropLast: true)) == [[0, 1, 2, 3], [4, 5, 6, 7]])
        #expect(Self.values(Self.numbers.batched(5, dropLast: true)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])
        #expect(Self.values(Self.numbers.batched(20)).count == 1)
        #expect(Self.values(Self.numbers.batched(20, dropLast: true)).isEmpty)
        #expect(Self.numbers.batched(4).count == 3)
        #expect(Self.numbers.batched(4, dropLast: true).count == 2)
        #expect(Self.numbers.batched(4).prefetched(workers: 2).count == 3)
    }

    @Test("examples that were mapped one by one are batched as if they were not")
    func mapThenBatch() {
        let pipeline = Self.numbers.map { $0 + $0 }.batched(4)
        #expect(Self.values(pipeline) == [[0, 2, 4, 6], [8, 10, 12, 14], [16, 18]])
        #expect(pipeline.count == 3)
        #expect(Self.values(Self.numbers.map { $0 }.batched(4, dropLast: true)).count == 2)
        let texts = Self.numbers.map { "\($0.item(as: Int32.self))" }.batched(6)
        #expect(Array(texts) == [["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9"]])
    }

    @Test("pairs are stacked side by side")
    func pairs() {
        let dataset = TensorDataset(Tensor(shape: [3, 2], values: [1, 2, 3, 4, 5, 6] as [Float]), Tensor([7, 8, 9]))
        for (inputs, targets) in dataset.map({ ($0.1, $0.0) }).batched(3) {
            #expect(inputs == [7, 8, 9])
            #expect(targets == [[1, 2], [3, 4], [5, 6]])
        }
        for (inputs, targets) in dataset.batched(3).map({ inputs, targets in (inputs * 2, targets) }) {
            #expect(inputs == [[2, 4], [6, 8], [10, 12]])
            #expect(targets == [7, 8, 9])
        }
    }

    @Test("a shuffle visits every example, in another order each epoch and the same ones each run")
    func shuffle() {
        let loader = Self.numbers.shuffled(seed: 7).batched(3)
        let epochs = (0..<4).map { _ in Self.values(loader).flatMap { $0 } }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<10)) }
        #expect(Set(epochs).count == 4)

        let again = Self.numbers.shuffled(seed: 7).batched(3)
        #expect((0..<4).map { _ in Self.values(again).flatMap { $0 } } == epochs)
        #expect(Self.values(Self.numbers.shuffled(seed: 8).batched(3)).flatMap { $0 } != epochs[0])
    }

    @Test("the order is another one each epoch wherever the loop's last step is written")
    func sharedEpochs() {
        let shuffled = Self.numbers.shuffled(seed: 7)
        let batched = Self.numbers.shuffled(seed: 7).batched(3)
        for _ in 0..<3 {
            let expected = Self.values(batched)
            #expect(Self.values(shuffled.batched(3)) == expected)
        }
        #expect(Self.values(shuffled.batched(3).prefetched()) == Self.values(batched.prefetched()))
        #expect(Self.values(shuffled.batched(3)) == Self.values(batched.epoch(4)))
    }

    @Test("an epoch can be had by its number")
    func epochByNumber() {
        let loader = Self.numbers.shuffled(seed: 7).batched(3)
        let epochs = (0..<3).map { _ in Self.values(loader) }
        #expect(Self.values(loader.epoch(1)) == epochs[1])
        #expect(Self.values(loader.epoch(1)) == epochs[1])
        #expect(Self.values(loader.prefetched(workers: 2).epoch(2)) == epochs[2])
    }

    @Test("every order is about as likely as any other")
    func evenShuffle() {
        let loader = TensorDataset(Tensor(shape: [4], values: [0, 1, 2, 3] as [Int32])).shuffled(seed: 3).batched(4)
        var counts: [[Int32]: Int] = [:]
        let epochs = 2400
        for _ in 0..<epochs { counts[Self.values(loader)[0], default: 0] += 1 }
        #expect(counts.count == 24)
        let expected = Double(epochs) / 24
        let chiSquared = counts.values.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chiSquared < 49.7)  // 23 degrees of freedom: one seed in a thousand is worse
    }

    @Test("a buffer shuffles a stream within its reach", arguments: [1, 3, 10, 100])
    func bufferedShuffle(buffer: Int) {
        let loader = Pipeline(0..<10).shuffled(buffer: buffer, seed: 1)
        let (first, second) = (Array(loader), Array(loader))
        #expect(first.sorted() == Array(0..<10))
        for (place, value) in first.enumerated() { #expect(value < place + buffer) }
        #expect((first == Array(0..<10)) == (buffer == 1))
        #expect((first == second) == (buffer == 1))
        #expect(Array(Pipeline(0..<10).shuffled(buffer: buffer, seed: 1)) == first)
        #expect(loader.knownCount == nil)
    }

    @Test("a stream starts anew in each epoch and learns its number")
    func streams() {
        let loader = Pipeline<Int, Never> { epoch in
            var next = epoch * 100
            return {
                next += 1
                return next <= epoch * 100 + 3 ? next : nil
            }
        }
        #expect(Array(loader) == [1, 2, 3])
        #expect(Array(loader.batched(2)) == [[101, 102], [103]])
        #expect(Array(loader) == [201, 202, 203])
    }

    @Test("an element's random numbers follow from seed, epoch and place")
    func randomMap() {
        let loader = Pipeline(0..<20).map(seed: 5) { value, generator in UInt64(value) << 56 ^ generator.next() }
        let (first, second) = (Array(loader), Array(loader))
        #expect(Set(first.map { $0 & 0xFFFF_FFFF }).count == 20)
        #expect(Set(first + second).count == 40)
        for workers in 1...3 {
            #expect(Array(loader.prefetched(workers: workers).epoch(0)) == first)
            #expect(Array(loader.prefetched(workers: workers).epoch(1)) == second)
        }
    }
}
