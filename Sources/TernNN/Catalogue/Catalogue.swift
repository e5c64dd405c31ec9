import Synchronization
import TernCore

/// The types of layers that model files may name. Nothing else of a program can be made by a file.
///
/// ```swift
/// Catalogue.register(Swish.self, MyNet.self)        // at the start of the program
/// Catalogue.register(.vision)                       // all layers of a plug-in
/// print(Catalogue.registered)                       // with settings and shapes
/// ```
public struct Catalogue: Sendable {
    private var types: [String: any RebuildableModule.Type] = [:]

    /// A catalogue of layers.
    public init(_ types: any RebuildableModule.Type...) { self.init(types) }

    /// A catalogue of layers.
    public init(_ types: [any RebuildableModule.Type]) { for type in types { add(type) } }

    private mutating func add(_ type: any RebuildableModule.Type) {
        let name = type.entry.name
        if name.contains("(unknown context") {
            mistake("Catalogue", "\(type) is not at the top of a file: give its blueprint a name")
        }
        if let other = types.updateValue(type, forKey: name), other != type {
            mistake("Catalogue", "\(type) and \(other) have the same name \(name): give the blueprint of one another")
        }
    }

    /// The types of both.
    public static func + (lhs: Catalogue, rhs: Catalogue) -> Catalogue {
        var result = lhs
        for type in rhs.types.values { result.add(type) }
        return result
    }

    /// What the catalogue tells of a type of layers.
    public struct Entry: Sendable {
        /// The name in files, such as `TernLayers.Linear`.
        public let name: String
        /// That of the type's blueprint.
        public let version: Int
        /// Of input and output: `[N..., in] -> [N..., out]`.
        public let shapes: String
        /// The names of the settings, and what each can be.
        public let settings: [(name: String, kind: String)]
    }

    /// In the order of their names.
    public var entries: [Entry] { types.values.map { $0.entry }.sorted { $0.name < $1.name } }

    package subscript(name: String) -> (any RebuildableModule.Type)? { types[name] }

    // MARK: The program's own

    private static let shared = Mutex(Catalogue(Sequential.self))

    /// What the program has registered so far, and the containers of TernNN.
    public static var registered: Catalogue { shared.withLock { $0 } }

    /// Lets model files have layers of these types.
    public static func register(_ types: any RebuildableModule.Type...) { register(Catalogue(types)) }

    /// Lets model files have all layers of a catalogue, such as that of a plug-in.
    public static func register(_ catalogue: Catalogue) { shared.withLock { $0 = $0 + catalogue } }
}

extension RebuildableModule {
    static var entry: Catalogue.Entry {
        let plan = blueprint
        return Catalogue.Entry(name: plan.name, version: plan.version, shapes: plan.shapes, settings: plan.settings)
    }
}

extension Catalogue: CustomStringConvertible {
    /// A layer a line or more: name, shapes, and each setting with what it may be.
    public var description: String {
        entries.map { entry in
            let version = entry.version == 1 ? "" : " (version \(entry.version))"
            let shapes = entry.shapes.isEmpty ? "" : "  " + entry.shapes
            return ([entry.name + version + shapes] + entry.settings.map { "    \($0.name): \($0.kind)" })
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
