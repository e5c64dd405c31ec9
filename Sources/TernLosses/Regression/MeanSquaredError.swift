import TernCore

/// `(prediction - target)^2`. PyTorch's `mse_loss`, Keras's `MeanSquaredError`.
///
/// ```swift
/// mseLoss([1, 2], [1, 4]).item()   // 2.0
/// ```
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func mseLoss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    if sampleWeight != nil || mask != nil {
        return loss("mseLoss", prediction, target, sampleWeight, mask, reduction) { square($0 - $1) }
    }
    if let (a, b) = converted(prediction, target, "mseLoss") { return mseLoss(a, b, reduction: reduction) }
    switch reduction {
    case .mean: return Tensor.squaredError(prediction, target, scale: 1 / Double(prediction.count))
    case .sum: return Tensor.squaredError(prediction, target, scale: 1)
    case .none: return square(prediction - target)
    }
}

/// ``mseLoss(_:_:sampleWeight:mask:reduction:)`` as a value. PyTorch's `MSELoss`, Keras's `MeanSquaredError`.
public struct MSELoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        mseLoss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
