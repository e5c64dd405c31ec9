import TernCore

/// Several metrics under names, updated, merged, reset and saved at once.
///
/// ```swift
/// let metrics = MetricCollection([
///     "accuracy": Accuracy(),
///     "F1": FBetaScore(.multiclass(classes: 10)),
/// ])
/// for (images, labels) in testBatches { metrics.update(model(images), labels) }
/// metrics["F1"]    // 0.97
/// metrics.value    // [(name: "accuracy", value: 0.98), (name: "F1", value: 0.97)]
/// ```
public final class MetricCollection: Metric {
    /// In the order in which they were given.
    public let metrics: [(name: String, metric: any Metric)]

    /// - Parameter metrics: with different names, which are not empty and have no `.`.
    public init(_ metrics: KeyValuePairs<String, any Metric>) {
        self.metrics = metrics.map { ($0.key, $0.value) }
        check()
    }

    /// - Parameter metrics: with different names, which are not empty and have no `.`.
    public init(_ metrics: [(name: String, metric: any Metric)]) {
        self.metrics = metrics
        check()
    }

    private func check() {
        var names: Set<String> = []
        for (name, _) in metrics {
            if name.isEmpty || name.contains(".") {
                mistake("MetricCollection", "expects names without '.' that are not empty, got '\(name)'")
            }
            if !names.insert(name).inserted {
                mistake("MetricCollection", "expects each name once, got '\(name)' twice")
            }
        }
    }

    public func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
        for (_, metric) in metrics { metric.update(predictions, targets, sampleWeight: sampleWeight) }
    }

    /// The values by their names, in their order; without those that are no numbers, such as a confusion matrix.
    public var value: [(name: String, value: Double)] {
        metrics.compactMap { name, metric in number(metric).map { (name, $0) } }
    }

    /// The value of that name; nil if there is none, or if it is no number.
    public subscript(name: String) -> Double? { metrics.first { $0.name == name }.flatMap { number($0.metric) } }

    private func number(_ metric: any Metric) -> Double? { metric.value as? Double }

    public func merge(_ other: MetricCollection) {
        if metrics.map(\.name) != other.metrics.map(\.name) {
            mistake("MetricCollection.merge", "expects \(metrics.map(\.name)), got \(other.metrics.map(\.name))")
        }
        for (own, other) in zip(metrics, other.metrics) {
            own.metric.merge(any: other.metric, "MetricCollection.merge")
        }
    }

    public func reset() { for (_, metric) in metrics { metric.reset() } }

    public var savedState: [String: StateValue] {
        var state: [String: StateValue] = [:]
        for (name, metric) in metrics {
            for (key, value) in metric.savedState { state["\(name).\(key)"] = value }
        }
        return state
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let changes = metrics.map { name, metric in reader.part("\(name).") { metric.restoring(from: &$0) } }
        return { for change in changes { change() } }
    }
}
