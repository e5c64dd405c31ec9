import ExampleSupport
import Foundation
import Tern

/// Writes what `--report FILE` asks for: one page about the whole run, interruptions or not.
func writeReport(
    to file: String, _ options: Options, _ model: any Module<Tensor, Tensor>, _ test: Digits, _ history: History,
    _ stopwatch: Stopwatch
) throws {
    let (images, labels) = test.batch(at: Array(0..<test.count)[...])
    model.eval()
    defer { model.train() }
    let predicted = withoutGradients { model(scaled(images)) }.argmax(axis: 1)
    let (truths, guesses) = (labels.array(of: Int.self), predicted.array(of: Int.self))
    let confusion = ConfusionMatrix(classes: 10)
    confusion.update(predicted, labels)

    // The first images, and then some of those that were told wrong.
    let wrong = truths.indices.filter { truths[$0] != guesses[$0] }
    let samples = (Array(0..<min(10, test.count)) + wrong.prefix(20)).map { index in
        Picture(images[index], predicted: "\(guesses[index])", truth: "\(truths[index])")
    }
    var results: Report.Fields = ["test accuracy": percent(confusion.accuracy)]
    results.append("wrong of \(test.count)", "\(wrong.count)")
    if let loss = history.epochs["loss"]?.last { results.append("training loss", String(format: "%.4f", loss)) }
    var timings: Report.Fields = [:]
    if stopwatch.laps > 0 {
        timings.append("steps since the start of the program", "\(stopwatch.laps)")
        timings.append("time of a step", String(format: "%.2f ms", stopwatch.secondsPerStep * 1e3))
        timings.append("images a second", "\(Int(stopwatch.examplesPerSecond))")
        timings.append("threads", "\(threadCount)")
    }

    let epochs = history.epochs["loss"]?.values.count ?? 0
    try Report.classification(
        title: "LeNet on \(options.data == nil ? "handwritten-like digits" : "MNIST")",
        subtitle: "\(epochs) epoch\(epochs == 1 ? "" : "s"), seed \(options.seed)",
        results: results, configuration: Report.Fields(options.configuration), curves: curves(history),
        confusion: confusion.counts,
        samples: samples, model: "\(summary(of: model, inputShape: [1, 1, 28, 28]))", timings: timings
    ).write(to: file)
    print("report: \(file)")
}

private func curves(_ history: History) -> [Chart] {
    guard let loss = history.steps["loss"], let train = history.epochs["accuracy"],
        let test = history.epochs["test accuracy"]
    else { return [] }
    return [
        Chart(title: "Loss", xLabel: "step", yLabel: "cross-entropy", width: 520, height: 340) {
            Line(loss.places, loss.values, name: "training", smoothing: 0.95)
        },
        Chart(title: "Accuracy", xLabel: "epoch", yLabel: "accuracy", width: 520, height: 340) {
            Line(train.places, train.values, name: "training", marker: .circle)
            Line(test.places, test.values, name: "test", marker: .square)
        },
    ]
}

private func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

extension Options {
    /// The settings in words.
    var configuration: [(name: String, value: String)] {
        [
            ("data", data == nil ? "embedded digits" : "MNIST"), ("model", model), ("epochs", "\(epochs)"),
            ("batch", "\(batchSize)"), ("optimizer", "Adam"), ("learning rate", "\(learningRate), \(schedule)"),
            ("seed", "\(seed)"),
        ]
    }
}
