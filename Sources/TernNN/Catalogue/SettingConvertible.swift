import TernCore

/// What can be a setting of a layer that model files keep. An enumeration whose raw values are strings needs to say only
/// that it conforms.
public protocol SettingConvertible: Sendable {
    /// What values there are, in messages and in the catalogue: `an integer`.
    static var settingKind: String { get }
    /// How a file writes it.
    var settingValue: SettingValue { get }
    /// What `value` stands for; nil if that is nothing of this type. The value comes from outside: whatever it is, this
    /// must not stop the program.
    static func fromSetting(_ value: SettingValue) -> Self?
}

extension Bool: SettingConvertible {
    public static var settingKind: String { "true or false" }
    public var settingValue: SettingValue { .flag(self) }
    public static func fromSetting(_ value: SettingValue) -> Bool? {
        if case .flag(let flag) = value { flag } else { nil }
    }
}

extension Int: SettingConvertible {
    public static var settingKind: String { "an integer" }
    public var settingValue: SettingValue { .integer(self) }
    public static func fromSetting(_ value: SettingValue) -> Int? {
        if case .integer(let number) = value { number } else { nil }
    }
}

extension Double: SettingConvertible {
    public static var settingKind: String { "a number" }
    /// JSON has no infinities.
    public var settingValue: SettingValue { isFinite ? .number(self) : .text("\(self)") }
    public static func fromSetting(_ value: SettingValue) -> Double? {
        switch value {
        case .number(let number): number
        case .integer(let number): Double(number)
        case .text(let text): ["inf": .infinity, "-inf": -.infinity, "nan": .nan][text]
        default: nil
        }
    }
}

extension String: SettingConvertible {
    public static var settingKind: String { "a text" }
    public var settingValue: SettingValue { .text(self) }
    public static func fromSetting(_ value: SettingValue) -> String? {
        if case .text(let text) = value { text } else { nil }
    }
}

extension Optional: SettingConvertible where Wrapped: SettingConvertible {
    public static var settingKind: String { "\(Wrapped.settingKind), or nothing" }
    public var settingValue: SettingValue { self?.settingValue ?? .absent }
    public static func fromSetting(_ value: SettingValue) -> Wrapped?? {
        if value == .absent { return .some(nil) }
        return Wrapped.fromSetting(value).map(Optional.some)
    }
}

extension Array: SettingConvertible where Element: SettingConvertible {
    public static var settingKind: String { "a list of \(Element.settingKind.split(separator: " ").last ?? "value")s" }
    public var settingValue: SettingValue { .list(map(\.settingValue)) }
    public static func fromSetting(_ value: SettingValue) -> [Element]? {
        guard case .list(let values) = value else { return nil }
        var result: [Element] = []
        for value in values {
            guard let element = Element.fromSetting(value) else { return nil }
            result.append(element)
        }
        return result
    }
}

extension SettingConvertible where Self: RawRepresentable & CaseIterable, RawValue == String {
    public static var settingKind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    public var settingValue: SettingValue { .text(rawValue) }
    public static func fromSetting(_ value: SettingValue) -> Self? { String.fromSetting(value).flatMap(Self.init) }
}

// MARK: - Tern's own

extension Shape: SettingConvertible {
    public static var settingKind: String { "a shape" }
    public var settingValue: SettingValue { Array(self).settingValue }
    public static func fromSetting(_ value: SettingValue) -> Shape? {
        guard let sizes = [Int].fromSetting(value), sizes.count <= Shape.maximumRank else { return nil }
        return Shape(sizes)
    }
}

extension DType: SettingConvertible {
    public static var settingKind: String { "a type of numbers" }
    public var settingValue: SettingValue { .text("\(self)") }
    public static func fromSetting(_ value: SettingValue) -> DType? {
        allCases.first { $0.settingValue == value }
    }
}

extension SpatialSize: SettingConvertible {
    public static var settingKind: String { dimensions == 1 ? "a size" : "\(dimensions) sizes" }
    public var settingValue: SettingValue { array.settingValue }
    public static func fromSetting(_ value: SettingValue) -> Self? {
        guard let sizes = [Int].fromSetting(value), sizes.count == dimensions else { return nil }
        var result = Self(0)
        for axis in 0..<dimensions { result[axis] = sizes[axis] }
        return result
    }
}

extension SpatialPadding: SettingConvertible {
    public static var settingKind: String { "sizes before and after, or 'same'" }
    public var settingValue: SettingValue {
        switch self {
        case .same: .text("same")
        case .explicit(let before, let after): .list([before.settingValue, after.settingValue])
        }
    }
    public static func fromSetting(_ value: SettingValue) -> Self? {
        if value == .text("same") { return .same }
        guard let sides = [SpatialSize<dimensions>].fromSetting(value), sides.count == 2 else { return nil }
        return .explicit(before: sides[0], after: sides[1])
    }
}

extension Padding: SettingConvertible {
    public static var settingKind: String { "a number, reflect, replicate or circular" }
    public var settingValue: SettingValue {
        switch self {
        case .constant(let value): value.settingValue
        case .reflect: .text("reflect")
        case .replicate: .text("replicate")
        case .circular: .text("circular")
        }
    }
    public static func fromSetting(_ value: SettingValue) -> Padding? {
        for padding in [Padding.reflect, .replicate, .circular] where padding.settingValue == value { return padding }
        return Double.fromSetting(value).map(Padding.constant)
    }
}

extension GELUApproximation: SettingConvertible {}
extension RotaryLayout: SettingConvertible {}
extension EmbeddingBagMode: SettingConvertible {}
extension InterpolationMode: SettingConvertible {}
