import TernCore
import TernFormats

/// Makes steps of a model's nodes: resolves names, operators and functions, and finds all that does not hold before
/// anything is computed.
struct GraphCompiler {
    private let model: ModelMessage
    private let operators: ONNXOperators
    private let place: ONNXFolder
    private let limits: ONNXLimits
    private let functions: [FunctionKey: FunctionMessage]
    /// What the model has and Tern does not, with where it is.
    private var unsupported: [String: [String]] = [:]
    private(set) var placeCount = 0
    private var stepCount = 0

    /// Functions that call functions can be many more steps than a file has bytes.
    private static let maximumSteps = 1_000_000
    private static let maximumFunctionDepth = 32

    private struct FunctionKey: Hashable {
        let domain: String
        let name: String
        let overload: String
    }

    /// The names that a graph sees, those of the graphs around it too, and the settings of the function that it is in.
    private struct Scope {
        var places: [String: Int] = [:]
        var opsets: [String: Int]
        var attributes: [String: AttributeMessage] = [:]
        var functionDepth = 0
        /// What stands before the names of a function's nodes.
        var path = ""
    }

    /// A tensor of the outermost graph.
    struct Initializer {
        let name: String
        let place: Int
        let tensor: Tensor
    }

    init(_ model: ModelMessage, _ operators: ONNXOperators, _ place: ONNXFolder, _ limits: ONNXLimits) {
        self.model = model
        self.operators = operators
        self.place = place
        self.limits = limits
        functions = Dictionary(
            model.functions.map {
                (FunctionKey(domain: Self.domain($0.domain), name: $0.name, overload: $0.overload), $0)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The standard's domain has two names.
    private static func domain(_ name: String) -> String { name == "ai.onnx" ? "" : name }

    mutating func compile() throws(ONNXError) -> (graph: CompiledGraph, initializers: [Initializer]) {
        var scope = Scope(opsets: try opsets(model.operatorSets))
        for value in model.graph.inputs { note(value) }
        let tensors = try initializers(of: model.graph)
        let initializers = tensors.map { Initializer(name: $0.name, place: newPlace(), tensor: $0.value) }
        for initializer in initializers { scope.places[initializer.name] = initializer.place }
        let graph = try compile(model.graph, &scope, isOutermost: true)
        if !unsupported.isEmpty { throw .unsupported(file: place.file, unsupported) }
        return (graph, initializers)
    }

    private func opsets(_ sets: [OperatorSetMessage]) throws(ONNXError) -> [String: Int] {
        var opsets: [String: Int] = [:]
        for set in sets {
            guard let version = Int(exactly: set.version), (1...10_000).contains(version) else {
                throw fault("", "has version \(set.version) of the operators of \(quoted(set.domain))")
            }
            opsets[Self.domain(set.domain)] = version
        }
        return opsets
    }

    private func fault(_ node: String, _ reason: String) -> ONNXError {
        .graph(file: place.file, node: node, reason: reason)
    }

    private mutating func newPlace() -> Int {
        defer { placeCount += 1 }
        return placeCount
    }

    private mutating func note(_ missing: String, at node: String) { unsupported[missing, default: []].append(node) }

    /// Looks whether Tern has the type of a value.
    private mutating func note(_ value: ValueInfoMessage) {
        func visit(_ type: TypeMessage?) -> String? {
            switch type?.kind {
            case .tensor(let tensor):
                tensor.type == 0 || ONNXType.dtype(tensor.type) != nil ? nil : "type \(ONNXType.name(tensor.type))"
            case .sequence(let type), .optional(let type): visit(type)
            case .other(let name): "type of \(name)"
            case .unknown, nil: nil
            }
        }
        if let missing = visit(value.type) { note(missing, at: value.name) }
    }

    /// The tensors of a graph with their names, but for those of types that Tern does not have.
    private mutating func initializers(of graph: GraphMessage) throws(ONNXError) -> [(name: String, value: Tensor)] {
        var names: Set<String> = []
        var result: [(name: String, value: Tensor)] = []
        for message in graph.initializers {
            guard !message.name.isEmpty, names.insert(message.name).inserted else {
                throw fault("", "has an initializer without a name, or two of one: \(quoted(message.name))")
            }
            if message.dtype == nil {
                note("type \(ONNXType.name(message.type))", at: message.name)
                result.append((message.name, Tensor.zeros([0])))
            } else {
                result.append((message.name, try message.tensor(place)))
            }
        }
        for message in graph.sparseInitializers {
            guard !message.values.name.isEmpty, names.insert(message.values.name).inserted else {
                throw fault("", "has an initializer without a name, or two of one: \(quoted(message.values.name))")
            }
            if message.values.dtype == nil {
                note("type \(ONNXType.name(message.values.type))", at: message.values.name)
            } else {
                result.append((message.values.name, try message.tensor(place, limits)))
            }
        }
        return result
    }

    private mutating func compile(
        _ graph: GraphMessage, _ scope: inout Scope, isOutermost: Bool = false
    ) throws(ONNXError) -> CompiledGraph {
        var owned: Set<Int> = []
        var constants: [(place: Int, value: Tensor)] = []
        if !isOutermost {
            for (name, value) in try initializers(of: graph) {
                let place = newPlace()
                constants.append((place, value))
                scope.places[name] = place
            }
        }
        let initialized = Set(graph.initializers.map(\.name) + graph.sparseInitializers.map(\.values.name))
        var inputs: [(name: String, place: Int)] = []
        // Files of old list initializers among the inputs: values that a caller may replace.
        for input in graph.inputs where !initialized.contains(input.name) {
            guard !input.name.isEmpty, !inputs.contains(where: { $0.name == input.name }) else {
                throw fault("", "has an input without a name, or two of one: \(quoted(input.name))")
            }
            let place = newPlace()
            owned.insert(place)
            inputs.append((input.name, place))
            scope.places[input.name] = place
        }
        var steps: [GraphStep] = []
        try add(graph.nodes, to: &steps, &scope, &owned)
        var outputs: [(name: String, place: Int)] = []
        for output in graph.outputs {
            guard let place = scope.places[output.name] else {
                throw fault("", "has an output that nothing computes: \(quoted(output.name))")
            }
            outputs.append((output.name, place))
        }
        return CompiledGraph(inputs: inputs, outputs: outputs, steps: steps, constants: constants, owned: owned)
    }

    private mutating func add(
        _ nodes: [NodeMessage], to steps: inout [GraphStep], _ scope: inout Scope, _ owned: inout Set<Int>
    ) throws(ONNXError) {
        var computed: Set<String> = []
        for (index, node) in nodes.enumerated() {
            let title = scope.path + (node.name.isEmpty ? "\(node.type) \(index)" : node.name)
            stepCount += 1
            if stepCount > Self.maximumSteps { throw fault(title, "is one of more than \(Self.maximumSteps) nodes") }
            if node.type.isEmpty { throw fault(title, "has no operator") }
            var inputs: [Int] = []
            for input in node.inputs {
                if input.isEmpty {
                    inputs.append(-1)
                } else if let place = scope.places[input] {
                    inputs.append(place)
                } else if nodes[index...].contains(where: { $0.outputs.contains(input) }) {
                    throw fault(
                        title,
                        "reads \(quoted(input)), which it or a later node computes: the nodes have a cycle, or are not "
                            + "in order")
                } else {
                    throw fault(title, "reads \(quoted(input)), which nothing computes")
                }
            }
            while inputs.last == -1 { inputs.removeLast() }
            for output in node.outputs where !output.isEmpty && !computed.insert(output).inserted {
                throw fault(title, "computes \(quoted(output)), which another node computes too")
            }
            let domain = Self.domain(node.domain)
            let key = FunctionKey(domain: domain, name: node.type, overload: node.overload)
            if let function = functions[key] {
                try add(function, node, title, inputs, to: &steps, &scope, &owned)
                continue
            }
            let opset = scope.opsets[domain]
            let definition = operators.find(domain, node.type)
            if definition == nil {
                note("operator " + (domain.isEmpty ? node.type : "\(domain).\(node.type)"), at: title)
            }
            let attributes = try prepare(node.attributes, scope, title)
            let outputs = node.outputs.map { name in
                if name.isEmpty { return -1 }
                let place = newPlace()
                owned.insert(place)
                scope.places[name] = place
                return place
            }
            guard let definition else { continue }
            guard let opset else {
                throw fault(title, "is of a domain that the model states no version of: \(quoted(node.domain))")
            }
            guard
                definition.inputs.contains(inputs.count)
                    || inputs.count < definition.inputs.lowerBound && node.inputs.count >= definition.inputs.lowerBound
            else {
                throw fault(title, "has \(inputs.count) inputs, and \(node.type) takes \(range(definition.inputs))")
            }
            steps.append(
                GraphStep(
                    definition, name: title, opset: opset, attributes: attributes, inputs: inputs, outputs: outputs))
        }
    }

    private func range(_ count: ClosedRange<Int>) -> String {
        count.upperBound == .max
            ? "\(count.lowerBound) at least"
            : count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    }

    /// The nodes of a function in the place of one that calls it.
    private mutating func add(
        _ function: FunctionMessage, _ node: NodeMessage, _ title: String, _ inputs: [Int],
        to steps: inout [GraphStep], _ scope: inout Scope, _ owned: inout Set<Int>
    ) throws(ONNXError) {
        if scope.functionDepth == Self.maximumFunctionDepth {
            throw fault(title, "is a function that calls itself, or one of more than \(Self.maximumFunctionDepth)")
        }
        if inputs.count > function.inputs.count {
            throw fault(title, "has \(inputs.count) inputs, and its function takes \(function.inputs.count)")
        }
        var inner = Scope(opsets: try opsets(function.operatorSets))
        inner.functionDepth = scope.functionDepth + 1
        inner.path = title + "."
        // A value that is left out stays so in the function.
        for (index, name) in function.inputs.enumerated() {
            inner.places[name] = index < inputs.count ? inputs[index] : -1
        }
        for attribute in function.attributeDefaults { inner.attributes[attribute.name] = attribute }
        for attribute in node.attributes {
            if case .reference(let name) = attribute.value {
                guard var value = scope.attributes[name] else { continue }
                value.name = attribute.name
                inner.attributes[attribute.name] = value
            } else {
                inner.attributes[attribute.name] = attribute
            }
        }
        try add(function.nodes, to: &steps, &inner, &owned)
        for (name, output) in zip(node.outputs, function.outputs) where !name.isEmpty {
            guard let place = inner.places[output] else {
                throw fault(title, "is a function whose output \(quoted(output)) nothing computes")
            }
            scope.places[name] = place
        }
    }

    private mutating func prepare(
        _ attributes: [AttributeMessage], _ scope: Scope, _ title: String
    ) throws(ONNXError) -> [String: PreparedAttribute] {
        var result: [String: PreparedAttribute] = [:]
        for attribute in attributes {
            var attribute = attribute
            let name = attribute.name
            if case .reference(let source) = attribute.value {
                // Without a value the operator's own default holds.
                guard let value = scope.attributes[source] else { continue }
                attribute = value
            }
            result[name] = try prepare(attribute.value, scope, title)
        }
        return result
    }

    private mutating func prepare(
        _ value: AttributeMessage.Value, _ scope: Scope, _ title: String
    ) throws(ONNXError) -> PreparedAttribute? {
        switch value {
        case .integer(let number): return .integer(Int(number))
        case .float(let number): return .real(Double(number))
        case .string(let text): return .text(text)
        case .integers(let numbers): return .integers(numbers.map { Int($0) })
        case .floats(let numbers): return .reals(numbers.map { Double($0) })
        case .strings(let texts): return .texts(texts)
        case .type(let type): return .type(type)
        case .tensor(let tensor):
            guard tensor.dtype != nil else {
                note("type \(ONNXType.name(tensor.type))", at: title)
                return nil
            }
            return .tensor(try tensor.tensor(place))
        case .sparseTensor(let tensor):
            guard tensor.values.dtype != nil else {
                note("type \(ONNXType.name(tensor.values.type))", at: title)
                return nil
            }
            return .tensor(try tensor.tensor(place, limits))
        case .graph(let graph):
            // What it defines is not seen outside of it.
            var inner = scope
            inner.path = title + "."
            return .graph(try compile(graph, &inner))
        case .tensors, .graphs:
            note("lists of tensors or graphs as settings", at: title)
            return nil
        case .reference: return nil
        }
    }
}
