import TernCore

/// `100 * |prediction - target| / max(|target|, epsilon)`. Keras's `MeanAbsolutePercentageError`.
///
/// ```swift
/// mapeLoss([9, 24], [10, 20], reduction: .none)   // [10, 20]
/// ```
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - epsilon: keeps targets near 0 from infinite losses; positive.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func mapeLoss(
    _ prediction: Tensor, _ target: Tensor, epsilon: Double = 1e-7, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    if !(epsilon > 0) { mistake("mapeLoss", "epsilon must be positive, got \(epsilon)") }
    return loss("mapeLoss", prediction, target, sampleWeight, mask, reduction) { x, t in
        100 * abs((x - t) / maximum(abs(t), epsilon))
    }
}

/// ``mapeLoss(_:_:epsilon:sampleWeight:mask:reduction:)`` as a value. Keras's `MeanAbsolutePercentageError`.
public struct MAPELoss: Loss {
    /// Keeps targets near 0 from infinite losses; positive.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - epsilon: keeps targets near 0 from infinite losses; positive.
    ///   - reduction: mean, sum or none of the losses.
    public init(epsilon: Double = 1e-7, reduction: Reduction = .mean) {
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        mapeLoss(prediction, target, epsilon: epsilon, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
