import TernCore
import TernData
import TernTestSupport
import Testing

@Suite("Parts of datasets")
struct SplitTests {
    static let numbers = TensorDataset(Tensor.arange(100))
    /// 60, 30, 7 and 3 examples.
    static let labels = Tensor(
        shape: [100], values: (0..<100).map { $0 % 10 < 6 ? 0 : $0 % 10 < 9 ? 1 : $0 < 70 ? 2 : 3 } as [Int])

    @Test("a subset has the examples at its indices, also in batches and in pipelines")
    func subset() {
        let subset = Self.numbers.subset([7, 3, 3, 99])
        #expect(subset.count == 4 && subset.element(at: 3).item() == 99)
        #expect(subset.batch(at: [3, 0]).array(of: Int.self) == [99, 7])
        #expect(Array(subset.batched(3)).map { $0.array(of: Int.self) } == [[7, 3, 3], [99]])
        #expect(Self.numbers.subset([]).count == 0)
        let shuffled = Array(subset.shuffled(seed: 1).batched(4))[0].array(of: Int.self)
        #expect(shuffled.sorted() == [3, 3, 7, 99])
    }

    @Test("a split has each example once, the same ones for a seed", arguments: [0, 0.25, 0.3, 0.333, 1])
    func split(fraction: Double) {
        let (training, validation) = Self.numbers.split(fraction, seed: 5)
        #expect(validation.count == Int((fraction * 100).rounded()))
        #expect((training.indices + validation.indices).sorted() == Array(0..<100))
        let again = Self.numbers.split(fraction, seed: 5)
        #expect(again.training.indices == training.indices && again.validation.indices == validation.indices)
        let other = Self.numbers.split(fraction, seed: 6)
        #expect(other.training.indices + other.validation.indices != training.indices + validation.indices)
    }

    @Test("a stratified split has the same share of each class in both", arguments: [0.1, 0.3, 0.5, 0.99])
    func stratified(fraction: Double) {
        let (training, validation) = Self.numbers.split(fraction, seed: 2, stratifiedBy: Self.labels)
        #expect((training.indices + validation.indices).sorted() == Array(0..<100))
        #expect(validation.count == Int((fraction * 100).rounded()))
        let labels = Self.labels.array(of: Int.self)
        for (label, size) in [60, 30, 7, 3].enumerated() {
            let found = validation.indices.filter { labels[$0] == label }.count
            #expect(abs(Double(found) - fraction * Double(size)) < 1, "class \(label): \(found)")
        }
        // Not class by class.
        if training.count < 5 { return }
        #expect(training.indices.map { labels[$0] } != training.indices.map { labels[$0] }.sorted())
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.numbers.subset([1, 100])
        }.expectMessage("subset: expects indices in 0..<100, got 100")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.numbers.split(1.5)
        }.expectMessage("split: expects a fraction in 0...1, got 1.5")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.numbers.split(0.5, stratifiedBy: Tensor.zeros([3], dtype: .int64))
        }.expectMessage("split: expects integer labels [100], got int64 [3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.numbers.subset([1, 2]).element(at: 2)
        }.expectMessage("SubsetDataset: expects an index in 0..<2, got 2")
    }
}
