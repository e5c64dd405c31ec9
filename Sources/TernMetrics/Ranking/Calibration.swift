import TernCore

/// How far predicted probabilities are from how often they come true: the expected calibration error, the mean over bins of
/// probabilities of `|share of yes - mean probability|` by the bins' numbers of examples. 0 is calibrated. Naeini et al.,
/// "Obtaining well calibrated probabilities using Bayesian binning", 2015.
///
/// ```swift
/// let calibration = Calibration(bins: 10)
/// for (x, labels) in testBatches { calibration.update(sigmoid(model(x)), labels) }
/// calibration.value    // 0.03
/// calibration.curve    // to draw
/// ```
///
/// Predictions are probabilities of shape [N...] or [N..., 1], labels 0 or 1 in any type. All examples are remembered, see
/// ``ScoredExamples``. NaN without examples, and with a NaN probability.
public final class Calibration: RankingMetric {
    /// Where the bins' edges are.
    public enum Strategy: Sendable, CaseIterable {
        /// Of equal width.
        case uniform
        /// With as many examples in each, whatever their weights are.
        case quantile
    }

    /// How many bins.
    public let bins: Int
    /// Whether bins are equally wide or have equally many examples.
    public let strategy: Strategy
    public var examples = ScoredExamples(.binary, "Calibration")

    /// - Parameters:
    ///   - bins: how many bins.
    ///   - strategy: whether bins are equally wide or have equally many examples.
    public init(bins: Int = 10, strategy: Strategy = .uniform) {
        if bins < 1 || bins > 1 << 24 { mistake("Calibration", "expects at least 1 bin, got \(bins)") }
        (self.bins, self.strategy) = (bins, strategy)
    }

    public func update(_ probabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("Calibration", probabilities, labels, sampleWeight)
        let values = batch.predictions
        if (values .< 0).logicalOr(values .> 1).any().item(as: Bool.self) {
            let wrong = values.array(of: Double.self).first { $0 < 0 || $0 > 1 }!
            mistake("Calibration", "probability must be in 0...1, got \(wrong)")
        }
        examples.add(batch, "Calibration")
    }

    public var value: Double {
        let curve = curve
        let errors = zip(curve.sharesOfYes, curve.meanProbabilities).map { abs($0 - $1) }
        return mean(errors, by: curve.weights)
    }

    /// The curve of all examples so far.
    public var curve: CalibrationCurve { CalibrationCurve(examples, bins, strategy) }
}

/// How often predicted probabilities come true, in bins of these; empty bins are left out. scikit-learn's
/// `calibration_curve`.
///
/// `curve.plot()` draws it. If some probability was NaN, its only point is NaN.
public struct CalibrationCurve: Equatable, Sendable {
    /// Of the examples of each bin, the share that is a yes.
    public let sharesOfYes: [Double]
    /// The mean of the probabilities in each bin.
    public let meanProbabilities: [Double]
    /// The number of examples in each bin, or the sum of their weights.
    public let weights: [Double]

    init(_ examples: ScoredExamples, _ bins: Int, _ strategy: Calibration.Strategy) {
        let probabilities = Tensor(shape: [examples.count], values: examples.scores)
        if examples.scores.contains(where: \.isNaN) {
            (sharesOfYes, meanProbabilities, weights) = ([.nan], [.nan], [.nan])
            return
        }
        if examples.count == 0 {
            (sharesOfYes, meanProbabilities, weights) = ([], [], [])
            return
        }
        let inner = (1..<bins).map { Double($0) / Double(bins) }
        let edges = strategy == .uniform ? Tensor(inner, dtype: .float64) : probabilities.quantile(inner)
        let places = searchSorted(edges, probabilities).array(of: Int.self)
        var sums = ExactSums(count: 3 * bins)
        for (index, bin) in places.enumerated() {
            let weight = examples.weights[index]
            sums.add(weight, times: Double(examples.labels[index]), at: bin)
            sums.add(weight, times: examples.scores[index], at: bins + bin)
            sums.add(weight, at: 2 * bins + bin)
        }
        let used = (0..<bins).filter { sums[2 * bins + $0] > 0 }
        weights = used.map { sums[2 * bins + $0] }
        sharesOfYes = used.map { sums[$0] / sums[2 * bins + $0] }
        meanProbabilities = used.map { sums[bins + $0] / sums[2 * bins + $0] }
    }
}

/// The calibration curve of one batch. scikit-learn's `calibration_curve`.
///
/// - Parameters:
///   - probabilities: of a yes, in 0...1.
///   - labels: what is true.
///   - bins: how many.
///   - strategy: whether bins are equally wide or have equally many examples.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func calibrationCurve(
    _ probabilities: Tensor, _ labels: Tensor, bins: Int = 5, strategy: Calibration.Strategy = .uniform,
    sampleWeight: Tensor? = nil
) -> CalibrationCurve {
    let calibration = Calibration(bins: bins, strategy: strategy)
    calibration.update(probabilities, labels, sampleWeight: sampleWeight)
    return calibration.curve
}
