import TernCore

/// The running mean of values, such as the losses of an epoch's batches weighted by the batches' sizes. Keras's `Mean`.
///
/// ```swift
/// let loss = Mean()
/// loss.update(2, count: 64)
/// loss.update(4, count: 32)
/// loss.value   // 2.666...
/// ```
public final class Mean: Summing {
    /// The sum of values by weights, and that of the weights.
    public var sums = ExactSums(count: 2)

    /// The mean of no values, which is NaN.
    public init() {}

    /// The number of examples so far, or the sum of their weights.
    public var count: Double { sums[1] }

    /// - Parameters:
    ///   - value: a number, or the mean of several.
    ///   - count: how many examples `value` is the mean of; with 0, it is left out.
    public func update(_ value: Double, count: Int = 1) {
        if count < 0 { mistake("Mean.update", "count must not be negative, got \(count)") }
        if count == 0 { return }
        sums.add(value, times: Double(count), at: 0)
        sums.add(Double(count), at: 1)
    }

    /// - Parameters:
    ///   - value: a tensor with one element, such as a loss.
    ///   - count: how many examples it is the mean of.
    public func update(_ value: Tensor, count: Int) { update(value.item(), count: count) }

    /// Adds all elements.
    ///
    /// - Parameters:
    ///   - values: of any shape.
    ///   - sampleWeight: how much each counts, see ``Metric/update(_:_:sampleWeight:)``; the shape of the first axes of
    ///     `values`.
    public func update(_ values: Tensor, sampleWeight: Tensor? = nil) {
        let batch = MetricBatch("Mean", values, values, sampleWeight)
        sums.add(batch.targets, weights: batch, at: 0)
        sums.add(weightsOf: batch, at: 1)
    }

    /// NaN as long as there is no example.
    public var value: Double { sums[0] / sums[1] }
}

/// The running sum of values. Keras's `Sum`.
///
/// ```swift
/// let tokens = Sum()
/// tokens.update(512)
/// tokens.update(Tensor([3, 4]), sampleWeight: Tensor([1, 0.5]))
/// tokens.value   // 517.0
/// ```
public final class Sum: Summing {
    public var sums = ExactSums(count: 1)

    /// The sum of no values, 0.
    public init() {}

    /// Adds a number.
    public func update(_ value: Double) { sums.add(value) }

    /// Adds all elements, each times its weight.
    public func update(_ values: Tensor, sampleWeight: Tensor? = nil) {
        let batch = MetricBatch("Sum", values, values, sampleWeight)
        sums.add(batch.targets, weights: batch)
    }

    public var value: Double { sums[0] }
}
