import CTernRecurrent
import TernCore

/// What a step of a recurrent layer computes.
package enum RecurrentCell: Sendable, Hashable {
    case lstm, gru
    /// Elman's network, with a hyperbolic tangent or a ReLU.
    case tanh, relu

    /// How many numbers a unit's state follows from: each has rows of the weights of its own.
    var gates: Int {
        switch self {
        case .lstm: 4
        case .gru: 3
        case .tanh, .relu: 1
        }
    }

    /// What profiles and graphs call the operation.
    var name: String {
        switch self {
        case .lstm: "lstm"
        case .gru: "gru"
        case .tanh, .relu: "rnn"
        }
    }

    var kernel: TernCell {
        switch self {
        case .lstm: TERN_CELL_LSTM
        case .gru: TERN_CELL_GRU
        case .tanh: TERN_CELL_TANH
        case .relu: TERN_CELL_RELU
        }
    }

    /// The state of some samples after a step, in tensor operations: what the kernels are held against, and what
    /// gradients of gradients are computed from.
    ///
    /// - Parameters:
    ///   - x: what the input puts into the gates, its bias included.
    ///   - h: the hidden state before.
    ///   - c: the cell state before, of an LSTM.
    func step(
        _ x: Tensor, _ h: Tensor, _ c: Tensor?, _ weight: Tensor, _ bias: Tensor?, _ projection: Tensor?
    ) -> (h: Tensor, c: Tensor?) {
        let inner = linear(h, weight, bias)
        switch self {
        case .lstm:
            let gates = (x + inner).split(into: 4, axis: 1)
            let cell = sigmoid(gates[1]) * c! + sigmoid(gates[0]) * TernCore.tanh(gates[2])
            let hidden = sigmoid(gates[3]) * TernCore.tanh(cell)
            return (projection.map { linear(hidden, $0) } ?? hidden, cell)
        case .gru:
            let (x, inner) = (x.split(into: 3, axis: 1), inner.split(into: 3, axis: 1))
            let (reset, update) = (sigmoid(x[0] + inner[0]), sigmoid(x[1] + inner[1]))
            let new = TernCore.tanh(x[2] + reset * inner[2])
            return (new + update * (h - new), nil)
        case .tanh: return (TernCore.tanh(x + inner), nil)
        case .relu: return (TernCore.relu(x + inner), nil)
        }
    }
}
