import TernCore
import TernData
import TernTestSupport
import Testing

/// What the standard library's sequences have too.
@Suite struct PipelineSequenceTests {
    static var numbers: Pipeline<Int, Never> { Pipeline(PipelineTests.numbers).map { Int($0.item(as: Int32.self)) } }

    @Test("shuffled without a buffer is another order each epoch, the same ones each run")
    func shuffled() {
        let loader = Self.numbers.shuffled()
        let epochs = (0..<4).map { _ in Array(loader) }
        for epoch in epochs { #expect(Set(epoch) == Set(0..<10) && epoch.count == 10) }
        #expect(Set(epochs).count == 4)
        #expect((0..<4).map { Array(Self.numbers.shuffled().epoch($0)) } == epochs)
        #expect((0..<4).map { Array(Self.numbers.shuffled(buffer: 10, seed: 0).epoch($0)) } == epochs)
        #expect(Array(Self.numbers.shuffled(seed: 1).epoch(0)) != epochs[0])
        #expect(Array(loader.epoch(2, from: 3)) == Array(epochs[2][3...]))
        #expect(loader.count == 10)
    }

    @Test("filter and compactMap choose in each epoch anew, also from a place on and behind workers", arguments: 0..<6)
    func filtered(place: Int) {
        let shuffled = Self.numbers.shuffled(seed: 3)
        let even = shuffled.prefetched(workers: 2).filter { $0 % 2 == 0 }.prefetched()
        let texts = shuffled.compactMap { $0 % 2 == 0 ? "\($0)" : nil }
        #expect(even.knownCount == nil && texts.knownCount == nil)
        for epoch in 0..<3 {
            let expected = Array(Array(shuffled.epoch(epoch)).filter { $0 % 2 == 0 }.dropFirst(place))
            #expect(Array(even.epoch(epoch, from: place)) == expected)
            #expect(Array(texts.epoch(epoch, from: place)) == expected.map { "\($0)" })
        }
        let first = Array(even)
        #expect(Array(even) != first && Set(first) == [0, 2, 4, 6, 8])
    }

    @Test("an error ends a filtered epoch")
    func failing() {
        struct Failed: Error {}
        let pipeline = Self.numbers.map { (number: Int) throws(Failed) in
            if number == 5 { throw Failed() }
            return number
        }
        var seen: [Int] = []
        var hasFailed = false
        for result in pipeline.filter({ $0 != 2 }).results {
            switch result {
            case .success(let number): seen.append(number)
            case .failure: hasFailed = true
            }
        }
        #expect(seen == [0, 1, 3, 4] && hasFailed)
    }

    @Test("the standard library's lazy sequences of a pipeline are another epoch each time")
    func lazySequences() {
        let loader = Self.numbers.shuffled(seed: 5)
        let epochs = (0..<4).map { Array(loader.epoch($0)) }
        func expect(_ sequence: some Sequence<Int>, _ expected: ([Int]) -> [Int], _ name: String) {
            let passes = (0..<2).map { _ in Array(sequence) }
            #expect(passes[0] != passes[1], "\(name)")
            for pass in passes { #expect(epochs.map(expected).contains(pass), "\(name)") }
        }
        expect(Self.numbers.shuffled(seed: 5).prefix(4), { Array($0.prefix(4)) }, "prefix")
        expect(Self.numbers.shuffled(seed: 5).dropFirst(4), { Array($0.dropFirst(4)) }, "dropFirst")
        expect(Self.numbers.shuffled(seed: 5).lazy.map { $0 + 1 }, { $0.map { $0 + 1 } }, "lazy")
        let enumerated = Self.numbers.shuffled(seed: 5).enumerated()
        #expect(enumerated.map(\.element) == epochs[0] && enumerated.map(\.element) == epochs[1])
    }

    @Test("the standard library's methods that make an array of an epoch do so")
    func arrays() {
        for (found, expected) in (Arrays() as any Expectations).pairs { #expect(found == expected) }
    }

    /// Calls what is deprecated without a warning here.
    private protocol Expectations { var pairs: [(found: [Int], expected: [Int])] { get } }
    private struct Arrays: Expectations {
        @available(*, deprecated)
        var pairs: [(found: [Int], expected: [Int])] {
            [
                (numbers.reversed(), (0..<10).reversed()), (numbers.sorted(), Array(0..<10)),
                (numbers.sorted(by: >), (0..<10).reversed()), (numbers.flatMap { [$0, $0] }.dropLast(18), [0, 0]),
                (numbers.suffix(2), [8, 9]), (numbers.dropLast(8), [0, 1]),
                (Array(numbers.drop { $0 < 8 }), [8, 9]),
            ]
        }
    }

    @Test("a batch of Int.max is the whole epoch", arguments: [false, true])
    func wholeEpoch(dropLast: Bool) {
        let dataset = PipelineTests.numbers
        func expect(_ pipeline: Pipeline<[Int32], Never>, known: Bool = true) {
            #expect(Array(pipeline) == (dropLast ? [] : [Array(0..<10)]))
            #expect(Array(pipeline.epoch(0, from: 1)) == [])
            #expect(pipeline.knownCount == (known ? (dropLast ? 0 : 1) : nil))
        }
        expect(dataset.batched(.max, dropLast: dropLast).map { $0.array(of: Int32.self) })
        expect(Pipeline(dataset).batched(.max, dropLast: dropLast).map { $0.array(of: Int32.self) })
        expect(dataset.map { $0.item(as: Int32.self) }.batched(.max, dropLast: dropLast))
        expect(Pipeline(0..<10).map { Int32($0) }.batched(.max, dropLast: dropLast), known: false)
    }

    /// Stacks its examples, and has another number of them in each epoch.
    private struct Shrinking: Dataset {
        typealias Batch = Tensor
        let count = 10
        func element(at index: Int) -> Tensor { Tensor(Float(index)) }
        func order(epoch: Int) -> [Int] { Array(0..<10 - epoch) }
    }

    @Test("a batch of no examples is empty, where its shape is known")
    func emptyBatch() async {
        #expect(PipelineTests.numbers.batch(at: []).shape == [0])
        #expect(TensorDataset(Tensor.zeros([4, 2, 3])).batch(at: []).shape == [0, 2, 3])
        #expect(TensorDataset(Tensor.zeros([0, 2])).batch(at: []).shape == [0, 2])
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Shrinking().batch(at: [])
        }.expectMessage("batched: expects at least one tensor to stack, got none")
    }

    @Test("an epoch of another length than the first stops with a message")
    func lengths() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let loader = Shrinking().batched(4)
            for _ in 0..<2 { for _ in loader {} }
        }.expectMessage("Shrinking.order: expects 10 indices in each epoch, as in the first, got 9 in epoch 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let loader = Shrinking().map { $0 }
            for _ in 0..<2 { for _ in loader {} }
        }.expectMessage("Shrinking.order: expects 10 indices in each epoch, as in the first, got 9 in epoch 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PipelineTests.numbers.batched(2).prefetched(workers: .max)
        }.expectMessage("prefetched: expects 0 to 1024 workers, got 9223372036854775807")
    }
}
