import TernCore

/// Whether a metric is better the smaller or the larger it is.
public enum MetricMode: Sendable {
    /// Losses and errors.
    case minimum
    /// Accuracies and scores.
    case maximum
}

/// By how much a metric must be better than the best value so far to count.
public enum ImprovementThreshold: Equatable, Sendable {
    /// By this much.
    case absolute(Double)
    /// A share of the best value.
    case relative(Double)

    /// The amount, or the share.
    var size: Double {
        switch self {
        case .absolute(let size), .relative(let size): size
        }
    }
}

/// The best value of a metric so far.
struct BestValue {
    let mode: MetricMode
    let threshold: ImprovementThreshold
    private(set) var value: Double?

    init(mode: MetricMode, threshold: ImprovementThreshold = .absolute(0), value: Double? = nil) {
        (self.mode, self.threshold, self.value) = (mode, threshold, value)
    }

    /// Takes a value, if it is better than the best one by more than the threshold. The first one is, NaN never.
    mutating func improve(_ new: Double) -> Bool {
        let isBetter =
            switch (mode, threshold, value) {
            case (_, _, nil): !new.isNaN
            case (.minimum, .absolute(let change), let best?): new < best - change
            case (.maximum, .absolute(let change), let best?): new > best + change
            case (.minimum, .relative(let share), let best?): new < best * (1 - share)
            case (.maximum, .relative(let share), let best?): new > best * (1 + share)
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
