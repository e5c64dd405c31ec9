import TernCore

/// Describes a model for a file.
package final class ModuleRecorder {
    /// The first path of each module of the model.
    private let paths: [ObjectIdentifier: String]
    private var recorded: Set<ObjectIdentifier> = []
    /// The types of the layers that were recorded.
    package private(set) var types: [any RebuildableModule.Type] = []
    /// What cannot be recorded: path, and why not.
    package private(set) var problems: [(path: String, reason: String)] = []

    package init(_ model: any Module) {
        paths = Dictionary(
            model.namedModules.map { (ObjectIdentifier($0.module), $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// A layer with all within it.
    package func record(_ value: Any) -> SettingValue {
        guard let module = value as? any Module else {
            mistake("Setting.layer", "expects a module, got a \(Swift.type(of: value))")
        }
        let id = ObjectIdentifier(module)
        let path = paths[id] ?? module.pathName
        if !recorded.insert(id).inserted { return .same(path: path) }
        guard let layer = module as? any RebuildableModule else {
            problems.append((path, "\(Swift.type(of: module)) is no RebuildableModule"))
            return .absent
        }
        if paths[id] == nil {
            problems.append((path, "a setting has a layer that is no member of the model"))
        }
        return .layer(record(layer, path))
    }

    private func record(_ layer: some RebuildableModule, _ path: String) -> LayerRecord {
        let plan = Swift.type(of: layer).blueprint
        types.append(Swift.type(of: layer))
        return LayerRecord(type: plan.name, version: plan.version, path: path, settings: plan.record(layer, self))
    }
}
