import TernCore

/// `|prediction - target|`, with slope 0 where they are equal. PyTorch's `l1_loss`, Keras's `MeanAbsoluteError`.
///
/// - Parameter target: of the prediction's shape.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func l1Loss(_ prediction: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    let (a, b) = checkedPair(prediction, target, "l1Loss")
    return abs(a - b).reduced(reduction)
}

/// ``l1Loss(_:_:reduction:)`` as a value. PyTorch's `L1Loss`.
public struct L1Loss: Loss {
    public var reduction: Reduction

    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        l1Loss(prediction, target, reduction: reduction)
    }
}
