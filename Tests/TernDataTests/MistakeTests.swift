import TernCore
import TernData
import TernTestSupport
import Testing

@Suite struct MistakeTests {
    @Test("tensors without a common first axis are no dataset")
    func commonAxis() async {
        let expectation = "TensorDataset: expects tensors with a common first axis"
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2, 1]), Tensor.zeros([3]))
        }.expectMessage("\(expectation), got the shapes [2, 1] and [3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([]))
        }.expectMessage("\(expectation), got the shapes []")
    }

    @Test("an index beyond the dataset is a mistake, in an empty one too")
    func index() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2])).element(at: 2)
        }.expectMessage("TensorDataset: expects an index in 0..<2, got 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([0, 3])).batch(at: [0])
        }.expectMessage("TensorDataset: expects an index in 0..<0, got 0")
    }

    @Test("sizes and counts that make no sense are mistakes")
    func counts() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2])).batched(0)
        }.expectMessage("batched: expects a size of at least 1, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor([1, 2])).batched(1).epoch(0, from: -1)
        }.expectMessage("Pipeline.epoch: expects a place of at least 0, got -1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).shuffled(buffer: 0)
        }.expectMessage("shuffled: expects a buffer of at least 1, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).prefetched(workers: 2, ahead: 1)
        }.expectMessage("prefetched: expects at least as many elements ahead as workers, got 1 for 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).count
        }.expectMessage("Pipeline.count: is not known before the end of a sequence: see knownCount")
    }

    @Test("tensors that do not fit each other are not stacked")
    func stacking() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let ragged = Pipeline(0..<2).map { Tensor.zeros([$0 + 1]) }.batched(2)
            for _ in ragged {}
        }.expectMessage("batched: expects tensors of one shape and type, got float32 [1] and float32 [2]")
    }

    @Test("only bytes are scaled")
    func scaling() async {
        #expect(scaled(Tensor(shape: [3], values: [0, 51, 255] as [UInt8]), to: 0...5) == [0, 1, 5])
        #expect(scaled(Tensor(shape: [2], values: [0, 255] as [UInt8])) == [-1, 1])
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = scaled(Tensor.zeros([2, 3]))
        }.expectMessage("scaled: expects uint8 images, got float32 [2, 3]")
    }
}
