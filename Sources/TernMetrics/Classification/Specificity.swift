import TernCore

/// Of what is not of a class, the share that was not taken for it: `TN / (TN + FP)`, the true negative rate. scikit-learn
/// has it as the recall of the other class.
///
/// ```swift
/// let specificity = Specificity(.binary(threshold: 0.5))
/// specificity.update([0.9, 0.6, 0.2], Tensor([1, 0, 0], dtype: .int64))
/// specificity.value   // 0.5
/// ```
public final class Specificity: ClassMetric {
    public let task: Classification
    public let average: ClassAverage
    public let zeroDivision: Double
    public var sums: ExactSums

    /// - Parameters:
    ///   - task: what is told apart: two classes, several, or several labels.
    ///   - average: how the values of classes become one.
    ///   - zeroDivision: the value of a class that all examples are of; NaN leaves it out of averages.
    public init(_ task: Classification, average: ClassAverage = .macro, zeroDivision: Double = 0) {
        (self.task, self.average, self.zeroDivision) = (task, average, zeroDivision)
        sums = task.sums("Specificity")
    }

    public func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double) {
        (outcomes.trueNegatives, outcomes.trueNegatives + outcomes.falsePositives)
    }
}

/// ``Specificity`` of one batch.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func specificity(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, average: ClassAverage = .macro,
    zeroDivision: Double = 0, sampleWeight: Tensor? = nil
) -> Double {
    Specificity(task, average: average, zeroDivision: zeroDivision).of(predictions, labels, sampleWeight)
}
