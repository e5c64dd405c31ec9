/// The operations of one computation, as a value: what they are, what they read, and where their inputs come from. Made by
/// `captureGraph(of:_:)`, and what exporters read.
///
/// Operations stand in the order in which they ran; only those are listed that the outputs depend on.
public struct Graph: Sendable {
    /// Where the value of a tensor comes from.
    public enum Value: Sendable, Hashable {
        /// One of ``inputs``.
        case input(Int)
        /// One of ``parameters``.
        case parameter(Int)
        /// One of ``buffers``.
        case buffer(Int)
        /// One of ``constants``.
        case constant(Int)
        /// An output of one of ``operations``.
        case output(operation: Int, index: Int)
    }

    /// What all values of a tensor in a computation have in common.
    public struct Kind: Sendable, Hashable {
        /// The type of its elements.
        public var dtype: DType
        /// Its sizes.
        public var shape: Shape

        /// The type and shape of a tensor.
        public init(_ tensor: Tensor) {
            dtype = tensor.dtype
            shape = tensor.shape
        }
    }

    /// A step of the computation.
    public struct Operation: Sendable, Hashable {
        /// The function's, such as `conv2d`, or the operator's.
        public var name: String
        /// Its settings that are no tensors.
        public var attributes: OperationAttributes
        /// Where its operands come from, in order.
        public var inputs: [Value]
        /// The types and shapes of its results.
        public var outputs: [Kind]
        /// The module that it ran in, such as `LeNet.conv1`; empty outside of modules.
        public var modulePath: String
    }

    /// A tensor with a name: a parameter with its path, or an input.
    public struct Named: Sendable {
        /// The path of the parameter, or the input's name.
        public var name: String
        /// The values, without a graph.
        public var tensor: Tensor

        package init(_ name: String, _ tensor: Tensor) {
            self.name = name
            self.tensor = tensor.detached
        }
    }

    /// A result of the computation.
    public struct Output: Sendable, Hashable {
        /// `output`, or `output.0` and so on.
        public var name: String
        /// Where it comes from.
        public var value: Value
    }

    /// What was computed: the type of the model.
    public let name: String
    /// `input`, or with several tensors `input.0`, `input.1`, ...; with the values that they had.
    public let inputs: [Named]
    /// Those that operations read, with their dotted paths.
    public private(set) var parameters: [Named] = []
    /// Those that operations read, with their dotted paths.
    public private(set) var buffers: [Named] = []
    /// All other tensors that operations read, those that were computed from constants alone included.
    public private(set) var constants: [Tensor] = []
    /// In the order in which they ran.
    public private(set) var operations: [Operation] = []
    /// `output`, or with several tensors `output.0`, `output.1`, ...
    public private(set) var outputs: [Output] = []

    /// The type and shape of a value.
    public func kind(of value: Value) -> Kind {
        switch value {
        case .input(let index): Kind(inputs[index].tensor)
        case .parameter(let index): Kind(parameters[index].tensor)
        case .buffer(let index): Kind(buffers[index].tensor)
        case .constant(let index): Kind(constants[index])
        case .output(let operation, let index): operations[operation].outputs[index]
        }
    }

    /// How many operations have each name.
    public var operationCounts: [String: Int] {
        operations.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
    }
}

extension Graph {
    /// Runs `body`, which computes the outputs from the inputs, and watches its operations. Nothing is recorded for
    /// differentiation.
    ///
    /// - Parameters:
    ///   - parameters: those of the model that have a value; asked before and, for values that `body` makes, after it.
    ///   - buffers: the same.
    package init(
        _ name: String, _ inputs: [Named], parameters: () -> [Named], buffers: () -> [Named], _ body: () -> [Named]
    ) {
        let recorder = GraphRecorder()
        var members = (parameters: parameters(), buffers: buffers())
        let outputs = withoutGradients { Observation.by(recorder, body) }
        func addNew(_ later: [Named], to earlier: inout [Named]) {
            let names = Set(earlier.map(\.name))
            earlier += later.filter { !names.contains($0.name) }
        }
        addNew(parameters(), to: &members.parameters)
        addNew(buffers(), to: &members.buffers)
        self.init(name, inputs, members.parameters, members.buffers, recorder.operations, outputs)
    }

    private init(
        _ name: String, _ inputs: [Named], _ parameters: [Named], _ buffers: [Named], _ computed: [ComputedOperation],
        _ outputs: [Named]
    ) {
        self.name = name
        self.inputs = inputs
        var builder = GraphBuilder(inputs, parameters, buffers)
        for operation in computed { builder.add(operation) }
        let results = outputs.map { ($0.name, builder.value($0.tensor)) }

        // What the outputs depend on, numbered anew.
        let needed = builder.needed(for: results.map(\.1))
        var numbers: [Value: Value] = [:]
        func renumbered(_ value: Value) -> Value {
            if let known = numbers[value] { return known }
            let number: Value
            switch value {
            case .input: number = value
            case .parameter(let index):
                number = .parameter(self.parameters.count)
                self.parameters.append(parameters[index])
            case .buffer(let index):
                number = .buffer(self.buffers.count)
                self.buffers.append(buffers[index])
            case .constant(let index):
                number = .constant(constants.count)
                constants.append(builder.constants[index])
            case .output(let operation, let index):
                number = .output(operation: needed[operation]!, index: index)
            }
            numbers[value] = number
            return number
        }
        for (index, operation) in builder.operations.enumerated() where needed[index] != nil {
            var operation = operation
            operation.inputs = operation.inputs.map(renumbered)
            operations.append(operation)
        }
        self.outputs = results.map { Output(name: $0, value: renumbered($1)) }
    }
}

/// Keeps the operations, and so their tensors: memory that is used anew would make one tensor of two.
private final class GraphRecorder: OperationObserver {
    private(set) var operations: [ComputedOperation] = []
    var wantsEachOperation: Bool { true }

    func computed(_ operation: ComputedOperation) { operations.append(operation) }
}

/// Finds out where each tensor comes from. Copies of a tensor, detached ones say, are other objects on the same memory: so a
/// value is known by its place in memory. That holds one value only, as a tensor that is kept is not changed.
private struct GraphBuilder {
    private struct Place: Hashable {
        let pointer: UnsafeMutableRawPointer
        let shape: [Int]
        let strides: [Int]
        let dtype: DType

        init(_ tensor: Tensor) {
            pointer = tensor.impl.pointer
            shape = Array(tensor.shape)
            strides = Array(tensor.strides)
            dtype = tensor.dtype
        }
    }

    /// What is there before anything is computed.
    private var given: [Place: Graph.Value] = [:]
    private var computed: [Place: Graph.Value] = [:]
    private(set) var operations: [Graph.Operation] = []
    private(set) var constants: [Tensor] = []

    /// Operations whose results differ from run to run, though they read constants alone.
    private static let random: Set<String> = [
        "uniform", "normal", "truncatedNormal", "randomIntegers", "permutation", "bernoulli", "dropout",
    ]

    init(_ inputs: [Graph.Named], _ parameters: [Graph.Named], _ buffers: [Graph.Named]) {
        // The first meaning of a tensor counts.
        for (index, buffer) in buffers.enumerated().reversed() { given[Place(buffer.tensor)] = .buffer(index) }
        for (index, parameter) in parameters.enumerated().reversed() {
            given[Place(parameter.tensor)] = .parameter(index)
        }
        for (index, input) in inputs.enumerated().reversed() { given[Place(input.tensor)] = .input(index) }
    }

    mutating func value(_ tensor: Tensor) -> Graph.Value {
        let place = Place(tensor)
        if let value = given[place] ?? computed[place] { return value }
        return addConstant(tensor, place)
    }

    private mutating func addConstant(_ tensor: Tensor, _ place: Place) -> Graph.Value {
        let value = Graph.Value.constant(constants.count)
        constants.append(tensor.detached)
        computed[place] = value
        return value
    }

    mutating func add(_ operation: ComputedOperation) {
        let inputs = operation.inputs.map { value($0) }
        let isConstant = inputs.allSatisfy { if case .constant = $0 { true } else { false } }
        if isConstant, !GraphBuilder.random.contains(operation.name) {
            for output in operation.outputs { _ = addConstant(output, Place(output)) }
            return
        }
        for (index, output) in operation.outputs.enumerated() {
            computed[Place(output)] = .output(operation: operations.count, index: index)
        }
        operations.append(
            Graph.Operation(
                name: operation.name, attributes: operation.attributes, inputs: inputs,
                outputs: operation.outputs.map(Graph.Kind.init), modulePath: operation.modulePath))
    }

    /// The operations that values depend on, with their numbers among these.
    func needed(for values: [Graph.Value]) -> [Int: Int] {
        var isNeeded = Array(repeating: false, count: operations.count)
        func need(_ value: Graph.Value) {
            if case .output(let operation, _) = value { isNeeded[operation] = true }
        }
        values.forEach(need)
        // Inputs were computed before.
        for index in operations.indices.reversed() where isNeeded[index] { operations[index].inputs.forEach(need) }
        let indices = operations.indices.filter { isNeeded[$0] }
        return Dictionary(uniqueKeysWithValues: zip(indices, 0...))
    }
}
