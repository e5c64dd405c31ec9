import TernCore

/// One less the overlap of prediction and target, `2 * sum(t * x) / (sum(t) + sum(x) + epsilon)`: Sørensen's and Dice's
/// coefficient. Milletari et al., "V-Net", 2016. Keras's `Dice`, computed so that a near match does not cancel.
///
/// ```swift
/// diceLoss([[1, 0.5], [0, 0]], [[1, 1], [0, 0]]).item()   // 0.1428...
/// ```
///
/// - Parameters:
///   - prediction: probabilities.
///   - target: of the same shape, in 0...1.
///   - axes: those that are summed over, such as those of an image and its channels; all unless given.
///   - epsilon: gives the loss of nothing, which is 1 then, as Keras has it.
///   - sampleWeight: factors of the elements in the sums, see ``LossWeighting`` for their shape.
///   - mask: `false` for elements that count for nothing. Sums in which nothing counts do not count in the mean.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without the axes.
public func diceLoss(
    _ prediction: Tensor, _ target: Tensor, axes: [Int]? = nil, epsilon: Double = 1e-7, sampleWeight: Tensor? = nil,
    mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    overlapLoss(
        "diceLoss", prediction, target, axes, alpha: 0.5, beta: 0.5, epsilon: epsilon / 2, sampleWeight, mask, reduction
    )
}

/// ``diceLoss(_:_:axes:epsilon:sampleWeight:mask:reduction:)`` as a value. Keras's `Dice`.
public struct DiceLoss: Loss {
    /// Those that are summed over, such as those of an image and its channels; all unless given.
    public var axes: [Int]?
    /// Gives the loss of nothing, which is 1 then, as Keras has it.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axes: those that are summed over, such as those of an image and its channels; all unless given.
    ///   - epsilon: gives the loss of nothing, which is 1 then, as Keras has it.
    ///   - reduction: mean, sum or none of the losses.
    public init(axes: [Int]? = nil, epsilon: Double = 1e-7, reduction: Reduction = .mean) {
        self.axes = axes
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        diceLoss(
            prediction, target, axes: axes, epsilon: epsilon, sampleWeight: sampleWeight, mask: mask,
            reduction: reduction)
    }
}
