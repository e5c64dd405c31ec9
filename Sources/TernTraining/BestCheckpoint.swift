import TernCore
import TernFormats
import TernNN

/// Saves the weights of a model whenever a metric is better than ever before.
///
/// ```swift
/// let best = BestCheckpoint("best.safetensors", mode: .maximum)
/// for epoch in 0..<epochs {
///     ...
///     try best.update(validationAccuracy, model)
/// }
/// try model.loadStateDictionary(SafetensorsFile(contentsOf: "best.safetensors").tensors())
/// ```
///
/// The file is the model's state dictionary, under PyTorch's names, with the metric in the metadata. Keras's
/// `ModelCheckpoint(save_best_only=True)`. A training's checkpoint keeps the mode and the best value, and must be of the
/// same mode.
public final class BestCheckpoint: Stateful {
    /// Of the file.
    public let path: String
    /// The best value so far; nil before the first.
    public var best: Double? { bestValue.value }

    private var bestValue: BestValue

    /// - Parameters:
    ///   - path: of the file.
    ///   - mode: whether smaller or larger values are better.
    public init(_ path: String, mode: MetricMode = .minimum) {
        self.path = path
        bestValue = BestValue(mode: mode)
    }

    /// Takes the metric's value, and saves the weights if it is better. NaN is never better.
    ///
    /// - Returns: whether it is.
    /// - Throws: if the file cannot be written; the one before and ``best`` are then as they were.
    @discardableResult
    public func update(_ value: Double, _ model: any Module) throws(FormatError) -> Bool {
        var improved = bestValue
        guard improved.improve(value) else { return false }
        try SafetensorsFile.write(model.stateDictionary(), metadata: ["metric": "\(value)"], to: path)
        bestValue = improved
        return true
    }

    public var savedState: [String: StateValue] { bestValue.state }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let bestValue = bestValue.restored(from: &reader)
        return { self.bestValue = bestValue }
    }
}
