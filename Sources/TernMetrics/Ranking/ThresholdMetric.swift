import TernCore

/// A metric over the outcomes at some thresholds between 0 and 1, with constant memory, as Keras has them.
///
/// Predictions are probabilities of shape [N...] or [N..., 1], labels 0 or 1 in any type. A probability is a yes if it is above
/// the threshold. Thresholds are `0`, `1 / (T - 1)`, ... `1`, and the first and the last a little outside of that. A NaN makes
/// the value NaN.
public protocol ThresholdMetric: Metric<Double>, Summing {
    /// The number of thresholds, T.
    var thresholds: Int { get }
}

extension ThresholdMetric {
    public func update(_ probabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let name = "\(Self.self)"
        let batch = MetricBatch(name, probabilities, labels, sampleWeight)
        let (_, expected) = answers(batch.predictions, batch.targets, threshold: 0, isBinary: true, name)
        if !batch.predictions.dtype.isFloatingPoint {
            mistake(name, "expects floating-point probabilities, got \(batch.predictions.dtype)")
        }
        let values = batch.predictions.array(of: Double.self)
        if let wrong = values.first(where: { $0 < 0 || $0 > 1 }) {
            mistake(name, "probability must be in 0...1, got \(wrong)")
        }
        // In the type of the probabilities, so that a 0.3 is not above 0.3.
        let inner = Tensor(
            (1..<(thresholds - 1)).map { Double($0) / Double(thresholds - 1) }, dtype: batch.predictions.dtype)
        // How many of the inner thresholds are below: those are the buckets' numbers, as nothing is below the first one.
        let buckets = searchSorted(inner, batch.predictions.reshaped([values.count])).array(of: Int.self)
        let weights = batch.weights(of: expected)
        for (place, isPositive) in expected.array(of: Bool.self).enumerated() {
            let bucket = values[place].isNaN ? 0 : buckets[place]
            let weight = values[place].isNaN ? .nan : weights?[place] ?? 1
            sums.add(weight, at: isPositive ? bucket : thresholds + bucket)
        }
    }

    var ranked: RankedOutcomes {
        let (sums, count) = (sums.values, thresholds)
        var edges = (0..<count).map { Double($0) / Double(count - 1) }
        (edges[0], edges[count - 1]) = (-1e-7, 1 + 1e-7)
        return RankedOutcomes(thresholds: edges, positives: sums[..<count], negatives: sums[count...])
    }

    static func sums(_ thresholds: Int) -> ExactSums {
        if thresholds < 2 || thresholds > 1 << 24 {
            mistake("\(Self.self)", "expects at least 2 thresholds, got \(thresholds)")
        }
        return ExactSums(count: 2 * thresholds)
    }
}

extension RankedOutcomes {
    /// Of the thresholds at which `constraint` is at least `least`, the largest `rate`; 0 if there is none.
    ///
    /// Both get the true and the false positives, and how many yes and no there are.
    func best(
        _ rate: (_ t: Double, _ f: Double, _ positives: Double, _ negatives: Double) -> Double,
        where constraint: (_ t: Double, _ f: Double, _ positives: Double, _ negatives: Double) -> Double,
        isAtLeast least: Double
    ) -> Double {
        if positives.isNaN || negatives.isNaN || positives + negatives == 0 { return .nan }
        return zip(truePositives, falsePositives).reduce(0) { best, outcome in
            let (t, f) = outcome
            return constraint(t, f, positives, negatives) >= least ? max(best, rate(t, f, positives, negatives)) : best
        }
    }
}

/// A share, 0 of nothing.
func share(_ part: Double, of whole: Double) -> Double { whole == 0 ? 0 : part / whole }

func checkRate(_ rate: Double, _ name: String, _ operation: String) {
    if !(0...1).contains(rate) { mistake(operation, "\(name) must be in 0...1, got \(rate)") }
}
