import Foundation
import TernCore

/// `-(t * log(p) + (1 - t) * log(1 - p))` for a probability `p` and a target `t` in 0...1. Logarithms are at least
/// -100, so that a certain and wrong prediction has a finite loss. PyTorch's `binary_cross_entropy`; with an `epsilon`
/// of 1e-7 Keras's
/// `BinaryCrossentropy`.
///
/// Prefer ``binaryCrossEntropyWithLogits(_:_:weight:positiveWeight:labelSmoothing:sampleWeight:mask:reduction:)``,
/// which is accurate for all logits.
///
/// ```swift
/// binaryCrossEntropy([0.5, 0.25], [1, 0], reduction: .none)   // [0.6931, 0.2877]
/// ```
///
/// - Parameters:
///   - probabilities: in 0...1.
///   - target: of the same shape.
///   - weight: a factor for each element, broadcast; the mean is over the number of elements all the same.
///   - epsilon: if given, probabilities are first brought into `epsilon...1 - epsilon`; the derivative is 0 where that
///     moves one.
///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the probabilities' shape without a reduction.
public func binaryCrossEntropy(
    _ probabilities: Tensor, _ target: Tensor, weight: Tensor? = nil, epsilon: Double? = nil,
    labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryCrossEntropy"
    checkWeight(weight, "weight", probabilities.shape, name)
    checkShare(labelSmoothing, "labelSmoothing", name)
    return loss(name, probabilities, target, sampleWeight, mask, reduction) { p, t in
        checkProbabilities(p, name)
        let losses = BinaryCrossEntropy(epsilon: epsilon)(p, smoothed(t, labelSmoothing))
        return weight.map { losses * $0.converted(to: p.dtype) } ?? losses
    }
}

func checkProbabilities(_ p: Tensor, _ operation: String) {
    withoutGradients {
        // NaN is let through: the loss is NaN then.
        let wrong = p.less(than: 0).logicalOr(p.greater(than: 1))
        if wrong.any().item(as: Bool.self) {
            let values = p.array(of: Double.self)
            mistake(operation, "probability must be in 0...1, got \(values.first { $0 < 0 || $0 > 1 }!)")
        }
    }
}

/// Stops unless a setting is in 0...1.
func checkShare(_ share: Double, _ name: String, _ operation: String) {
    if !(0...1).contains(share) { mistake(operation, "expects \(name) in 0...1, got \(share)") }
}

/// The target of two classes with a share of the uniform distribution.
func smoothed(_ target: Tensor, _ share: Double) -> Tensor {
    share == 0 ? target : target * (1 - share) + share / 2
}

/// Without an epsilon, the derivative is that of the logarithms without their bound, and finite at 0 and 1 all the same.
private struct BinaryCrossEntropy: CustomFunction {
    let epsilon: Double?

    /// Bounds of logarithms: the type may have no number so near 1.
    private func bounded(_ logarithm: Tensor) -> Tensor {
        guard let epsilon else { return clamp(logarithm, min: -100) }
        return clamp(logarithm, min: Foundation.log(epsilon), max: Foundation.log1p(-epsilon))
    }

    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let (p, t) = (inputs[0], inputs[1])
        context.save(p, t)
        return [-(t * bounded(log(p)) + (1 - t) * bounded(log1p(-p)))]
    }

    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let (p, t) = (context.saved[0], context.saved[1])
        var slope: Tensor?
        if context.needsGradient(0) {
            var passed = gradients[0]
            if let epsilon {
                passed = which(p.greaterOrEqual(epsilon).logicalAnd((1 - p).greaterOrEqual(epsilon)), passed, 0)
            }
            slope = BinaryCrossEntropySlope()(passed, p, t)
        }
        return [
            slope,
            context.needsGradient(1) ? gradients[0] * (bounded(log1p(-p)) - bounded(log(p))) : nil,
        ]
    }
}

/// `g * (p - t) / (p * (1 - p))`, whose derivative `t / p^2 + (1 - t) / (1 - p)^2` is no difference of large numbers.
private struct BinaryCrossEntropySlope: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let (g, p, t) = (inputs[0], inputs[1], inputs[2])
        context.save(g, p, t)
        return [g * (p - t) / spread(p)]
    }

    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let (g, p, t) = (context.saved[0], context.saved[1], context.saved[2])
        let upstream = gradients[0]
        let spread = spread(p)
        return [
            context.needsGradient(0) ? BinaryCrossEntropySlope()(upstream, p, t) : nil,
            context.needsGradient(1)
                ? upstream * g * (t * square((1 - p) / spread) + (1 - t) * square(p / spread)) : nil,
            context.needsGradient(2) ? -(upstream * g) / spread : nil,
        ]
    }

    private func spread(_ p: Tensor) -> Tensor { clamp(p * (1 - p), min: 1e-12) }
}

/// The binary cross-entropy of `sigmoid(logits)`, without overflow or cancellation:
/// `(1 - t) * softplus(x) + positiveWeight * t * softplus(-x)`. PyTorch's `binary_cross_entropy_with_logits`, Keras's
/// `BinaryCrossentropy(from_logits=True)`.
///
/// - Parameters:
///   - logits: of any shape.
///   - target: of the logits' shape, in 0...1.
///   - weight: a factor for each element, broadcast; the mean is over the number of elements all the same.
///   - positiveWeight: a factor for the positive part of each class, broadcast.
///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the logits' shape without a reduction.
public func binaryCrossEntropyWithLogits(
    _ logits: Tensor, _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil,
    labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryCrossEntropyWithLogits"
    checkWeight(weight, "weight", logits.shape, name)
    checkWeight(positiveWeight, "positiveWeight", logits.shape, name)
    checkShare(labelSmoothing, "labelSmoothing", name)
    return loss(name, logits, target, sampleWeight, mask, reduction) { x, target in
        let t = smoothed(target, labelSmoothing)
        let positive = positiveWeight.map { t * $0.converted(to: x.dtype) } ?? t
        let losses = (1 - t) * softplus(x) + positive * softplus(-x)
        return weight.map { losses * $0.converted(to: x.dtype) } ?? losses
    }
}

/// ``binaryCrossEntropy(_:_:weight:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` as a value. PyTorch's
/// `BCELoss`, with an `epsilon` of 1e-7 Keras's `BinaryCrossentropy`.
public struct BCELoss: Loss {
    /// A factor for each element, broadcast; the mean is over the number of elements all the same.
    public var weight: Tensor?
    /// If given, probabilities are first brought into `epsilon...1 - epsilon`; the derivative is 0 where that moves
    /// one.
    public var epsilon: Double?
    /// In 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - weight: a factor for each element, broadcast; the mean is over the number of elements all the same.
    ///   - epsilon: if given, probabilities are first brought into `epsilon...1 - epsilon`; the derivative is 0 where
    ///     that moves one.
    ///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        weight: Tensor? = nil, epsilon: Double? = nil, labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) {
        self.weight = weight
        self.epsilon = epsilon
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        binaryCrossEntropy(
            probabilities, target, weight: weight, epsilon: epsilon, labelSmoothing: labelSmoothing,
            sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}

/// ``binaryCrossEntropyWithLogits(_:_:weight:positiveWeight:labelSmoothing:sampleWeight:mask:reduction:)`` as a value.
/// PyTorch's `BCEWithLogitsLoss`, Keras's `BinaryCrossentropy(from_logits=True)`.
public struct BCEWithLogitsLoss: Loss {
    /// A factor for each element, broadcast; the mean is over the number of elements all the same.
    public var weight: Tensor?
    /// A factor for the positive part of each class, broadcast.
    public var positiveWeight: Tensor?
    /// In 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - weight: a factor for each element, broadcast; the mean is over the number of elements all the same.
    ///   - positiveWeight: a factor for the positive part of each class, broadcast.
    ///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        weight: Tensor? = nil, positiveWeight: Tensor? = nil, labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) {
        self.weight = weight
        self.positiveWeight = positiveWeight
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        binaryCrossEntropyWithLogits(
            logits, target, weight: weight, positiveWeight: positiveWeight, labelSmoothing: labelSmoothing,
            sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
