import TernCore

/// Whether a metric is better the smaller or the larger it is.
public enum MetricMode: Sendable {
    /// Losses and errors.
    case minimum
    /// Accuracies and scores.
    case maximum
}

/// The best value of a metric so far.
struct BestValue {
    let mode: MetricMode
    let minimumChange: Double
    private(set) var value: Double?

    /// Takes a value, if it is better than the best one by more than the minimum change. The first one is, NaN never.
    mutating func improve(_ new: Double) -> Bool {
        let isBetter =
            switch (mode, value) {
            case (_, nil): !new.isNaN
            case (.minimum, let best?): new < best - minimumChange
            case (.maximum, let best?): new > best + minimumChange
            }
        if isBetter { value = new }
        return isBetter
    }

    var state: [String: StateValue] {
        var state: [String: StateValue] = ["mode": .text("\(mode)")]
        if let value { state["best"] = .number(value) }
        return state
    }

    /// - Returns: the best value of the checkpoint, which must be of the same mode: the best loss is no accuracy to beat.
    func restored(from reader: inout StateReader) -> BestValue {
        var restored = self
        // The first version did not save it.
        if reader.values["mode"] != nil {
            let found = reader.text("mode")
            if found != "\(mode)" { reader.complain("the mode is \(mode) now, and \(found) in the checkpoint") }
        }
        restored.value = reader.values["best"] == nil ? nil : reader.number("best")
        return restored
    }
}
