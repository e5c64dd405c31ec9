import TernCore

/// With `d = |prediction - target|`: `d^2 / 2` up to `delta`, `delta * (d - delta / 2)` from there on. Huber, "Robust
/// estimation of a location parameter", 1964. PyTorch's `huber_loss`, Keras's `Huber`.
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - delta: where the parabola becomes a line; positive.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func huberLoss(
    _ prediction: Tensor, _ target: Tensor, delta: Double = 1, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    if !(delta > 0) { mistake("huberLoss", "delta must be positive, got \(delta)") }
    return loss("huberLoss", prediction, target, sampleWeight, mask, reduction) {
        let (near, distance) = huberFactors($0 - $1, delta)
        return near * distance
    }
}

/// With `d = |prediction - target|`: `d^2 / (2 * beta)` below `beta`, `d - beta / 2` from there on; of `beta` 0 it is
/// ``l1Loss(_:_:sampleWeight:mask:reduction:)``, and else ``huberLoss(_:_:delta:sampleWeight:mask:reduction:)``
/// divided by `beta`. Girshick, "Fast R-CNN", 2015. PyTorch's `smooth_l1_loss`.
///
/// ```swift
/// smoothL1Loss([0, 0.5], [2, 0], reduction: .none)   // [1.5, 0.125]
/// ```
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - beta: where the parabola becomes a line; at least 0.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func smoothL1Loss(
    _ prediction: Tensor, _ target: Tensor, beta: Double = 1, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    if !(beta >= 0) { mistake("smoothL1Loss", "beta must be at least 0, got \(beta)") }
    return loss("smoothL1Loss", prediction, target, sampleWeight, mask, reduction) {
        if beta == 0 { return abs($0 - $1) }
        let (near, distance) = huberFactors($0 - $1, beta)
        return near / beta * distance
    }
}

/// The difference within `delta` of 0, and the difference less half of that: their product has no cancellation, neither
/// for differences far below `delta` nor for those far above, and bends at 0 as it should.
private func huberFactors(_ difference: Tensor, _ delta: Double) -> (near: Tensor, distance: Tensor) {
    let near = clamp(difference, min: -delta, max: delta)
    return (near, difference - near * 0.5)
}

/// ``huberLoss(_:_:delta:sampleWeight:mask:reduction:)`` as a value. PyTorch's `HuberLoss`, Keras's `Huber`.
public struct HuberLoss: Loss {
    /// Where the parabola becomes a line; positive.
    public var delta: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - delta: where the parabola becomes a line; positive.
    ///   - reduction: mean, sum or none of the losses.
    public init(delta: Double = 1, reduction: Reduction = .mean) {
        self.delta = delta
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        huberLoss(prediction, target, delta: delta, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}

/// ``smoothL1Loss(_:_:beta:sampleWeight:mask:reduction:)`` as a value. PyTorch's `SmoothL1Loss`.
public struct SmoothL1Loss: Loss {
    /// Where the parabola becomes a line; at least 0.
    public var beta: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - beta: where the parabola becomes a line; at least 0.
    ///   - reduction: mean, sum or none of the losses.
    public init(beta: Double = 1, reduction: Reduction = .mean) {
        self.beta = beta
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        smoothL1Loss(prediction, target, beta: beta, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
