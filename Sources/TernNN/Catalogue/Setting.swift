import TernCore

/// One setting in a ``Blueprint``: its name in model files, where the layer has it, and which values are allowed.
///
/// ```swift
/// let scale = Blueprint<Rescaling>("[...] -> [...]", .init("scale", \.scale)) { Rescaling($0) }     // any number
/// let linear = Blueprint<Linear>(
///     "[N..., in] -> [N..., out]", .init("in_features", \.inFeatures, in: .sizes),                   // from 1 on
///     .init("out_features", \.outFeatures, in: .sizes)
/// ) { Linear($0, $1) }
/// let over = Blueprint<TimeDistributed>("[N, T, ...] -> [N, T, ...]", .layer("module", \.module)) {   // a layer within
///     TimeDistributed($0)
/// }
/// ```
public struct Setting<Layer, Value>: Sendable {
    let name: String
    /// For the catalogue.
    let kind: String
    let record: @Sendable (Layer, ModuleRecorder) -> SettingValue
    /// Throws a ``ConfigurationError``, or what is wrong with a layer within.
    let rebuild: @Sendable (SettingValue, ModuleRebuilder) throws -> Value
}

extension Setting where Value: SettingConvertible {
    /// - Parameters:
    ///   - name: in files; it stays the same when the Swift code changes.
    ///   - path: where the layer has it.
    public init(_ name: String, _ path: any KeyPath<Layer, Value> & Sendable) {
        self.init(name, path, "") { _ in true }
    }

    /// A setting of which only some values are allowed.
    ///
    /// - Parameters:
    ///   - rule: in words, for messages: `at most 3`.
    ///   - holds: whether a value from a file is allowed.
    package init(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable, _ rule: String,
        where holds: @escaping @Sendable (Value) -> Bool
    ) {
        let kind = Value.settingKind + (rule.isEmpty ? "" : ", " + rule)
        self.init(name: name, kind: kind) { layer, _ in
            layer[keyPath: path].settingValue
        } rebuild: { setting, _ in
            guard let value = Value.fromSetting(setting), holds(value) else {
                throw ConfigurationError("\(name) must be \(kind), got \(setting)")
            }
            return value
        }
    }

    /// A number within a range.
    public init(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable, in range: ClosedRange<Value>
    ) where Value: Comparable {
        self.init(name, path, words(range)) { range.contains($0) }
    }

    /// A number within a range, or nothing.
    public init<Number: Comparable & SettingConvertible>(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable, in range: ClosedRange<Number>
    ) where Value == Number? {
        self.init(name, path, words(range)) { $0.map(range.contains) ?? true }
    }

    /// Sizes, each within a range.
    public init(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable, in range: ClosedRange<Int>
    ) where Value: SettingSizes {
        self.init(name, path, words(range)) { $0.settingSizes.allSatisfy(range.contains) }
    }
}

/// Several sizes: of a shape, a kernel, a padding, or a list.
public protocol SettingSizes: SettingConvertible {
    /// The sizes, one after the other, which a range is held against.
    var settingSizes: [Int] { get }
}

extension Shape: SettingSizes {
    public var settingSizes: [Int] { Array(self) }
}
extension [Int]: SettingSizes {
    public var settingSizes: [Int] { self }
}
extension SpatialSize: SettingSizes {
    public var settingSizes: [Int] { array }
}
extension Optional: SettingSizes where Wrapped: SettingSizes {
    public var settingSizes: [Int] { self?.settingSizes ?? [] }
}
extension SpatialPadding: SettingSizes {
    public var settingSizes: [Int] {
        if case .explicit(let before, let after) = self { before.array + after.array } else { [] }
    }
}

extension ClosedRange<Int> {
    /// What may be the size of an axis that is not empty.
    public static var sizes: ClosedRange<Int> { 1...Int(Int32.max) }
    /// What may be a padding, or the size of an axis.
    public static var sizesFromZero: ClosedRange<Int> { 0...Int(Int32.max) }
    /// What may number an axis: negative ones count from the last.
    public static var axes: ClosedRange<Int> { -Shape.maximumRank...Shape.maximumRank - 1 }
    /// How many layers a setting may ask for: a file that claims more does not mean it.
    public static var layerCounts: ClosedRange<Int> { 1...1024 }
}

extension ClosedRange<Double> {
    /// Numbers above 0.
    public static var positive: ClosedRange<Double> { .leastNonzeroMagnitude ... .infinity }
    /// Numbers of at least 0.
    public static var fromZero: ClosedRange<Double> { 0 ... .infinity }
}

private func words<Number: Comparable>(_ range: ClosedRange<Number>) -> String {
    if range as? ClosedRange<Double> == .positive { return "above 0" }
    let isOpen = (range.upperBound as? Int) == Int(Int32.max) || (range.upperBound as? Double) == .infinity
    return isOpen ? "at least \(range.lowerBound)" : "in \(range.lowerBound)...\(range.upperBound)"
}

// MARK: - Layers within layers

extension Setting {
    /// A layer within the layer, of type `Value`: a class, or `any Module<Tensor, Tensor>`.
    public static func layer(_ name: String, _ path: any KeyPath<Layer, Value> & Sendable) -> Setting {
        Setting(name: name, kind: "a layer") { layer, recorder in
            recorder.record(layer[keyPath: path])
        } rebuild: { setting, rebuilder in
            try rebuilder.layer(setting, name)
        }
    }

    /// A layer within the layer that may be missing.
    public static func optionalLayer<Child>(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable
    ) -> Setting where Value == Child? {
        Setting(name: name, kind: "a layer, or nothing") { layer, recorder in
            layer[keyPath: path].map { recorder.record($0) } ?? .absent
        } rebuild: { setting, rebuilder in
            setting == .absent ? nil : try rebuilder.layer(setting, name) as Child
        }
    }

    /// A list of layers within the layer.
    public static func layers<Child>(
        _ name: String, _ path: any KeyPath<Layer, Value> & Sendable
    ) -> Setting where Value == [Child] {
        Setting(name: name, kind: "layers") { layer, recorder in
            .list(layer[keyPath: path].map { recorder.record($0) })
        } rebuild: { setting, rebuilder in
            guard case .list(let children) = setting else {
                throw ConfigurationError("\(name) must be a list of layers, got \(setting)")
            }
            return try children.map { try rebuilder.layer($0, name) }
        }
    }
}
