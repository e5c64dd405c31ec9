/// A setting in a configuration file, by which losses and schedules are made by name. It reads from JSON, and is written as a
/// literal.
public enum ConfigurationValue: Equatable, Sendable {
    /// `false` and `true` are 0 and 1.
    case number(Double)
    /// Several numbers.
    case numbers([Double])
    /// A word, such as the name of a mode.
    case word(String)
}

extension ConfigurationValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .number(value ? 1 : 0) }
    public init(stringLiteral value: String) { self = .word(value) }
    public init(arrayLiteral elements: Double...) { self = .numbers(elements) }
}

extension ConfigurationValue: Decodable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
            self = .number(flag ? 1 : 0)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let numbers = try? value.decode([Double].self) {
            self = .numbers(numbers)
        } else {
            self = .word(try value.decode(String.self))
        }
    }
}

extension ConfigurationValue: CustomStringConvertible {
    /// `0.5`, `[1.0, 2.0]` or `'mean'`
    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .numbers(let numbers): "\(numbers)"
        case .word(let word): "'\(word)'"
        }
    }
}

/// What is wrong with a loss, optimizer, schedule, metric or layer that a configuration or a model file asks for.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let description: String

    /// - Parameter description: what was expected, and what is there: `groups must divide 6 channels, got 4`.
    public init(_ description: String) { self.description = description }
}
