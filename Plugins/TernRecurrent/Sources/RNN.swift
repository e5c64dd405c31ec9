import TernCore
import TernNN

/// What a simple recurrent network applies to its sums.
public enum RecurrentActivation: String, SettingConvertible, CaseIterable, Hashable {
    /// `tanh(x)`, in -1...1.
    case tanh
    /// `max(x, 0)`.
    case relu

    var cell: RecurrentCell { self == .tanh ? .tanh : .relu }
}

/// A simple recurrent network over whole sequences: Elman, "Finding structure in time", 1990. PyTorch's `RNN`, Keras's
/// `SimpleRNN`.
///
///     h = tanh(W_ih x + b_ih + W_hh h' + b_hh)
///
/// at each step, with h' that of the step before; or a ReLU instead of tanh.
///
/// ```swift
/// let rnn = RNN(8, 16, activation: .relu, bidirectional: true)
/// let (output, hidden) = rnn(Tensor.zeros([5, 3, 8]))
/// output.shape   // [5, 3, 32]
/// hidden.shape   // [2, 3, 16]
/// ```
///
/// Shapes, with `T` steps, `N` sequences, `C` input features, `U` units, `L` layers and `D` directions (1 or 2):
///
/// | | |
/// | --- | --- |
/// | input | [T, N, C]; [N, T, C] if `batchFirst`; [T, C] of one sequence; a ``PackedSequence`` |
/// | output: the hidden state of the last layer at each step, both directions side by side | as the input, with D U features |
/// | state | [L D, N, U], without N for one sequence; layer by layer, forward first |
/// | `weight_ih_l0`, ... and `weight_ih_l0_reverse`, ... | [U, C], from the second layer on [U, D U] |
/// | `weight_hh_l0` | [U, U] |
/// | `bias_ih_l0`, `bias_hh_l0` | [U] |
///
/// All parameters start uniform between -1 / sqrt(U) and 1 / sqrt(U). Halves are computed in `float32`.
///
/// Keras's `SimpleRNN` has one bias, which starts at 0, and other initial weights. It gives the last output alone unless
/// `return_sequences` is set: that is `hidden[-1]` of a single direction, or `output[-1]` of sequences of one length.
///
/// Stops if the input has another number of features, another type or no step, or if a state has another shape. Under
/// `autocast`, halves that come from a product become the parameters' `float32`. The same bits for any number of threads.
///
/// Of Keras's settings, `go_backwards` is an input that is flipped, and `recurrent_dropout` and other activations are not
/// offered: ``RNNCell`` has a step of one's own around it.
public final class RNN: Module, ModeDependent {
    private let stack: RecurrentStack
    public var isTraining = true

    /// - Parameters:
    ///   - inputSize: the features of each position.
    ///   - hiddenSize: the features of the hidden state.
    ///   - layers: how many stand one on the other; each but the first takes the hidden states of the one below.
    ///     PyTorch's `num_layers`.
    ///   - activation: PyTorch's `nonlinearity`.
    ///   - bias: whether there are biases.
    ///   - batchFirst: whether inputs and outputs are [N, T, ...]; states are not affected.
    ///   - dropout: the probability, in 0...1, with which what goes from a layer to the next is dropped in training.
    ///   - bidirectional: whether each layer also goes through the sequences from their ends.
    public convenience init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, activation: RecurrentActivation = .tanh,
        bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false
    ) {
        self.init(inputSize: inputSize, hiddenSize, layers, activation, bias, batchFirst, dropout, bidirectional)
    }

    /// A layer that takes its number of input features from the first input.
    public convenience init(
        _ hiddenSize: Int, layers: Int = 1, activation: RecurrentActivation = .tanh, bias: Bool = true,
        batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false
    ) {
        self.init(inputSize: nil, hiddenSize, layers, activation, bias, batchFirst, dropout, bidirectional)
    }

    private init(
        inputSize: Int?, _ hiddenSize: Int, _ layers: Int, _ activation: RecurrentActivation, _ bias: Bool,
        _ batchFirst: Bool, _ dropout: Double, _ bidirectional: Bool
    ) {
        stack = RecurrentStack(
            "RNN", activation.cell, inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, bias: bias,
            batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional)
    }

    /// The number of input features; -1 as long as it is not known.
    public var inputSize: Int { stack.inputSize }
    /// The features of the hidden state.
    public var hiddenSize: Int { stack.hiddenSize }
    /// How many layers stand one on the other.
    public var layers: Int { stack.layers }

    /// The output for sequences of one length, and the last hidden state.
    ///
    /// - Parameters:
    ///   - input: [T, N, inputSize], or [N, T, inputSize] if `batchFirst`; [T, inputSize] without a batch.
    ///   - state: where sequences begin; zeros if absent.
    public func callAsFunction(_ input: Tensor, _ state: Tensor? = nil) -> (output: Tensor, state: Tensor) {
        self(RecurrentInput(input, state: state)).plain
    }

    /// The output for a packed sequence, and the hidden state at the end of each sequence.
    public func callAsFunction(
        _ input: PackedSequence, _ state: Tensor? = nil
    ) -> (output: PackedSequence, state: Tensor) {
        self(RecurrentInput(input.data, packing: input.packing, state: state)).packed
    }

    public func forward(_ input: RecurrentInput<Tensor>) -> RecurrentOutput<Tensor> {
        let (data, states) = stack.forward(
            input.data, input.packing, input.state.map { [$0] }, isTraining: isTraining)
        return RecurrentOutput(data: data, packing: input.packing, state: states[0])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { stack.visitMembers(&visitor) }

    public var settingsDescription: String { stack.settingsDescription }
}

extension RNN: RebuildableModule {
    public static let blueprint = Blueprint<RNN>(
        "[T, N, C] or [N, T, C] -> [T, N, U] or [N, T, U]", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("num_layers", \.layers, in: .layerCounts),
        .init("nonlinearity", \.activation), .init("bias", \.stack.hasBias), .init("batch_first", \.stack.isBatchFirst),
        .init("dropout", \.stack.dropout, in: 0...1),
        .init("bidirectional", \.stack.isBidirectional)
    ) { RNN($0, $1, layers: $2, activation: $3, bias: $4, batchFirst: $5, dropout: $6, bidirectional: $7) }

    private var activation: RecurrentActivation { stack.cell == .relu ? .relu : .tanh }
}
