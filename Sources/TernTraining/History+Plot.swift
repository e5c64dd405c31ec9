import TernCore
import TernPlot

extension HistoryTable {
    /// What the names of numbers from validation begin with.
    public static let validationPrefix = "validation "

    /// Adds the numbers of training and those of validation, whose names get ``validationPrefix``.
    ///
    /// ```swift
    /// let result = evaluate(model, testBatches, metrics: ["accuracy": Accuracy()], loss: { crossEntropy($0, $1) })
    /// history.epochs.append(
    ///     training: [("loss", meanLoss.value), ("accuracy", accuracy.value)], validation: result.values, at: epoch)
    /// try history.epochs.plot("loss").write(to: "loss.svg")     // both curves
    /// ```
    public mutating func append(
        training: [(name: String, value: Double)], validation: [(name: String, value: Double)] = [], at place: Int
    ) {
        for (name, value) in training { append(value, to: name, at: place) }
        for (name, value) in validation { append(value, to: Self.validationPrefix + name, at: place) }
    }

    /// A number's curve over the steps or epochs, with that of the validation if there is one. Where nothing is smoothed and all
    /// is above 0, the axis is logarithmic if the largest value is more than 50 times the smallest.
    ///
    /// - Parameters:
    ///   - name: of the number, as it was logged.
    ///   - smoothing: of the curve of training if it has more than 50 values, see `Line`.
    public func plot(_ name: String, smoothing: Double = 0) -> Chart {
        let parts = [(self[name], "training"), (self[Self.validationPrefix + name], "validation")]
        let found = parts.compactMap { series, label in series.map { ($0, label) } }
        if found.isEmpty {
            mistake("HistoryTable.plot", "expects one of \(quantities), got '\(name)'")
        }
        let hasBoth = found.count == 2
        let values = smoothing == 0 ? found.flatMap(\.0.values).filter(\.isFinite) : []
        let isWide = (values.min() ?? 0) > 0 && values.max()! > 50 * values.min()!
        return Chart(
            title: name.prefix(1).uppercased() + name.dropFirst(), xLabel: place, yLabel: name,
            yScale: isWide ? .logarithmic : .linear
        ) {
            for (series, label) in found {
                let isShort = series.places.count <= 50
                Line(
                    series.places, series.values, name: hasBoth ? label : nil,
                    marker: isShort ? (label == "training" ? .circle : .square) : nil,
                    smoothing: label == "training" && !isShort ? smoothing : 0)
            }
        }
    }

    /// A chart for each number, training and validation side by side: all of a history in one call.
    ///
    /// ```swift
    /// report.add(.plots("Training", history.epochs.plots()))
    /// ```
    public func plots(smoothing: Double = 0) -> [Chart] { quantities.map { plot($0, smoothing: smoothing) } }

    /// The names of the series without those that are the validation of another one, or with what follows their prefix.
    var quantities: [String] {
        var names: [String] = []
        for series in series {
            let isValidation = series.name.hasPrefix(Self.validationPrefix)
            let name = isValidation ? String(series.name.dropFirst(Self.validationPrefix.count)) : series.name
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
