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
    let (a, b) = checkedPair(prediction, target, "mseLoss")
    switch reduction {
    case .mean: return Tensor.squaredError(a, b, scale: 1 / Double(a.count))
    case .sum: return Tensor.squaredError(a, b, scale: 1)
    case .none: return square(a - b)
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
