import TernCore

/// Something that gathers numbers over batches: its state can be merged with that of another one (another machine's, say),
/// kept in a checkpoint, and forgotten.
///
/// How the examples are cut into batches, their order and merging make no difference to the value, not in the last bit:
/// counts are integers, and other sums are exact until they are read (``ExactSums``).
public protocol Accumulator<Value>: AnyObject, Stateful {
    /// What it tells: a number, unless said otherwise.
    associatedtype Value = Double

    /// What has been gathered so far comes to this.
    var value: Value { get }

    /// Adds what another one with the same settings has gathered.
    func merge(_ other: Self)

    /// Forgets all batches.
    func reset()
}

/// How well predictions meet their targets, over all batches that were added.
///
/// ```swift
/// let accuracy = Accuracy()
/// for (images, labels) in testBatches { accuracy.update(model(images), labels) }
/// accuracy.value    // 0.9826
/// accuracy.reset()
/// ```
///
/// Metrics keep nothing of the graph that made the predictions. What is checked is the same everywhere: shapes and labels
/// that do not fit stop with a message; numbers that are not finite are no mistake, and each metric says what they do.
///
/// A metric of one's own is a few lines if it is a function of sums: see ``Summing``.
public protocol Metric<Value>: Accumulator {
    /// Adds a batch: what the model gave, and what is true; of which shape and kind, each metric says.
    ///
    /// `sampleWeight` is how much each example counts: finite numbers of at least 0 (or bool) in the shape of the first
    /// axes of the targets, such as [N]. An example with weight 0 is left out, whatever is in it. Without weights each
    /// counts 1.
    func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?)
}

extension Metric {
    /// Adds a batch, each of whose examples counts 1.
    public func update(_ predictions: Tensor, _ targets: Tensor) { update(predictions, targets, sampleWeight: nil) }

    /// The value of one batch: what the plain functions are made of.
    func of(_ predictions: Tensor, _ targets: Tensor, _ sampleWeight: Tensor?) -> Value {
        update(predictions, targets, sampleWeight: sampleWeight)
        return value
    }
}

extension Accumulator {
    /// Adds what `other` has gathered, which must be of this type.
    func merge(any other: any Accumulator, _ operation: String) {
        guard let other = other as? Self else {
            mistake(operation, "expects another \(Self.self), got \(type(of: other))")
        }
        merge(other)
    }
}

/// An accumulator that is a function of sums over examples: with the sums, all but its update and its value is there.
///
/// ```swift
/// /// The share of predictions that are at most `tolerance` from the target.
/// final class ShareWithin: Metric, Summing {
///     let tolerance: Double
///     var sums = ExactSums(count: 2)
///     init(_ tolerance: Double) { self.tolerance = tolerance }
///
///     func update(_ predictions: Tensor, _ targets: Tensor, sampleWeight: Tensor?) {
///         let batch = MetricBatch("ShareWithin", predictions, targets, sampleWeight)
///         sums.add(abs(batch.predictions - batch.targets) .<= tolerance, weights: batch, at: 0)
///         sums.add(weightsOf: batch, at: 1)
///     }
///
///     var value: Double { sums[0] / sums[1] }
/// }
/// ```
public protocol Summing: Accumulator {
    /// All that is remembered.
    var sums: ExactSums { get set }
}

extension Summing {
    public func merge(_ other: Self) { sums.add(other.sums) }

    public func reset() { sums.reset() }

    public var savedState: [String: StateValue] { sums.state() }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let sums = ExactSums(count: sums.count, from: &reader)
        return { self.sums = sums }
    }
}
