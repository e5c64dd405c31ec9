import TernCore

/// The largest sensitivity (the share of the yes that is found) among the thresholds at which the specificity (the share of
/// the no that is no false alarm) is at least a given one; 0 if there is none. Keras's `SensitivityAtSpecificity`.
///
/// ```swift
/// let sensitivity = SensitivityAtSpecificity(0.5, thresholds: 200)
/// sensitivity.update([0, 0.3, 0.8, 0.3, 0.8], Tensor([0, 0, 0, 1, 1], dtype: .int64))
/// sensitivity.value   // 0.5
/// ```
///
/// NaN without examples, and with a NaN probability; see ``ThresholdMetric``.
public final class SensitivityAtSpecificity: ThresholdMetric {
    /// The least specificity.
    public let specificity: Double
    public let thresholds: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - specificity: the least, in 0...1.
    ///   - thresholds: how many are tried, evenly between 0 and 1.
    public init(_ specificity: Double, thresholds: Int = 200) {
        checkRate(specificity, "specificity", "SensitivityAtSpecificity")
        (self.specificity, self.thresholds) = (specificity, thresholds)
        sums = Self.sums(thresholds)
    }

    public var value: Double {
        ranked.best(
            { t, _, positives, _ in share(t, of: positives) },
            where: { _, f, _, negatives in share(negatives - f, of: negatives) }, isAtLeast: specificity)
    }
}

/// The largest specificity among the thresholds at which the sensitivity is at least a given one; 0 if there is none. Keras's
/// `SpecificityAtSensitivity`. See ``SensitivityAtSpecificity``.
public final class SpecificityAtSensitivity: ThresholdMetric {
    /// The least sensitivity.
    public let sensitivity: Double
    public let thresholds: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - sensitivity: the least, in 0...1.
    ///   - thresholds: how many are tried, evenly between 0 and 1.
    public init(_ sensitivity: Double, thresholds: Int = 200) {
        checkRate(sensitivity, "sensitivity", "SpecificityAtSensitivity")
        (self.sensitivity, self.thresholds) = (sensitivity, thresholds)
        sums = Self.sums(thresholds)
    }

    public var value: Double {
        ranked.best(
            { _, f, _, negatives in share(negatives - f, of: negatives) },
            where: { t, _, positives, _ in share(t, of: positives) }, isAtLeast: sensitivity)
    }
}
