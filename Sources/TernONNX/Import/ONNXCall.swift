import TernCore

/// One node as its operator sees it: its settings, and the values of its inputs.
public struct ONNXCall: Sendable {
    let step: GraphStep
    let run: GraphRun
    /// The values of the node's inputs; `nil` for those that are left out.
    public let inputs: [ONNXValue?]

    /// The node's name.
    public var name: String { step.name }
    /// The version of the operators of the node's domain that the model is written in.
    public var opset: Int { step.opset }
    /// How many outputs the node has.
    public var outputCount: Int { step.outputs.count }
    /// Whether the model trains: see ``ONNXModel``.
    public var isTraining: Bool { run.isTraining }

    // MARK: - Inputs

    /// Whether an input is there.
    public func has(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    /// An input of any kind that must be there.
    public func value(_ index: Int) throws -> ONNXValue {
        guard index < inputs.count, let value = inputs[index] else { throw Refusal("has no input \(index)") }
        return value
    }

    /// An input that must be there.
    public func tensor(_ index: Int) throws -> Tensor {
        let value = try value(index)
        guard case .tensor(let tensor) = value else {
            throw Refusal("expects a tensor for input \(index), got \(value.kind)")
        }
        return tensor
    }

    /// An input that may be left out.
    public func optionalTensor(_ index: Int) throws -> Tensor? { has(index) ? try tensor(index) : nil }

    func sequence(_ index: Int) throws -> [ONNXValue] {
        let value = try value(index)
        guard case .sequence(let elements) = value else {
            throw Refusal("expects a sequence for input \(index), got \(value.kind)")
        }
        return elements
    }

    func floating(_ index: Int) throws -> Tensor {
        let tensor = try tensor(index)
        if !tensor.dtype.isFloatingPoint {
            throw Refusal("expects floating-point numbers for input \(index), got \(tensor.dtype)")
        }
        return tensor
    }

    func numeric(_ index: Int) throws -> Tensor {
        let tensor = try tensor(index)
        if tensor.dtype == .bool { throw Refusal("expects numbers for input \(index), got bool") }
        return tensor
    }

    func integer(_ index: Int) throws -> Tensor {
        let tensor = try tensor(index)
        if !tensor.dtype.isInteger { throw Refusal("expects integers for input \(index), got \(tensor.dtype)") }
        return tensor
    }

    func bool(_ index: Int) throws -> Tensor {
        let tensor = try tensor(index)
        if tensor.dtype != .bool { throw Refusal("expects bool for input \(index), got \(tensor.dtype)") }
        return tensor
    }

    /// The numbers of a vector or a scalar, such as axes and sizes.
    func integers(_ index: Int) throws -> [Int] {
        let tensor = try integer(index)
        if tensor.rank > 1 || tensor.count > 4096 {
            throw Refusal("expects a vector of few integers for input \(index), got shape \(tensor.shape)")
        }
        return tensor.array(of: Int.self)
    }

    func optionalIntegers(_ index: Int) throws -> [Int]? { has(index) ? try integers(index) : nil }

    /// The only element of an input.
    func scalar(_ index: Int) throws -> Tensor {
        let tensor = try tensor(index)
        if tensor.count != 1 { throw Refusal("expects one value for input \(index), got shape \(tensor.shape)") }
        return tensor.reshaped([])
    }

    func integerScalar(_ index: Int) throws -> Int {
        let tensor = try scalar(index)
        if !tensor.dtype.isInteger { throw Refusal("expects an integer for input \(index), got \(tensor.dtype)") }
        return tensor.item(as: Int.self)
    }

    func boolScalar(_ index: Int) throws -> Bool {
        let tensor = try scalar(index)
        if tensor.dtype != .bool { throw Refusal("expects a bool for input \(index), got \(tensor.dtype)") }
        return tensor.item(as: Bool.self)
    }

    func realScalar(_ index: Int) throws -> Double { try scalar(index).item() }

    /// Whether an input is a buffer of the model.
    func isBuffer(_ index: Int) -> Bool { run.bufferPlaces.contains(step.inputs[index]) }

    /// Gives a buffer its next value: at once for the nodes that follow, for good when the run has ended.
    func setBuffer(_ index: Int, _ value: Tensor) { run.setBuffer(step.inputs[index], value) }

    // MARK: - Settings

    private func wrongKind(_ name: String) -> Refusal { Refusal("has a setting \(name) of another kind") }

    /// The least and the greatest integer that settings may have: what computes with two of them does not overflow.
    private static let settings = -(1 << 31)...(1 << 31)

    /// A setting that is an integer; it must be there if there is no default. Those beyond 2^31 are refused.
    public func integer(_ name: String, default value: Int? = nil) throws -> Int {
        switch step.attributes[name] {
        case .integer(let number):
            guard Self.settings.contains(number) else { throw Refusal("has \(number) for \(name)") }
            return number
        case nil:
            guard let value else { throw Refusal("has no setting \(name)") }
            return value
        default: throw wrongKind(name)
        }
    }

    /// A setting that is 0 or 1.
    public func flag(_ name: String, default value: Bool = false) throws -> Bool {
        try integer(name, default: value ? 1 : 0) != 0
    }

    /// A setting that is a number; it must be there if there is no default.
    public func real(_ name: String, default value: Double? = nil) throws -> Double {
        switch step.attributes[name] {
        case .real(let number): return number
        case nil:
            guard let value else { throw Refusal("has no setting \(name)") }
            return value
        default: throw wrongKind(name)
        }
    }

    /// A setting that is a text; it must be there if there is no default.
    public func text(_ name: String, default value: String? = nil) throws -> String {
        switch step.attributes[name] {
        case .text(let text): return text
        case nil:
            guard let value else { throw Refusal("has no setting \(name)") }
            return value
        default: throw wrongKind(name)
        }
    }

    /// A setting that is a list of integers; `nil` if it is not there. Integers beyond 2^31 are refused.
    public func integerList(_ name: String) throws -> [Int]? {
        let numbers = try anyIntegers(name)
        if let number = numbers?.first(where: { !Self.settings.contains($0) }) {
            throw Refusal("has \(number) among \(name)")
        }
        return numbers
    }

    /// The same of any size.
    func anyIntegers(_ name: String) throws -> [Int]? {
        switch step.attributes[name] {
        case .integers(let numbers): return numbers
        case nil: return nil
        default: throw wrongKind(name)
        }
    }

    /// A setting that is a list of numbers; `nil` if it is not there.
    public func realList(_ name: String) throws -> [Double]? {
        switch step.attributes[name] {
        case .reals(let numbers): return numbers
        // An empty list may be written without its kind.
        case .integers(let numbers) where numbers.isEmpty: return []
        case nil: return nil
        default: throw wrongKind(name)
        }
    }

    func textList(_ name: String) throws -> [String]? {
        switch step.attributes[name] {
        case .texts(let texts): return texts
        case .integers(let numbers) where numbers.isEmpty: return []
        case nil: return nil
        default: throw wrongKind(name)
        }
    }

    func attribute(_ name: String) -> PreparedAttribute? { step.attributes[name] }

    /// The type that a setting names by its number.
    func dtype(_ name: String, default value: DType? = nil) throws -> DType {
        guard step.attributes[name] != nil || value == nil else { return value! }
        let number = try integer(name)
        guard let dtype = ONNXType.dtype(Int64(number)) else {
            throw Refusal("asks for \(ONNXType.name(Int64(number))), which Tern does not have")
        }
        return dtype
    }

    /// The values of a graph's outputs.
    func compute(_ graph: CompiledGraph, _ arguments: [ONNXValue?]) throws -> [ONNXValue] {
        try run.compute(graph, arguments)
    }

    func graph(_ name: String) throws -> CompiledGraph {
        guard case .graph(let graph)? = step.attributes[name] else { throw Refusal("has no graph \(name)") }
        return graph
    }

    // MARK: - Checks

    /// An axis counted from the end if it is negative, as an index from the start.
    func axis(_ axis: Int, _ rank: Int) throws -> Int {
        if axis < -rank || axis >= rank { throw Refusal("has axis \(axis) for a tensor with \(rank) axes") }
        return axis < 0 ? axis + rank : axis
    }

    /// The same for several, each once.
    func axes(_ axes: [Int], _ rank: Int) throws -> [Int] {
        let axes = try axes.map { try axis($0, rank) }
        if Set(axes).count != axes.count { throw Refusal("names an axis twice: \(axes)") }
        return axes
    }

    /// A shape that is not too large.
    func shape(_ sizes: some Sequence<Int>) throws -> Shape {
        let sizes = Array(sizes)
        guard sizes.count <= Shape.maximumRank, sizes.allSatisfy({ $0 >= 0 }),
            elementCount(sizes.map { max($0, 1) }, atMost: run.limits.elements) != nil
        else {
            throw Refusal(
                "would give a tensor of shape \(sizes.prefix(16)): at most \(Shape.maximumRank) axes and "
                    + "\(run.limits.elements) elements are allowed")
        }
        return Shape(sizes)
    }

    /// The shape that all can be broadcast to.
    @discardableResult
    func broadcast(_ tensors: Tensor...) throws -> Shape { try broadcast(tensors.map(\.shape)) }

    func broadcast(_ shapes: [Shape]) throws -> Shape {
        let rank = shapes.map(\.count).max() ?? 0
        var sizes = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (position, size) in zip((rank - shape.count)..., shape) where size != 1 {
                if sizes[position] != 1 && sizes[position] != size {
                    throw Refusal("cannot broadcast \(shapes.map { "\($0)" }.joined(separator: " and "))")
                }
                sizes[position] = size
            }
        }
        return try shape(sizes)
    }

    /// Whether `shape` can be broadcast to `target` without changing it.
    func broadcasts(_ shape: Shape, to target: Shape) -> Bool {
        shape.count <= target.count
            && zip(shape.reversed(), target.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
    }

    func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Refusal(message()) }
    }

    /// Stops unless all have the type of the first.
    func expectOneType(_ tensors: Tensor?...) throws {
        let types = tensors.compactMap { $0?.dtype }
        if let first = types.first, types.contains(where: { $0 != first }) {
            throw Refusal("expects one type, got \(types.map { "\($0)" }.joined(separator: ", "))")
        }
    }
}
