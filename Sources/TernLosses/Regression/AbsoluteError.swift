import TernCore

/// `|prediction - target|`, with slope 0 where they are equal. PyTorch's `l1_loss`, Keras's `MeanAbsoluteError`.
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func l1Loss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("l1Loss", prediction, target, sampleWeight, mask, reduction) { abs($0 - $1) }
}

/// ``l1Loss(_:_:sampleWeight:mask:reduction:)`` as a value. PyTorch's `L1Loss`, Keras's `MeanAbsoluteError`.
public struct L1Loss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        l1Loss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
