import TernCore

/// One operation of a captured graph as its exporter sees it, and the graph that it adds nodes to.
final class ExportContext {
    let symbols: SymbolicGraph
    let opset: Int
    private(set) var nodes: [NodeMessage] = []
    private(set) var initializers: [TensorMessage] = []
    private var names: [Graph.Value: String] = [:]
    private var taken: Set<String> = []
    private var constantNames: [ConstantKey: String] = [:]
    private var sizeNames: [Dimension: String] = [:]

    /// The operation that is exported at present.
    private(set) var index = 0
    var operation: Graph.Operation { symbols.base.operations[index] }

    private struct ConstantKey: Hashable {
        let shape: Shape
        let dtype: DType
        let bytes: [UInt8]
    }

    init(_ symbols: SymbolicGraph, opset: Int) {
        self.symbols = symbols
        self.opset = opset
        let graph = symbols.base
        for (number, input) in graph.inputs.enumerated() { names[.input(number)] = unique(input.name) }
        for output in graph.outputs { taken.insert(output.name) }
        for (number, parameter) in graph.parameters.enumerated() {
            names[.parameter(number)] = addInitializer(parameter.name, parameter.tensor)
        }
        for (number, buffer) in graph.buffers.enumerated() {
            names[.buffer(number)] = addInitializer(buffer.name, buffer.tensor)
        }
    }

    /// A name that nothing has yet.
    private func unique(_ name: String) -> String {
        var (result, number) = (name, 1)
        while !taken.insert(result).inserted {
            result = "\(name).\(number)"
            number += 1
        }
        return result
    }

    private func addInitializer(_ name: String, _ tensor: Tensor) -> String {
        let name = unique(name)
        initializers.append(TensorMessage(name, tensor))
        return name
    }

    // MARK: - The operation

    func begin(_ index: Int) { self.index = index }

    /// The path of the module that the operation ran in, without the model's own name.
    private var path: String { operation.modulePath.split(separator: ".").dropFirst().joined(separator: ".") }

    var inputCount: Int { operation.inputs.count }

    func kind(_ input: Int) -> Graph.Kind { symbols.base.kind(of: operation.inputs[input]) }

    func shape(_ input: Int) throws -> [Dimension] { try known(symbols.shape(of: operation.inputs[input])) }

    func outputShape(_ output: Int = 0) throws -> [Dimension] {
        try known(symbols.shape(of: .output(operation: index, index: output)))
    }

    /// What follows from the shapes of the first input and the first output, for all sizes that were tried.
    func inEachGraph<Result>(_ body: (_ input: Shape, _ output: Shape) -> Result) -> [Result] {
        ([symbols.base] + symbols.variants.map(\.graph)).map { graph in
            let operation = graph.operations[index]
            return body(graph.kind(of: operation.inputs[0]).shape, operation.outputs[0].shape)
        }
    }

    private func known(_ dimensions: [Dimension]?) throws -> [Dimension] {
        guard let dimensions else { throw Refusal("has sizes that do not follow from those of the inputs") }
        return dimensions
    }

    /// The name of an input.
    func input(_ number: Int) throws -> String { try name(of: operation.inputs[number]) }

    func name(of value: Graph.Value) throws -> String {
        if let name = names[value] { return name }
        guard case .constant(let number) = value else { throw Refusal("reads what is not exported") }
        let name = try constant(number)
        names[value] = name
        return name
    }

    /// A constant of the graph. Of one that is another for other sizes, only numbers from 0 on are understood.
    private func constant(_ number: Int) throws -> String {
        let tensor = symbols.base.constants[number]
        let others = symbols.variants.map { $0.graph.constants[number] }
        if others.allSatisfy({ $0 == tensor }) { return constant(tensor) }
        let values = ([tensor] + others).map(Self.filledValue)
        let isFilled = values[0] != nil && values.allSatisfy { $0 == values[0] }
        if isFilled, let shape = symbols.dimensions({ Array($0.constants[number].shape) }) {
            let value = tensor.reshaped([tensor.count])[0].reshaped([1])
            return emit("ConstantOfShape", [try sizes(shape)], ["value": .tensor(TensorMessage("", value))])
        }
        let isRange = ([tensor] + others).allSatisfy {
            $0.rank == 1 && $0 == Tensor.arange($0.count).converted(to: $0.dtype)
        }
        if isRange, let shape = symbols.dimensions({ Array($0.constants[number].shape) }) {
            let end = emit("Squeeze", [try sizes(shape), constant([0])])
            let range = emit("Range", [constant(Tensor(Int64(0))), end, constant(Tensor(Int64(1)))])
            return tensor.dtype == .int64 ? range : cast(range, to: tensor.dtype)
        }
        throw Refusal("reads a constant of shape \(tensor.shape) that is another for other sizes of the inputs")
    }

    /// The number that an input is full of, if it is a constant.
    func filledValue(_ input: Int) -> Double? {
        guard case .constant(let number) = operation.inputs[input] else { return nil }
        return Self.filledValue(symbols.base.constants[number])
    }

    private static func filledValue(_ tensor: Tensor) -> Double? {
        if tensor.count == 0 { return nil }
        let first = tensor.reshaped([tensor.count])[0]
        return tensor == first.expanded(to: tensor.shape) ? first.item() : nil
    }

    func attribute(_ name: String) throws -> AttributeValue {
        guard let value = operation.attributes[name] else { throw Refusal("has no attribute \(name)") }
        return value
    }

    func integers(_ name: String) throws -> [Int] {
        switch try attribute(name) {
        case .integers(let numbers): return numbers
        case .integer(let number): return [number]
        default: throw Refusal("has an attribute \(name) of another kind")
        }
    }

    func integer(_ name: String) throws -> Int {
        guard case .integer(let number) = try attribute(name) else { throw Refusal("has no integer \(name)") }
        return number
    }

    func real(_ name: String) throws -> Double {
        switch try attribute(name) {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        default: throw Refusal("has no number \(name)")
        }
    }

    func flag(_ name: String) throws -> Bool {
        guard case .bool(let value) = try attribute(name) else { throw Refusal("has no flag \(name)") }
        return value
    }

    func text(_ name: String) throws -> String {
        guard case .string(let text) = try attribute(name) else { throw Refusal("has no text \(name)") }
        return text
    }

    /// Numbers of an attribute as they follow from the sizes of the inputs.
    func dimensions(_ name: String) throws -> [Dimension] {
        let index = index
        return try known(
            symbols.dimensions { graph in
                switch graph.operations[index].attributes[name] {
                case .integers(let numbers)?: numbers
                case .integer(let number)?: [number]
                default: []
                }
            })
    }

    // MARK: - Nodes

    /// The node of a constant; equal ones are one.
    func constant(_ tensor: Tensor) -> String {
        let key = ConstantKey(
            shape: tensor.shape, dtype: tensor.dtype, bytes: tensor.withUnsafeBytes { Array($0) })
        if let name = constantNames[key] { return name }
        // No initializer: those are what trains.
        let name = unique("constant.\(constantNames.count)")
        var node = NodeMessage()
        (node.name, node.type, node.outputs) = (name, "Constant", [name])
        node.attributes = [AttributeMessage("value", .tensor(TensorMessage("", tensor)))]
        nodes.append(node)
        constantNames[key] = name
        return name
    }

    /// A vector of integers.
    func constant(_ numbers: [Int]) -> String { constant(Tensor(shape: [numbers.count], values: numbers)) }

    /// A number of the type of an input.
    func number(_ value: Double, _ dtype: DType) -> String { constant(Tensor.full([], value, dtype: dtype)) }

    /// Adds a node with one output, and returns that one's name.
    func emit(
        _ type: String, _ inputs: [String], _ attributes: KeyValuePairs<String, AttributeMessage.Value> = [:]
    ) -> String {
        emit(type, inputs, attributes.map { ($0, $1) }, outputs: 1)[0]
    }

    func emit(
        _ type: String, _ inputs: [String], _ attributes: [(name: String, value: AttributeMessage.Value)],
        outputs: Int
    ) -> [String] {
        var node = NodeMessage()
        let title = unique((path.isEmpty ? "" : path + ".") + type)
        node.name = title
        node.type = type
        node.inputs = inputs
        node.outputs = (0..<outputs).map { unique($0 == 0 ? title + ".output" : "\(title).output.\($0)") }
        node.attributes = attributes.map { AttributeMessage($0.name, $0.value) }
        nodes.append(node)
        return node.outputs
    }

    /// Says by what name an output of the operation goes.
    func set(_ name: String, output: Int = 0) { names[.output(operation: index, index: output)] = name }

    func cast(_ name: String, to dtype: DType) -> String {
        emit("Cast", [name], ["to": .integer(Int64(ONNXType(dtype).rawValue))])
    }

    /// An input as one of the type.
    func input(_ number: Int, as dtype: DType) throws -> String {
        let name = try input(number)
        return kind(number).dtype == dtype ? name : cast(name, to: dtype)
    }

    // MARK: - Sizes

    /// A vector of numbers, of which those that are not fixed are computed from the inputs' sizes.
    func sizes(_ dimensions: [Dimension]) throws -> String {
        var parts: [String] = []
        var fixed: [Int] = []
        func flush() {
            if !fixed.isEmpty { parts.append(constant(fixed)) }
            fixed = []
        }
        for dimension in dimensions {
            if case .fixed(let number) = dimension {
                fixed.append(number)
            } else {
                flush()
                parts.append(try size(dimension))
            }
        }
        flush()
        if parts.isEmpty { return constant([]) }
        return parts.count == 1 ? parts[0] : emit("Concat", parts, ["axis": .integer(0)])
    }

    private func size(_ dimension: Dimension) throws -> String {
        if let name = sizeNames[dimension] { return name }
        guard case .dynamic(let places, let factor, let offset) = dimension else { throw Refusal("is fixed") }
        var result: String?
        for place in places {
            let input = try name(of: .input(place.input))
            let whole = emit("Shape", [input])
            let part = emit("Gather", [whole, constant([place.axis])])
            result = result.map { emit("Mul", [$0, part]) } ?? part
        }
        var name = result!
        if factor != 1 { name = emit("Mul", [name, constant([factor])]) }
        if offset != 0 { name = emit("Add", [name, constant([offset])]) }
        sizeNames[dimension] = name
        return name
    }

    /// Another shape; of one size that is not fixed, whatever is left.
    func reshape(_ name: String, _ dimensions: [Dimension]) throws -> String {
        let open = dimensions.filter { if case .fixed = $0 { false } else { true } }
        if open.count == 1, !dimensions.contains(.fixed(0)) {
            let numbers = dimensions.map { if case .fixed(let number) = $0 { number } else { -1 } }
            return emit("Reshape", [name, constant(numbers)])
        }
        // A size of 0 means what it says.
        let isEmpty = dimensions.contains(.fixed(0))
        return isEmpty
            ? emit("Reshape", [name, try sizes(dimensions)], ["allowzero": .integer(1)])
            : emit("Reshape", [name, try sizes(dimensions)])
    }

    func transpose(_ name: String, _ order: [Int]) -> String {
        emit("Transpose", [name], ["perm": .integers(order.map(Int64.init))])
    }

    /// Ends the graph: gives its outputs their names.
    func finish() throws -> [String] {
        var result: [String] = []
        for output in symbols.base.outputs {
            var node = NodeMessage()
            node.type = "Identity"
            node.name = unique("\(output.name).Identity")
            let source = try name(of: output.value)
            // The name itself, where only one node gives it and nothing else reads it by another.
            node.inputs = [source]
            node.outputs = [output.name]
            nodes.append(node)
            result.append(output.name)
        }
        return result
    }
}
