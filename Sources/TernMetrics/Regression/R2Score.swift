import TernCore

/// How several outputs become one value.
public enum OutputAverage: Sendable, CaseIterable {
    /// Their mean.
    case uniform
    /// The mean by the variances of the targets.
    case varianceWeighted
}

/// The share of the targets' variance that predictions explain, the coefficient of determination:
/// `1 - sum of (y - prediction)^2 / sum of (y - mean of y)^2`. 1 is exact, 0 no better than the mean. scikit-learn's `r2_score`,
/// Keras's `R2Score`.
///
/// ```swift
/// let score = R2Score()
/// score.update([2.5, 0, 2, 8], [3, -0.5, 2, 7])
/// score.value   // 0.9486...
/// ```
///
/// Of targets that are all the same it is 1 if predictions are exact and else 0; of fewer than two examples NaN, as with a NaN
/// or an infinite number.
public final class R2Score: Metric, Summing {
    /// D.
    public let outputs: Int
    /// How the values of several outputs become one.
    public let average: OutputAverage
    /// The number of independent variables for the adjusted score, 0 for the usual one.
    public let regressors: Int
    public var sums: ExactSums

    /// - Parameters:
    ///   - outputs: D, where predictions and targets are [N, D].
    ///   - average: how the values of several outputs become one.
    ///   - regressors: the number of independent variables p, for the adjusted score `1 - (1 - R2) (n - 1) / (n - p -
    ///     1)`; 0 for the usual one, which n of at most p + 1 examples give as well.
    public init(outputs: Int = 1, average: OutputAverage = .uniform, regressors: Int = 0) {
        if regressors < 0 { mistake("R2Score", "expects regressors of at least 0, got \(regressors)") }
        (self.outputs, self.average, self.regressors) = (outputs, average, regressors)
        sums = SecondMoments.sums(outputs: outputs, "R2Score")
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("R2Score", predictions, targets, sampleWeight)
        SecondMoments.add(batch, to: &sums, outputs: outputs, "R2Score") { ($1, $1 - $0) }
    }

    /// The score of each output: float64 [D].
    public var perOutput: Tensor { Tensor(shape: [outputs], values: scores.map(\.value)) }

    public var value: Double {
        let value = averaged(scores, average)
        let (n, p) = (SecondMoments(sums, outputs: outputs)[0].count, Double(regressors))
        return regressors > 0 && n > p + 1 ? 1 - (1 - value) * (n - 1) / (n - p - 1) : value
    }

    private var scores: [(value: Double, spread: Double)] {
        let moments = SecondMoments(sums, outputs: outputs)
        return (0..<outputs).map {
            let output = moments[$0]
            return (explained(output, unexplained: output.bb.rounded), output.spreadOfA)
        }
    }
}

/// `1 - unexplained / spread of the targets`.
func explained(_ output: SecondMoments.Output, unexplained: Double) -> Double {
    let spread = output.spreadOfA
    if output.count < 2 || !spread.isFinite || !unexplained.isFinite { return .nan }
    if unexplained <= 0 { return 1 }
    return spread <= 0 ? 0 : 1 - unexplained / spread
}

func averaged(_ scores: [(value: Double, spread: Double)], _ average: OutputAverage) -> Double {
    let values = scores.map(\.value)
    // All the same in all outputs.
    if average == .uniform || scores.allSatisfy({ $0.spread <= 0 }) { return mean(values, by: nil) }
    return mean(values, by: scores.map { max($0.spread, 0) })
}

/// ``R2Score`` of one batch. scikit-learn's `r2_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - average: how the values of several outputs become one.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func r2Score(
    _ predictions: Tensor, _ targets: Tensor, average: OutputAverage = .uniform, sampleWeight: Tensor? = nil
) -> Double {
    R2Score(outputs: outputs(of: targets), average: average).of(predictions, targets, sampleWeight)
}

/// The number of outputs of targets [N] or [N, D].
func outputs(of targets: Tensor) -> Int { targets.rank < 2 ? 1 : max(targets.shape.last!, 1) }
