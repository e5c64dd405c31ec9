import TernCore

/// A batch as metrics see it: without its graph, and without the examples of weight 0.
public struct MetricBatch {
    /// What the model gave, detached.
    public let predictions: Tensor
    /// What is true, detached.
    public let targets: Tensor
    /// The weights of the examples, along the first axes; nil where each counts 1.
    private let weights: [Double]?

    /// - Parameters:
    ///   - operation: the metric's name, for messages.
    ///   - predictions: what the metric was given.
    ///   - targets: what the metric was given.
    ///   - sampleWeight: see ``Metric/update(_:_:sampleWeight:)``.
    public init(_ operation: String, _ predictions: Tensor, _ targets: Tensor, _ sampleWeight: Tensor?) {
        guard let sampleWeight else {
            (self.predictions, self.targets, weights) = (predictions.detached, targets.detached, nil)
            return
        }
        let axes = sampleWeight.rank
        for tensor in [targets, predictions]
        where tensor.rank < axes || Shape(tensor.shape.prefix(axes)) != sampleWeight.shape {
            mistake(
                operation,
                "expects a sampleWeight of the shape of the first axes of predictions and targets, got "
                    + "\(sampleWeight.shape) (predictions \(predictions.shape), targets \(targets.shape))")
        }
        let weights = sampleWeight.detached.array(of: Double.self)
        if let wrong = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
            mistake(operation, "expects a sampleWeight of finite numbers of at least 0, got \(wrong)")
        }
        if !weights.contains(0) {
            (self.predictions, self.targets, self.weights) = (predictions.detached, targets.detached, weights)
            return
        }
        let kept = weights.indices.filter { weights[$0] != 0 }
        let rows = Tensor(shape: [kept.count], values: kept)
        func examples(_ tensor: Tensor) -> Tensor {
            tensor.detached.reshaped(Shape([weights.count] + tensor.shape.dropFirst(axes))).selected(rows)
        }
        (self.predictions, self.targets) = (examples(predictions), examples(targets))
        self.weights = kept.map { weights[$0] }
    }

    /// The weight of each element of `values`, whose first axes are those of the examples; nil where each counts 1.
    public func weights(of values: Tensor) -> [Double]? {
        guard let weights else { return nil }
        if weights.count == values.count { return weights }
        let repeats = weights.isEmpty ? 0 : values.count / weights.count
        if repeats * weights.count != values.count {
            mistake("MetricBatch", "expects values of \(weights.count) examples, got \(values.shape)")
        }
        return weights.flatMap { repeatElement($0, count: repeats) }
    }
}
