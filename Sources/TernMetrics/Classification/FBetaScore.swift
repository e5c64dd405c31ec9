import TernCore

/// The harmonic mean of precision and recall, in which recall counts `beta` times as much:
/// `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`. With `beta` 1 it is F1. scikit-learn's `fbeta_score` and
/// `f1_score`, Keras's `FBetaScore` and `F1Score`.
///
/// ```swift
/// let f1 = FBetaScore(.multilabel(labels: 2, threshold: 0.5), average: .macro)
/// f1.update([[0.9, 0.2], [0.7, 0.8]], [[1, 0], [0, 1]])
/// f1.value   // 0.8333...
/// ```
public final class FBetaScore: ClassMetric {
    public let task: Classification
    /// How much recall counts more than precision.
    public let beta: Double
    public let average: ClassAverage
    public let zeroDivision: Double
    public var sums: ExactSums

    /// - Parameters:
    ///   - task: what is told apart: two classes, several, or several labels.
    ///   - beta: positive.
    ///   - average: how the values of classes become one.
    ///   - zeroDivision: the value of a class that has no examples and that nothing was taken for; NaN leaves it out of
    ///     averages.
    public init(_ task: Classification, beta: Double = 1, average: ClassAverage = .macro, zeroDivision: Double = 0) {
        if !(beta > 0 && beta.isFinite) { mistake("FBetaScore", "expects a positive beta, got \(beta)") }
        (self.task, self.beta, self.average, self.zeroDivision) = (task, beta, average, zeroDivision)
        sums = task.sums("FBetaScore")
    }

    public func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double) {
        let square = beta * beta
        let part = (1 + square) * outcomes.truePositives
        return (part, part + square * outcomes.falseNegatives + outcomes.falsePositives)
    }
}

/// ``FBetaScore`` of one batch. scikit-learn's `fbeta_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - beta: how much recall counts more than precision; positive.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func fBetaScore(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, beta: Double, average: ClassAverage = .macro,
    zeroDivision: Double = 0, sampleWeight: Tensor? = nil
) -> Double {
    FBetaScore(task, beta: beta, average: average, zeroDivision: zeroDivision).of(predictions, labels, sampleWeight)
}

/// ``FBetaScore`` of one batch with `beta` 1. scikit-learn's `f1_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func f1Score(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, average: ClassAverage = .macro,
    zeroDivision: Double = 0, sampleWeight: Tensor? = nil
) -> Double {
    fBetaScore(
        predictions, labels, task, beta: 1, average: average, zeroDivision: zeroDivision, sampleWeight: sampleWeight)
}
