import TernCore

/// Something with a state that checkpoints keep: the model and the optimizer have one, and so have ``History``,
/// ``EarlyStopping`` and whatever a user adds.
///
/// ```swift
/// final class Curriculum: Checkpointable {
///     var stage = 0
///
///     var checkpointState: [String: CheckpointValue] { ["stage": .integer(stage)] }
///
///     func restoring(from reader: inout CheckpointReader) -> () -> Void {
///         let stage = reader.integer("stage", in: 0...5)
///         return { self.stage = stage }
///     }
/// }
///
/// training.keep(Curriculum(), as: "curriculum")
/// ```
public protocol Checkpointable: AnyObject {
    /// The state as it is now, by names of the object's own.
    var checkpointState: [String: CheckpointValue] { get }

    /// Reads a state and checks it, without changing anything yet: what does not fit is told to the reader, which also
    /// notices values that are missing or that were not read.
    ///
    /// - Returns: what takes the state on. It is called if all of the checkpoint, the other parts included, has turned
    ///   out to fit.
    func restoring(from reader: inout CheckpointReader) -> () -> Void
}

/// A value in a checkpoint.
public enum CheckpointValue: Equatable, Sendable {
    case integer(Int)
    case number(Double)
    case text(String)
    case tensor(Tensor)

    /// Whether they are of one kind and the same. A NaN is the same as another, also in tensors.
    public static func == (lhs: CheckpointValue, rhs: CheckpointValue) -> Bool {
        switch (lhs, rhs) {
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b || a.isNaN && b.isNaN
        case (.text(let a), .text(let b)): a == b
        case (.tensor(let a), .tensor(let b)):
            a == b
                || a.dtype.isFloatingPoint && a.dtype == b.dtype && a.shape == b.shape
                    && withoutGradients {
                        a.allClose(to: b, relativeTolerance: 0, absoluteTolerance: 0, equalNaN: true)
                    }
        default: false
        }
    }

    /// For messages.
    var kind: String {
        switch self {
        case .integer(let value): "the integer \(value)"
        case .number(let value): "the number \(value)"
        case .text(let value): "the text \"\(value)\""
        case .tensor(let value): "a tensor \(value.dtype) \(value.shape)"
        }
    }
}

extension CheckpointValue {
    /// The value alone, for messages.
    var plain: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value
        case .tensor(let value): "\(value.dtype) \(value.shape)"
        }
    }
}

extension CheckpointValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}

extension CheckpointValue {
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var tensor: Tensor? { if case .tensor(let value) = self { value } else { nil } }
}
