import TernCore

/// A number of a captured graph: fixed, or what follows from the size of an input's axis.
enum Dimension: Hashable {
    case fixed(Int)
    /// `factor * (the product of these sizes) + offset`
    case dynamic(sizes: [DynamicSize], factor: Int, offset: Int)
}

/// The size of an input's axis that is not fixed.
struct DynamicSize: Hashable {
    let input: Int
    let axis: Int
}

/// A captured graph beside others of the same model, each with one of the sizes that are not fixed changed: so numbers are
/// told apart that depend on them.
struct SymbolicGraph {
    let base: Graph
    /// The changed ones, with what was changed, and to what.
    let variants: [(size: DynamicSize, value: Int, graph: Graph)]

    /// Looks whether all graphs have the same operations.
    init(_ base: Graph, _ variants: [(size: DynamicSize, value: Int, graph: Graph)]) throws(ONNXError) {
        self.base = base
        self.variants = variants
        for variant in variants {
            let isSame =
                variant.graph.operations.count == base.operations.count
                && zip(variant.graph.operations, base.operations).allSatisfy {
                    $0.name == $1.name && $0.inputs == $1.inputs && $0.outputs.count == $1.outputs.count
                }
            if !isSame {
                throw .unexportable([
                    "other operations if axis \(variant.size.axis) of input \(variant.size.input) has another size": [
                        ""
                    ]
                ])
            }
        }
    }

    /// What a number is, of which each graph has a value; nil if nobody knows.
    func dimension(_ number: (Graph) -> Int) -> Dimension? {
        let value = number(base)
        let changed = variants.map { ($0, number($0.graph)) }.filter { $1 != value }
        if changed.isEmpty { return .fixed(value) }
        func size(_ place: DynamicSize) -> Int { base.inputs[place.input].tensor.shape[place.axis] }
        if changed.count == 1 {
            let (variant, other) = changed[0]
            let (change, step) = (other - value, variant.value - size(variant.size))
            guard change % step == 0 else { return nil }
            let factor = change / step
            return .dynamic(sizes: [variant.size], factor: factor, offset: value - factor * size(variant.size))
        }
        let product = changed.reduce(1) { $0 * size($1.0.size) }
        let fits = changed.allSatisfy { $1 * size($0.size) == value * $0.value }
        guard product != 0, value % product == 0, fits else { return nil }
        return .dynamic(sizes: changed.map(\.0.size), factor: value / product, offset: 0)
    }

    func dimensions(_ numbers: (Graph) -> [Int]) -> [Dimension]? {
        let count = numbers(base).count
        if variants.contains(where: { numbers($0.graph).count != count }) { return nil }
        var result: [Dimension] = []
        for index in 0..<count {
            guard let dimension = dimension({ numbers($0)[index] }) else { return nil }
            result.append(dimension)
        }
        return result
    }

    /// The shape of a value.
    func shape(of value: Graph.Value) -> [Dimension]? { dimensions { Array($0.kind(of: value).shape) } }
}
