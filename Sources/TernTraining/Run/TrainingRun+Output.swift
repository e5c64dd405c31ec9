import Foundation
import TernCore
import TernData
import TernFormats
import TernPlot

extension TrainingRun {
    /// Writes a picture to the folder for pictures, as `name.svg`, and prints its path. Without a folder nothing happens.
    public func save(_ picture: some Plot, as name: String) throws(TrainingRunError) {
        guard let picturesPath else { return }
        let path = "\(picturesPath)/\(name).svg"
        try passingFileErrors { () throws(FormatError) in try picture.write(to: path) }
        print("picture: \(path)")
    }

    /// Shows what a classifier learned: writes some of its predictions and its confusion matrix to the folder for pictures, as
    /// `predictions.svg` and `confusion.svg`, and the report, if they were asked for.
    ///
    /// ```swift
    /// let result = Classification(model, testLoader)
    /// try run.writeResults(
    ///     result, of: digits.test, at: Array(0..<10), title: "LeNet on MNIST",
    ///     model: "\(summary(of: model, inputShape: [1, 1, 28, 28]))")
    /// ```
    ///
    /// - Parameters:
    ///   - result: what the model said.
    ///   - images: what was classified, as pictures [C, H, W] and in the same order.
    ///   - indices: which of them are shown; in the report some of the other mistakes are besides.
    ///   - title: of the report.
    ///   - model: the model's summary or description.
    public func writeResults(
        _ result: Classification, of images: some Dataset<(Tensor, Tensor), Never>, at indices: [Int], title: String,
        model: String = ""
    ) throws(TrainingRunError) {
        let chosen = result.pictures(of: images, at: indices)
        let others = result.mistakes.filter { !indices.contains($0) }.prefix(20)
        try save(ImageGrid(title: "Test images", columns: 5, pictures: chosen), as: "predictions")
        try save(HeatMap(confusion: result.confusion, classNames: result.classNames), as: "confusion")
        try writeReport(
            title: title,
            results: [
                "test accuracy": String(format: "%.2f %%", result.accuracy * 100),
                "wrong of \(result.labels.count)": "\(result.mistakes.count)",
            ],
            classification: result,
            samples: chosen + result.pictures(of: images, at: Array(others)), model: model)
    }

    /// Writes the HTML page about the whole run, interruptions or not, and prints its path; nothing happens if none was asked
    /// for. It has the curves of the history, the settings and the times besides what it is given.
    ///
    /// ```swift
    /// try run.writeReport(
    ///     title: "LeNet on MNIST", results: ["test accuracy": "98.26 %"], classification: result,
    ///     samples: result.pictures(of: digits.test, at: Array(0..<10)),
    ///     model: "\(summary(of: model, inputShape: [1, 1, 28, 28]))")
    /// ```
    ///
    /// - Parameters:
    ///   - title: of the page.
    ///   - subtitle: by default the number of epochs, and the seed if it is a setting.
    ///   - results: the numbers that matter most, shown large.
    ///   - classification: for a classifier, which gets its confusion matrix and a table of its classes.
    ///   - samples: pictures with what was predicted for them.
    ///   - sections: others, behind the curves.
    ///   - model: the model's summary or description.
    public func writeReport(
        title: String, subtitle: String? = nil, results: Report.Fields = [:], classification: Classification? = nil,
        samples: [Picture] = [], sections: [Report.Section] = [], model: String = ""
    ) throws(TrainingRunError) {
        guard let reportPath else { return }
        let epochs = position.epoch
        let seed = settings.first { $0.name == "--seed" }.map { ", seed \($0.value.plain)" } ?? ""
        var timings: Report.Fields = [:]
        if stopwatch.laps > 0 {
            timings.append("steps since the start of the program", "\(stopwatch.laps)")
            timings.append("time of a step", String(format: "%.2f ms", stopwatch.secondsPerStep * 1e3))
            timings.append("examples a second", "\(Int(stopwatch.examplesPerSecond))")
            timings.append("threads", "\(threadCount)")
        }
        let configuration = Report.Fields(
            [("epochs", "\(epochs)")] + settings.map { (String($0.name.drop { $0 == "-" }), $0.value.plain) })
        var report = Report.classification(
            title: title, subtitle: subtitle ?? "\(epochs) epoch\(epochs == 1 ? "" : "s")\(seed)", results: results,
            configuration: configuration, curves: curves(), confusion: classification?.confusion,
            classNames: classification?.classNames, samples: samples, model: model, timings: timings)
        let place = report.sections.count - (model.isEmpty ? 0 : 1) - (timings.pairs.isEmpty ? 0 : 1) - 1
        report.sections.insert(contentsOf: sections, at: place)
        try passingFileErrors { () throws(FormatError) in try report.write(to: reportPath) }
        print("report: \(reportPath)")
    }

    /// The numbers of the steps, smoothed, and those of the epochs that say more: because there is a validation, or because
    /// steps do not have them.
    private func curves() -> [Chart] {
        let (steps, epochs) = (history.steps, history.epochs)
        let ofSteps = steps.quantities.filter { steps[$0]!.values.count > epochs[$0]?.values.count ?? 0 }
        let ofEpochs = epochs.quantities.filter { name in
            !ofSteps.contains(name) || epochs[HistoryTable.validationPrefix + name] != nil
        }
        return (ofSteps.map { steps.plot($0, smoothing: 0.95) } + ofEpochs.map { epochs.plot($0) }).map { chart in
            var chart = chart
            (chart.width, chart.height) = (520, 340)
            return chart
        }
    }
}
