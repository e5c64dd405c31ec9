import TernCore

extension Report {
    /// The usual report of a classifier's training, from plain values; what is left out or empty is not in it.
    ///
    /// ```swift
    /// let report = Report.classification(
    ///     title: "LeNet on MNIST",
    ///     results: ["test accuracy": "98.26 %"],
    ///     configuration: ["optimizer": "Adam", "learning rate": "0.002", "batch": "64", "seed": "1"],
    ///     curves: [
    ///         Chart(title: "Loss", xLabel: "step", yLabel: "loss", width: 520, height: 340) {
    ///             Line(losses, name: "training", smoothing: 0.95)
    ///         },
    ///         Chart(title: "Accuracy", xLabel: "epoch", yLabel: "accuracy", width: 520, height: 340) {
    ///             Line(1...epochs, trainAccuracies, name: "training", marker: .circle)
    ///             Line(1...epochs, testAccuracies, name: "test", marker: .square)
    ///         },
    ///     ],
    ///     confusion: confusion.counts,
    ///     samples: (0..<20).map { Picture(images[$0], predicted: "\(predicted[$0])", truth: "\(labels[$0])") },
    ///     model: "\(summary(of: model, inputShape: [1, 1, 28, 28]))",
    ///     timings: ["training": "41.2 s", "step": "0.70 ms", "images a second": "91,000"])
    /// try report.write(to: "report.html")
    /// ```
    ///
    /// - Parameters:
    ///   - title: of the page.
    ///   - subtitle: below it.
    ///   - results: the numbers that matter most, shown large.
    ///   - configuration: the settings of the training.
    ///   - curves: charts, two in a row where there is room.
    ///   - confusion: counts [C, C] by truth (rows) and prediction (columns), such as `ConfusionMatrix.counts`; also
    ///     gives a table of precision, recall and F1 of each class.
    ///   - classNames: C names; by default 0, 1, 2 ...
    ///   - samples: pictures with their predictions.
    ///   - model: the model's summary or description.
    ///   - timings: how long what took.
    public static func classification(
        title: String, subtitle: String = "", results: Fields = [:], configuration: Fields = [:], curves: [Chart] = [],
        confusion: Tensor? = nil, classNames: [String]? = nil, samples: [Picture] = [], model: String = "",
        timings: Fields = [:]
    ) -> Report {
        var report = Report(title: title, subtitle: subtitle)
        if !results.pairs.isEmpty { report.add(.results(results)) }
        if !curves.isEmpty { report.add(.plots("Training", curves)) }
        if let confusion {
            report.add(.plot(HeatMap(confusion: confusion, classNames: classNames)))
            report.add(perClass(confusion, classNames))
        }
        if !samples.isEmpty { report.add(.pictures("Predictions", samples)) }
        if !configuration.pairs.isEmpty { report.add(.fields("Configuration", configuration)) }
        if !timings.pairs.isEmpty { report.add(.fields("Timings", timings)) }
        if !model.isEmpty { report.add(.preformatted("Model", model)) }
        return report
    }

    /// Precision, recall and F1 of each class, and with which other class it was confused most.
    private static func perClass(_ counts: Tensor, _ classNames: [String]?) -> Section {
        let classes = counts.shape[0]
        let names = classNames ?? (0..<classes).map(String.init)
        let numbers = counts.detached.array(of: Double.self)
        func count(_ truth: Int, _ predicted: Int) -> Double { numbers[truth * classes + predicted] }
        func share(_ part: Double, _ whole: Double) -> String {
            if whole == 0 { return "–" }
            return Decimal10(Int((part / whole * 1000).rounded(), in: 0...1000), exponent: -1).plain + " %"
        }
        let rows = (0..<classes).map { index -> [String] in
            let right = count(index, index)
            let examples = (0..<classes).reduce(0) { $0 + count(index, $1) }
            let predictions = (0..<classes).reduce(0) { $0 + count($1, index) }
            let mistakes = (0..<classes).filter { $0 != index }
            let worst = mistakes.max { count(index, $0) < count(index, $1) }
            let confused = worst.map { count(index, $0) == 0 ? "" : "\(names[$0]) (\(shortText(count(index, $0))))" }
            return [
                names[index], shortText(examples), share(right, predictions), share(right, examples),
                share(2 * right, examples + predictions), confused ?? "",
            ]
        }
        return .table(
            "Classes", columns: ["class", "examples", "precision", "recall", "F1", "most often taken for"], rows: rows)
    }
}
