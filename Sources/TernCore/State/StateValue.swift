/// A value in a state.
public enum StateValue: Equatable, Sendable {
    /// A whole number: a count, a seed.
    case integer(Int)
    /// A number with fractions.
    case number(Double)
    /// A text: a name, a mode.
    case text(String)
    /// A tensor of any type.
    case tensor(Tensor)

    /// Whether they are of one kind and the same. A NaN is the same as another, also in tensors.
    public static func == (lhs: StateValue, rhs: StateValue) -> Bool {
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
    package var kind: String {
        switch self {
        case .integer: "the integer \(plain)"
        case .number: "the number \(plain)"
        case .text: "the text \"\(plain)\""
        case .tensor: "a tensor \(plain)"
        }
    }

    /// The value alone, for messages.
    package var plain: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value
        case .tensor(let value): "\(value.dtype) \(value.shape)"
        }
    }
}

extension StateValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}

extension StateValue {
    /// The value if it is an integer.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The value if it is a number.
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    /// The value if it is a text.
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The value if it is a tensor.
    public var tensor: Tensor? { if case .tensor(let value) = self { value } else { nil } }
}
