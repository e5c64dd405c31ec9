import Foundation
import TernCore
import TernLosses

// Means of the usual functions. Predictions and targets have one shape, [N] or [N, D...]; the means are over all elements, by
// the weights of the examples, as in scikit-learn with `multioutput="uniform_average"` and in Keras.

extension MeanMetric {
    /// The mean of `|prediction - target|`. scikit-learn's `mean_absolute_error`, Keras's `MeanAbsoluteError`.
    public static func meanAbsoluteError() -> MeanMetric { MeanMetric(of: L1Loss(reduction: .none)) }

    /// The mean of `(prediction - target)^2`. scikit-learn's `mean_squared_error`, Keras's `MeanSquaredError`.
    public static func meanSquaredError() -> MeanMetric { MeanMetric(of: MSELoss(reduction: .none)) }

    /// The root of the mean of `(prediction - target)^2`, in the targets' unit. scikit-learn's `root_mean_squared_error` (for
    /// one output; of several it takes the mean of their roots), Keras's `RootMeanSquaredError`.
    public static func rootMeanSquaredError() -> MeanMetric {
        MeanMetric(of: MSELoss(reduction: .none), then: { $0.squareRoot() })
    }

    /// The mean of `huberLoss`.
    public static func huber(delta: Double = 1) -> MeanMetric {
        MeanMetric(of: HuberLoss(delta: delta, reduction: .none))
    }

    /// The mean cross-entropy of logits [N..., C] with classes [N...] or with probabilities [N..., C]. Keras's
    /// `SparseCategoricalCrossentropy` and `CategoricalCrossentropy` with `from_logits=True`.
    public static func crossEntropy(labelSmoothing: Double = 0) -> MeanMetric {
        MeanMetric { rowCrossEntropy($0, $1, labelSmoothing: labelSmoothing) }
    }

    /// The mean binary cross-entropy of logits with targets in 0...1. Keras's `BinaryCrossentropy` with `from_logits=True`.
    public static func binaryCrossEntropyWithLogits() -> MeanMetric {
        MeanMetric(of: BCEWithLogitsLoss(reduction: .none))
    }

    /// The mean of `-log` of the probability of what is true, of probabilities: see ``logLoss(_:_:epsilon:sampleWeight:)``.
    public static func logLoss(epsilon: Double = 1e-15) -> MeanMetric {
        if !(0..<0.5).contains(epsilon) { mistake("logLoss", "epsilon must be in 0..<0.5, got \(epsilon)") }
        return MeanMetric { logLosses($0, $1, epsilon) }
    }
}

/// The cross-entropy of each row of logits [N..., C] with labels [N...] or probabilities [N..., C]: of shape [N...].
func rowCrossEntropy(_ logits: Tensor, _ labels: Tensor, ignoreIndex: Int = -100, labelSmoothing: Double = 0) -> Tensor
{
    guard let classes = logits.shape.last, logits.rank >= 2 else {
        mistake("MeanMetric.crossEntropy", "expects logits [N..., C], got \(logits.shape)")
    }
    let shape = Shape(logits.shape.dropLast())
    let areProbabilities = labels.dtype.isFloatingPoint && labels.shape == logits.shape
    if !areProbabilities, labels.shape != shape {
        mistake(
            "MeanMetric.crossEntropy",
            "expects labels \(shape) or probabilities \(logits.shape), got \(labels.dtype) \(labels.shape)")
    }
    let rows = shape.elements
    return TernLosses.crossEntropy(
        logits.reshaped([rows, classes]), labels.reshaped(areProbabilities ? [rows, classes] : [rows]),
        ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing, reduction: .none
    ).reshaped(shape)
}

/// - Returns: of shape [N...].
private func logLosses(_ probabilities: Tensor, _ labels: Tensor, _ epsilon: Double) -> Tensor {
    let p = clamp(probabilities, min: epsilon, max: 1 - epsilon)
    let isBinary = labels.shape == probabilities.shape && (p.rank < 2 || p.shape.last == 1)
    if isBinary {
        let isYes = zeroOrOne(labels, "labels", "logLoss")
        return -log(which(isYes, p, 1 - p))
    }
    if p.rank < 1 || p.shape.last! < 2 {
        mistake(
            "logLoss", "expects probabilities [N], or [N..., C] with labels [N...], got \(p.shape) and \(labels.shape)")
    }
    let (_, expected) = classes(probabilities, labels, "logLoss")
    let own = p.gathered(expected.converted(to: .int64).unsqueezed(axes: -1), axis: -1)
    return log(p.sum(axes: -1)) - log(own.squeezed(axes: -1))
}

/// The mean of `-log(p)` of the probabilities of what is true. scikit-learn's `log_loss`, Keras's `BinaryCrossentropy`,
/// `CategoricalCrossentropy` and `SparseCategoricalCrossentropy` of probabilities.
///
/// ```swift
/// logLoss([0.9, 0.2], Tensor([1, 0], dtype: .int64))   // 0.1642...
/// ```
///
/// - Parameters:
///   - probabilities: of a yes, [N...], with labels of 0 and 1; or of classes, [N..., C], with labels [N...] or
///     one-hot. Those of classes are divided by their sum.
///   - labels: 0 and 1, classes, or one-hot vectors.
///   - epsilon: probabilities are kept in `epsilon...(1 - epsilon)` before. scikit-learn takes the precision of their
///     type, Keras 1e-7.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func logLoss(
    _ probabilities: Tensor, _ labels: Tensor, epsilon: Double = 1e-15, sampleWeight: Tensor? = nil
) -> Double {
    MeanMetric.logLoss(epsilon: epsilon).of(probabilities, labels, sampleWeight)
}

/// The mean of `|prediction - target|`. scikit-learn's `mean_absolute_error`.
///
/// ```swift
/// meanAbsoluteError([2.5, 0, 2, 8], [3, -0.5, 2, 7])   // 0.5
/// ```
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func meanAbsoluteError(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil) -> Double {
    MeanMetric.meanAbsoluteError().of(predictions, targets, sampleWeight)
}

/// The mean of `(prediction - target)^2`. scikit-learn's `mean_squared_error`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func meanSquaredError(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil) -> Double {
    MeanMetric.meanSquaredError().of(predictions, targets, sampleWeight)
}

/// The root of the mean of `(prediction - target)^2`. scikit-learn's `root_mean_squared_error`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func rootMeanSquaredError(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil) -> Double {
    MeanMetric.rootMeanSquaredError().of(predictions, targets, sampleWeight)
}
