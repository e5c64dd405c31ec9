/// The settings of an operation that are not tensors, by name: what the profiler shows and a captured graph holds.
///
/// ```swift
/// let attributes: OperationAttributes = ["stride": [2, 2], "groups": 1, "alpha": 0.5]
/// ```
public struct OperationAttributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One setting.
    public struct Entry: Sendable, Hashable {
        /// The setting's, such as `stride`.
        public let name: String
        /// What it was set to.
        public let value: AttributeValue
    }

    /// In the order in which they were written.
    public private(set) var entries: [Entry]

    public init(dictionaryLiteral elements: (String, any AttributeConvertible)...) {
        entries = elements.map { Entry(name: $0, value: $1.attributeValue) }
    }

    /// The setting of this name, if there is one.
    public subscript(_ name: String) -> AttributeValue? { entries.first { $0.name == name }?.value }
}

/// The value of an operation's setting.
public enum AttributeValue: Sendable, Hashable {
    /// A whole number.
    case integer(Int)
    /// Several, such as the sizes of a stride or a shape.
    case integers([Int])
    /// A number with fractions.
    case real(Double)
    /// Yes or no.
    case bool(Bool)
    /// A word, such as a mode.
    case string(String)
    /// A type of elements.
    case type(DType)
}

/// What may be an operation's setting.
public protocol AttributeConvertible {
    /// The value as a setting.
    var attributeValue: AttributeValue { get }
}

extension Int: AttributeConvertible {
    public var attributeValue: AttributeValue { .integer(self) }
}
extension [Int]: AttributeConvertible {
    public var attributeValue: AttributeValue { .integers(self) }
}
extension Shape: AttributeConvertible {
    public var attributeValue: AttributeValue { .integers(Array(self)) }
}
extension Double: AttributeConvertible {
    public var attributeValue: AttributeValue { .real(self) }
}
extension Bool: AttributeConvertible {
    public var attributeValue: AttributeValue { .bool(self) }
}
extension String: AttributeConvertible {
    public var attributeValue: AttributeValue { .string(self) }
}
extension DType: AttributeConvertible {
    public var attributeValue: AttributeValue { .type(self) }
}

extension OperationAttributes: CustomStringConvertible {
    /// `stride=[2, 2], groups=1`
    public var description: String { entries.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") }
}

extension AttributeValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .integers(let values): "\(values)"
        case .real(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .string(let value): value
        case .type(let value): "\(value)"
        }
    }
}
