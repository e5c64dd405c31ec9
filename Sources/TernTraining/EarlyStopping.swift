import TernCore
import TernNN

/// Tells when a metric has stopped improving, and gives the best weights back.
///
/// ```swift
/// let stopping = EarlyStopping(patience: 3, mode: .maximum, model: model)
/// for epoch in 0..<100 {
///     ...
///     if stopping.update(validationAccuracy) { break }
/// }
/// stopping.restoreBestWeights()
/// ```
///
/// As Keras's `EarlyStopping`: a value counts as better if it is by more than `minimumChange`, and after `patience` values
/// in a row that are not, it is time to stop. A checkpoint keeps the mode and the best value, and must be of the same mode.
public final class EarlyStopping: Stateful {
    /// How many values in a row may fail to be better; 0 is as 1.
    public let patience: Int
    /// Whether it is time to stop.
    public var shouldStop: Bool { sinceBest >= max(patience, 1) }
    /// The best value so far; nil before the first.
    public var best: Double? { bestValue.value }
    /// The number of values since the best one.
    public private(set) var sinceBest = 0

    private var bestValue: BestValue
    private let model: (any Module)?
    private var bestWeights: [String: Tensor]?

    /// - Parameters:
    ///   - patience: how many values in a row may fail to be better; 0 is as 1.
    ///   - minimumChange: by how much a value must be better to count; not negative.
    ///   - mode: whether smaller or larger values are better.
    ///   - model: whose best weights are kept.
    public init(
        patience: Int, minimumChange: Double = 0, mode: MetricMode = .minimum, model: (any Module)? = nil
    ) {
        if patience < 0 { mistake("EarlyStopping", "patience must be at least 0, got \(patience)") }
        if !(minimumChange >= 0) {
            mistake("EarlyStopping", "minimumChange must be at least 0, got \(minimumChange)")
        }
        self.patience = patience
        self.model = model
        bestValue = BestValue(mode: mode, threshold: .absolute(minimumChange))
    }

    /// Takes the metric's value of an epoch. NaN is never better.
    ///
    /// - Returns: whether it is time to stop.
    @discardableResult
    public func update(_ value: Double) -> Bool {
        if bestValue.improve(value) {
            sinceBest = 0
            bestWeights = model?.stateDictionary()
        } else {
            sinceBest += 1
        }
        return shouldStop
    }

    /// Sets the model to the weights that it had at the best value. Nothing happens before there is one.
    public func restoreBestWeights() {
        guard let model else { mistake("EarlyStopping.restoreBestWeights", "expects a model, got none at init") }
        guard let bestWeights else { return }
        do { try model.loadStateDictionary(bestWeights) } catch { mistake("EarlyStopping", "\(error)") }
    }

    public var savedState: [String: StateValue] {
        var state = bestValue.state
        state["sinceBest"] = .integer(sinceBest)
        for (name, tensor) in bestWeights ?? [:] { state["weights.\(name)"] = .tensor(tensor) }
        return state
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let bestValue = bestValue.restored(from: &reader)
        let sinceBest = reader.integer("sinceBest")
        let weights = reader.tensors(prefix: "weights.")
        if let model, bestValue.value != nil { _ = reader.part("weights.") { model.restoring(from: &$0) } }
        return {
            (self.bestValue, self.sinceBest) = (bestValue, sinceBest)
            self.bestWeights = self.model == nil || weights.isEmpty ? nil : weights
        }
    }
}
