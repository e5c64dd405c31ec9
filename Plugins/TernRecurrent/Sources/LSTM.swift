import TernCore
import TernNN

/// Long short-term memory over whole sequences: Hochreiter and Schmidhuber, "Long short-term memory", 1997, with the forget
/// gate of Gers et al., 2000. PyTorch's `LSTM`.
///
///     i = sigmoid(W_ii x + b_ii + W_hi h' + b_hi)      g = tanh(W_ig x + b_ig + W_hg h' + b_hg)
///     f = sigmoid(W_if x + b_if + W_hf h' + b_hf)      o = sigmoid(W_io x + b_io + W_ho h' + b_ho)
///     c = f c' + i g                                   h = o tanh(c)
///
/// at each step, with h' and c' those of the step before. With a projection (Sak et al., 2014), `h = W_hr (o tanh(c))`.
///
/// ```swift
/// let lstm = LSTM(28, 128, batchFirst: true)
/// let (output, state) = lstm(Tensor.zeros([64, 10, 28]))
/// output.shape                                       // [64, 10, 128]
/// state.hidden.shape                                 // [1, 64, 128]
/// let next = lstm(Tensor.zeros([64, 10, 28]), state.detached)   // goes on, and gradients end here
/// ```
///
/// Shapes, with `T` steps, `N` sequences, `C` input features, `U` units, `P` features of the hidden state (`U`, or
/// `projectionSize`), `L` layers and `D` directions (1 or 2):
///
/// | | |
/// | --- | --- |
/// | input | [T, N, C]; [N, T, C] if `batchFirst`; [T, C] of one sequence; a ``PackedSequence`` |
/// | output: the hidden state of the last layer at each step, both directions side by side | as the input, with D P features |
/// | state: hidden, cell | [L D, N, P] and [L D, N, U], without N for one sequence; layer by layer, forward first |
/// | `weight_ih_l0`, ... and `weight_ih_l0_reverse`, ... | [4 U, C], from the second layer on [4 U, D P]; gates in the order i, f, g, o |
/// | `weight_hh_l0` | [4 U, P] |
/// | `bias_ih_l0`, `bias_hh_l0` | [4 U] |
/// | `weight_hr_l0`, with a projection | [P, U] |
///
/// All parameters start uniform between -1 / sqrt(U) and 1 / sqrt(U).
///
/// A layer's direction is one operation, and each weight's gradient one product over all steps. Saved for
/// the derivative are the gates and cell states of all steps, R (5 U + P) numbers for R elements of all sequences. Halves are
/// computed in `float32`.
///
/// Keras's `LSTM` gives the last output alone unless `return_sequences` is set: that is `state.hidden[-1]` of a single
/// direction, or `output[-1]` of sequences of one length. It has one bias, which starts at 1 for f and 0 elsewhere, and
/// other initial weights.
///
/// Stops if the input has another number of features, another type or no step, or if a state has another shape. Under
/// `autocast`, halves that come from a product become the parameters' `float32`. The same bits for any number of threads.
///
/// Of Keras's settings, `go_backwards` is an input that is flipped, and `recurrent_dropout` and other activations are not
/// offered: ``LSTMCell`` has a step of one's own around it.
public final class LSTM: Module, ModeDependent {
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
    ///   - projectionSize: the features of the hidden state, less than `hiddenSize`; no projection if absent. PyTorch's
    ///     `proj_size`.
    public convenience init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false, projectionSize: Int? = nil
    ) {
        self.init(
            inputSize: inputSize, hiddenSize, layers, bias, batchFirst, dropout, bidirectional, projectionSize)
    }

    /// A layer that takes its number of input features from the first input.
    public convenience init(
        _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0,
        bidirectional: Bool = false, projectionSize: Int? = nil
    ) {
        self.init(inputSize: nil, hiddenSize, layers, bias, batchFirst, dropout, bidirectional, projectionSize)
    }

    private init(
        inputSize: Int?, _ hiddenSize: Int, _ layers: Int, _ bias: Bool, _ batchFirst: Bool, _ dropout: Double,
        _ bidirectional: Bool, _ projectionSize: Int?
    ) {
        stack = RecurrentStack(
            "LSTM", .lstm, inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, bias: bias,
            batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional, projectionSize: projectionSize)
    }

    /// The number of input features; -1 as long as it is not known.
    public var inputSize: Int { stack.inputSize }
    /// The features of the hidden state.
    public var hiddenSize: Int { stack.hiddenSize }
    /// How many layers stand one on the other.
    public var layers: Int { stack.layers }

    /// The output for sequences of one length, and the last state.
    ///
    /// - Parameters:
    ///   - input: [T, N, inputSize], or [N, T, inputSize] if `batchFirst`; [T, inputSize] without a batch.
    ///   - state: where sequences begin; zeros if absent.
    public func callAsFunction(_ input: Tensor, _ state: LSTMState? = nil) -> (output: Tensor, state: LSTMState) {
        self(RecurrentInput(input, state: state)).plain
    }

    /// The output for a packed sequence, and the state at the end of each sequence.
    public func callAsFunction(
        _ input: PackedSequence, _ state: LSTMState? = nil
    ) -> (output: PackedSequence, state: LSTMState) {
        self(RecurrentInput(input.data, packing: input.packing, state: state)).packed
    }

    public func forward(_ input: RecurrentInput<LSTMState>) -> RecurrentOutput<LSTMState> {
        let (data, states) = stack.forward(
            input.data, input.packing, input.state.map { [$0.hidden, $0.cell] }, isTraining: isTraining)
        return RecurrentOutput(
            data: data, packing: input.packing, state: LSTMState(hidden: states[0], cell: states[1]))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { stack.visitMembers(&visitor) }

    public var settingsDescription: String { stack.settingsDescription }
}

/// What an ``LSTM`` carries from one part of a sequence to the next.
public struct LSTMState: Sendable {
    /// What the layer gives, [layers * directions, N, H], or [N, H] of a cell.
    public var hidden: Tensor
    /// What it remembers, of the same shape but for a projection.
    public var cell: Tensor

    /// - Parameters:
    ///   - hidden: what the layer gives.
    ///   - cell: what it remembers.
    public init(hidden: Tensor, cell: Tensor) {
        self.hidden = hidden
        self.cell = cell
    }

    /// The same values outside of every graph: gradients do not flow into what came before. For truncated
    /// back-propagation.
    public var detached: LSTMState { LSTMState(hidden: hidden.detached, cell: cell.detached) }
}

extension LSTM: RebuildableModule {
    public static let blueprint = Blueprint<LSTM>(
        "[T, N, C] or [N, T, C] -> [T, N, U] or [N, T, U]", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("num_layers", \.layers, in: .layerCounts),
        .init("bias", \.stack.hasBias), .init("batch_first", \.stack.isBatchFirst),
        .init("dropout", \.stack.dropout, in: 0...1),
        .init("bidirectional", \.stack.isBidirectional), .init("proj_size", \.projectionSize, in: .sizes)
    ) { inputSize, hiddenSize, layers, bias, batchFirst, dropout, bidirectional, projectionSize in
        if let projectionSize, projectionSize >= hiddenSize {
            throw ConfigurationError("proj_size must be below hidden_size \(hiddenSize), got \(projectionSize)")
        }
        return LSTM(
            inputSize, hiddenSize, layers: layers, bias: bias, batchFirst: batchFirst, dropout: dropout,
            bidirectional: bidirectional, projectionSize: projectionSize)
    }

    private var projectionSize: Int? { stack.features == hiddenSize ? nil : stack.features }
}
