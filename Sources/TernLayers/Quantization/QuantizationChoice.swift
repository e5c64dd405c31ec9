import TernCore
import TernNN

/// Which layers of a model become bytes, and why others do not.
struct QuantizationChoice {
    private(set) var layers: [(path: String, layer: any Quantizable)] = []
    private(set) var left: [(layer: String, reason: String)] = []

    var reasons: [String] { left.map { "'\($0.layer)': \($0.reason)" } }

    init(
        _ model: some Module, _ pattern: NamePattern, _ exceptions: [NamePattern],
        where isWanted: (any Quantizable) -> Bool = { _ in true }
    ) {
        var places = [ObjectIdentifier(model): 1]
        for child in model.modules.flatMap(\.namedChildren) { places[ObjectIdentifier(child.module), default: 0] += 1 }
        for (path, module) in model.namedModules {
            guard let layer = module as? any Quantizable, isWanted(layer), pattern.matches(path) else { continue }
            layers.append((path, layer))
            if exceptions.contains(where: { $0.matches(path) }) {
                leave(path, "it was left out by name")
            } else if path.isEmpty {
                leave(path, "it is the model itself, which nothing can stand in the place of: put it into a Sequential")
            } else if places[ObjectIdentifier(layer)] != 1 {
                leave(path, "it is a member of the model in several places")
            } else if let obstacle = layer.obstacle {
                leave(path, obstacle)
            }
        }
    }

    mutating func leave(_ path: String, _ reason: String) {
        layers.removeAll { $0.path == path }
        left.append((path, reason))
    }

    /// Leaves layers whose parameters operations outside of them read, which would not find them in the quantized ones.
    mutating func leaveReadOutside(_ graph: Graph, of model: some Module) {
        var readers: [Graph.Value: Set<String>] = [:]
        for operation in graph.operations {
            for value in operation.inputs { readers[value, default: []].insert(operation.pathBelowModel) }
        }
        for (path, layer) in layers {
            let own = Set(layer.parameters.map(ObjectIdentifier.init))
            let names = Set(model.namedParameters.filter { own.contains(ObjectIdentifier($0.parameter)) }.map(\.name))
            for (index, parameter) in graph.parameters.enumerated() where names.contains(parameter.name) {
                if readers[.parameter(index), default: []].contains(where: { $0 != path }) {
                    leave(path, "its parameters are read outside of it")
                    break
                }
            }
        }
    }
}

/// Between which quantized layers bytes can stay bytes.
struct QuantizedFlow {
    struct Step {
        /// What joins the layer.
        var activation: PiecewiseLinear?
        /// The path of the layer that did that, and has nothing left to do.
        var joined: String?
        /// What the layer's bytes mean if it gives any.
        var output: QuantizationParameters?
    }
    /// By the layers' paths.
    private(set) var steps: [String: Step] = [:]

    private let graph: Graph
    private var readers: [Graph.Value: [Int]] = [:]
    /// The paths of the layers by their operations, of those that run once.
    private var layers: [Int: String] = [:]
    private let ranges: [String: QuantizationParameters]

    init(
        _ graph: Graph, of model: some Module, _ layers: [(path: String, layer: any Quantizable)],
        _ ranges: [String: QuantizationParameters]
    ) {
        self.graph = graph
        self.ranges = ranges
        for (index, operation) in graph.operations.enumerated() {
            for value in operation.inputs { readers[value, default: []].append(index) }
        }
        for (path, layer) in layers {
            let own = graph.operations.indices.filter {
                graph.operations[$0].pathBelowModel == path && layer.operations.contains(graph.operations[$0].name)
            }
            if own.count == 1 { self.layers[own[0]] = path }
        }
        for (index, path) in self.layers {
            var value = Graph.Value.output(operation: index, index: 0)
            var step = Step()
            if let readers = readers[value], readers.count == 1, !isOutput(value) {
                let next = graph.operations[readers[0]]
                let isAlone = graph.operations.count { $0.modulePath == next.modulePath } == 1
                if let module = model.module(at: next.pathBelowModel) as? any PiecewiseLinearLayer, isAlone {
                    (step.activation, step.joined) = (module.activation, next.pathBelowModel)
                } else if next.name == "relu" {
                    step.activation = .relu
                }
                if step.activation != nil { value = .output(operation: readers[0], index: 0) }
            }
            if let meanings = meanings(of: value, afterReLU: step.activation == .relu), Set(meanings).count == 1 {
                step.output = meanings[0]
            }
            steps[path] = step
        }
    }

    /// The paths of quantized layers whose bytes something makes other numbers of.
    static func convertedBytes(in graph: Graph) -> Set<String> {
        var sources: [Graph.Value: String] = [:]
        var result: Set<String> = []
        for (index, operation) in graph.operations.enumerated() {
            let isBytes = operation.outputs[0].dtype == .uint8
            if operation.name.hasPrefix("quantized") {
                if isBytes { sources[.output(operation: index, index: 0)] = operation.pathBelowModel }
                continue
            }
            for value in operation.inputs {
                guard let source = sources[value] else { continue }
                if isBytes { sources[.output(operation: index, index: 0)] = source } else { result.insert(source) }
            }
        }
        return result
    }

    private func isOutput(_ value: Graph.Value) -> Bool { graph.outputs.contains { $0.value == value } }

    /// Operations that bytes pass through with their meaning.
    private static let passing: Set<String> = [
        "reshaped", "unsqueezed", "squeezed", "maxPool1d", "maxPool2d", "maxPool3d",
    ]

    /// What the layers that read a value take bytes for; `nil` if something else reads it.
    private func meanings(of value: Graph.Value, afterReLU: Bool) -> [QuantizationParameters]? {
        if isOutput(value) { return nil }
        var result: [QuantizationParameters] = []
        for reader in readers[value] ?? [] {
            let operation = graph.operations[reader]
            if let path = layers[reader] {
                guard operation.inputs.first == value, let range = ranges[path] else { return nil }
                result.append(range)
            } else if QuantizedFlow.passing.contains(operation.name) || afterReLU && operation.name == "relu" {
                let next = Graph.Value.output(operation: reader, index: 0)
                guard let further = meanings(of: next, afterReLU: afterReLU) else { return nil }
                result += further
            } else {
                return nil
            }
        }
        return result.isEmpty ? nil : result
    }
}
