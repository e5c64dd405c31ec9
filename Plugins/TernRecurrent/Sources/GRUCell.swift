import TernCore
import TernNN

/// One step of a ``GRU``. PyTorch's `GRUCell`.
///
/// ```swift
/// let cell = GRUCell(8, 16)
/// cell(Tensor.zeros([3, 8]), Tensor.ones([3, 16])).shape   // [3, 16]
/// ```
///
/// Shapes, with `N` samples, `C` input features and `U` units: input [N, C], hidden state [N, U]; or without N. `weight_ih`
/// [3 U, C], `weight_hh` [3 U, U], `bias_ih` and `bias_hh` [3 U], with the gates in the order r, z, n; all start uniform
/// between -1 / sqrt(U) and 1 / sqrt(U).
public final class GRUCell: Module {
    private let step: RecurrentStep

    /// - Parameters:
    ///   - inputSize: the features of the input.
    ///   - hiddenSize: the features of the hidden state.
    ///   - bias: whether there are biases.
    public init(_ inputSize: Int, _ hiddenSize: Int, bias: Bool = true) {
        step = RecurrentStep("GRUCell", .gru, inputSize: inputSize, hiddenSize: hiddenSize, bias: bias)
    }

    /// A cell that takes its number of input features from the first input.
    public init(_ hiddenSize: Int, bias: Bool = true) {
        step = RecurrentStep("GRUCell", .gru, inputSize: nil, hiddenSize: hiddenSize, bias: bias)
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

extension GRUCell: RebuildableModule {
    public static let blueprint = Blueprint<GRUCell>(
        "[N, C], [N, U] -> [N, U]", .init("input_size", \.inputSize, in: .sizes),
        .init("hidden_size", \.hiddenSize, in: .sizes), .init("bias", \.hasBias)
    ) { GRUCell($0, $1, bias: $2) }

    private var hasBias: Bool { step.weights.inputBias != nil }
}
