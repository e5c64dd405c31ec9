/// How many floating-point operations the products and convolutions of a network take: 2 for each multiplication with its
/// addition, whatever way the kernels compute them, and nothing for everything else, as PyTorch's `FlopCounterMode` counts
/// (which leaves the groups out of the weight gradient of a grouped convolution). Derivatives are such operations
/// themselves.
enum FloatingPointOperations {
    static func count(_ name: String, inputs: [Shape], outputs: [Shape]) -> Int {
        guard let rule = table[name], let output = outputs.first else { return 0 }
        return Int(2 * rule(inputs, output), in: 0...Int.max)
    }

    static func count(_ operation: ComputedOperation) -> Int {
        if let own = operation.floatingPointOperations { return own }
        // Most have none: their shapes need not be gathered.
        if table[operation.name] == nil { return 0 }
        return count(operation.name, inputs: operation.inputs.map(\.shape), outputs: operation.outputs.map(\.shape))
    }

    private typealias Rule = @Sendable (_ inputs: [Shape], _ output: Shape) -> Double

    /// The multiplications of each operation.
    private static let table: [String: Rule] = {
        var rules: [String: Rule] = [
            // An element of the result is a sum over the axis that both matrices have.
            "matmul": { inputs, output in output.real * inner(of: inputs[0], output) },
            "linear": { inputs, output in output.real * Double(inputs[1].last ?? 1) },
            // Queries by keys, weights by values; backward the first again and four more, of the gradient [..., L, V], queries,
            // keys and values.
            "scaledDotProductAttention": { inputs, output in
                output.real / Double(max(1, output[output.count - 1])) * attended(inputs[1], inputs[2], 1, 1)
            },
            "scaledDotProductAttentionBackward": { inputs, _ in
                inputs[1].real / Double(max(1, inputs[1][inputs[1].count - 1])) * attended(inputs[2], inputs[3], 3, 2)
            },
        ]
        // The same of an output or its gradient [N, L, E], with as many keys and as wide values.
        rules["selfAttention"] = { _, output in output.real * 2 * Double(output[1]) }
        rules["selfAttentionBackward"] = { inputs, _ in inputs[0].real * 5 * Double(inputs[0][1]) }
        for names in ConvolutionNames.all {
            rules["\(names.forward)"] = { inputs, output in output.real * filter(inputs[1]) }
            // Its first input is the gradient of a convolution's output.
            rules["\(names.inputGradient)"] = { inputs, _ in inputs[0].real * filter(inputs[1]) }
            rules["\(names.weightGradient)"] = { inputs, output in inputs[1].real * filter(output) }
        }
        return rules
    }()

    /// K of a left operand [..., M, K], or [..., K, M] that is transposed, and a product [..., M, N].
    private static func inner(of left: Shape, _ product: Shape) -> Double {
        let (rows, columns) = (left[left.count - 2], left[left.count - 1])
        return product[product.count - 2] == rows ? Double(columns) : Double(rows)
    }

    /// The multiplications of a query with keys [..., S, E] and values [..., S, V], so many times.
    private static func attended(_ key: Shape, _ value: Shape, _ keyTimes: Double, _ valueTimes: Double) -> Double {
        let (keys, features, values) = (key[key.count - 2], key[key.count - 1], value[value.count - 1])
        return Double(keys) * (keyTimes * Double(features) + valueTimes * Double(values))
    }

    /// The elements of one filter of a weight [O, C, K...].
    private static func filter(_ weight: Shape) -> Double { weight[0] == 0 ? 0 : weight.real / Double(weight[0]) }
}

extension Shape {
    fileprivate var real: Double { reduce(1) { $0 * Double($1) } }
}

/// Calls `count` with the floating-point operations of each product and convolution of this thread while `body` runs.
package func withFloatingPointOperations<Result>(
    _ count: @escaping (Int) -> Void, _ body: () throws -> Result
) rethrows -> Result {
    try Observation.by(FloatingPointCounter(count), body)
}

private final class FloatingPointCounter: OperationObserver {
    private let count: (Int) -> Void

    init(_ count: @escaping (Int) -> Void) { self.count = count }

    func computed(_ operation: ComputedOperation) {
        let operations = FloatingPointOperations.count(operation)
        if operations > 0 { count(operations) }
    }
}
