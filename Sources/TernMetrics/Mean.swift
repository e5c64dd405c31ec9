import TernCore

/// The running mean of values, such as the losses of an epoch's batches weighted by the batches' sizes.
///
/// ```swift
/// let loss = Mean()
/// loss.update(2, count: 64)
/// loss.update(4, count: 32)
/// loss.value   // 2.666...
/// ```
public final class Mean {
    private var sum = 0.0
    /// The number of examples so far.
    public private(set) var count = 0

    public init() {}

    /// - Parameter count: how many examples `value` is the mean of.
    public func update(_ value: Double, count: Int = 1) {
        if count < 0 { mistake("Mean.update", "count must not be negative, got \(count)") }
        let (total, overflows) = self.count.addingReportingOverflow(count)
        if overflows { mistake("Mean.update", "cannot count \(count) more than \(self.count) examples") }
        sum += value * Double(count)
        self.count = total
    }

    /// - Parameters:
    ///   - value: a tensor with one element, such as a loss.
    ///   - count: how many examples it is the mean of.
    public func update(_ value: Tensor, count: Int = 1) { update(value.item(), count: count) }

    /// NaN as long as there is no example.
    public var value: Double { sum / Double(count) }

    public func reset() { (sum, count) = (0, 0) }
}

extension Mean: Stateful {
    public var savedState: [String: StateValue] { ["sum": .number(sum), "count": .integer(count)] }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let (sum, count) = (reader.number("sum"), reader.integer("count"))
        return { (self.sum, self.count) = (sum, count) }
    }
}
