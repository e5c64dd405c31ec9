import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite struct WindowDatasetTests {
    static func numbers(_ pair: (Tensor, Tensor)) -> [[Int]] {
        [pair.0.array(of: Int.self), pair.1.array(of: Int.self)]
    }

    @Test("a window's targets are its inputs shifted by one, in the tokens' type", arguments: [DType.int64, .uint16])
    func windows(dtype: DType) {
        let windows = WindowDataset(Tensor.arange(8, dtype: dtype), length: 3)
        #expect(windows.count == 5)
        #expect(Self.numbers(windows.element(at: 0)) == [[0, 1, 2], [1, 2, 3]])
        #expect(Self.numbers(windows.element(at: 4)) == [[4, 5, 6], [5, 6, 7]])
        let (inputs, targets) = windows.batch(at: [4, 1])
        #expect(inputs.shape == [2, 3] && inputs.dtype == dtype)
        #expect(inputs.array(of: Int.self) == [4, 5, 6, 1, 2, 3] && targets.array(of: Int.self) == [5, 6, 7, 2, 3, 4])
    }

    @Test("with a stride of its length each token is a target once, but for the first and a rest")
    func strides() {
        let windows = WindowDataset(Tensor.arange(12), length: 4, stride: 4)
        #expect(windows.count == 2)
        #expect(Self.numbers(windows.batch()) == [[0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 8]])
        #expect(WindowDataset(Tensor.arange(13), length: 4, stride: 4).count == 3)
        for (count, expected) in [(0, 0), (4, 0), (5, 1), (6, 2)] {
            #expect(WindowDataset(Tensor.arange(count), length: 4).count == expected)
        }
    }

    @Test("in order, shuffled or sampled, as any dataset")
    func orders() throws {
        let windows = WindowDataset(Tensor.arange(40), length: 4)
        try checkDataset(windows)
        try checkDataset(windows.sampled(10, seed: 3))
        let starts = Array(windows.shuffled(seed: 1).batched(.max))[0].0[0..., 0].array(of: Int.self)
        #expect(starts != Array(0..<36) && starts.sorted() == Array(0..<36))
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = WindowDataset(Tensor.zeros([3]), length: 1)
        }.expectMessage("WindowDataset: expects integer tokens [T], got float32 [3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = WindowDataset(Tensor.arange(3), length: 2).element(at: 1)
        }.expectMessage("WindowDataset: expects an index in 0..<1, got 1")
    }
}
