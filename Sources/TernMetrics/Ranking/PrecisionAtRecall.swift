import TernCore

/// The largest precision (the share of yes among what is taken for one) among the thresholds at which the recall (the share
/// of the yes that is found) is at least a given one; 0 if there is none. Keras's `PrecisionAtRecall`.
///
/// ```swift
/// let precision = PrecisionAtRecall(0.5, thresholds: 200)
/// precision.update([0, 0.3, 0.8, 0.3, 0.8], Tensor([0, 0, 0, 1, 1], dtype: .int64))
/// precision.value   // 0.5
/// ```
///
/// NaN without examples, and with a NaN probability; see ``ThresholdMetric``.
public final class PrecisionAtRecall: ThresholdMetric {
    /// The least recall.
    public let recall: Double
    public let thresholds: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - recall: the least, in 0...1.
    ///   - thresholds: how many are tried, evenly between 0 and 1.
    public init(_ recall: Double, thresholds: Int = 200) {
        checkRate(recall, "recall", "PrecisionAtRecall")
        (self.recall, self.thresholds) = (recall, thresholds)
        sums = Self.sums(thresholds)
    }

    public var value: Double {
        ranked.best(
            { t, f, _, _ in share(t, of: t + f) }, where: { t, _, positives, _ in share(t, of: positives) },
            isAtLeast: recall)
    }
}

/// The largest recall among the thresholds at which the precision is at least a given one; 0 if there is none. Keras's
/// `RecallAtPrecision`. See ``PrecisionAtRecall``.
public final class RecallAtPrecision: ThresholdMetric {
    /// The least precision.
    public let precision: Double
    public let thresholds: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - precision: the least, in 0...1.
    ///   - thresholds: how many are tried, evenly between 0 and 1.
    public init(_ precision: Double, thresholds: Int = 200) {
        checkRate(precision, "precision", "RecallAtPrecision")
        (self.precision, self.thresholds) = (precision, thresholds)
        sums = Self.sums(thresholds)
    }

    public var value: Double {
        ranked.best(
            { t, _, positives, _ in share(t, of: positives) }, where: { t, f, _, _ in share(t, of: t + f) },
            isAtLeast: precision)
    }
}
