import TernCore

/// What computes the nodes of one type: an operator of the standard's, or one of the user's own.
///
/// ```swift
/// var operators = ONNXOperators.standard
/// operators.add(ONNXOperator("Twice", domain: "my.domain", inputs: 1...1) { call in
///     [.tensor(try call.tensor(0) * 2)]
/// })
/// let model = try ONNXModel(contentsOf: "net.onnx", operators: operators)
/// ```
public struct ONNXOperator: Sendable {
    /// Computes a node's outputs; nil for one that is left out. What it throws becomes an ``ONNXError`` with the node's
    /// name.
    public typealias Body = @Sendable (ONNXCall) throws -> [ONNXValue?]

    /// The name that nodes have.
    public let type: String
    /// Whose operator it is; empty for the standard's own.
    public let domain: String
    /// How many inputs a node may have, those that are left out counted.
    public let inputs: ClosedRange<Int>
    let body: Body

    /// - Parameters:
    ///   - type: the name that nodes have.
    ///   - domain: empty for the standard's own.
    ///   - inputs: how many a node may have, those that are left out counted.
    ///   - body: computes a node's outputs.
    public init(_ type: String, domain: String = "", inputs: ClosedRange<Int>, body: @escaping Body) {
        self.type = type
        self.domain = domain
        self.inputs = inputs
        self.body = body
    }
}

/// The operators that a model may have.
public struct ONNXOperators: Sendable {
    struct Key: Hashable {
        let domain: String
        let type: String
    }

    private var table: [Key: ONNXOperator] = [:]

    /// No operators, for ``add(_:)``.
    public init() {}

    /// Adds an operator; one of the same name and domain gives way.
    public mutating func add(_ new: ONNXOperator) { table[Key(domain: new.domain, type: new.type)] = new }

    mutating func add(_ new: [ONNXOperator]) { for entry in new { add(entry) } }

    func find(_ domain: String, _ type: String) -> ONNXOperator? { table[Key(domain: domain, type: type)] }

    /// The names of all, in order; those of other domains behind their domain and a dot.
    public var names: [String] {
        table.keys.map { $0.domain.isEmpty ? $0.type : "\($0.domain).\($0.type)" }.sorted()
    }

    /// Those of the standard, of opset 13 and later.
    public static let standard: ONNXOperators = {
        var all = ONNXOperators()
        all.add(elementwiseOperators)
        all.add(activationOperators)
        all.add(reductionOperators)
        all.add(shapeOperators)
        all.add(indexOperators)
        all.add(productOperators)
        all.add(convolutionOperators)
        all.add(poolingOperators)
        all.add(normalizationOperators)
        all.add(recurrentOperators)
        all.add(imageOperators)
        all.add(regionOperators)
        all.add(creationOperators)
        all.add(randomOperators)
        all.add(signalOperators)
        all.add(sequenceOperators)
        all.add(controlOperators)
        all.add(lossOperators)
        all.add(quantizationOperators)
        return all
    }()
}

/// An operator with one output, which is a tensor.
func op(
    _ type: String, _ inputs: ClosedRange<Int>, _ body: @escaping @Sendable (ONNXCall) throws -> Tensor
) -> ONNXOperator {
    ONNXOperator(type, inputs: inputs) { [.tensor(try body($0))] }
}

func op(_ type: String, _ inputs: Int, _ body: @escaping @Sendable (ONNXCall) throws -> Tensor) -> ONNXOperator {
    op(type, inputs...inputs, body)
}

/// An operator with several outputs, or such as are no tensors.
func ops(_ type: String, _ inputs: ClosedRange<Int>, _ body: @escaping ONNXOperator.Body) -> ONNXOperator {
    ONNXOperator(type, inputs: inputs, body: body)
}

func ops(_ type: String, _ inputs: Int, _ body: @escaping ONNXOperator.Body) -> ONNXOperator {
    ops(type, inputs...inputs, body)
}

extension [ONNXValue?] {
    static func tensors(_ tensors: Tensor?...) -> [ONNXValue?] { tensors.map { $0.map(ONNXValue.tensor) } }
}
