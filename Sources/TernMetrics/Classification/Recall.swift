import TernCore

/// Of what is of a class, the share that was taken for it: `TP / (TP + FN)`, also called sensitivity or true positive rate.
/// scikit-learn's `recall_score`, Keras's `Recall`.
///
/// ```swift
/// let recall = Recall(.binary(threshold: 0))
/// recall.update([2, 1, -3], Tensor([1, 0, 1], dtype: .int64))
/// recall.value   // 0.5
/// ```
public final class Recall: ClassMetric {
    public let task: Classification
    public let average: ClassAverage
    public let zeroDivision: Double
    public var sums: ExactSums

    /// - Parameters:
    ///   - task: what is told apart: two classes, several, or several labels.
    ///   - average: how the values of classes become one.
    ///   - zeroDivision: the value of a class without examples; NaN leaves it out of averages.
    public init(_ task: Classification, average: ClassAverage = .macro, zeroDivision: Double = 0) {
        (self.task, self.average, self.zeroDivision) = (task, average, zeroDivision)
        sums = task.sums("Recall")
    }

    public func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double) {
        (outcomes.truePositives, outcomes.positives)
    }
}

/// ``Recall`` of one batch. scikit-learn's `recall_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func recall(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, average: ClassAverage = .macro,
    zeroDivision: Double = 0, sampleWeight: Tensor? = nil
) -> Double {
    Recall(task, average: average, zeroDivision: zeroDivision).of(predictions, labels, sampleWeight)
}
