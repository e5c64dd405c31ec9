import TernCore

/// The area under the precision-recall curve as a sum over thresholds: `sum of (R[n] - R[n - 1]) * P[n]`, exactly.
/// scikit-learn's `average_precision_score`.
///
/// ```swift
/// let average = AveragePrecision()
/// average.update([0.1, 0.4, 0.35, 0.8], Tensor([0, 0, 1, 1], dtype: .int64))
/// average.value        // 0.8333...
/// average.curve.area   // 0.7916..., by trapezoids
/// ```
///
/// All examples are remembered, see ``ScoredExamples``; ``AUC`` has constant memory. A class without examples has the value 0;
/// without any examples, and with a NaN score, the value is NaN.
public final class AveragePrecision: RankingMetric {
    /// How several classes or labels become one value.
    public enum Average: Sendable, CaseIterable {
        /// The mean over classes or labels.
        case macro
        /// The mean over classes or labels, by their numbers of examples.
        case weighted
    }

    /// Which tasks are scored.
    public let ranking: Ranking
    /// How the values of classes or labels become one.
    public let average: Average
    public var examples: ScoredExamples

    /// - Parameters:
    ///   - ranking: which tasks are scored: one, one for each class, or one for each label.
    ///   - average: how the values of classes or labels become one.
    public init(_ ranking: Ranking = .binary, average: Average = .macro) {
        (self.ranking, self.average) = (ranking, average)
        examples = ScoredExamples(ranking, "AveragePrecision")
    }

    public var value: Double {
        mean(perClass.array(of: Double.self), by: average == .macro ? nil : examples.positives())
    }

    /// The value of each class against the rest, or of each label: float64 [C].
    public var perClass: Tensor {
        Tensor(shape: [ranking.count], values: (0..<ranking.count).map { examples.ranked($0).averagePrecision })
    }

    /// The curve of the yes.
    public var curve: PrecisionRecallCurve { curve(of: 0) }

    /// The curve of a class against the rest, or of a label.
    public func curve(of index: Int) -> PrecisionRecallCurve {
        if !(0..<ranking.count).contains(index) {
            mistake("AveragePrecision.curve", "expects a class in 0..<\(ranking.count), got \(index)")
        }
        return PrecisionRecallCurve(examples.ranked(index))
    }
}

/// ``AveragePrecision`` of one batch. scikit-learn's `average_precision_score`.
///
/// - Parameters:
///   - scores: the higher, the more likely is a yes, such as logits or probabilities.
///   - labels: what is true.
///   - ranking: which tasks are scored: one, one for each class, or one for each label.
///   - average: how the values of classes become one.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func averagePrecision(
    _ scores: Tensor, _ labels: Tensor, _ ranking: Ranking = .binary, average: AveragePrecision.Average = .macro,
    sampleWeight: Tensor? = nil
) -> Double {
    AveragePrecision(ranking, average: average).of(scores, labels, sampleWeight)
}

/// Precision over recall, from the lowest threshold to the highest, and at last precision 1 at recall 0. scikit-learn's
/// `precision_recall_curve`.
///
/// `curve.plot()` draws it. If some score was NaN, its only point is NaN.
public struct PrecisionRecallCurve: Equatable, Sendable {
    /// Of those with a score of at least the threshold, the share of the yes.
    public let precisions: [Double]
    /// Of the yes, the share with a score of at least the threshold; 1 if there are no yes.
    public let recalls: [Double]
    /// The different scores, rising: one less than the others.
    public let thresholds: [Double]
    /// The area under the curve by trapezoids; ``AveragePrecision`` is the sum that is no better than the scores.
    public let area: Double

    init(_ ranked: RankedOutcomes) {
        if ranked.hasNaN {
            (precisions, recalls, thresholds, area) = ([.nan], [.nan], [.nan], .nan)
            return
        }
        let positives = ranked.positives
        precisions =
            zip(ranked.truePositives, ranked.falsePositives).map { $0 + $1 == 0 ? 0 : $0 / ($0 + $1) }
            .reversed() + [1]
        recalls = ranked.truePositives.map { positives == 0 ? 1 : $0 / positives }.reversed() + [0]
        thresholds = ranked.thresholds.reversed()
        var area = 0.0
        for (index, threshold) in zip(precisions, recalls).enumerated().dropFirst() {
            area += (recalls[index - 1] - threshold.1) * (precisions[index - 1] + threshold.0) / 2
        }
        self.area = area
    }
}

/// The precision-recall curve of one batch. scikit-learn's `precision_recall_curve`.
///
/// ```swift
/// let curve = precisionRecallCurve([0.1, 0.4, 0.35, 0.8], Tensor([0, 0, 1, 1], dtype: .int64))
/// curve.precisions   // [0.5, 0.666..., 0.5, 1.0, 1.0]
/// curve.recalls      // [1.0, 1.0, 0.5, 0.5, 0.0]
/// ```
///
/// - Parameters:
///   - scores: the higher, the more likely is a yes, such as logits or probabilities.
///   - labels: what is true.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func precisionRecallCurve(
    _ scores: Tensor, _ labels: Tensor, sampleWeight: Tensor? = nil
) -> PrecisionRecallCurve {
    let average = AveragePrecision()
    average.update(scores, labels, sampleWeight: sampleWeight)
    return average.curve
}
