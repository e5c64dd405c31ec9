import Tern

/// An operation that programs are made of.
struct Op: Sendable {
    /// What of it depends on the floating-point type.
    enum Precision: Sendable {
        /// The values, by rounding: an error counts against the largest value.
        case rounded
        /// Like `rounded`, and each element depends on its own operands alone: an error counts against the element.
        case elementwise
        /// All of it: types cannot be compared.
        case typed
    }

    let name: String
    let precision: Precision
    /// A function whose gradients are as large as the terms whose difference the operation's own gradients are. What
    /// rounding does to these terms stays when they cancel.
    var terms: (@Sendable ([Tensor]) -> [Tensor])?
    /// Draws the operands and the other arguments.
    let build: @Sendable (inout Builder) -> Call

    /// Whether differences tell its derivative: no gradient flows through some, one rounds to `float32` on its way, and
    /// the shape of one's result depends on values.
    var isDifferentiable: Bool {
        ![
            "detached", "converted", "batchNorm statistics", "nonZeroIndices", "which indices", "bernoulli tensor",
            "poisson", "gamma", "beta", "binomial",
        ].contains(name)
    }

    /// All operations. A name is that of the function, with what is special about the case behind a space.
    static let table: [Op] = {
        var table = OpTable()
        table.addUnary()
        table.addBinary()
        table.addFunctions()
        table.addFunctionsOfTwo()
        table.addActivations()
        table.addComparison()
        table.addReductions()
        table.addOrder()
        table.addShapes()
        table.addParts()
        table.addGathers()
        table.addContractions()
        table.addLinalg()
        table.addIndexing()
        table.addGrids()
        table.addNetworks()
        table.addImages()
        table.addSeveralInputs()
        table.addConvolutions()
        table.addNorms()
        table.addAttention()
        table.addEmbeddings()
        table.addDropouts()
        table.addLosses()
        table.addLossesOfLabels()
        table.addLossesOfSeveral()
        table.addCreation()
        table.addScans()
        table.addOrderStatistics()
        table.addSearching()
        table.addStatistics()
        table.addMoreParts()
        table.addRandom()
        return table.ops
    }()
}

struct OpTable {
    private(set) var ops: [Op] = []

    mutating func op(
        _ name: String, _ precision: Op.Precision = .rounded, terms: (@Sendable ([Tensor]) -> [Tensor])? = nil,
        _ build: @escaping @Sendable (inout Builder) -> Call
    ) {
        ops.append(Op(name: name, precision: precision, terms: terms, build: build))
    }

    /// A function of one tensor, elementwise.
    mutating func unary(
        _ name: String, _ domain: Domain = .any, _ kinds: [Kind] = [.float],
        terms: (@Sendable ([Tensor]) -> [Tensor])? = nil, _ call: @escaping @Sendable (Tensor) -> Tensor
    ) {
        op(name, .elementwise, terms: terms) { b in Call([b.operand(kinds, domain)]) { [call($0[0])] } }
    }

    /// A function of a tensor of any shape.
    mutating func one(
        _ name: String, rank: ClosedRange<Int> = 0...4, _ kinds: [Kind] = [.float], isNonEmpty: Bool = false,
        _ call: @escaping @Sendable (Tensor) -> Tensor
    ) {
        op(name) { b in Call([b.operand(rank: rank, kinds, isNonEmpty: isNonEmpty)]) { [call($0[0])] } }
    }

    /// A function of two tensors that broadcast, elementwise.
    mutating func binary(
        _ name: String, _ kinds: [Kind] = [.float], _ first: Domain = .any, _ second: Domain = .any,
        _ call: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) {
        op(name, .elementwise) { b in
            let x = b.operand(kinds, first)
            let y = b.operand(beside: x, kinds, second)
            let swapped = first == second && b.chance(0.5)
            return Call(swapped ? [y, x] : [x, y]) { [call($0[0], $0[1])] }
        }
    }

    /// A reduction over some axes, or over all.
    mutating func reduction(
        _ name: String, _ kinds: [Kind] = [.float], isNonEmpty: Bool = false,
        _ call: @escaping @Sendable (Tensor, [Int]?, Bool) -> Tensor
    ) {
        op(name) { b in
            let x = b.operand(kinds, isNonEmpty: isNonEmpty)
            let rank = b.shape(of: x).count
            let isWhole = rank == 0 || b.chance(0.25)
            let axes = (0..<rank).filter { _ in b.chance(0.5) }.map { b.chance(0.5) ? $0 : $0 - rank }.shuffled(
                using: &b.random)
            let keeps = b.chance(0.4)
            let some = axes.isEmpty ? [rank - 1] : axes
            return Call([x], "axes: \(isWhole ? "nil" : "\(some)"), keepAxes: \(keeps)") {
                [call($0[0], isWhole ? nil : some, keeps)]
            }
        }
    }

    /// A function of a tensor and one of its axes.
    mutating func along(
        _ name: String, _ kinds: [Kind] = [.float], isNonEmpty: Bool = false,
        _ call: @escaping @Sendable (Tensor, Int) -> [Tensor]
    ) {
        op(name) { b in
            let x = b.operand(rank: 1...4, kinds, isNonEmpty: isNonEmpty)
            let axis = b.axis(of: x)
            return Call([x], "axis: \(axis)") { call($0[0], axis) }
        }
    }
}

/// Kinds of elements that operations take.
let numeric: [Kind] = [.float, .float, .float, .int64, .int32, .uint8]
let anyKind: [Kind] = [.float, .float, .float, .int64, .int32, .uint8, .bool]
