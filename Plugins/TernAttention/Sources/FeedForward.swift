import TernCore
import TernLayers
import TernNN

/// What stands between the two linear layers of a transformer's small network.
public enum TransformerActivation: Sendable {
    /// `max(x, 0)`.
    case relu
    /// ``/TernCore/gelu(_:approximation:)`` without approximation.
    case gelu
    /// One of your own, from a tensor to one of its shape.
    case function(@Sendable (Tensor) -> Tensor)

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .relu: TernCore.relu(x)
        case .gelu: TernCore.gelu(x)
        case .function(let function): function(x)
        }
    }
}

/// `linear2(dropout(activation(linear1(x))))`: the small network at each position. Its parts are members of the layer that has
/// it, as in PyTorch.
struct FeedForward {
    let linear1, linear2: Linear
    let dropout: Dropout
    let activation: TransformerActivation

    init(_ modelSize: Int, _ size: Int, _ dropout: Double, _ activation: TransformerActivation, bias: Bool) {
        linear1 = Linear(modelSize, size, bias: bias)
        linear2 = Linear(size, modelSize, bias: bias)
        self.dropout = Dropout(dropout)
        self.activation = activation
    }

    func callAsFunction(_ x: Tensor) -> Tensor { linear2(dropout(activation(linear1(x)))) }

    func visitParts(_ visitor: inout some ModuleVisitor) {
        visitor.visit("linear1", linear1)
        visitor.visit("dropout", dropout)
        visitor.visit("linear2", linear2)
    }
}

extension TransformerActivation: SettingConvertible {
    public static var settingKind: String { "relu or gelu" }
    /// A function of one's own has no name that a file could keep.
    public var settingValue: SettingValue {
        switch self {
        case .relu: .text("relu")
        case .gelu: .text("gelu")
        case .function: .text("a function")
        }
    }
    public static func fromSetting(_ value: SettingValue) -> TransformerActivation? {
        value == .text("relu") ? .relu : value == .text("gelu") ? .gelu : nil
    }
}
