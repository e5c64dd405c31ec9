import TernCore

/// `log(1 + exp(-target * prediction))`, for targets of -1 and 1. PyTorch's `soft_margin_loss`.
///
/// - Parameters:
///   - prediction: scores, of any shape.
///   - target: of the prediction's shape.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func softMarginLoss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("softMarginLoss", prediction, target, sampleWeight, mask, reduction) { softplus(-$1 * $0) }
}

/// ``softMarginLoss(_:_:sampleWeight:mask:reduction:)`` as a value. PyTorch's `SoftMarginLoss`.
public struct SoftMarginLoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        softMarginLoss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
