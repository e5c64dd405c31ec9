import Foundation
import TernCore

/// The cross-entropy of predicted probabilities: `-log(p[y])` with a label, `-sum over c of t[c] * log(p[c])` with
/// probabilities, where `p` is first divided by its sum over the classes and then brought into `epsilon...1 - epsilon`.
/// Keras's
/// `SparseCategoricalCrossentropy` and `CategoricalCrossentropy`.
///
/// Prefer ``crossEntropy(_:_:axis:weight:ignoreIndex:labelSmoothing:sampleWeight:mask:reduction:)`` of logits, which
/// needs no bounds.
///
/// ```swift
/// categoricalCrossEntropy([[0.05, 0.95, 0], [0.1, 0.8, 0.1]], Tensor([1, 2], dtype: .int64), reduction: .none)
/// // [0.0513, 2.3026]
/// ```
///
/// - Parameters:
///   - probabilities: of any shape with an axis for the classes.
///   - labels: integers of that shape without the axis; or probabilities of that shape.
///   - axis: that of the classes.
///   - ignoreIndex: a label whose examples count for nothing. Keras's `ignore_class`.
///   - epsilon: keeps certain and wrong predictions from infinite losses; the derivative is 0 where it moves one.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the shape of the probabilities without the axis.
public func categoricalCrossEntropy(
    _ probabilities: Tensor, _ labels: Tensor, axis: Int = -1, ignoreIndex: Int = -100, epsilon: Double = 1e-7,
    labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "categoricalCrossEntropy"
    checkShare(labelSmoothing, "labelSmoothing", name)
    return categoricalLoss(
        name, probabilities, labels, axis: axis, ignoring: ignoreIndex, smoothing: labelSmoothing, sampleWeight, mask,
        reduction
    ) { p in
        -boundedLog(p, axis, epsilon)
    }
}

/// The losses of rows of class probabilities or logits: a term for each class, and of them that of the label, or their
/// sum weighted by the target's probabilities.
///
/// - Parameter terms: of the prediction; of its shape.
func categoricalLoss(
    _ name: String, _ prediction: Tensor, _ labels: Tensor, axis: Int, ignoring ignored: Int, smoothing: Double,
    _ sampleWeight: Tensor?, _ mask: Tensor?, _ reduction: Reduction, _ terms: (Tensor) -> Tensor
) -> Tensor {
    if labels.dtype.isFloatingPoint || labels.shape == prediction.shape {
        return loss(name, prediction, labels, axis: axis, sampleWeight, mask, reduction) { x, t in
            let classes = Double(x.shape[checkedClassAxis(axis, x, name)])
            let target = smoothing == 0 ? t : t * (1 - smoothing) + smoothing / classes
            return (target * terms(x)).sum(axes: axis)
        }
    }
    let given = floating([prediction])[0]
    let rows = LabeledRows(given, labels, axis: axis, ignoring: ignored, sampleWeight, mask, name)
    let each = terms(rows.weighting.kept(given.converted(to: given.dtype.accumulator), axis: rows.axis))
    var losses = rows.chosen(each)
    if smoothing > 0 { losses = losses * (1 - smoothing) + each.mean(axes: axis) * smoothing }
    return rows.weighting.reduced(losses, reduction).converted(to: given.dtype)
}

/// The logarithm of probabilities that are divided by their sum and brought into `epsilon...1 - epsilon`. The upper bound is one
/// of the logarithm: the type may have no such number near 1.
func boundedLog(_ p: Tensor, _ axis: Int, _ epsilon: Double) -> Tensor {
    clamp(log(clamp(p / p.sum(axes: axis, keepAxes: true), min: epsilon)), max: Foundation.log1p(-epsilon))
}

/// ``categoricalCrossEntropy(_:_:axis:ignoreIndex:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` as a value.
/// Keras's
/// `SparseCategoricalCrossentropy` and `CategoricalCrossentropy`.
public struct CategoricalCrossEntropyLoss: Loss {
    /// That of the classes.
    public var axis: Int
    /// A label whose examples count for nothing. Keras's `ignore_class`.
    public var ignoreIndex: Int
    /// Keeps certain and wrong predictions from infinite losses; the derivative is 0 where it moves one.
    public var epsilon: Double
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes.
    ///   - ignoreIndex: a label whose examples count for nothing. Keras's `ignore_class`.
    ///   - epsilon: keeps certain and wrong predictions from infinite losses; the derivative is 0 where it moves one.
    ///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        axis: Int = -1, ignoreIndex: Int = -100, epsilon: Double = 1e-7, labelSmoothing: Double = 0,
        reduction: Reduction = .mean
    ) {
        self.axis = axis
        self.ignoreIndex = ignoreIndex
        self.epsilon = epsilon
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        categoricalCrossEntropy(
            probabilities, labels, axis: axis, ignoreIndex: ignoreIndex, epsilon: epsilon,
            labelSmoothing: labelSmoothing, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
