import TernCore
import TernNN

/// One step of an ``RNN``. PyTorch's `RNNCell`.
///
/// ```swift
/// let cell = RNNCell(8, 16, activation: .relu)
/// cell(Tensor.zeros([3, 8]), Tensor.ones([3, 16])).shape   // [3, 16]
/// ```
///
/// Shapes, with `N` samples, `C` input features and `U` units: input [N, C], hidden state [N, U]; or without N. `weight_ih`
/// [U, C], `weight_hh` [U, U], `bias_ih` and `bias_hh` [U]; all start uniform between -1 / sqrt(U) and 1 / sqrt(U).
public final class RNNCell: Module {
    private let step: RecurrentStep

    /// - Parameters:
    ///   - inputSize: the features of the input.
    ///   - hiddenSize: the features of the hidden state.
    ///   - activation: PyTorch's `nonlinearity`.
    ///   - bias: whether there are biases.
    public init(_ inputSize: Int, _ hiddenSize: Int, activation: RecurrentActivation = .tanh, bias: Bool = true) {
        step = RecurrentStep("RNNCell", activation.cell, inputSize: inputSize, hiddenSize: hiddenSize, bias: bias)
    }

    /// A cell that takes its number of input features from the first input.
    public init(_ hiddenSize: Int, activation: RecurrentActivation = .tanh, bias: Bool = true) {
        step = RecurrentStep("RNNCell", activation.cell, inputSize: nil, hiddenSize: hiddenSize, bias: bias)
    }

    /// The number of input features; -1 as long as it is not known.
    public var inputSize: Int { step.inputSize }
    /// The features of the hidden state.
    public var hiddenSize: Int { step.hiddenSize }

    /// The next hidden state.
    ///
    /// - Parameters:
    ///   - input: [N, inputSize] or [inputSize].
    ///   - state: zeros if absent.
    public func callAsFunction(_ input: Tensor, _ state: Tensor? = nil) -> Tensor { self((input, state)) }

    public func forward(_ input: (Tensor, Tensor?)) -> Tensor { step.forward(input.0, input.1.map { [$0] })[0] }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { step.weights.visitMembers(&visitor) }

    public var settingsDescription: String { step.settingsDescription }
}

extension RNNCell: RebuildableModule {
    public static let blueprint = Blueprint<RNNCell>(
        "[N, C], [N, U] -> [N, U]", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("bias", \.hasBias), .init("nonlinearity", \.activation)
    ) { RNNCell($0, $1, activation: $3, bias: $2) }

    private var hasBias: Bool { step.weights.inputBias != nil }
    private var activation: RecurrentActivation { step.cell == .relu ? .relu : .tanh }
}
