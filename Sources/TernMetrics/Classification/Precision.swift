import TernCore

/// Of what was taken for a class, the share that is of it: `TP / (TP + FP)`. scikit-learn's `precision_score`, Keras's
/// `Precision`.
///
/// ```swift
/// let precision = Precision(.multiclass(classes: 3), average: .macro)
/// precision.update(Tensor([0, 2, 1, 2], dtype: .int64), Tensor([0, 1, 1, 2], dtype: .int64))
/// precision.value      // 0.8333...
/// precision.perClass   // [1, 1, 0.5]
/// ```
public final class Precision: ClassMetric {
    public let task: Classification
    public let average: ClassAverage
    public let zeroDivision: Double
    public var sums: ExactSums

    /// - Parameters:
    ///   - task: what is told apart: two classes, several, or several labels.
    ///   - average: how the values of classes become one.
    ///   - zeroDivision: the value of a class that nothing was taken for; NaN leaves it out of averages.
    public init(_ task: Classification, average: ClassAverage = .macro, zeroDivision: Double = 0) {
        (self.task, self.average, self.zeroDivision) = (task, average, zeroDivision)
        sums = task.sums("Precision")
    }

    public func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double) {
        (outcomes.truePositives, outcomes.truePositives + outcomes.falsePositives)
    }
}

/// ``Precision`` of one batch. scikit-learn's `precision_score`.
///
/// ```swift
/// precision([0.9, 0.6, 0.2], Tensor([1, 0, 1], dtype: .int64), .binary(threshold: 0.5))   // 0.5
/// ```
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func precision(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, average: ClassAverage = .macro,
    zeroDivision: Double = 0, sampleWeight: Tensor? = nil
) -> Double {
    Precision(task, average: average, zeroDivision: zeroDivision).of(predictions, labels, sampleWeight)
}
