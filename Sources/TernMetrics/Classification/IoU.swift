import TernCore

/// Intersection over union, `TP / (TP + FP + FN)`, also called Jaccard index: how well the pictures' parts that were taken
/// for a class cover those of it. Its mean over the classes is the mean IoU. scikit-learn's `jaccard_score`, Keras's `IoU`,
/// `MeanIoU`, `OneHotIoU`, `OneHotMeanIoU` (labels may be one-hot) and `BinaryIoU`.
///
/// ```swift
/// let meanIoU = IoU(.multiclass(classes: 21, ignoring: 255))
/// let iouOfCats = IoU(.multiclass(classes: 21), of: [8])
/// let both = IoU(.binary(threshold: 0.5), of: [0, 1])     // the mean of that of the yes and of the no
/// ```
///
/// Classes axes come last: for pictures [N, C, H, W], give `scores.movingAxis(1, to: -1)`, or `scores.argmax(axis: 1)`.
public final class IoU: ClassMetric {
    public let task: Classification
    /// The classes whose mean is the value; nil for all.
    public let targets: [Int]?
    public let average: ClassAverage
    public let zeroDivision: Double
    public var sums: ExactSums

    /// - Parameters:
    ///   - task: what is told apart: two classes, several, or several labels.
    ///   - targets: the classes, or labels, whose mean is the value; by default all, of binary the yes. Of binary, 0 is
    ///     the no and 1 the yes.
    ///   - average: how the values of classes become one.
    ///   - zeroDivision: the value of a class that has no examples and that nothing was taken for; NaN, the default as
    ///     in Keras, leaves it out of averages.
    public init(
        _ task: Classification, of targets: [Int]? = nil, average: ClassAverage = .macro, zeroDivision: Double = .nan
    ) {
        (self.task, self.targets, self.average, self.zeroDivision) = (task, targets, average, zeroDivision)
        sums = task.sums("IoU")
        let range = 0..<max(task.count, 2)
        if let wrong = targets?.first(where: { !range.contains($0) }) {
            mistake("IoU", "expects targets in \(range), got \(wrong)")
        }
    }

    public func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double) {
        (outcomes.truePositives, outcomes.positives + outcomes.falsePositives)
    }

    /// The outcomes of the targets.
    public var outcomes: [Outcomes] {
        let all = sums.outcomes
        guard let targets else { return all }
        if case .binary = task { return targets.map { $0 == 1 ? all[0] : all[0].mirrored } }
        return targets.map { all[$0] }
    }
}

/// ``IoU`` of one batch. scikit-learn's `jaccard_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - task: what is told apart: two classes, several, or several labels.
///   - targets: the classes, or labels, whose mean is the value; by default all, of binary the yes.
///   - average: how the values of classes become one.
///   - zeroDivision: the value of a class where it would be 0 / 0; NaN leaves it out of averages.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func intersectionOverUnion(
    _ predictions: Tensor, _ labels: Tensor, _ task: Classification, of targets: [Int]? = nil,
    average: ClassAverage = .macro, zeroDivision: Double = .nan, sampleWeight: Tensor? = nil
) -> Double {
    IoU(task, of: targets, average: average, zeroDivision: zeroDivision).of(predictions, labels, sampleWeight)
}
