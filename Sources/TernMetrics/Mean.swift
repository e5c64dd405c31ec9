import TernCore

/// The running mean of values, such as the losses of an epoch's batches weighted by the batches' sizes.
///
/// ```swift
/// var loss = Mean()
/// loss.add(2, weight: 64)
/// loss.add(4, weight: 32)
/// loss.value   // 2.666...
/// ```
public struct Mean: Sendable {
    private var sum = 0.0
    /// The sum of the weights.
    public private(set) var weight = 0.0

    public init() {}

    public mutating func add(_ value: Double, weight: Double = 1) {
        if !(weight >= 0) { mistake("Mean.add", "weight must not be negative, got \(weight)") }
        sum += value * weight
        self.weight += weight
    }

    /// Adds the elements of a tensor; each has the same weight.
    public mutating func add(_ values: Tensor, weight: Double = 1) {
        let sum = withoutGradients { values.converted(to: .float64).sum().item() }
        if values.count > 0 { add(sum / Double(values.count), weight: weight * Double(values.count)) }
    }

    /// NaN as long as nothing was added.
    public var value: Double { sum / weight }

    public mutating func reset() { self = Mean() }
}
