import TernCore

/// The share of the targets' variance that predictions explain, up to a constant: `1 - Var(y - prediction) / Var(y)`.
/// scikit-learn's `explained_variance_score`.
///
/// ```swift
/// let explained = ExplainedVariance()
/// explained.update([2.5, 0, 2, 8], [3, -0.5, 2, 7])
/// explained.value   // 0.9571...
/// ```
///
/// Of targets that are all the same it is 1 if the errors are all the same too and else 0; of fewer than two examples NaN, as
/// with a NaN or an infinite number.
public final class ExplainedVariance: Metric, Summing {
    /// D.
    public let outputs: Int
    /// How the values of several outputs become one.
    public let average: OutputAverage
    public var sums: ExactSums

    /// - Parameters:
    ///   - outputs: D, where predictions and targets are [N, D].
    ///   - average: how the values of several outputs become one.
    public init(outputs: Int = 1, average: OutputAverage = .uniform) {
        (self.outputs, self.average) = (outputs, average)
        sums = SecondMoments.sums(outputs: outputs, "ExplainedVariance")
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("ExplainedVariance", predictions, targets, sampleWeight)
        SecondMoments.add(batch, to: &sums, outputs: outputs, "ExplainedVariance") { ($1, $1 - $0) }
    }

    /// The score of each output: float64 [D].
    public var perOutput: Tensor { Tensor(shape: [outputs], values: scores.map(\.value)) }

    public var value: Double { averaged(scores, average) }

    private var scores: [(value: Double, spread: Double)] {
        let moments = SecondMoments(sums, outputs: outputs)
        return (0..<outputs).map {
            let output = moments[$0]
            return (explained(output, unexplained: output.spreadOfB), output.spreadOfA)
        }
    }
}

/// ``ExplainedVariance`` of one batch. scikit-learn's `explained_variance_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - average: how the values of several outputs become one.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func explainedVariance(
    _ predictions: Tensor, _ targets: Tensor, average: OutputAverage = .uniform, sampleWeight: Tensor? = nil
) -> Double {
    ExplainedVariance(outputs: outputs(of: targets), average: average).of(predictions, targets, sampleWeight)
}
