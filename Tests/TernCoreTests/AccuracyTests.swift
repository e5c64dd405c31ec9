import Foundation
import TernLosses
import Testing

@testable import TernCore

/// Sums of very many equal terms: a running sum in `float32` stands still after 2^24 of them, and is off by more than 1e-6
/// after a few dozen.
@Suite("Sums of up to 2^25 equal float32 terms", .serialized)
struct AccuracyTests {
    static let values: [Float] = [0.1, 100, 1.0 / 3]
    private static let many = 1 << 25

    /// Where the terms lie: `base` repeated along the axes that are 1 in it, without memory.
    struct Case: Sendable, CustomTestStringConvertible {
        let base: Shape
        let shape: Shape
        let axes: [Int]
        var testDescription: String { "\(shape) over \(axes), of which \(base) in memory" }
        var terms: Int { axes.map { shape[$0] }.reduce(1, *) }

        func tensor(_ value: Float, reversed: Bool) -> Tensor {
            let x = Tensor.full(base, Double(value), dtype: .float32)
            let order = Array((0..<base.count).reversed())
            return (reversed ? x.permuted(order).contiguous().permuted(order) : x).expanded(to: shape)
        }
    }
    static let cases = [
        Case(base: [many], shape: [many], axes: [0]),
        Case(base: [1], shape: [many], axes: [0]),
        Case(base: [1, 8], shape: [many, 8], axes: [0]),
        Case(base: [1, 37], shape: [1 << 23, 37], axes: [0]),
        Case(base: [1, 600], shape: [1 << 20, 600], axes: [0]),
        Case(base: [1 << 20, 8], shape: [1 << 20, 8], axes: [0]),
        Case(base: [1 << 14, 600], shape: [1 << 14, 600], axes: [0]),
        Case(base: [1 << 20, 5], shape: [1 << 20, 5], axes: [0]),
        Case(base: [5, 1 << 20], shape: [5, 1 << 20], axes: [1]),
        Case(base: [3, 1], shape: [3, many], axes: [1]),
        Case(base: [1 << 12, 3, 1, 16], shape: [1 << 12, 3, 1 << 10, 16], axes: [0, 2]),
        Case(base: [1 << 8, 3, 1 << 8, 16], shape: [1 << 8, 3, 1 << 8, 16], axes: [0, 2]),
        Case(base: [16, 3, 1 << 14], shape: [16, 3, 1 << 14], axes: [0, 2]),
        Case(base: [16, 1 << 12, 9], shape: [16, 1 << 12, 9], axes: [0, 1]),
    ]

    private func expectClose(
        _ result: Tensor, _ expected: Double, within bound: Double = 1e-6, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let worst = abs(result.converted(to: .float64) / expected - 1).max().item()
        #expect(worst < bound, "\(what): \(worst)", sourceLocation: sourceLocation)
    }

    @Test("are right along every axis, in every layout and width", arguments: cases)
    func reductions(_ item: Case) {
        for value in Self.values {
            for reversed in [false, true] {
                let x = item.tensor(value, reversed: reversed)
                let (exact, terms) = (Double(value), Double(item.terms))
                expectClose(x.sum(axes: item.axes), exact * terms, "sum")
                expectClose(x.mean(axes: item.axes), exact, "mean")
            }
        }
    }

    @Test("have products with the same accuracy", arguments: [([1 << 23], 0), ([1 << 21, 8], 0), ([5, 1 << 20], 1)])
    func products(_ shape: [Int], _ axis: Int) {
        let factor = Double(Float(1).nextUp)
        let x = Tensor.full(Shape(shape), factor)
        expectClose(x.product(axes: axis), exp(log1p(factor - 1) * Double(shape[axis])), "product")
    }

    @Test("are right up to each of them", arguments: [([1 << 22], 0), ([1 << 20, 3], 0), ([3, 1 << 20], 1)])
    func scans(_ shape: [Int], _ axis: Int) {
        for value in Self.values {
            let sums = Tensor.full(Shape(shape), Double(value), dtype: .float32).cumulativeSum(axis: axis)
            let counts = Tensor.arange(shape[axis], dtype: .float64) + 1
            let exact = (counts * Double(value)).reshaped(axis == 0 && shape.count == 2 ? [-1, 1] : [-1])
            expectClose(sums / exact.expanded(to: Shape(shape)), 1, "cumulativeSum")
        }
    }

    @Test("are right in norms, statistics and gradients of what is broadcast")
    func composed() {
        for value in Self.values {
            let exact = Double(value)
            let x = Tensor.full([1 << 20, 8], exact, dtype: .float32)
            let n = Double(1 << 20)
            for p in [0.5, 1, 2, 3] { expectClose(x.norm(p, axes: 0), exact * pow(n, 1 / p), "norm \(p)") }
            // Half of them less and half of them more than the mean.
            let y = x * Tensor([1, 3]).expanded(to: [1 << 19, 2]).reshaped([1 << 20, 1])
            expectClose(y.variance(axes: 0, correction: 0), exact * exact, "variance")
            expectClose(y.standardDeviation(axes: 0, correction: 0), exact, "standardDeviation")
            let row = Tensor.zeros([8])
            for (name, gradient) in [
                ("+", gradient(at: row) { ($0 + x) * value }), ("*", gradient(at: row) { $0 * x }),
            ] {
                expectClose(gradient, exact * n, "gradient of a row by \(name)")
            }
            let column = gradient(at: Tensor.zeros([8, 1])) { $0 * x.T }
            expectClose(column, exact * n, "gradient of a column")
            let (_, statistics) = batchNorm(y + x * 0)
            expectClose(statistics.mean, 2 * exact, "mean of batchNorm")
            expectClose(statistics.variance, exact * exact, "variance of batchNorm")
        }
    }

    private func gradient(at x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
        valueAndGradient(at: x) { function($0).sum() }.gradient
    }

    @Test(
        "are right in batch normalization's gradients",
        arguments: [[1 << 18, 5], [64, 3, 4096], [4096, 3, 2, 3], [300, 3, 25]])
    func batchNormalization(_ shape: [Int]) {
        let x = Tensor.normal(Shape(shape), generator: Generator(seed: 1))
        let bias = Tensor.zeros([shape[1]])
        for value in Self.values {
            let result = gradient(at: bias) { batchNorm(x, bias: $0).output * value }
            expectClose(result, Double(value) * Double(x.count / shape[1]), "gradient of the bias")
        }
    }

    @Test("are right in softmax and its relatives")
    func rows() {
        let n = 1 << 23
        let x = Tensor.full([1, n], 0.1)
        let labels = Tensor([5], dtype: .int64)
        expectClose(softmax(x) * Double(n), 1, "softmax")
        expectClose(logSoftmax(x), -log(Double(n)), "logSoftmax")
        expectClose(x.logSumExp(), log(Double(n)) + Double(Float(0.1)), "logSumExp")
        expectClose(crossEntropy(x, labels, labelSmoothing: 0.5), log(Double(n)), "crossEntropy")
        // Of a row of logits with one that stands out.
        let y = concatenated([x, Tensor([[3]])], axis: 1)
        let rest = exp(Double(Float(0.1)) - 3) * Double(n)
        expectClose(softmax(y)[0, n], 1 / (1 + rest), "softmax of the last")
        let weights = Tensor.full([1, n + 1], 0.3)
        let slopes = gradient(at: y) { logSoftmax($0) * weights }
        let total = Double(Float(0.3)) * Double(n + 1)
        expectClose(slopes[0, n], Double(Float(0.3)) - total / (1 + rest), within: 3e-6, "gradient of logSoftmax")
    }

    @Test("are right where they meet at an index")
    func indices() {
        for value in Self.values {
            let n = 1 << 20
            let places = Tensor.zeros([n], dtype: .int64) + 1
            for inner in [[], [3], [40]] as [[Int]] {
                let x = Tensor.full(Shape([1] + inner), Double(value), dtype: .float32).expanded(to: Shape([n] + inner))
                let sums = Tensor.zeros(Shape([2] + inner)).indexAdded(x, at: places)
                expectClose(sums[1], Double(value) * Double(n), "indexAdded")
                #expect(sums[0].sum().item() == 0)
            }
            let x = Tensor.full([n], Double(value), dtype: .float32)
            expectClose(
                Tensor.zeros([2]).scatterAdded(x, at: places, axis: 0)[1], Double(value) * Double(n), "scatterAdded")
            let weight = gradient(at: Tensor.zeros([3, 5])) { embedding(places, $0) * value }
            expectClose(weight[1], Double(value) * Double(n), "gradient of embedding")
        }
    }

    @Test("are right in averages of windows", arguments: [(1, 1 << 20), (1000, 1000), (1 << 20, 1)])
    func windows(_ height: Int, _ width: Int) {
        for value in Self.values {
            let x = Tensor.full([1, 2, height, width], Double(value), dtype: .float32)
            expectClose(adaptiveAvgPool2d(x, 1), Double(value), "adaptiveAvgPool2d")
            expectClose(avgPool2d(x, Size2d(height, width)), Double(value), "avgPool2d")
        }
    }

    /// In products, terms are added to one register for as long as it stays there: 1,024 times.
    @Test("are right in products of matrices to 2e-5, and to 1e-6 in those of vectors")
    func matrices() {
        for value in Self.values {
            let exact = Double(value)
            let n = 1 << 20
            let x = Tensor.full([n], exact, dtype: .float32)
            expectClose(dot(x, Tensor.ones([n])), exact * Double(n), "dot")
            let weight = Tensor.full([40, n / 16], exact, dtype: .float32)
            let input = Tensor.ones([20, n / 16])
            expectClose(linear(input, weight), exact * Double(n / 16), within: 2e-5, "linear")
            expectClose(matmul(weight, input.T), exact * Double(n / 16), within: 2e-5, "matmul")
            expectClose(
                matmul(input.T.contiguous().T, weight.T), exact * Double(n / 16), within: 2e-5, "matmul of columns")
            let deep = Tensor.full([n, 9], exact, dtype: .float32)
            let other = Tensor.ones([n, 7])
            expectClose(matmul(deep.T, other), exact * Double(n), within: 2e-5, "gradient of a weight")
            let bias = gradient(at: Tensor.zeros([9])) { linear(other, Tensor.ones([9, 7]), $0) * value }
            expectClose(bias, exact * Double(n), "gradient of a bias")
        }
    }

    @Test("are right in the gradients of convolutions", arguments: [(1, 6, 28), (8, 16, 10), (3, 40, 33), (16, 4, 7)])
    func convolutions(_ channels: Int, _ filters: Int, _ size: Int) {
        let images = 400
        let x = Tensor.ones([images, channels, size, size])
        for value in Self.values {
            let terms = Double(value) * Double(images * size * size)
            let bias = gradient(at: Tensor.zeros([filters])) {
                conv2d(x, Tensor.ones([filters, channels, 1, 1]), $0) * value
            }
            expectClose(bias, terms, "gradient of the bias alone")
            let (_, gradients) = valueAndGradient(
                at: [Tensor.zeros([filters, channels, 1, 1]), Tensor.zeros([filters])]
            ) { (conv2d(x, $0[0], $0[1]) * value).sum() }
            expectClose(gradients[0], terms, within: 2e-5, "gradient of the weight")
            expectClose(gradients[1], terms, "gradient of the bias")
        }
    }
}
