import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite("Sampling with replacement")
struct SampledDatasetTests {
    static let weights = [0, 3, 1, 0.5, 0, 0.25, 5, 0]
    static let data = TensorDataset(Tensor.arange(8), Tensor([0, 0, 0, 0, 0, 1, 1, 3], dtype: .int64))

    /// How often each index is visited in some epochs.
    static func frequencies(_ dataset: some Dataset, epochs: Int = 10) -> [Int] {
        (0..<epochs).flatMap { dataset.order(epoch: $0) }.reduce(into: [Int](repeating: 0, count: dataset.count)) {
            $0[$1] += 1
        }
    }

    @Test("an example is drawn as often as its weight says, and never without one")
    func weighted() {
        let found = Self.frequencies(Self.data.sampled(10_000, by: Self.weights, seed: 1))
        let sum = Self.weights.reduce(0, +)
        for (index, weight) in Self.weights.enumerated() {
            let (expected, deviation) = (1e5 * weight / sum, (1e5 * weight / sum * (1 - weight / sum)).squareRoot())
            // Five deviations: one in two million such tests fails by chance; this one is the same in each run.
            #expect(abs(Double(found[index]) - expected) <= 5 * deviation, "\(index): \(found[index]), \(expected)")
        }
    }

    @Test("the same frequencies as PyTorch's WeightedRandomSampler", .enabled(if: Python.has("torch")))
    func pytorch() throws {
        let script = """
            import torch
            torch.manual_seed(0)
            sampler = torch.utils.data.WeightedRandomSampler(\(Self.weights), 100000)
            print(torch.bincount(torch.tensor(list(sampler)), minlength=8).tolist())
            """
        let theirs = try Python.run(script).dropFirst().prefix { $0 != "]" }.split(separator: ",").map {
            try #require(Double($0.trimmingPrefix(" ")))
        }
        let ours = Self.frequencies(Self.data.sampled(10_000, by: Self.weights, seed: 1))
        for (a, b) in zip(ours, theirs) { #expect(abs(Double(a) - b) <= 5 * (2 * max(b, 1)).squareRoot()) }
    }

    @Test("without weights all are equally likely; balanced, all classes are")
    func uniform() {
        for count in Self.frequencies(Self.data.sampled(10_000)) { #expect(abs(count - 12_500) < 600) }
        let found = Self.frequencies(Self.data.balanced(9_000, seed: 2))
        #expect(abs(found[..<5].reduce(0, +) - 30_000) < 700 && abs(found[5] + found[6] - 30_000) < 700)
        #expect(abs(found[7] - 30_000) < 700)
        for index in 0..<5 { #expect(abs(found[index] - 6_000) < 400) }
    }

    @Test("each epoch draws others, the same ones for a seed; workers and resuming change nothing")
    func seeded() throws {
        let sampled = Self.data.sampled(20, by: Self.weights, seed: 4)
        #expect(sampled.order(epoch: 0).count == 20 && sampled.order(epoch: 0) != sampled.order(epoch: 1))
        #expect(sampled.order(epoch: 3) == Self.data.sampled(20, by: Self.weights, seed: 4).order(epoch: 3))
        #expect(sampled.order(epoch: 3) != Self.data.sampled(20, by: Self.weights, seed: 5).order(epoch: 3))
        let batches = sampled.batched(3)
        #expect(batches.count == 7)
        #expect(Array(batches).map { $0.0.array(of: Int.self) } != Array(batches).map { $0.0.array(of: Int.self) })
        #expect(sampled.classCounts == [5, 2, 0, 1])
        try checkDataset(sampled)
        try checkDataset(Self.data.balanced(seed: 1))
        #expect(Self.data.sampled(0).order(epoch: 0).isEmpty && Self.data[..<0].sampled(seed: 1).batched(2).count == 0)
    }

    @Test("wrong weights stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data.sampled(by: [1, 2])
        }.expectMessage("sampled: expects 8 weights, one for each example, got 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data[..<2].sampled(by: [1, -2])
        }.expectMessage("sampled: expects weights of at least 0, got -2.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data[..<2].sampled(by: [0, 0])
        }.expectMessage("sampled: expects weights with a sum above 0 that is finite, got 0.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data[..<0].sampled(5)
        }.expectMessage("sampled: expects a dataset with examples, got an empty one")
    }
}
