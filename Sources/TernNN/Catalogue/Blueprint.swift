import TernCore

/// A module that a model file can hold and rebuild.
///
/// One declaration says it all: how the settings are called, where the layer has them, and how it is made of them.
///
/// ```swift
/// final class Swish: Module, RebuildableModule {
///     let beta: Double
///     init(beta: Double = 1) { self.beta = beta }
///     func forward(_ x: Tensor) -> Tensor { x * sigmoid(x * beta) }
///
///     static let blueprint = Blueprint<Swish>("[...] -> [...]", .init("beta", \.beta), make: Swish.init)
/// }
/// Catalogue.register(Swish.self)      // now files that have it can be loaded
/// ```
///
/// The layer that `make` gives must have the parameters and buffers of the original, of the same shapes: their values
/// come from the file. Make them by ``Parameter/initialize(_:shape:fans:)`` or an ``Initializer``: while a file is read,
/// these allocate nothing, whatever sizes it claims.
public protocol RebuildableModule: Module, SendableMetatype {
    /// The layer's name, settings and shapes in model files, and what makes it anew of them.
    static var blueprint: Blueprint<Self> { get }
}

/// How model files keep a layer and make it anew, see ``RebuildableModule``.
public struct Blueprint<Layer: RebuildableModule>: Sendable {
    /// A change of the settings or parameters that breaks old files.
    ///
    /// ```swift
    /// let blueprint = Blueprint<Swish>(
    ///     "[...] -> [...]", version: 2, .init("beta", \.beta),
    ///     migrate: { old, version in
    ///         // In version 1 the setting was an inverse temperature, and the weight had another name.
    ///         old.settings["beta"] = old.settings.removeValue(forKey: "inverse_temperature")
    ///         old.rename("scale", to: "weight")
    ///     }, make: Swish.init)
    /// ```
    public typealias Migration = @Sendable (_ old: inout OldLayer, _ version: Int) throws -> Void

    let name: String
    let shapes: String
    let version: Int
    let settings: [(name: String, kind: String)]
    let migrate: Migration?
    let record: @Sendable (Layer, ModuleRecorder) -> [String: SettingValue]
    let make: @Sendable ([String: SettingValue], ModuleRebuilder) throws -> Layer

    /// - Parameters:
    ///   - shapes: of input and output, for the catalogue: `"[N..., in] -> [N..., out]"`.
    ///   - name: what files call the type: `Module.Class` unless given. It stays when the class gets another name.
    ///   - version: one more after each change that old files do not fit.
    ///   - settings: what ``Setting`` describes.
    ///   - migrate: makes what a file of an older version has into that of this one; called once, with the file's version.
    ///   - make: a new layer of the values of the settings, in their order. It may throw a
    ///     ``/TernCore/ConfigurationError`` where values do not fit together; the values come from outside, so it must
    ///     not stop the program.
    public init<each Value>(
        _ shapes: String, name: String? = nil, version: Int = 1, _ settings: repeat Setting<Layer, each Value>,
        migrate: Migration? = nil, make: @escaping @Sendable (repeat each Value) throws -> Layer
    ) {
        var kinds: [(name: String, kind: String)] = []
        repeat kinds.append(((each settings).name, (each settings).kind))
        let (all, names) = ((repeat each settings), Set(kinds.map(\.name)))
        if names.count != kinds.count {
            mistake("Blueprint", "expects settings of different names, got \(kinds.map(\.name)) for \(Layer.self)")
        }
        self.name = name ?? String(reflecting: Layer.self)
        self.shapes = shapes
        self.version = version
        self.settings = kinds
        self.migrate = migrate
        record = { layer, recorder in
            var values: [(String, SettingValue)] = []
            repeat values.append(((each all).name, (each all).record(layer, recorder)))
            return Dictionary(uniqueKeysWithValues: values)
        }
        self.make = { values, rebuilder in
            let unknown = Set(values.keys).subtracting(names).sorted().prefix(8)
            if !unknown.isEmpty {
                let list = unknown.map { SettingValue.text($0).description }.joined(separator: ", ")
                throw ConfigurationError("has no setting \(list)")
            }
            let settings = (repeat try rebuilder.value(of: each all, in: values))
            return try make(repeat each settings)
        }
    }
}

/// What a file of an older version has of a layer, for a migration to change.
public struct OldLayer: Sendable {
    /// By name, as the file has them.
    public var settings: [String: SettingValue]
    /// The values of the layer's parameters and buffers, and of those of the layers within, by their names there:
    /// `weight`, `0.bias`.
    public var tensors: [String: Tensor]

    /// Gives a tensor another name, if there is one of the old name.
    public mutating func rename(_ name: String, to newName: String) {
        if let tensor = tensors.removeValue(forKey: name) { tensors[newName] = tensor }
    }
}
