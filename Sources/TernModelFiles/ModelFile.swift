import TernCore
import TernFormats
import TernLayers
import TernNN

/// A whole model in one file: its layers with their settings, and the values of its parameters and buffers.
///
/// ```swift
/// try saveModel(model, to: "net.safetensors")
/// ...
/// let model = try loadModel("net.safetensors")       // in another program, without the model's source
/// model.eval()
/// let logits = withoutGradients { model(images) }
///
/// let file = try ModelFile(contentsOf: "net.safetensors")
/// print(file)                                        // the layers, before anything is made
/// ```
///
/// The file is a safetensors file: other tools read its tensors, which have the names of the state dictionary, and
/// `loadStateDictionary` does. The layers are JSON in its metadata, under `tern.model`. A file can have layers of the
/// ``/TernNN/Catalogue``: those of TernLayers and TernNN, and what the program has registered. It also keeps the types
/// of numbers, which parameters are frozen, which layers one place shares with another, and which are in evaluation
/// mode. It does not keep the initializers of the weights, hooks, or what the training needs to go on: that is a
/// `Checkpoint`.
///
/// Files from strangers are safe to load: they can choose among the catalogue's layers and their settings, no more, and
/// what they claim is checked against the tensors that they have before memory is taken for it.
public struct ModelFile: Sendable {
    /// The model's layers and settings.
    public let architecture: LayerRecord
    /// The values of parameters and buffers, as in the state dictionary.
    public let tensors: [String: Tensor]
    /// What else was written with the model, such as where it comes from.
    public let metadata: [String: String]
    let frozen: [String]
    let evaluating: [String]
    /// For messages.
    let source: String

    init(_ content: ModelContent, _ tensors: [String: Tensor], _ metadata: [String: String], _ source: String) {
        architecture = content.model
        frozen = content.frozen
        evaluating = content.evaluating
        self.tensors = tensors
        self.metadata = metadata
        self.source = source
    }

    /// The file with another value of a setting of the whole model, for tests.
    package func replacing(_ setting: String, _ value: SettingValue) -> ModelFile {
        var model = architecture
        model.settings[setting] = value
        return ModelFile(
            ModelContent(model: model, frozen: frozen, evaluating: evaluating), tensors, metadata, source)
    }

    /// Describes a model.
    ///
    /// - Parameters:
    ///   - model: of modules that are `RebuildableModule`s.
    ///   - metadata: notes of your own.
    /// - Throws: ``ModelFileError/unfit(_:)`` with everything in the model that a file could not give back: layers that
    ///   are no `RebuildableModule`, and layers whose settings do not tell what they are.
    public init(_ model: any Module, metadata: [String: String] = [:]) throws(ModelFileError) {
        let parametrized = model.namedModules.filter { $0.module is ParametrizationList }
        if !parametrized.isEmpty {
            throw .unfit(parametrized.map { "\($0.name): a file cannot have it: see removeParametrizations" })
        }
        let recorder = ModuleRecorder(model)
        guard case .layer(let record) = recorder.record(model), recorder.problems.isEmpty else {
            throw .unfit(recorder.problems.map { "\($0.path.isEmpty ? "the model" : $0.path): \($0.reason)" })
        }
        let content = ModelContent(
            model: record,
            frozen: model.namedParameters.filter { !$0.parameter.requiresGradient }.map(\.name),
            evaluating: model.namedModules.filter { ($0.module as? any ModeDependent)?.isTraining == false }.map(\.name)
        )
        self.init(content, model.stateDictionary(), metadata, "the model")
        // What a setting forgets shows in a copy.
        let copy: any Module
        do throws(ModelFileError) {
            copy = try makeModel(Catalogue(recorder.types))
        } catch {
            throw .unfit(["a copy of it cannot be made: \(error)"])
        }
        let differences = differences(model, copy)
        if !differences.isEmpty { throw .unfit(differences) }
    }

    /// The model.
    ///
    /// - Parameter catalogue: what the file may have.
    /// - Throws: ``ModelFileError``, with all unknown types at once.
    public func makeModel(_ catalogue: Catalogue = .all) throws(ModelFileError) -> any Module {
        var unknown: [String: [String]] = [:]
        architecture.visit { record in
            if catalogue[record.type] == nil { unknown[record.type, default: []].append(record.path) }
        }
        if !unknown.isEmpty { throw .unknownTypes(file: source, unknown) }

        let rebuilder = ModuleRebuilder(catalogue, tensors)
        let model: any Module
        do throws(ModuleRebuilder.Problem) {
            model = try Outline.making { () throws(ModuleRebuilder.Problem) in try rebuilder.rebuild(architecture) }
        } catch {
            throw .layer(file: source, path: error.path, type: error.type, reason: error.reason)
        }
        do throws(StateDictionaryError) {
            try model.adoptState(rebuilder.tensors)
        } catch {
            throw .values(file: source, error)
        }
        for parameter in model.parameters { parameter.requiresGradient = true }
        let parameters = Dictionary(uniqueKeysWithValues: model.namedParameters.map { ($0.name, $0.parameter) })
        for name in frozen { parameters[name]?.requiresGradient = false }
        let modules = Dictionary(uniqueKeysWithValues: model.namedModules.map { ($0.name, $0.module) })
        for name in evaluating { (modules[name] as? any ModeDependent)?.isTraining = false }
        return model
    }
}

extension ModelFile: CustomStringConvertible {
    /// The layers with the settings that the file has, one a line.
    public var description: String {
        var lines: [String] = []
        architecture.visit { record in
            let depth = record.path.isEmpty ? 0 : record.path.split(separator: ".").count
            let name = record.path.isEmpty ? "" : "\(record.path): "
            let settings = record.settings.sorted { $0.key < $1.key }.filter { $0.value.isPlain }
            let list = settings.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
            lines.append(String(repeating: "  ", count: depth) + "\(name)\(record.type)(\(list))")
        }
        return lines.joined(separator: "\n")
    }
}

extension SettingValue {
    /// Whether there are no layers in it.
    fileprivate var isPlain: Bool {
        switch self {
        case .layer, .same: false
        case .list(let values): values.allSatisfy(\.isPlain)
        default: true
        }
    }
}

extension Catalogue {
    /// The types that a model has.
    package init(of model: any Module) {
        let recorder = ModuleRecorder(model)
        _ = recorder.record(model)
        self.init(recorder.types)
    }

    /// The layers of TernLayers and TernNN, and what the program has registered.
    public static var all: Catalogue { .layers + .registered }
}

/// Where a copy is not as the model is.
private func differences(_ model: any Module, _ copy: any Module) -> [String] {
    func byName(_ model: any Module) -> [String: any Module] {
        Dictionary(uniqueKeysWithValues: model.namedModules.map { ($0.name, $0.module) })
    }
    let (old, new) = (byName(model), byName(copy))
    var result: [String] = []
    for (name, module) in old {
        let place = name.isEmpty ? "the model" : name
        guard let other = new[name] else {
            result.append("\(place): the \(type(of: module)) is not made by the settings of the layer around it")
            continue
        }
        let (own, others) = (
            "\(type(of: module))(\(module.settingsDescription))", "\(type(of: other))(\(other.settingsDescription))"
        )
        if own != others { result.append("\(place): is \(own), its settings give \(others)") }
    }
    for (name, module) in new where old[name] == nil {
        result.append(
            "\(name): the settings of the layer around it give a \(type(of: module)), the model has none there")
    }
    let (places, otherPlaces) = (model.sharedState, copy.sharedState)
    for (key, first) in places where otherPlaces[key] != first {
        result.append("\(key): shares its value with \(first), and settings do not say so")
    }
    for (key, first) in otherPlaces where places[key] == nil {
        result.append("\(key): its settings give it the value of \(first)")
    }
    return result.sorted()
}
