import TernCore
import TernData
import Testing

@Suite struct MistakeTests {
    /// Whether the process stopped with this message.
    static func stopped(_ result: ExitTest.Result?, with message: String) -> Bool {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).contains("Fatal error: \(message)\n")
    }

    @Test("tensors without a common first axis are no dataset")
    func commonAxis() async {
        let sizes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2, 1]), Tensor.zeros([3]))
        }
        let expectation = "TensorDataset expects tensors with a common first axis"
        #expect(Self.stopped(sizes, with: "\(expectation), got the shapes [2, 1] and [3]"))
        let scalar = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([]))
        }
        #expect(Self.stopped(scalar, with: "\(expectation), got the shapes []"))
    }

    @Test("an index beyond the dataset is a mistake, in an empty one too")
    func index() async {
        let beyond = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2])).element(at: 2)
        }
        #expect(Self.stopped(beyond, with: "TensorDataset expects an index in 0..<2, got 2"))
        let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([0, 3])).batch(at: [0])
        }
        #expect(Self.stopped(empty, with: "TensorDataset expects an index in 0..<0, got 0"))
    }

    @Test("sizes and counts that make no sense are mistakes")
    func counts() async {
        let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([2])).batched(0)
        }
        #expect(Self.stopped(batch, with: "batched expects a size of at least 1, got 0"))
        let place = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor([1, 2])).batched(1).epoch(0, from: -1)
        }
        #expect(Self.stopped(place, with: "Pipeline.epoch expects a place of at least 0, got -1"))
        let buffer = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).shuffled(buffer: 0)
        }
        #expect(Self.stopped(buffer, with: "shuffled expects a buffer of at least 1, got 0"))
        let ahead = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).prefetched(workers: 2, ahead: 1)
        }
        #expect(Self.stopped(ahead, with: "prefetched expects at least as many elements ahead as workers, got 1 for 2"))
        let length = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Pipeline(0..<3).count
        }
        #expect(Self.stopped(length, with: "Pipeline.count is not known before the end of a sequence: see knownCount"))
    }

    @Test("tensors that do not fit each other are not stacked")
    func stacking() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let ragged = Pipeline(0..<2).map { Tensor.zeros([$0 + 1]) }.batched(2)
            for _ in ragged {}
        }
        #expect(
            Self.stopped(
                result, with: "batched expects tensors of one shape and type, got float32 [1] and float32 [2]"))
    }

    @Test("only bytes are scaled")
    func scaling() async {
        #expect(scaled(Tensor(shape: [3], values: [0, 51, 255] as [UInt8]), to: 0...5) == [0, 1, 5])
        #expect(scaled(Tensor(shape: [2], values: [0, 255] as [UInt8])) == [-1, 1])
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = scaled(Tensor.zeros([2, 3]))
        }
        #expect(Self.stopped(result, with: "scaled expects uint8 images, got float32 [2, 3]"))
    }
}
