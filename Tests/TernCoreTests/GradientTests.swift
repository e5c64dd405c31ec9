import TernCore
import TernLosses
import Testing

/// A function of the operations, and where its derivatives are checked.
struct GradientCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputs: [Tensor]
    let function: @Sendable ([Tensor]) -> [Tensor]

    init(_ name: String, _ inputs: [Tensor], _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
        testDescription = name
        self.inputs = inputs
        self.function = { [function($0)] }
    }
}

private let x = signedValues([2, 3])
private let y = signedValues([2, 3], seed: 2)
private let positive = positiveValues([2, 3], seed: 3)
private let row = signedValues([3], seed: 4)
private let column = signedValues([2, 1], seed: 5)
private let scalar = signedValues([], seed: 6)
private let cube = signedValues([2, 3, 2], seed: 7)
private let labels = Tensor([2, 0] as [Int])
private let condition = Tensor(shape: [2, 3], values: [true, false, true, true, false, false])

/// One line an operation.
private let unary: [GradientCase] = [
    .init("negate", [x]) { -$0[0] },
    .init("abs", [x]) { abs($0[0]) },
    .init("sign", [x]) { sign($0[0]) },
    .init("square", [x]) { square($0[0]) },
    .init("reciprocal", [x]) { reciprocal($0[0]) },
    .init("sqrt", [positive]) { sqrt($0[0]) },
    .init("rsqrt", [positive]) { rsqrt($0[0]) },
    .init("exp", [x]) { exp($0[0]) },
    .init("expm1", [x]) { expm1($0[0]) },
    .init("log", [positive]) { log($0[0]) },
    .init("log1p", [positive]) { log1p($0[0]) },
    .init("sin", [x]) { sin($0[0]) },
    .init("cos", [x]) { cos($0[0]) },
    .init("erf", [x]) { erf($0[0]) },
    .init("floor", [x]) { floor($0[0]) },
    .init("ceil", [x]) { ceil($0[0]) },
    .init("round", [x]) { round($0[0]) },
    .init("clamp", [x]) { clamp($0[0], min: -1, max: 0.8) },
    .init("pow 3", [x]) { pow($0[0], 3) },
    .init("pow 2", [x]) { pow($0[0], 2) },
    .init("pow -1.5", [positive]) { pow($0[0], -1.5) },
]
private let activations: [GradientCase] = [
    .init("relu", [x]) { relu($0[0]) },
    .init("leakyRelu", [x]) { leakyRelu($0[0], slope: 0.2) },
    .init("sigmoid", [x]) { sigmoid($0[0]) },
    .init("tanh", [x]) { tanh($0[0]) },
    .init("softplus", [x]) { softplus($0[0]) },
    .init("silu", [x]) { silu($0[0]) },
    .init("gelu", [x]) { gelu($0[0]) },
    .init("gelu tanh", [x]) { gelu($0[0], approximation: .tanh) },
    .init("elu", [x]) { elu($0[0], alpha: 1.3) },
    .init("softmax", [x]) { softmax($0[0]) },
    .init("softmax of axis 0", [x]) { softmax($0[0], axis: 0) },
    .init("softmax of axis 1 of 3", [cube]) { softmax($0[0], axis: 1) },
    .init("logSoftmax", [x]) { logSoftmax($0[0]) },
    .init("logSoftmax of axis 0", [x]) { logSoftmax($0[0], axis: 0) },
]
private let binary: [GradientCase] = [
    .init("+", [x, y]) { $0[0] + $0[1] },
    .init("-", [x, y]) { $0[0] - $0[1] },
    .init("*", [x, y]) { $0[0] * $0[1] },
    .init("/", [x, y]) { $0[0] / $0[1] },
    .init("%", [x, y]) { $0[0] % $0[1] },
    .init("pow", [positive, y]) { pow($0[0], $0[1]) },
    .init("maximum", [x, y]) { maximum($0[0], $0[1]) },
    .init("minimum", [x, y]) { minimum($0[0], $0[1]) },
    .init("which", [x, y]) { which(condition, $0[0], $0[1]) },
    .init("x * x", [x]) { $0[0] * $0[0] },
    .init("scalars", [x]) { 2 / (1 - $0[0] * 3) },
]
private let broadcasts: [GradientCase] = [row, column, scalar].flatMap { other -> [GradientCase] in
    let with = "with \(other.shape)"
    return [
        .init("+ \(with)", [x, other]) { $0[0] + $0[1] },
        .init("- \(with) left", [other, x]) { $0[0] - $0[1] },
        .init("* \(with)", [x, other]) { $0[0] * $0[1] },
        .init("* \(with) left", [other, x]) { $0[0] * $0[1] },
        .init("/ \(with)", [x, other]) { $0[0] / $0[1] },
        .init("/ \(with) left", [other, x]) { $0[0] / $0[1] },
        .init("pow \(with)", [positive, other]) { pow($0[0], $0[1]) },
        .init("maximum \(with)", [x, other * 0.9]) { maximum($0[0], $0[1]) },
        .init("which \(with)", [x, other]) { which(condition, $0[0], $0[1]) },
    ]
}
private let axesLists: [[Int]?] = [nil, [0], [1], [-1], [0, 1], [0, 2], [1, 2]]
private let reductions: [GradientCase] = axesLists.flatMap { axes -> [GradientCase] in
    let of = "of \(axes.map { "\($0)" } ?? "all")"
    return [
        .init("sum \(of)", [cube]) { $0[0].sum(axes: axes) },
        .init("mean \(of)", [cube]) { $0[0].mean(axes: axes, keepAxes: true) },
        .init("product \(of)", [cube]) { $0[0].product(axes: axes) },
        .init("max \(of)", [cube]) { $0[0].max(axes: axes) },
        .init("min \(of)", [cube]) { $0[0].min(axes: axes, keepAxes: true) },
        .init("variance \(of)", [cube]) { $0[0].variance(axes: axes) },
        .init("population variance \(of)", [cube]) { $0[0].variance(axes: axes, correction: 0) },
        .init("standardDeviation \(of)", [cube]) { ($0[0] + square($0[0])).standardDeviation(axes: axes) },
        .init("norm \(of)", [cube]) { $0[0].norm(axes: axes) },
        .init("norm 3 \(of)", [cube]) { $0[0].norm(3, axes: axes, keepAxes: true) },
        .init("norm 1 \(of)", [cube]) { $0[0].norm(1, axes: axes) },
        .init("norm inf \(of)", [cube]) { $0[0].norm(.infinity, axes: axes) },
        .init("logSumExp \(of)", [cube]) { $0[0].logSumExp(axes: axes) },
    ]
}
private let shapes: [GradientCase] = [
    .init("reshaped", [x]) { $0[0].reshaped([3, 2]) },
    .init("flattened", [cube]) { $0[0].flattened(from: 1) },
    .init("permuted", [cube]) { $0[0].permuted([2, 0, 1]) },
    .init("transposed", [x]) { $0[0].transposed() },
    .init("expanded", [column]) { $0[0].expanded(to: [4, 2, 3]) },
    .init("squeezed", [column]) { $0[0].squeezed(axes: 1) },
    .init("unsqueezed", [x]) { $0[0].unsqueezed(axes: 1) },
    .init("sliced", [cube]) { $0[0].sliced(from: 0, to: 3, by: 2, axis: 1) },
    .init("contiguous", [x]) { $0[0].T.contiguous() },
    .init("concatenated", [x, row]) { concatenated([$0[0], $0[1].unsqueezed(axes: 0), $0[0] * 2]) },
    .init("concatenated along 1", [x, column]) { concatenated([$0[0], $0[1]], axis: 1) },
    .init("converted", [x]) { ($0[0] * $0[0]).converted(to: .float64) },
]
private let selections: [GradientCase] = [
    .init("subscript", [cube]) { $0[0][1, 0..<2] },
    .init("whiched", [x]) { $0[0].selected(Tensor([2, 0, 2, 1] as [Int]), axis: 1) },
    .init("indexAdded", [x, column]) { $0[0].indexAdded($0[1], at: Tensor([1] as [Int]), axis: 1) },
    .init("gathered", [x]) { $0[0].gathered(Tensor(shape: [1, 3], values: [1, 0, 1]), axis: 0) },
    .init("scatterAdded", [x, y]) {
        $0[0].scatterAdded($0[1], at: Tensor(shape: [2, 3], values: [1, 0, 1, 1, 1, 0]), axis: 0)
    },
    .init("embedding", [x]) { embedding(Tensor(shape: [2, 2], values: [1, 0, 1, 1]), $0[0]) },
    .init("masked", [x]) { $0[0].masked(by: condition) },
    .init("sorted", [x]) { $0[0].sorted(axis: 1).values },
    .init("topK", [x]) { $0[0].topK(2, axis: 1).values },
    .init("cumulativeSum", [x]) { $0[0].cumulativeSum(axis: 1) },
    .init("diagonal", [x]) { $0[0].diagonal(offset: 1) },
    .init("lowerTriangle", [x]) { $0[0].lowerTriangle() },
    .init("stacked", [x, y]) { stacked([$0[0], $0[1]], axis: 1) },
    .init("split", [x]) {
        let parts = $0[0].split(into: 3, axis: 1)
        return parts[0] * parts[2]
    },
    .init("unstacked", [x]) {
        let rows = $0[0].unstacked()
        return rows[0] * rows[1]
    },
    .init("padded", [x]) { $0[0].padded([(1, 0), (0, 2)], with: .constant(0.5)) },
    .init("tiled", [x]) { $0[0].tiled([2, 2]) },
    .init("repeated", [x]) { $0[0].repeated(2, axis: 0) },
    .init("movingAxis", [cube]) { $0[0].movingAxis(0, to: 2) },
]
private let matrixProducts: [GradientCase] = [
    .init("matmul", [x, signedValues([3, 4])]) { matmul($0[0], $0[1]) },
    .init("matmul batched", [cube, signedValues([2, 2])]) { matmul($0[0], $0[1]) },
    .init("matmul broadcast", [signedValues([2, 1, 2, 3]), signedValues([2, 3, 2])]) { matmul($0[0], $0[1]) },
    .init("matmul with a vector", [x, row]) { matmul($0[0], $0[1]) },
    .init("matmul of a vector", [row, cube]) { matmul($0[0], $0[1]) },
    .init("dot", [row, row * 2]) { dot($0[0], $0[1]) },
    .init("outer", [row, row * 2]) { outer($0[0], $0[1]) },
    .init("linear", [x, signedValues([4, 3]), signedValues([4])]) { linear($0[0], $0[1], $0[2]) },
    .init("linear without bias", [signedValues([2, 2, 3]), signedValues([4, 3])]) { linear($0[0], $0[1]) },
]
private let image = signedValues([1, 2, 4, 5], seed: 8)
private let filters = signedValues([2, 2, 3, 2], seed: 9)
private let networks: [GradientCase] = [
    .init("conv2d", [image, filters, signedValues([2])]) { conv2d($0[0], $0[1], $0[2], stride: 2, padding: 1) },
    .init("conv2d dilated, in groups", [image, filters.sliced(from: 0, to: 1, axis: 1)]) {
        conv2d($0[0], $0[1], dilation: [1, 2], groups: 2)
    },
    .init("maxPool2d", [image]) { maxPool2d($0[0], [2, 3], stride: 1, padding: 1) },
    .init("avgPool2d", [image]) { avgPool2d($0[0], 2, stride: [1, 2], padding: 1) },
    .init("adaptiveMaxPool2d", [image]) { adaptiveMaxPool2d($0[0], [2, 3]) },
    .init("adaptiveAvgPool2d", [image]) { adaptiveAvgPool2d($0[0], [3, 2]) },
    .init("crossEntropy", [x, labels]) { crossEntropy($0[0], $0[1]) },
    .init("crossEntropy sum", [x, labels]) { crossEntropy($0[0], $0[1], reduction: .sum) },
    .init("crossEntropy smoothed", [x, labels]) { crossEntropy($0[0], $0[1], labelSmoothing: 0.2, reduction: .none) },
    .init("crossEntropy ignoring", [x, labels]) { crossEntropy($0[0], $0[1], ignoreIndex: 0) },
    .init("crossEntropy weighted", [x, labels]) {
        crossEntropy($0[0], $0[1], weight: Tensor([0.5, 2, 1.5]), ignoreIndex: 2)
    },
    .init("crossEntropy weighted and smoothed", [x, labels]) {
        crossEntropy($0[0], $0[1], weight: Tensor([0.5, 2, 1.5]), labelSmoothing: 0.1)
    },
    .init("crossEntropy of pixels", [cube, Tensor(shape: [2, 2], values: [0, 2, 1, 1])]) {
        crossEntropy($0[0], $0[1], reduction: .none)
    },
    .init("crossEntropy of probabilities", [x, positive]) {
        crossEntropy($0[0], $0[1], weight: Tensor([0.5, 2, 1.5]), labelSmoothing: 0.1)
    },
    .init("batchNorm", [signedValues([4, 3]), row, row * 2]) {
        batchNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 0.1).output
    },
    .init("batchNorm of images", [signedValues([2, 3, 2, 2])]) { batchNorm($0[0], epsilon: 0.1).output },
    .init("batchNorm in evaluation", [cube, row, row * 2]) {
        batchNorm($0[0], mean: row, variance: square(row), weight: $0[1], bias: $0[2])
    },
    .init("dropout", [x]) { dropout($0[0], probability: 0.4, generator: Generator(seed: 3)) },
]

@Suite("Derivatives agree with central differences")
struct GradientTests {
    static let cases: [GradientCase] = [
        unary, activations, binary, broadcasts, reductions, shapes, selections, matrixProducts, networks,
    ].flatMap { $0 }

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { $0.dtype.isFloatingPoint ? layout.apply(to: $0) : $0 }
            if layout == .expanded, !item.isSmoothWhenRepeated { continue }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed] {
            let inputs = item.inputs.map { $0.dtype.isFloatingPoint ? layout.apply(to: $0) : $0 }
            try checkSecondGradient(item.function, at: inputs)
        }
    }
}

extension GradientCase {
    /// Equal elements are where an extremum has no derivative.
    fileprivate var isSmoothWhenRepeated: Bool {
        !["max", "min", "norm inf", "sorted", "topK", "adaptiveMax"].contains { testDescription.hasPrefix($0) }
    }
}

@Test("a wrong derivative is reported with its worst element")
func wrongDerivative() {
    let input = Tensor([[1, 2], [3, 4]] as [[Double]])
    let mismatch = #expect(throws: GradientMismatch.self) {
        try checkGradient({ WrongSquare()($0[0]) }, at: [input])
    }
    #expect(mismatch?.input == 0)
    #expect(mismatch?.index == [1, 1])
    #expect(
        mismatch?.description.hasPrefix("the gradient of input 0 is wrong at [1, 1]: the derivative gives ") == true)
}

/// The derivative lacks a factor of two at the last element.
private struct WrongSquare: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        context.save(inputs[0])
        return [square(inputs[0])]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        [gradients[0] * context.saved[0] * Tensor([[2, 2], [2, 1]] as [[Double]])]
    }
}
