import TernCore

/// One less the overlap `m / (m + alpha * sum(t * (1 - x)) + beta * sum((1 - t) * x) + epsilon)` of prediction and target, with
/// `m = sum(t * x)`. Salehi et al., "Tversky loss function for image segmentation using 3D fully convolutional deep networks",
/// 2017. Keras's `Tversky`, computed so that a near match does not cancel. With both 1/2 it is
/// ``diceLoss(_:_:axes:epsilon:sampleWeight:mask:reduction:)``, where epsilon counts half.
///
/// - Parameters:
///   - prediction: probabilities.
///   - target: of the same shape, in 0...1.
///   - axes: those that are summed over, such as those of an image and its channels; all unless given.
///   - alpha: the weight of what the prediction misses, as in Keras's code; its documentation calls that false
///     positives.
///   - beta: the weight of what it has too much.
///   - epsilon: gives the loss of nothing, which is 1 then, as Keras has it.
///   - sampleWeight: factors of the elements in the sums, see ``LossWeighting`` for their shape.
///   - mask: `false` for elements that count for nothing. Sums in which nothing counts do not count in the mean.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without the axes.
public func tverskyLoss(
    _ prediction: Tensor, _ target: Tensor, axes: [Int]? = nil, alpha: Double = 0.5, beta: Double = 0.5,
    epsilon: Double = 1e-7, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "tverskyLoss"
    if !(alpha >= 0 && beta >= 0) {
        mistake(name, "alpha and beta must be at least 0, got \(alpha) and \(beta)")
    }
    return overlapLoss(
        name, prediction, target, axes, alpha: alpha, beta: beta, epsilon: epsilon, sampleWeight, mask, reduction)
}

func overlapLoss(
    _ name: String, _ prediction: Tensor, _ target: Tensor, _ axes: [Int]?, alpha: Double, beta: Double,
    epsilon: Double, _ sampleWeight: Tensor?, _ mask: Tensor?, _ reduction: Reduction
) -> Tensor {
    let (a, b) = checkedPair(prediction, target, name)
    let weighting = LossWeighting(sampleWeight, mask, of: a.shape, name)
    // What does not count adds 0 to each sum.
    let x = weighting.kept(a.converted(to: a.dtype.accumulator), else: 0)
    let t = weighting.kept(b.converted(to: a.dtype.accumulator), else: 0)
    let factors = weighting.factors(x.dtype)
    func sum(_ elements: Tensor) -> Tensor { (factors.map { elements * $0 } ?? elements).sum(axes: axes) }
    let wrong = alpha * sum(t * (1 - x)) + beta * sum((1 - t) * x) + epsilon
    let losses = wrong / (sum(t * x) + wrong)
    let hasElements = weighting.isCounted?.expanded(to: a.shape).any(axes: axes)
    return LossWeighting(nil, hasElements, of: losses.shape, name).reduced(losses, reduction).converted(to: a.dtype)
}

/// ``tverskyLoss(_:_:axes:alpha:beta:epsilon:sampleWeight:mask:reduction:)`` as a value. Keras's `Tversky`.
public struct TverskyLoss: Loss {
    /// Those that are summed over, such as those of an image and its channels; all unless given.
    public var axes: [Int]?
    /// The weight of what the prediction misses, as in Keras's code; its documentation calls that false positives.
    public var alpha: Double
    /// The weight of what it has too much.
    public var beta: Double
    /// Gives the loss of nothing, which is 1 then, as Keras has it.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axes: those that are summed over, such as those of an image and its channels; all unless given.
    ///   - alpha: the weight of what the prediction misses, as in Keras's code; its documentation calls that false
    ///     positives.
    ///   - beta: the weight of what it has too much.
    ///   - epsilon: gives the loss of nothing, which is 1 then, as Keras has it.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        axes: [Int]? = nil, alpha: Double = 0.5, beta: Double = 0.5, epsilon: Double = 1e-7,
        reduction: Reduction = .mean
    ) {
        self.axes = axes
        self.alpha = alpha
        self.beta = beta
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        tverskyLoss(
            prediction, target, axes: axes, alpha: alpha, beta: beta, epsilon: epsilon, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
