import TernCore
import TernFormats

/// What was measured in a run: named series of numbers over steps and over epochs.
///
/// ```swift
/// let history = History()
/// history.steps.append(["loss": loss.item()], at: step)
/// history.epochs.append(["loss": meanLoss.value, "test accuracy": accuracy.value], at: epoch)
///
/// history.steps["loss"]!.values               // [2.302, 2.281, ...]
/// print(history.epochs.csv())                 // epoch,loss,test accuracy ...
/// try history.steps.writeCSV(to: "steps.csv")
/// ```
///
/// Kept in a checkpoint (`training.keep(history, as: "history")`), it goes on as if the run had not been interrupted.
public final class History: Stateful {
    /// By the number of the step.
    public var steps = HistoryTable(place: "step")
    /// By the number of the epoch.
    public var epochs = HistoryTable(place: "epoch")

    /// A history without values.
    public init() {}

    public var savedState: [String: StateValue] {
        steps.state(prefix: "steps.").merging(epochs.state(prefix: "epochs.")) { $1 }
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let steps = HistoryTable(place: steps.place, from: &reader, prefix: "steps.")
        let epochs = HistoryTable(place: epochs.place, from: &reader, prefix: "epochs.")
        return { (self.steps, self.epochs) = (steps, epochs) }
    }
}

/// One of a history's numbers over steps or epochs.
public struct HistorySeries: Equatable, Sendable {
    /// What was measured.
    public let name: String
    /// The steps, or epochs.
    public fileprivate(set) var places: [Int] = []
    /// As many as there are places.
    public fileprivate(set) var values: [Double] = []

    /// The newest value, if there is one.
    public var last: Double? { values.last }
}

/// Series that share what they are counted by.
public struct HistoryTable: Equatable, Sendable {
    /// What the places are: `step` or `epoch`.
    public let place: String
    /// In the order in which their names first came.
    public private(set) var series: [HistorySeries] = []
    private var indices: [String: Int] = [:]

    init(place: String) { self.place = place }

    /// The series of that name, if anything was added to it.
    public subscript(name: String) -> HistorySeries? { indices[name].map { series[$0] } }

    /// Adds a value to each of these series.
    public mutating func append(_ values: KeyValuePairs<String, Double>, at place: Int) {
        for (name, value) in values { append(value, to: name, at: place) }
    }

    /// Adds a value to a series, which begins with its first one.
    public mutating func append(_ value: Double, to name: String, at place: Int) {
        if name == self.place {
            mistake("HistoryTable.append", "expects another name than that of the places, got '\(name)'")
        }
        let index = indices[name] ?? series.count
        if index == series.count {
            indices[name] = index
            series.append(HistorySeries(name: name))
        }
        series[index].places.append(place)
        series[index].values.append(value)
    }

    /// A row for each place, a column for each series; empty where a series has no value.
    ///
    /// ```
    /// epoch,loss,test accuracy
    /// 0,0.31,0.9612
    /// 1,0.09,0.9755
    /// ```
    public func csv() -> String { rows().map { CSV.row($0) }.joined() }

    /// Writes the table to a CSV file, whole or not at all.
    public func writeCSV(to path: String) throws(FormatError) {
        let rows = rows()
        try CSV.write(rows.dropFirst(), header: rows[0], to: path)
    }

    private func rows() -> [[String]] {
        // The last of several values at one place.
        let byPlace = series.map { Dictionary(zip($0.places, $0.values)) { $1 } }
        let places = Set(series.flatMap(\.places)).sorted()
        let header = [place] + series.map(\.name)
        return [header] + places.map { place in [String(place)] + byPlace.map { $0[place].map { "\($0)" } ?? "" } }
    }
}

extension HistoryTable {
    func state(prefix: String) -> [String: StateValue] {
        var state: [String: StateValue] = [prefix + "count": .integer(series.count)]
        for (index, series) in series.enumerated() {
            state["\(prefix)\(index).name"] = .text(series.name)
            state["\(prefix)\(index).places"] = .tensor(Tensor(shape: [series.places.count], values: series.places))
            state["\(prefix)\(index).values"] = .tensor(Tensor(shape: [series.values.count], values: series.values))
        }
        return state
    }

    init(place: String, from reader: inout StateReader, prefix: String) {
        self.init(place: place)
        // A count beyond the values that there are is a problem at the first of them.
        for index in 0..<min(reader.integer(prefix + "count"), reader.values.count) {
            let name = reader.text("\(prefix)\(index).name")
            let places = reader.tensor("\(prefix)\(index).places", dtype: .int64, shape: [-1])
            let values = reader.tensor("\(prefix)\(index).values", dtype: .float64, shape: [places.count])
            if places.count != values.count { continue }
            indices[name] = series.count
            series.append(HistorySeries(name: name, places: places.array(of: Int.self), values: values.array()))
        }
        if indices.count != series.count { reader.complain("\(place) series with one name twice") }
    }
}
