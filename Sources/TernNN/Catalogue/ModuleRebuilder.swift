import TernCore

/// Makes a model of what a file says of it: of layers that a catalogue has, without values.
package final class ModuleRebuilder {
    private let catalogue: Catalogue
    private var built: [String: any Module] = [:]
    /// The values of the file; migrations may change them.
    package private(set) var tensors: [String: Tensor]
    /// So many parameters can have values.
    private let mostParameters: Int

    package init(_ catalogue: Catalogue, _ tensors: [String: Tensor]) {
        self.catalogue = catalogue
        self.tensors = tensors
        // Some are made and replaced by others, or shared.
        mostParameters = 2 * tensors.count + 64
    }

    /// What is wrong with a layer in a file.
    package struct Problem: Error {
        /// Where the model has the layer.
        package var path: String
        package var type: String
        package var reason: String
    }

    package func rebuild(_ record: LayerRecord) throws(Problem) -> any Module {
        guard let type = catalogue[record.type] else {
            throw Problem(path: record.path, type: record.type, reason: "is not in the catalogue")
        }
        do {
            return try rebuild(type, record)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(path: record.path, type: record.type, reason: "\(error)")
        }
    }

    private func rebuild<Layer: RebuildableModule>(_ type: Layer.Type, _ record: LayerRecord) throws -> any Module {
        let plan = type.blueprint
        var settings = record.settings
        if record.version > plan.version {
            throw ConfigurationError("has version \(record.version), this program knows up to \(plan.version)")
        }
        if record.version < plan.version {
            guard let migrate = plan.migrate else {
                throw ConfigurationError("has version \(record.version), and version \(plan.version) has no migration")
            }
            let prefix = record.path.isEmpty ? "" : record.path + "."
            let own = tensors.filter { $0.key.hasPrefix(prefix) }
            var old = OldLayer(
                settings: settings,
                tensors: Dictionary(
                    uniqueKeysWithValues: own.map { (String($0.key.dropFirst(prefix.count)), $0.value) }))
            try migrate(&old, record.version)
            settings = old.settings
            for name in own.keys { tensors[name] = nil }
            for (name, tensor) in old.tensors { tensors[prefix + name] = tensor }
        }
        let layer = try plan.make(settings, self)
        if Outline.parameterCount > mostParameters {
            throw ConfigurationError("asks for more parameters than the file has")
        }
        if built.updateValue(layer, forKey: record.path) != nil {
            throw ConfigurationError("is at a path that another layer has")
        }
        return layer
    }

    func value<Layer, Value>(of setting: Setting<Layer, Value>, in values: [String: SettingValue]) throws -> Value {
        guard let value = values[setting.name] else {
            throw ConfigurationError("has no \(setting.name) (\(setting.kind))")
        }
        return try setting.rebuild(value, self)
    }

    /// The layer that a setting of this name means.
    func layer<Child>(_ value: SettingValue, _ name: String) throws -> Child {
        let module: any Module
        switch value {
        case .layer(let record): module = try rebuild(record)
        case .same(let path):
            guard let other = built[path] else {
                throw ConfigurationError(
                    "\(name) is the layer at \(SettingValue.text(path)), which does not come before")
            }
            module = other
        default: throw ConfigurationError("\(name) must be a layer, got \(value)")
        }
        guard let child = module as? Child else {
            throw ConfigurationError("\(name) must be a \(Child.self), got a \(type(of: module))")
        }
        return child
    }
}
