import TernCore

/// The area under the receiver operating characteristic, exactly: the probability that an example with a yes has a higher
/// score than one with a no, ties counting half. 1 is a perfect order, 0.5 chance.
///
/// ```swift
/// let auc = ROCAUC()
/// auc.update([0.1, 0.4, 0.35, 0.8], Tensor([0, 0, 1, 1], dtype: .int64))
/// auc.value   // 0.75
/// auc.curve   // to draw
/// ```
///
/// Of several classes it is the mean over classes, each against the rest, or over pairs of classes, each against the other
/// (Hand and Till, "A simple generalisation of the area under the ROC curve for multiple class classification problems",
/// 2001). All examples are remembered, see ``ScoredExamples``; ``AUC`` has constant memory. scikit-learn's `roc_auc_score`.
///
/// The value is NaN if some class has no examples (those without count for nothing in `weighted`, `pairs` and
/// `weightedPairs`), or nothing but examples, and if some score is NaN.
public final class ROCAUC: RankingMetric {
    /// How several classes or labels become one value.
    public enum Average: Sendable, CaseIterable {
        /// The mean over classes, each against the rest.
        case macro
        /// The mean over classes, each against the rest, by their numbers of examples.
        case weighted
        /// The mean over pairs of classes. Not of labels.
        case pairs
        /// The mean over pairs of classes, by their numbers of examples. Not of labels.
        case weightedPairs
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
        if average == .pairs || average == .weightedPairs {
            guard case .multiclass = ranking else {
                mistake("ROCAUC", "expects classes for an average over pairs, got \(ranking)")
            }
        }
        (self.ranking, self.average) = (ranking, average)
        examples = ScoredExamples(ranking, "ROCAUC")
    }

    public var value: Double {
        switch average {
        case .macro, .weighted:
            let values = (0..<ranking.count).map { examples.ranked($0).areaUnderROC }
            return mean(values, by: average == .macro ? nil : examples.positives())
        case .pairs, .weightedPairs:
            let (count, positives) = (ranking.count, examples.positives())
            var places = [[Int]](repeating: [], count: count)
            for (place, label) in examples.labels.enumerated() { places[label].append(place) }
            var (values, weights): ([Double], [Double]) = ([], [])
            let present = (0..<count).filter { !places[$0].isEmpty }
            for (rank, a) in present.enumerated() {
                for b in present.dropFirst(rank + 1) {
                    let both = places[a] + places[b]
                    let (ofA, ofB) = (examples.ranked(a, among: both), examples.ranked(b, among: both))
                    values.append((ofA.areaUnderROC + ofB.areaUnderROC) / 2)
                    weights.append(positives[a] + positives[b])
                }
            }
            return mean(values, by: average == .pairs ? nil : weights)
        }
    }

    /// The value of each class against the rest, or of each label: float64 [C].
    public var perClass: Tensor {
        Tensor(shape: [ranking.count], values: (0..<ranking.count).map { examples.ranked($0).areaUnderROC })
    }

    /// The curve of the yes.
    public var curve: ROCCurve { curve(of: 0) }

    /// The curve of a class against the rest, or of a label.
    public func curve(of index: Int) -> ROCCurve {
        if !(0..<ranking.count).contains(index) {
            mistake("ROCAUC.curve", "expects a class in 0..<\(ranking.count), got \(index)")
        }
        return ROCCurve(examples.ranked(index))
    }
}

/// What has weight 0 is left out.
func mean(_ values: [Double], by weights: [Double]?) -> Double {
    guard let weights else { return values.reduce(0, +) / Double(values.count) }
    return zip(values, weights).reduce(0) { $1.1 == 0 ? $0 : $0 + $1.0 * $1.1 } / weights.reduce(0, +)
}

/// ``ROCAUC`` of one batch. scikit-learn's `roc_auc_score`.
///
/// ```swift
/// rocAUC([0.1, 0.4, 0.35, 0.8], Tensor([0, 0, 1, 1], dtype: .int64))   // 0.75
/// ```
///
/// - Parameters:
///   - scores: the higher, the more likely is a yes, such as logits or probabilities.
///   - labels: what is true.
///   - ranking: which tasks are scored: one, one for each class, or one for each label.
///   - average: how the values of classes become one.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func rocAUC(
    _ scores: Tensor, _ labels: Tensor, _ ranking: Ranking = .binary, average: ROCAUC.Average = .macro,
    sampleWeight: Tensor? = nil
) -> Double {
    ROCAUC(ranking, average: average).of(scores, labels, sampleWeight)
}

/// The receiver operating characteristic: what share of the yes is found at what share of false alarms, from the highest
/// threshold to the lowest. scikit-learn's `roc_curve` with `drop_intermediate=False`.
///
/// `curve.plot()` draws it. If some score was NaN, its only point is NaN.
public struct ROCCurve: Equatable, Sendable {
    /// Of the no, the share with a score of at least the threshold: rising from 0 to 1. NaN if there are no no.
    public let falsePositiveRates: [Double]
    /// Of the yes, the share with a score of at least the threshold: rising from 0 to 1. NaN if there are no yes.
    public let truePositiveRates: [Double]
    /// Infinity, and the different scores from the highest to the lowest.
    public let thresholds: [Double]
    /// The area under the curve.
    public let area: Double

    init(_ ranked: RankedOutcomes) {
        area = ranked.areaUnderROC
        if ranked.hasNaN {
            (falsePositiveRates, truePositiveRates, thresholds) = ([.nan], [.nan], [.nan])
            return
        }
        falsePositiveRates = ([0] + ranked.falsePositives).map { $0 / ranked.negatives }
        truePositiveRates = ([0] + ranked.truePositives).map { $0 / ranked.positives }
        thresholds = [.infinity] + ranked.thresholds
    }
}

/// The receiver operating characteristic of one batch. scikit-learn's `roc_curve`.
///
/// ```swift
/// let curve = rocCurve([0.1, 0.4, 0.35, 0.8], Tensor([0, 0, 1, 1], dtype: .int64))
/// curve.truePositiveRates    // [0.0, 0.5, 0.5, 1.0, 1.0]
/// curve.falsePositiveRates   // [0.0, 0.0, 0.5, 0.5, 1.0]
/// ```
///
/// - Parameters:
///   - scores: the higher, the more likely is a yes, such as logits or probabilities.
///   - labels: what is true.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func rocCurve(_ scores: Tensor, _ labels: Tensor, sampleWeight: Tensor? = nil) -> ROCCurve {
    let auc = ROCAUC()
    auc.update(scores, labels, sampleWeight: sampleWeight)
    return auc.curve
}
