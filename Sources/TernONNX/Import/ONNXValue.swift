import TernCore

/// What a value of an ONNX graph can be.
public indirect enum ONNXValue: Sendable {
    /// A tensor, as nearly all are.
    case tensor(Tensor)
    /// A list of values of one kind.
    case sequence([ONNXValue])
    /// A value that may be there.
    case optional(ONNXValue?)

    /// What messages call it.
    var kind: String {
        switch self {
        case .tensor: "a tensor"
        case .sequence: "a sequence"
        case .optional: "an optional"
        }
    }
}

/// How much a model from a file may ask for.
public struct ONNXLimits: Sendable {
    /// The most elements that one tensor may have.
    public var elements = 1 << 32
    /// The most nodes that a run may compute, each turn of a loop counted anew.
    public var steps = 100_000_000

    /// Limits that no usual model comes near.
    public init() {}
}
