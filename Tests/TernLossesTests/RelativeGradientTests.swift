import Foundation
import TernCore
import TernLosses
import Testing

/// A function of each element, whose `float32` derivatives are held against those in `float64`.
struct DerivativeCase: Sendable, CustomTestStringConvertible {
    enum Domain { case all, positive, aboveMinusOne, moderate, probabilities }

    let testDescription: String
    var domain = Domain.all
    /// How many derivatives are checked.
    var orders = 2
    /// The derivative is made of the output, as in PyTorch, so that this is its error in units of the last place of 1.
    var outputError = 0.0
    /// Further points, near which the function bends.
    var kinks: [Double] = []
    let function: @Sendable (Tensor) -> Tensor

    var points: [Double] {
        var magnitudes = (-38...38).flatMap { power in [1, 3.1].map { $0 * pow(10, Double(power)) } }
        magnitudes += stride(from: 0.125, to: 24, by: 0.37)
        for kink in [1] + kinks.map(abs) {
            magnitudes += [kink * (1 - 1e-6), kink, kink * (1 + 1e-6), kink * 0.9, kink * 1.1]
        }
        let signed = [0] + magnitudes + magnitudes.map(-)
        return signed.map { Double(Float($0)) }.filter { x in
            switch domain {
            case .all: x.isFinite
            case .positive: x > 0 && x.isFinite
            case .aboveMinusOne: x > -1 && x.isFinite
            case .moderate: abs(x) < 1e4
            case .probabilities: x > 0 && x < 1
            }
        }
    }
}

/// Rows that begin with the elements of `x`.
private func rows(_ x: Tensor, _ others: Double...) -> Tensor {
    stacked([x] + others.map { Tensor.full(x.shape, $0, dtype: x.dtype) }, axis: 1)
}
/// A target of the shape and type of `x`.
private func target(_ x: Tensor, _ value: Double) -> Tensor { Tensor.full(x.shape, value, dtype: x.dtype) }
private func labels(_ x: Tensor, _ label: Int) -> Tensor { Tensor.full(x.shape, label, dtype: .int64) }

private let elementwise: [DerivativeCase] = [
    .init(testDescription: "-") { -$0 },
    .init(testDescription: "abs") { abs($0) },
    .init(testDescription: "sign") { sign($0) },
    .init(testDescription: "square") { square($0) },
    .init(testDescription: "reciprocal") { reciprocal($0) },
    .init(testDescription: "sqrt", domain: .positive) { sqrt($0) },
    .init(testDescription: "rsqrt", domain: .positive) { rsqrt($0) },
    .init(testDescription: "exp") { exp($0) },
    .init(testDescription: "expm1") { expm1($0) },
    .init(testDescription: "log", domain: .positive) { log($0) },
    .init(testDescription: "log1p", domain: .aboveMinusOne) { log1p($0) },
    .init(testDescription: "sin", domain: .moderate) { sin($0) },
    .init(testDescription: "cos", domain: .moderate) { cos($0) },
    .init(testDescription: "erf") { erf($0) },
    .init(testDescription: "floor, ceil and round", domain: .moderate) { floor($0) + ceil($0) + round($0) },
    .init(testDescription: "tan", domain: .probabilities) { tan($0) },
    .init(testDescription: "asin", domain: .probabilities, orders: 1) { asin($0) },
    .init(testDescription: "acos", domain: .probabilities, orders: 1) { acos($0) },
    .init(testDescription: "atan", domain: .moderate) { atan($0) },
    .init(testDescription: "sinh", domain: .moderate) { sinh($0) },
    .init(testDescription: "cosh", domain: .moderate) { cosh($0) },
    .init(testDescription: "asinh", orders: 1) { asinh($0) },
    .init(testDescription: "acosh", domain: .moderate, orders: 1) { acosh($0 * $0 + 2) },
    .init(testDescription: "atanh", domain: .probabilities, orders: 1) { atanh($0) },
    .init(testDescription: "log2", domain: .positive) { log2($0) },
    .init(testDescription: "log10", domain: .positive) { log10($0) },
    .init(testDescription: "exp2") { exp2($0) },
    .init(testDescription: "erfc") { erfc($0) },
    .init(testDescription: "erfinv", domain: .probabilities) { erfinv($0) },
    .init(testDescription: "sinc", domain: .probabilities, kinks: [0.3]) { sinc($0) },
    .init(testDescription: "logit", domain: .probabilities) { logit($0) },
    .init(testDescription: "entr", domain: .positive) { entr($0) },
    .init(testDescription: "trunc, frac and nanToNumber", domain: .moderate) { trunc($0) + frac($0) + nanToNumber($0) },
    .init(testDescription: "logSigmoid") { logSigmoid($0) },
    .init(testDescription: "softsign", orders: 1) { softsign($0) },
    .init(testDescription: "mish") { mish($0) },
    .init(testDescription: "quickGelu", orders: 1) { quickGelu($0) },
    .init(testDescription: "hardSigmoid", kinks: [3]) { hardSigmoid($0) },
    .init(testDescription: "hardSwish", kinks: [3]) { hardSwish($0) },
    .init(testDescription: "hardTanh", kinks: [2]) { hardTanh($0, min: -2, max: 2) },
    .init(testDescription: "relu6", kinks: [6]) { relu6($0) },
    .init(testDescription: "selu") { selu($0) },
    .init(testDescription: "celu") { celu($0, alpha: 1.3) },
    .init(testDescription: "threshold", kinks: [2]) { threshold($0, 2, -1) },
    .init(testDescription: "softshrink", kinks: [0.5]) { softshrink($0) },
    .init(testDescription: "hardshrink", kinks: [0.5]) { hardshrink($0) },
    .init(testDescription: "tanhshrink", orders: 1) { tanhshrink($0) },
    .init(testDescription: "prelu") { prelu($0, Tensor([0.3], dtype: $0.dtype)) },
    .init(testDescription: "clamp", kinks: [2]) { clamp($0, min: -2, max: 2) },
    .init(testDescription: "relu") { relu($0) },
    .init(testDescription: "leakyRelu") { leakyRelu($0) },
    .init(testDescription: "elu") { elu($0, alpha: 1.3) },
    .init(testDescription: "sigmoid", outputError: 2) { sigmoid($0) },
    .init(testDescription: "tanh", outputError: 4) { tanh($0) },
    .init(testDescription: "softplus") { softplus($0) },
    .init(testDescription: "silu") { silu($0) },
    .init(testDescription: "gelu") { gelu($0) },
    .init(testDescription: "gelu by tanh") { gelu($0, approximation: .tanh) },
    .init(testDescription: "sqrt of abs", orders: 1) { sqrt(abs($0)) },
]
private let powers: [DerivativeCase] =
    [0, 1, 2, 3, -1, -2].map { power in .init(testDescription: "pow \(power)") { pow($0, power) } }
    + [0.5, 1.5, -1.5].map { power in .init(testDescription: "pow \(power)", domain: .positive) { pow($0, power) } }
    + [0.5, 1.5].map { power in .init(testDescription: "pow \(power) of abs", orders: 1) { pow(abs($0), power) } }
    + [.init(testDescription: "a number to the power") { pow(Tensor(1.5, dtype: $0.dtype), $0) }]
private let binary: [DerivativeCase] = [1e-30, 1e-3, 1, 1e25].flatMap { other -> [DerivativeCase] in
    let name = "beside \(other)"
    return [
        .init(testDescription: "+ \(name)") { $0 + other }, .init(testDescription: "- \(name)") { other - $0 },
        .init(testDescription: "* \(name)") { $0 * other }, .init(testDescription: "/ \(name)") { $0 / other },
        .init(testDescription: "number / \(name)") { other / $0 },
        .init(testDescription: "hypot \(name)", orders: 1) { hypot($0, other) },
        .init(testDescription: "atan2 \(name)", orders: 1) { atan2($0, other) },
        .init(testDescription: "maximum \(name)", kinks: [other]) { maximum($0, Tensor(other, dtype: $0.dtype)) },
        .init(testDescription: "minimum \(name)", kinks: [other]) { minimum($0, Tensor(other, dtype: $0.dtype)) },
    ]
}
private let ofRows: [DerivativeCase] =
    [0.5, 1, 1.5, 2, 3, .infinity].flatMap { p -> [DerivativeCase] in
        [
            .init(testDescription: "norm \(p)", orders: 1) { ($0 * 0.25).unsqueezed(axes: 1).norm(p, axes: 1) },
            .init(testDescription: "norm \(p) with zeros", orders: 1) { rows($0, 0, 0).norm(p, axes: 1) },
            .init(testDescription: "norm \(p) with 1", orders: 1) { rows($0, 1).norm(p, axes: 1) },
            .init(testDescription: "norm \(p) with 1e5", orders: 1) { rows($0, 1e5).norm(p, axes: 1) },
        ]
    } + [
        .init(testDescription: "standardDeviation", orders: 1) { rows($0, 0).standardDeviation(axes: 1) },
        .init(testDescription: "logSumExp", orders: 1) { rows($0, 0, 1).logSumExp(axes: 1) },
        .init(testDescription: "softmax", orders: 1, outputError: 4) { softmax(rows($0, 0, 1))[.all, 0] },
        .init(testDescription: "logSoftmax", orders: 1, outputError: 4) { logSoftmax(rows($0, 0, 1))[.all, 0] },
        .init(testDescription: "logSoftmax elsewhere", orders: 1) { logSoftmax(rows($0, 0, 1))[.all, 1] },
        .init(testDescription: "sum, mean and product", orders: 1) {
            let x = rows($0, 1, 0.5)
            return x.sum(axes: 1) + x.mean(axes: 1) + x.product(axes: 1)
        },
    ]
private let losses: [DerivativeCase] =
    [0, 1, 0.3].flatMap { t -> [DerivativeCase] in
        [
            .init(testDescription: "binaryCrossEntropyWithLogits to \(t)") {
                binaryCrossEntropyWithLogits($0, target($0, t), reduction: .sum)
            },
            .init(testDescription: "binaryCrossEntropyWithLogits to \(t) with a weight") {
                binaryCrossEntropyWithLogits(
                    $0, target($0, t), positiveWeight: Tensor(1e-4, dtype: $0.dtype), reduction: .sum)
            },
            .init(testDescription: "binaryCrossEntropy to \(t)", domain: .probabilities, kinks: [0.3, 1e-4]) {
                binaryCrossEntropy($0, target($0, t), reduction: .sum)
            },
        ]
    }
    + [1e-3, 1, 1e4].flatMap { delta -> [DerivativeCase] in
        [
            .init(testDescription: "huberLoss of \(delta)", kinks: [delta]) {
                huberLoss($0, target($0, 0), delta: delta, reduction: .sum)
            },
            .init(testDescription: "smoothL1Loss of \(delta)", kinks: [delta]) {
                smoothL1Loss($0, target($0, 0), beta: delta, reduction: .sum)
            },
        ]
    } + [
        .init(testDescription: "logCoshLoss", outputError: 8) { logCoshLoss($0, target($0, 0), reduction: .sum) },
        .init(testDescription: "softMarginLoss") { softMarginLoss($0, target($0, -1), reduction: .sum) },
        .init(testDescription: "squaredHingeLoss") { squaredHingeLoss($0, target($0, -1), reduction: .sum) },
        .init(testDescription: "msleLoss to 1", domain: .positive, kinks: [1e-3]) {
            msleLoss($0, target($0, 1), epsilon: 1e-3, reduction: .sum)
        },
        .init(testDescription: "mapeLoss", orders: 1) { mapeLoss($0, target($0, 3), reduction: .sum) },
        .init(testDescription: "klDivLoss", domain: .probabilities) {
            klDivLoss(target($0, -2), $0, reduction: .sum)
        },
        .init(testDescription: "poissonNLLLoss of rates", domain: .positive) {
            poissonNLLLoss($0, target($0, 0.3), isLogInput: false, epsilon: 0, reduction: .sum)
        },
        .init(testDescription: "generalizedCrossEntropy", domain: .probabilities) {
            generalizedCrossEntropy(rows($0, 0.5), labels($0, 0), q: 0.7, reduction: .sum)
        },
        .init(testDescription: "binaryFocalCrossEntropyWithLogits", domain: .moderate, orders: 1, outputError: 32) {
            binaryFocalCrossEntropyWithLogits($0, target($0, 1), reduction: .sum)
        },
        .init(testDescription: "categoricalFocalCrossEntropyWithLogits", domain: .moderate, orders: 1, outputError: 32)
        {
            categoricalFocalCrossEntropyWithLogits(rows($0, 0, 1), labels($0, 0), alpha: 1, reduction: .sum)
        },
        .init(testDescription: "diceLoss", domain: .probabilities, orders: 1) {
            diceLoss(rows($0, 1), rows(target($0, 1), 1), axes: [1], reduction: .sum)
        },
        .init(testDescription: "mseLoss") { mseLoss($0, target($0, 0.7), reduction: .sum) },
        .init(testDescription: "l1Loss") { l1Loss($0, target($0, 0), reduction: .sum) },
        .init(testDescription: "crossEntropy at the label", orders: 1) {
            crossEntropy(rows($0, 0, 1), labels($0, 0), reduction: .sum)
        },
        .init(testDescription: "crossEntropy elsewhere", orders: 1) {
            crossEntropy(rows($0, 0, 1), labels($0, 2), reduction: .sum)
        },
        .init(testDescription: "nllLoss", orders: 1, outputError: 4) {
            nllLoss(logSoftmax(rows($0, 0, 1)), labels($0, 0), reduction: .sum)
        },
    ]

@Suite("Float32 derivatives from 1e-38 to 1e38 and near kinks")
struct RelativeGradientTests {
    /// The first or second derivative of the sum at each of `points`.
    private func derivative(_ order: Int, _ item: DerivativeCase, _ points: [Double], _ dtype: DType) -> [Double] {
        func first(_ x: Tensor) -> Tensor { valueAndGradient(at: x) { item.function($0).sum() }.gradient }
        let x = Tensor(points, dtype: dtype)
        // A constant slope does not depend on anything.
        let result = order == 1 ? first(x) : valueAndGradient(at: x) { (first($0) + $0 * 0).sum() }.gradient
        return result.array(of: Double.self)
    }

    @Test("agree with float64 to the last places that the arguments allow", arguments: elementwise + powers + binary)
    func elements(_ item: DerivativeCase) { check(item) }

    @Test("of norms, statistics, softmax and losses too", arguments: ofRows + losses)
    func composed(_ item: DerivativeCase) { check(item) }

    private func check(_ item: DerivativeCase) {
        let points = item.points
        let places = 0x1p-23
        var isRegular = points.map { _ in true }
        for order in 1...item.orders {
            let results = derivative(order, item, points, .float32)
            let exact = derivative(order, item, points, .float64)
            // How much of the derivative an error of one place in the argument changes.
            let above = derivative(order, item, points.map { $0 * (1 + places) }, .float64)
            let below = derivative(order, item, points.map { $0 * (1 - places) }, .float64)
            for (i, x) in points.enumerated() where isRegular[i] {
                let value = exact[i]
                // Factors of a result may overflow a little before it does. Nothing that follows from it is finite then.
                let isHuge = abs(value) > 0.1 * Double(Float.greatestFiniteMagnitude)
                if isHuge, results[i].isInfinite, results[i] * value > 0 {
                    isRegular[i] = false
                    continue
                }
                let condition = abs(above[i] - value) + abs(below[i] - value)
                var bound = 8 * (places * abs(value) + condition) + 1e-37
                bound += item.outputError * places
                #expect(
                    abs(results[i] - value) <= bound,
                    "derivative \(order) at \(x): \(results[i]) instead of \(value)")
            }
        }
    }
}
