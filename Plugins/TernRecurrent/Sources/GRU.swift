import TernCore
import TernNN

/// Gated recurrent units over whole sequences: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
/// PyTorch's `GRU`.
///
///     r = sigmoid(W_ir x + b_ir + W_hr h' + b_hr)
///     z = sigmoid(W_iz x + b_iz + W_hz h' + b_hz)
///     n = tanh(W_in x + b_in + r (W_hn h' + b_hn))
///     h = (1 - z) n + z h'
///
/// at each step, with h' that of the step before.
///
/// ```swift
/// let gru = GRU(64, 96, layers: 2, batchFirst: true)
/// let (output, hidden) = gru(Tensor.zeros([32, 40, 64]))
/// output.shape   // [32, 40, 96]
/// hidden.shape   // [2, 32, 96]
/// ```
///
/// Shapes, with `T` steps, `N` sequences, `C` input features, `U` units, `L` layers and `D` directions (1 or 2):
///
/// | | |
/// | --- | --- |
/// | input | [T, N, C]; [N, T, C] if `batchFirst`; [T, C] of one sequence; a ``PackedSequence`` |
/// | output: the hidden state of the last layer at each step, both directions side by side | as the input, with D U features |
/// | state | [L D, N, U], without N for one sequence; layer by layer, forward first |
/// | `weight_ih_l0`, ... and `weight_ih_l0_reverse`, ... | [3 U, C], from the second layer on [3 U, D U]; gates in the order r, z, n |
/// | `weight_hh_l0` | [3 U, U] |
/// | `bias_ih_l0`, `bias_hh_l0` | [3 U] |
///
/// All parameters start uniform between -1 / sqrt(U) and 1 / sqrt(U).
///
/// A layer's direction is one operation, and each weight's gradient one product over all steps. Saved for
/// the derivative are R (5 U) numbers for R elements of all sequences. Halves are computed in `float32`.
///
/// Keras's `GRU` is the same with its default `reset_after=True` (without it, r multiplies h' before the product, which is
/// not offered), with gates in the order z, r, n and weights transposed. It gives the last output alone unless
/// `return_sequences` is set: that is `hidden[-1]` of a single direction, or `output[-1]` of sequences of one length.
///
/// Stops if the input has another number of features, another type or no step, or if a state has another shape. Under
/// `autocast`, halves that come from a product become the parameters' `float32`. The same bits for any number of threads.
///
/// Of Keras's settings, `go_backwards` is an input that is flipped, and `recurrent_dropout` and other activations are not
/// offered: ``GRUCell`` has a step of one's own around it.
public final class GRU: Module, ModeDependent {
    private let stack: RecurrentStack
    public var isTraining = true

    /// - Parameters:
    ///   - inputSize: the features of each position.
    ///   - hiddenSize: the features of the hidden state.
    ///   - layers: how many stand one on the other; each but the first takes the hidden states of the one below.
    ///     PyTorch's `num_layers`.
    ///   - bias: whether there are biases.
    ///   - batchFirst: whether inputs and outputs are [N, T, ...]; states are not affected.
    ///   - dropout: the probability, in 0...1, with which what goes from a layer to the next is dropped in training.
    ///   - bidirectional: whether each layer also goes through the sequences from their ends.
    public convenience init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false
    ) {
        self.init(inputSize: inputSize, hiddenSize, layers, bias, batchFirst, dropout, bidirectional)
    }

    /// A layer that takes its number of input features from the first input.
    public convenience init(
        _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0,
        bidirectional: Bool = false
    ) {
        self.init(inputSize: nil, hiddenSize, layers, bias, batchFirst, dropout, bidirectional)
    }

    private init(
        inputSize: Int?, _ hiddenSize: Int, _ layers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
        _ bidirectional: Bool
    ) {
        stack = RecurrentStack(
            "GRU", .gru, inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, bias: bias,
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

extension GRU: RebuildableModule {
    public static let blueprint = Blueprint<GRU>(
        "[T, N, C] or [N, T, C] -> [T, N, U] or [N, T, U]", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("num_layers", \.layers, in: .layerCounts),
        .init("bias", \.stack.hasBias), .init("batch_first", \.stack.isBatchFirst),
        .init("dropout", \.stack.dropout, in: 0...1),
        .init("bidirectional", \.stack.isBidirectional)
    ) { GRU($0, $1, layers: $2, bias: $3, batchFirst: $4, dropout: $5, bidirectional: $6) }
}
