import Foundation
import TernCore

/// The area under a curve through some thresholds between 0 and 1, with constant memory: near that of all thresholds, which
/// are ``ROCAUC`` and ``AveragePrecision``, the nearer the more there are. Keras's `AUC`.
///
/// ```swift
/// let auc = AUC(.roc)                                     // of probabilities
/// let ofPrecision = AUC(.precisionRecall, thresholds: 500)
/// ```
///
/// NaN without examples and with a NaN probability, and that of the ROC without a yes or without a no (Keras's is 0 then). See
/// ``ThresholdMetric``.
public final class AUC: ThresholdMetric {
    /// What the area is under.
    public enum Curve: Sendable, CaseIterable {
        /// True over false positive rates.
        case roc
        /// Precision over recall.
        case precisionRecall
    }

    /// What the height between two thresholds is.
    public enum Summation: Sendable, CaseIterable {
        /// The mean of both; of precision, what true and false positives that grow evenly make of it (Davis and Goadrich,
        /// "The relationship between precision-recall and ROC curves", 2006).
        case interpolation
        /// The lower of both.
        case minoring
        /// The higher of both.
        case majoring
    }

    /// What is integrated.
    public let curve: Curve
    /// How the curve is taken between thresholds.
    public let summation: Summation
    public let thresholds: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - curve: what is integrated.
    ///   - thresholds: how many, at least 2.
    ///   - summation: how, between thresholds.
    public init(_ curve: Curve = .roc, thresholds: Int = 200, summation: Summation = .interpolation) {
        (self.curve, self.thresholds, self.summation) = (curve, thresholds, summation)
        sums = Self.sums(thresholds)
    }

    public var value: Double {
        let ranked = ranked
        let (positives, negatives) = (ranked.positives, ranked.negatives)
        let outcomes = Array(zip(ranked.truePositives, ranked.falsePositives))
        if positives + negatives == 0 || positives.isNaN || negatives.isNaN { return .nan }
        if curve == .precisionRecall, summation == .interpolation { return interpolatedPrecision(outcomes, positives) }
        let points = outcomes.map { t, f in
            switch curve {
            case .roc: (x: f / negatives, y: t / positives)
            case .precisionRecall: (x: share(t, of: positives), y: share(t, of: t + f))
            }
        }
        var area = 0.0
        for (last, next) in zip(points, points.dropFirst()) {
            let height =
                switch summation {
                case .interpolation: (last.y + next.y) / 2
                case .minoring: min(last.y, next.y)
                case .majoring: max(last.y, next.y)
                }
            area += (next.x - last.x) * height
        }
        return area
    }

    private func interpolatedPrecision(_ outcomes: [(Double, Double)], _ positives: Double) -> Double {
        var area = 0.0
        for (last, next) in zip(outcomes, outcomes.dropFirst()) {
            let (lastTaken, taken) = (last.0 + last.1, next.0 + next.1)
            let growth = next.0 - last.0
            let slope = share(growth, of: taken - lastTaken)
            let intercept = last.0 - slope * lastTaken
            let ratio = lastTaken > 0 && taken > 0 ? taken / lastTaken : 1
            area += share(slope * (growth + intercept * log(ratio)), of: positives)
        }
        return area
    }
}
