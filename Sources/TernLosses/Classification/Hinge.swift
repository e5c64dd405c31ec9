import TernCore

/// `max(1 - target * prediction, 0)`, for targets of -1 and 1. Keras's `Hinge`.
///
/// ```swift
/// hingeLoss([0.5, 2], [1, -1], reduction: .none)   // [0.5, 3]
/// ```
///
/// - Parameters:
///   - prediction: scores, of any shape.
///   - target: of the prediction's shape; if all are 0 or 1, a 0 means -1.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func hingeLoss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("hingeLoss", prediction, target, sampleWeight, mask, reduction, hinges)
}

/// `max(1 - target * prediction, 0)^2`, for targets of -1 and 1. Keras's `SquaredHinge`.
///
/// - Parameters:
///   - prediction: scores, of any shape.
///   - target: of the prediction's shape; if all are 0 or 1, a 0 means -1.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func squaredHingeLoss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("squaredHingeLoss", prediction, target, sampleWeight, mask, reduction) { square(hinges($0, $1)) }
}

private func hinges(_ x: Tensor, _ target: Tensor) -> Tensor {
    let isBinary = target.equal(to: 0).logicalOr(target.equal(to: 1)).all()
    return maximum(1 - which(isBinary, 2 * target - 1, target) * x, 0)
}

/// ``hingeLoss(_:_:sampleWeight:mask:reduction:)`` as a value. Keras's `Hinge`.
public struct HingeLoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        hingeLoss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}

/// ``squaredHingeLoss(_:_:sampleWeight:mask:reduction:)`` as a value. Keras's `SquaredHinge`.
public struct SquaredHingeLoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        squaredHingeLoss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
