import TernCore
import TernMetrics
import TernOptimizers

extension Generator: Checkpointable {
    public var checkpointState: [String: CheckpointValue] {
        ["key": .integer(Int(bitPattern: UInt(state.key))), "counter": .integer(Int(bitPattern: UInt(state.counter)))]
    }

    public func restoring(from reader: inout CheckpointReader) -> () -> Void {
        let key = reader.integer("key", in: Int.min...Int.max)
        let counter = reader.integer("counter", in: Int.min...Int.max)
        let state = State(key: UInt64(UInt(bitPattern: key)), counter: UInt64(UInt(bitPattern: counter)))
        return { self.state = state }
    }
}

extension LearningRateScheduler: Checkpointable {
    public var checkpointState: [String: CheckpointValue] {
        var state: [String: CheckpointValue] = ["steps": .integer(steps)]
        for (group, rate) in baseRates.enumerated() { state["base rate \(group)"] = .number(rate) }
        return state
    }

    /// Sets the optimizer's learning rates too, as the schedule has them for the step.
    public func restoring(from reader: inout CheckpointReader) -> () -> Void {
        let steps = reader.integer("steps")
        var baseRates = baseRates
        // A checkpoint of an earlier version has none: then the rates are those of the new optimizer.
        if reader.values.keys.contains(where: { $0.hasPrefix("base rate ") }) {
            for group in baseRates.indices {
                let rate = reader.number("base rate \(group)")
                if !(rate >= 0) { reader.complain("base rate \(group): expects a number of at least 0, got \(rate)") }
                baseRates[group] = rate
            }
        }
        return {
            self.baseRates = baseRates
            self.steps = steps
        }
    }
}

extension Accuracy: Checkpointable {
    public var checkpointState: [String: CheckpointValue] { ["correct": .integer(correct), "total": .integer(total)] }

    public func restoring(from reader: inout CheckpointReader) -> () -> Void {
        let (correct, total) = (reader.integer("correct"), reader.integer("total"))
        return { (self.correct, self.total) = (correct, total) }
    }
}

extension Mean: Checkpointable {
    public var checkpointState: [String: CheckpointValue] { ["sum": .number(sum), "count": .integer(count)] }

    public func restoring(from reader: inout CheckpointReader) -> () -> Void {
        let (sum, count) = (reader.number("sum"), reader.integer("count"))
        return { (self.sum, self.count) = (sum, count) }
    }
}
