import TernCore
import TernMetrics

/// The means of named numbers over the examples of an epoch so far, in the order in which their names first came.
final class RunningMeans: Stateful {
    private var means: [(name: String, mean: Mean)] = []

    var values: [(name: String, value: Double)] { means.map { ($0.name, $0.mean.value) } }

    /// - Parameter count: how many examples `value` is the mean of.
    func update(_ name: String, _ value: Double, count: Int) {
        let index = means.firstIndex { $0.name == name } ?? means.count
        if index == means.count { means.append((name, Mean())) }
        means[index].mean.update(value, count: count)
    }

    func reset() { means = [] }

    var savedState: [String: StateValue] {
        var state: [String: StateValue] = ["count": .integer(means.count)]
        for (index, (name, mean)) in means.enumerated() {
            state["\(index).name"] = .text(name)
            for (key, value) in mean.savedState { state["\(index).mean.\(key)"] = value }
        }
        return state
    }

    func restoring(from reader: inout StateReader) -> () -> Void {
        var means: [(name: String, mean: Mean)] = []
        var changes: [() -> Void] = []
        // A count beyond the values that there are is a problem at the first of them.
        for index in 0..<min(reader.integer("count"), reader.values.count) {
            let mean = Mean()
            means.append((reader.text("\(index).name"), mean))
            changes.append(reader.part("\(index).mean.") { mean.restoring(from: &$0) })
        }
        return {
            for change in changes { change() }
            self.means = means
        }
    }
}
