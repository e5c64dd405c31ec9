import TernCore
import TernTestSupport
import Testing

@testable import TernData

@Suite("Sharding") struct ShardingTests {
    static let dataset = TensorDataset(Tensor((0..<17).map { Double($0) }))

    private static func numbers(_ pipeline: Pipeline<Tensor, Never>) -> [[Double]] {
        Array(pipeline).map { $0.array(of: Double.self) }
    }

    @Test("the parts of a pipeline have its elements in turn, from any place on", arguments: 1...7)
    func parts(count: Int) {
        let loader = Self.dataset.shuffled(seed: 1).batched(3)
        let whole = Self.numbers(loader.epoch(4))
        for index in 0..<count {
            let part = loader.sharded(index, of: count)
            let expected = stride(from: index, to: whole.count, by: count).map { whole[$0] }
            #expect(part.count == expected.count)
            for place in 0...expected.count {
                #expect(Self.numbers(part.epoch(4, from: place)) == Array(expected.dropFirst(place)))
            }
            #expect(Self.numbers(part.prefetched(workers: 2).epoch(4)) == expected)
        }
    }

    @Test("groups have their elements at some places, and know how many there are", arguments: [0..<2, 1..<3, 3..<4])
    func groups(places: Range<Int>) {
        let loader = Self.dataset.batched(2)
        let whole = Self.numbers(loader.epoch(0))
        let groups = Array(loader.grouped(by: 4, making: places).epoch(0))
        #expect(groups.map(\.count) == [4, 4, 1])
        let expected = [0, 4, 8].map { start in
            places.map { start + $0 }.filter { $0 < whole.count }.map { whole[$0] }
        }
        #expect(groups.map { $0.made.map { $0.array(of: Double.self) } } == expected)
    }

    @Test("a part that there is not stops the program")
    func wrong() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ShardingTests.dataset.batched(2).sharded(3, of: 3)
        }.expectMessage("sharded: expects an index below a count of at least 1, got 3 of 3")
    }
}
