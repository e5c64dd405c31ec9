import TernCore
import TernMetrics
import TernNN

/// What a model's predictions are worth on some examples: `evaluate`.
public struct Evaluation: Sendable {
    /// The mean loss over the examples; nil without a loss.
    public let loss: Double?
    /// The metrics by their names, in their order.
    public let metrics: [(name: String, value: Double)]

    /// The loss under the name `loss`, and the metrics: for a history and for progress bars.
    public var values: [(name: String, value: Double)] { (loss.map { [("loss", $0)] } ?? []) + metrics }

    /// The metric of that name, or the loss for `loss`.
    public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
}

/// The loss and the metrics of a model over batches of inputs and targets, in evaluation mode and without gradients. Keras's
/// `evaluate`.
///
/// ```swift
/// let result = evaluate(model, testBatches, metrics: ["accuracy": Accuracy()], loss: { crossEntropy($0, $1) })
/// result["accuracy"]      // 0.9826
/// result.loss             // 0.0534
/// ```
///
/// Each module below has its own mode back afterwards. Metrics are reset before, and can be read after: those whose value is no
/// number, such as a confusion matrix, are not in the result.
///
/// - Parameters:
///   - model: what is asked; its mode and values stay.
///   - batches: inputs and targets.
///   - metrics: under names other than `loss`.
///   - loss: of predictions and targets: the mean of a batch, which counts by the number of its examples (the size of
///     the first axis of targets), or a value for each.
///   - progress: a line that shows how far it is, and at its end the values.
public func evaluate<Input>(
    _ model: some Module<Input, Tensor>, _ batches: some Sequence<(Input, Tensor)>,
    metrics: KeyValuePairs<String, any Metric> = [:], loss: ((Tensor, Tensor) -> Tensor)? = nil,
    progress: ProgressBar? = nil
) -> Evaluation {
    var evaluator = Evaluator(
        metrics, loss.map { loss in { prediction, target, _ in loss(prediction, target) } }, progress)
    return model.inEvaluationMode {
        for (input, target) in batches { evaluator.add(model(input), target, weight: nil) }
        return evaluator.finish()
    }
}

/// The same with a weight for each example, see `Metric.update(_:_:sampleWeight:)`, over batches of inputs, targets and weights.
///
/// - Parameters:
///   - model: what is asked; its mode and values stay.
///   - batches: inputs, targets and weights.
///   - metrics: under names other than `loss`.
///   - loss: of predictions, targets and weights: the mean of a batch by these, which counts by their sum, or a value
///     for each (not yet weighted).
///   - progress: a line that shows how far it is, and at its end the values.
public func evaluate<Input>(
    _ model: some Module<Input, Tensor>, _ batches: some Sequence<(Input, Tensor, Tensor)>,
    metrics: KeyValuePairs<String, any Metric> = [:], loss: ((Tensor, Tensor, Tensor) -> Tensor)? = nil,
    progress: ProgressBar? = nil
) -> Evaluation {
    var evaluator = Evaluator(
        metrics, loss.map { loss in { prediction, target, weight in loss(prediction, target, weight!) } }, progress)
    return model.inEvaluationMode {
        for (input, target, weight) in batches { evaluator.add(model(input), target, weight: weight) }
        return evaluator.finish()
    }
}

/// The same over batches whose reading can throw; modes are restored then as well.
public func evaluate<Input, Failure>(
    _ model: some Module<Input, Tensor>, _ results: some Sequence<Result<(Input, Tensor), Failure>>,
    metrics: KeyValuePairs<String, any Metric> = [:], loss: ((Tensor, Tensor) -> Tensor)? = nil,
    progress: ProgressBar? = nil
) throws(Failure) -> Evaluation {
    var evaluator = Evaluator(
        metrics, loss.map { loss in { prediction, target, _ in loss(prediction, target) } }, progress)
    return try model.inEvaluationMode { () throws(Failure) in
        for result in results {
            let (input, target) = try result.get()
            evaluator.add(model(input), target, weight: nil)
        }
        return evaluator.finish()
    }
}

private struct Evaluator {
    private let metrics: MetricCollection
    private let loss: ((Tensor, Tensor, Tensor?) -> Tensor)?
    private var progress: ProgressBar?
    private let meanLoss = Mean()

    init(
        _ metrics: KeyValuePairs<String, any Metric>, _ loss: ((Tensor, Tensor, Tensor?) -> Tensor)?,
        _ progress: ProgressBar?
    ) {
        if metrics.contains(where: { $0.key == "loss" }) {
            mistake("evaluate", "expects other names of metrics than 'loss'")
        }
        self.metrics = MetricCollection(metrics)
        (self.loss, self.progress) = (loss, progress)
        self.metrics.reset()
    }

    mutating func add(_ prediction: Tensor, _ target: Tensor, weight: Tensor?) {
        metrics.update(prediction, target, sampleWeight: weight)
        if let loss {
            let value = loss(prediction, target, weight)
            if value.count == 1, target.rank == 0 || target.shape[0] != 1 || value.rank == 0 {
                let examples = weight?.sum().item() ?? Double(target.rank == 0 ? 1 : target.shape[0])
                // Of no examples it is NaN, and counts for nothing.
                if examples > 0 { meanLoss.add(value.item(), weight: examples) }
            } else {
                meanLoss.update(value, sampleWeight: weight)
            }
        }
        progress?.advance()
    }

    mutating func finish() -> Evaluation {
        let result = Evaluation(loss: loss == nil ? nil : meanLoss.value, metrics: metrics.value)
        progress?.finish(result.values)
        return result
    }
}

extension Mean {
    /// - Parameter weight: of the examples that `value` is the mean of.
    fileprivate func add(_ value: Double, weight: Double) {
        sums.add(value, times: weight, at: 0)
        sums.add(weight, at: 1)
    }
}
