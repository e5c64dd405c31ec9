import TernCore

/// `(prediction - target)^2`. PyTorch's `mse_loss`, Keras's `MeanSquaredError`.
///
/// ```swift
/// mseLoss([1, 2], [1, 4]).item()   // 2.0
/// ```
///
/// - Parameter target: of the prediction's shape.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func mseLoss(_ prediction: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    if let (a, b) = converted(prediction, target, "mseLoss") { return mseLoss(a, b, reduction: reduction) }
    switch reduction {
    case .mean: return Tensor.squaredError(prediction, target, scale: 1 / Double(prediction.count))
    case .sum: return Tensor.squaredError(prediction, target, scale: 1)
    case .none: return square(prediction - target)
    }
}

/// ``mseLoss(_:_:reduction:)`` as a value. PyTorch's `MSELoss`.
public struct MSELoss: Loss {
    public var reduction: Reduction

    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        mseLoss(prediction, target, reduction: reduction)
    }
}
