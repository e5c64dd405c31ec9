import TernCore

/// `max(1 + max((1 - target) * prediction) - sum(target * prediction), 0)` over the classes, for targets of 0 and 1. Keras's
/// `CategoricalHinge`.
///
/// - Parameters:
///   - prediction: scores, of any shape with an axis for the classes.
///   - target: of the prediction's shape.
///   - axis: that of the classes.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without the axis.
public func categoricalHingeLoss(
    _ prediction: Tensor, _ target: Tensor, axis: Int = -1, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("categoricalHingeLoss", prediction, target, axis: axis, sampleWeight, mask, reduction) { x, t in
        maximum(1 + ((1 - t) * x).max(axes: axis) - (t * x).sum(axes: axis), 0)
    }
}

/// ``categoricalHingeLoss(_:_:axis:sampleWeight:mask:reduction:)`` as a value. Keras's `CategoricalHinge`.
public struct CategoricalHingeLoss: Loss {
    /// That of the classes.
    public var axis: Int
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes.
    ///   - reduction: mean, sum or none of the losses.
    public init(axis: Int = -1, reduction: Reduction = .mean) {
        self.axis = axis
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        categoricalHingeLoss(
            prediction, target, axis: axis, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
