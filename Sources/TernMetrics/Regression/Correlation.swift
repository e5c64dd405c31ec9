import TernCore

/// The correlation of predictions and targets over all examples: `Cov(x, y) / sqrt(Var(x) Var(y))`, in -1...1. SciPy's
/// `pearsonr`. Keras's `PearsonCorrelation` is another thing, the mean of the correlations within each example:
/// ``MeanMetric/correlationWithinExamples()``.
///
/// ```swift
/// let correlation = PearsonCorrelation()
/// correlation.update([1, 2, 3], [2, 4, 5])
/// correlation.value   // 0.9819...
/// ```
///
/// Predictions and targets have shape [N], or [N, D] for a mean over D outputs. NaN where one of both is all the same, with a
/// NaN or an infinite number, and of fewer than two examples.
public final class PearsonCorrelation: Metric, Summing {
    /// D.
    public let outputs: Int
    public var sums: ExactSums

    /// - Parameter outputs: D, where predictions and targets are [N, D].
    public init(outputs: Int = 1) {
        self.outputs = outputs
        sums = SecondMoments.sums(outputs: outputs, "PearsonCorrelation")
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("PearsonCorrelation", predictions, targets, sampleWeight)
        SecondMoments.add(batch, to: &sums, outputs: outputs, "PearsonCorrelation") { ($0, $1) }
    }

    /// The correlation of each output: float64 [D].
    public var perOutput: Tensor {
        let moments = SecondMoments(sums, outputs: outputs)
        return Tensor(
            shape: [outputs],
            values: (0..<outputs).map {
                let (a, b) = (moments[$0].spreadOfA, moments[$0].spreadOfB)
                return a > 0 && b > 0 ? min(max(moments[$0].common / a.squareRoot() / b.squareRoot(), -1), 1) : .nan
            })
    }

    public var value: Double { mean(perOutput.array(), by: nil) }
}

/// How closely predictions lie on the line on which they equal the targets:
/// `2 Cov(x, y) / (Var(x) + Var(y) + (mean of x - mean of y)^2)`, in -1...1. Lin, "A concordance correlation coefficient to
/// evaluate reproducibility", 1989. Keras's `ConcordanceCorrelation` is the mean of those within each example:
/// ``MeanMetric/concordanceWithinExamples()``.
///
/// Predictions and targets have shape [N], or [N, D] for a mean over D outputs. NaN where both are all the same, with a NaN or an
/// infinite number, and without examples.
public final class ConcordanceCorrelation: Metric, Summing {
    /// D.
    public let outputs: Int
    public var sums: ExactSums

    /// - Parameter outputs: D, where predictions and targets are [N, D].
    public init(outputs: Int = 1) {
        self.outputs = outputs
        sums = SecondMoments.sums(outputs: outputs, "ConcordanceCorrelation")
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("ConcordanceCorrelation", predictions, targets, sampleWeight)
        SecondMoments.add(batch, to: &sums, outputs: outputs, "ConcordanceCorrelation") { ($0, $1) }
    }

    /// The correlation of each output: float64 [D].
    public var perOutput: Tensor {
        let moments = SecondMoments(sums, outputs: outputs)
        return Tensor(
            shape: [outputs],
            values: (0..<outputs).map {
                let output = moments[$0]
                let distance = (output.a - output.b).rounded / output.weight
                return 2 * output.common
                    / (output.spreadOfA + output.spreadOfB + output.weight * distance * distance)
            })
    }

    public var value: Double { mean(perOutput.array(), by: nil) }
}

extension MeanMetric {
    /// The mean over examples [N, D] of the correlation of their D predictions and targets. Keras's `PearsonCorrelation` (whose
    /// epsilon in the denominator is left out: an example that is all the same gives NaN).
    public static func correlationWithinExamples() -> MeanMetric {
        MeanMetric { x, y in
            let (a, b) = (x - x.mean(axes: -1, keepAxes: true), y - y.mean(axes: -1, keepAxes: true))
            return (a * b).sum(axes: -1) / sqrt((a * a).sum(axes: -1) * (b * b).sum(axes: -1))
        }
    }

    /// The mean over examples [N, D] of the concordance of their D predictions and targets. Keras's `ConcordanceCorrelation`.
    public static func concordanceWithinExamples() -> MeanMetric {
        MeanMetric { x, y in
            let (meanX, meanY) = (x.mean(axes: -1, keepAxes: true), y.mean(axes: -1, keepAxes: true))
            let (a, b) = (x - meanX, y - meanY)
            let spreads = (a * a).mean(axes: -1) + (b * b).mean(axes: -1)
            return 2 * (a * b).mean(axes: -1) / (spreads + square(meanX - meanY).squeezed(axes: -1))
        }
    }
}

/// ``PearsonCorrelation`` of one batch.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func pearsonCorrelation(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil) -> Double {
    PearsonCorrelation(outputs: outputs(of: targets)).of(predictions, targets, sampleWeight)
}

/// ``ConcordanceCorrelation`` of one batch.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - targets: what is true, of the predictions' shape.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func concordanceCorrelation(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil) -> Double {
    ConcordanceCorrelation(outputs: outputs(of: targets)).of(predictions, targets, sampleWeight)
}
