import TernCore

/// Of a distance `x`: `x` for a pair that is alike (a target of 1), `max(0, margin - x)` for one that is not (-1). PyTorch's
/// `hinge_embedding_loss`.
///
/// - Parameters:
///   - prediction: distances, of any shape.
///   - target: of the prediction's shape.
///   - margin: the distance from which unlike pairs cost nothing.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func hingeEmbeddingLoss(
    _ prediction: Tensor, _ target: Tensor, margin: Double = 1, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("hingeEmbeddingLoss", prediction, target, sampleWeight, mask, reduction) { x, t in
        which(t.equal(to: -1), 0, x) + which(t.equal(to: 1), 0, clamp(margin - x, min: 0))
    }
}

/// ``hingeEmbeddingLoss(_:_:margin:sampleWeight:mask:reduction:)`` as a value. PyTorch's `HingeEmbeddingLoss`.
public struct HingeEmbeddingLoss: Loss {
    /// The distance from which unlike pairs cost nothing.
    public var margin: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - margin: the distance from which unlike pairs cost nothing.
    ///   - reduction: mean, sum or none of the losses.
    public init(margin: Double = 1, reduction: Reduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        hingeEmbeddingLoss(
            prediction, target, margin: margin, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
