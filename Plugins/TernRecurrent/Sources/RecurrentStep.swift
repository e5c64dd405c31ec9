import TernCore
import TernNN

/// What RNNCell, LSTMCell and GRUCell have in common: one step.
struct RecurrentStep {
    let name: String
    let cell: RecurrentCell
    let hiddenSize: Int
    let weights: RecurrentWeights

    init(_ name: String, _ cell: RecurrentCell, inputSize: Int?, hiddenSize: Int, bias: Bool) {
        if let inputSize { checkPositive(inputSize, "inputSize", name) }
        checkPositive(hiddenSize, "hiddenSize", name)
        self.name = name
        self.cell = cell
        self.hiddenSize = hiddenSize
        weights = RecurrentWeights(
            cell, inputSize: inputSize, units: hiddenSize, features: hiddenSize, hasBias: bias,
            name: "\(name).weight_ih")
    }

    var inputSize: Int { weights.input.shape[1] }

    var settingsDescription: String {
        var text = "\(inputSize < 0 ? "?" : "\(inputSize)"), \(hiddenSize)"
        if weights.inputBias == nil { text += ", bias=False" }
        if cell == .relu { text += ", nonlinearity=relu" }
        return text
    }

    /// - Parameter states: hidden and, of an LSTM, the cell's [N, U], or [U] of one sample; zeros if `nil`.
    /// - Returns: the next ones.
    func forward(_ input: Tensor, _ states: [Tensor]?) -> [Tensor] {
        if input.rank != 1 && input.rank != 2 {
            mistake(name, "expects an input of shape [N, C] or [C], got \(input.shape)")
        }
        weights.materialize(input.shape.last!)
        weights.checkInputSize(input, name)
        var x = weights.checked(input, name)
        let lead = Array(x.shape.dropLast())
        let shape = Shape(lead + [hiddenSize])
        var states = states ?? (0..<(cell == .lstm ? 2 : 1)).map { _ in Tensor.zeros(shape, dtype: x.dtype) }
        for (state, kind) in zip(states, ["hidden state", "cell state"]) {
            checkState(state, kind, shape, lead.isEmpty ? "features" : "batch, features", x.dtype, name)
        }
        if lead.isEmpty {
            x = x.unsqueezed(axes: 0)
            states = states.map { $0.unsqueezed(axes: 0) }
        }
        let next = weights.apply(cell, x, states, .timeFirst(steps: 1, samples: x.shape[0])).states
        return lead.isEmpty ? next.map { $0.squeezed(axes: 0) } : next
    }
}
