import Tern
import TernRecurrent
import TernTestSupport
import Testing

@Suite("Mistakes with recurrent layers")
struct MistakeTests {
    @Test("inputs of wrong shapes and types")
    func inputs() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTM(4, 6)(Tensor.zeros([5, 3, 7]))
        }.expectMessage("LSTM: LSTM: expects 4 input features, got shape [5, 3, 7]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GRU(4, 6, batchFirst: true)(Tensor.zeros([5, 3, 2, 4]))
        }.expectMessage("GRU: GRU: expects an input of shape [N, T, C] or [T, C], got [5, 3, 2, 4]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = RNN(4, 6)(Tensor.zeros([0, 3, 4]))
        }.expectMessage("RNN: RNN: expects sequences of one step or more, got shape [0, 3, 4]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTM(4, 6)(Tensor.zeros([5, 3, 4], dtype: .float64))
        }.expectMessage(
            "LSTM: LSTM: expects an input of the parameters' type float32, got float64: convert the data with "
                + "converted(to: .float32), or the model with to(.float64)")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GRUCell(4, 6)(Tensor.zeros([5, 3, 4]))
        }.expectMessage("GRUCell: GRUCell: expects an input of shape [N, C] or [C], got [5, 3, 4]")
    }

    @Test("states of wrong shapes")
    func states() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let state = LSTMState(hidden: .zeros([2, 3, 6]), cell: .zeros([2, 2, 6]))
            _ = LSTM(4, 6, bidirectional: true)(Tensor.zeros([5, 3, 4]), state)
        }.expectMessage(
            "LSTM: LSTM: expects a cell state of shape [2, 3, 6] (layers times directions, batch, features), got "
                + "[2, 2, 6]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GRU(4, 6)(Tensor.zeros([5, 4]), Tensor.zeros([1, 1, 6]))
        }.expectMessage(
            "GRU: GRU: expects a hidden state of shape [1, 6] (layers times directions, features), got [1, 1, 6]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = RNNCell(4, 6)(Tensor.zeros([5, 4]), Tensor.zeros([4, 6]))
        }.expectMessage("RNNCell: RNNCell: expects a hidden state of shape [5, 6] (batch, features), got [4, 6]")
    }

    @Test("settings")
    func settings() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTM(4, 6, projectionSize: 6)
        }.expectMessage("LSTM: projectionSize must be positive and less than hiddenSize (6), got 6")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GRU(4, 6, dropout: 1.5)
        }.expectMessage("GRU: dropout must be in 0...1, got 1.5")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = RNN(4, 6, layers: 0)
        }.expectMessage("RNN: layers must be positive, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTMCell(0, 6)
        }.expectMessage("LSTMCell: inputSize must be positive, got 0")
    }

    @Test("packed sequences")
    func packed() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence(Tensor.zeros([5, 3, 4]), lengths: [5, 0, 2])
        }.expectMessage("PackedSequence: expects sequences of one step or more, got 0 at index 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence(Tensor.zeros([5, 3, 4]), lengths: [5, 6, 2])
        }.expectMessage("PackedSequence: expects lengths up to 5 for shape [5, 3, 4], got 6")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence(Tensor.zeros([5, 3, 4]), lengths: [5, 2])
        }.expectMessage("PackedSequence: expects 3 lengths for shape [5, 3, 4], got 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence([Tensor.zeros([2, 4]), Tensor.zeros([3, 5])])
        }.expectMessage(
            "PackedSequence: expects sequences of equal shapes but for axis 0, got [2, 4] and [3, 5]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence(Tensor.zeros([5, 3, 4]), lengths: [5, 3, 2]).padded(steps: 4)
        }.expectMessage("padded: expects room for 5 steps, got 4")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PackedSequence(data: .zeros([9, 4]), packing: .init(lengths: [5, 3, 2]))
        }.expectMessage("PackedSequence: expects 10 elements along axis 0, got shape [9, 4]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTM(4, 6)(PackedSequence(Tensor.zeros([5, 3, 2, 4]), lengths: [5, 3, 2]))
        }.expectMessage("LSTM: LSTM: expects a packed sequence of vectors, got elements of shape [10, 2, 4]")
    }
}
