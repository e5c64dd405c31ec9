import TernCore
import TernNN

/// One step of an ``LSTM``. PyTorch's `LSTMCell`.
///
/// ```swift
/// let cell = LSTMCell(8, 16)
/// var state = LSTMState(hidden: .zeros([3, 16]), cell: .zeros([3, 16]))
/// for _ in 0..<5 { state = cell(Tensor.zeros([3, 8]), state) }
/// state.hidden.shape   // [3, 16]
/// ```
///
/// Shapes, with `N` samples, `C` input features and `U` units: input [N, C], hidden and cell state [N, U]; or without N.
/// `weight_ih` [4 U, C], `weight_hh` [4 U, U], `bias_ih` and `bias_hh` [4 U], with the gates in the order i, f, g, o; all
/// start uniform between -1 / sqrt(U) and 1 / sqrt(U).
public final class LSTMCell: Module {
    private let step: RecurrentStep

    /// - Parameters:
    ///   - inputSize: the features of the input.
    ///   - hiddenSize: the features of the hidden state.
    ///   - bias: whether there are biases.
    public init(_ inputSize: Int, _ hiddenSize: Int, bias: Bool = true) {
        step = RecurrentStep("LSTMCell", .lstm, inputSize: inputSize, hiddenSize: hiddenSize, bias: bias)
    }

    /// A cell that takes its number of input features from the first input.
    public init(_ hiddenSize: Int, bias: Bool = true) {
        step = RecurrentStep("LSTMCell", .lstm, inputSize: nil, hiddenSize: hiddenSize, bias: bias)
    }

    /// The number of input features; -1 as long as it is not known.
    public var inputSize: Int { step.inputSize }
    /// The features of the cell's state.
    public var hiddenSize: Int { step.hiddenSize }

    /// The next state.
    ///
    /// - Parameters:
    ///   - input: [N, inputSize] or [inputSize].
    ///   - state: zeros if absent.
    public func callAsFunction(_ input: Tensor, _ state: LSTMState? = nil) -> LSTMState { self((input, state)) }

    public func forward(_ input: (Tensor, LSTMState?)) -> LSTMState {
        let states = step.forward(input.0, input.1.map { [$0.hidden, $0.cell] })
        return LSTMState(hidden: states[0], cell: states[1])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { step.weights.visitMembers(&visitor) }

    public var settingsDescription: String { step.settingsDescription }
}

extension LSTMCell: RebuildableModule {
    public static let blueprint = Blueprint<LSTMCell>(
        "[N, C], ([N, U], [N, U]) -> ([N, U], [N, U])", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("bias", \.hasBias)
    ) { LSTMCell($0, $1, bias: $2) }

    private var hasBias: Bool { step.weights.inputBias != nil }
}
