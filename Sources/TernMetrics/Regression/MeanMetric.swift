import TernCore
import TernLosses

/// The mean over examples of any function of predictions and targets, such as a loss without a reduction.
///
/// ```swift
/// let error = MeanMetric(of: HuberLoss(delta: 2, reduction: .none))
/// let median = MeanMetric { prediction, target in abs(prediction - target) .< 0.5 }
/// let rmse = MeanMetric.rootMeanSquaredError()
/// ```
///
/// The usual ones have names: ``meanAbsoluteError()`` and so on. Predictions, and targets that are not integers, are given to
/// the function in `float64`. Keras's `MeanMetricWrapper`.
///
/// NaN as long as there is no example, and where the function gives NaN for one of them.
public final class MeanMetric: Metric, Summing {
    /// Of values by weights, and of the weights.
    public var sums = ExactSums(count: 2)
    private let function: (Tensor, Tensor) -> Tensor
    private let finish: (Double) -> Double

    /// - Parameters:
    ///   - finish: what the mean is given to at last: a square root, say.
    ///   - function: the value of each example, or of each of their elements, whose mean is taken as well: of shape [N...] for
    ///     N examples.
    public init(then finish: @escaping (Double) -> Double = { $0 }, _ function: @escaping (Tensor, Tensor) -> Tensor) {
        (self.function, self.finish) = (function, finish)
    }

    /// - Parameters:
    ///   - loss: one whose `reduction` is `.none`.
    ///   - finish: makes the value of the mean, such as its root.
    public convenience init(of loss: some Loss, then finish: @escaping (Double) -> Double = { $0 }) {
        self.init(then: finish) { loss($0, $1) }
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("MeanMetric", predictions, targets, sampleWeight)
        if batch.targets.count == 0 { return }
        let (x, y) = (batch.predictions, batch.targets)
        let values = withoutGradients {
            function(x.converted(to: .float64), y.dtype.isFloatingPoint ? y.converted(to: .float64) : y)
        }
        if values.rank == 0 && x.rank > 0 && max(x.shape[0], y.rank == 0 ? 1 : y.shape[0]) > 1 {
            mistake(
                "MeanMetric",
                "expects a value for each example, such as those of a loss with reduction .none, got one for "
                    + "\(x.shape)")
        }
        sums.add(values, weights: batch, at: 0)
        sums.add(weightsOf: batch, for: values, at: 1)
    }

    public var value: Double { finish(sums[0] / sums[1]) }
}
