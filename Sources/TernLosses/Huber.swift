import TernCore

/// With `d = |prediction - target|`: `d^2 / 2` up to `delta`, `delta * (d - delta / 2)` from there on. Huber, "Robust
/// estimation of a location parameter", 1964. PyTorch's `huber_loss`.
///
/// - Parameters:
///   - target: of the prediction's shape.
///   - delta: where the parabola becomes a line; positive.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func huberLoss(
    _ prediction: Tensor, _ target: Tensor, delta: Double = 1, reduction: Reduction = .mean
) -> Tensor {
    if !(delta > 0) { mistake("huberLoss", "delta must be positive, got \(delta)") }
    let (a, b) = checkedPair(prediction, target, "huberLoss")
    let (near, distance) = huberFactors(a - b, delta)
    return (near * distance).reduced(reduction)
}

/// With `d = |prediction - target|`: `d^2 / (2 * beta)` below `beta`, `d - beta / 2` from there on; of `beta` 0 it is
/// ``l1Loss(_:_:reduction:)``, and else ``huberLoss(_:_:delta:reduction:)`` divided by `beta`. Girshick, "Fast R-CNN", 2015.
/// PyTorch's `smooth_l1_loss`.
///
/// ```swift
/// smoothL1Loss([0, 0.5], [2, 0], reduction: .none)   // [1.5, 0.125]
/// ```
///
/// - Parameters:
///   - target: of the prediction's shape.
///   - beta: where the parabola becomes a line; at least 0.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func smoothL1Loss(
    _ prediction: Tensor, _ target: Tensor, beta: Double = 1, reduction: Reduction = .mean
) -> Tensor {
    if !(beta >= 0) { mistake("smoothL1Loss", "beta must be at least 0, got \(beta)") }
    let (a, b) = checkedPair(prediction, target, "smoothL1Loss")
    if beta == 0 { return abs(a - b).reduced(reduction) }
    let (near, distance) = huberFactors(a - b, beta)
    return (near / beta * distance).reduced(reduction)
}

/// The difference within `delta` of 0, and the difference less half of that: their product has no cancellation, neither
/// for differences far below `delta` nor for those far above, and bends at 0 as it should.
private func huberFactors(_ difference: Tensor, _ delta: Double) -> (near: Tensor, distance: Tensor) {
    let near = clamp(difference, min: -delta, max: delta)
    return (near, difference - near * 0.5)
}

/// ``huberLoss(_:_:delta:reduction:)`` as a value. PyTorch's `HuberLoss`.
public struct HuberLoss: Loss {
    public var delta: Double
    public var reduction: Reduction

    public init(delta: Double = 1, reduction: Reduction = .mean) {
        self.delta = delta
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        huberLoss(prediction, target, delta: delta, reduction: reduction)
    }
}

/// ``smoothL1Loss(_:_:beta:reduction:)`` as a value. PyTorch's `SmoothL1Loss`.
public struct SmoothL1Loss: Loss {
    public var beta: Double
    public var reduction: Reduction

    public init(beta: Double = 1, reduction: Reduction = .mean) {
        self.beta = beta
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        smoothL1Loss(prediction, target, beta: beta, reduction: reduction)
    }
}
