import TernCore

/// The negative cosine of the angle between prediction and target: -1 if they point the same way, 0 if one is 0. Keras's
/// `CosineSimilarity`.
///
/// ```swift
/// cosineSimilarityLoss([[1, 1]], [[1, 0]]).item()   // -0.7071...
/// ```
///
/// - Parameters:
///   - prediction: vectors along `axis`.
///   - target: of the prediction's shape.
///   - axis: that of the vectors.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without the axis.
public func cosineSimilarityLoss(
    _ prediction: Tensor, _ target: Tensor, axis: Int = -1, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("cosineSimilarityLoss", prediction, target, axis: axis, sampleWeight, mask, reduction) {
        -cosineSimilarity($0, $1, axis: axis)
    }
}

/// ``cosineSimilarityLoss(_:_:axis:sampleWeight:mask:reduction:)`` as a value. Keras's `CosineSimilarity`.
public struct CosineSimilarityLoss: Loss {
    /// That of the vectors.
    public var axis: Int
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the vectors.
    ///   - reduction: mean, sum or none of the losses.
    public init(axis: Int = -1, reduction: Reduction = .mean) {
        self.axis = axis
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        cosineSimilarityLoss(
            prediction, target, axis: axis, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
