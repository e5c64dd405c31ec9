import Tern
import TernTestSupport
import Testing

@Suite("Evaluation and prediction")
struct EvaluationTests {
    static let inputs = Tensor.normal([10, 4], generator: Generator(seed: 3))
    static let labels = Tensor(shape: [10], values: [0, 1, 2, 0, 1, 2, 0, 1, 2, 1])
    static let weights = Tensor(shape: [10], values: [1, 0, 2, 1, 0.5, 0, 3, 1, 1, 1] as [Float])

    /// In batches of 4, 4 and 2.
    static let batches = TensorDataset(inputs, labels).batched(4)

    @Test("the loss and metrics are those of all examples at once, in evaluation mode")
    func values() {
        let model = SmallNet()
        let confusion = ConfusionMatrix(classes: 3)
        let result = evaluate(
            model, Self.batches,
            metrics: ["accuracy": Accuracy(), "confusion": confusion, "f1": FBetaScore(.multiclass(classes: 3))],
            loss: { crossEntropy($0, $1) })
        model.eval()
        let scores = withoutGradients { model(Self.inputs) }
        #expect(abs(result.loss! - crossEntropy(scores, Self.labels).item()) < 1e-6)
        #expect(result["accuracy"] == accuracy(scores, Self.labels))
        #expect(result["f1"] == f1Score(scores, Self.labels, .multiclass(classes: 3)))
        #expect(result["loss"] == result.loss && result["confusion"] == nil && result["other"] == nil)
        #expect(result.values.map(\.name) == ["loss", "accuracy", "f1"])
        #expect(confusion.total == 10)
    }

    @Test("a loss of each example gives the same value for any batches")
    func unreduced() {
        let model = SmallNet()
        let losses = [1, 3, 10].map { size in
            evaluate(
                model, TensorDataset(Self.inputs, Self.labels).batched(size),
                loss: { crossEntropy($0, $1, reduction: .none) }
            ).loss!
        }
        #expect(abs(losses[0] - losses[1]) < 1e-7 && abs(losses[1] - losses[2]) < 1e-7)
    }

    @Test("examples are weighted, in metrics and in the loss")
    func weighted() {
        let model = SmallNet()
        let batches = TensorDataset(Self.inputs, Self.labels, Self.weights).batched(3)
        let result = evaluate(
            model, batches, metrics: ["accuracy": Accuracy()],
            loss: { scores, labels, weights in
                (crossEntropy(scores, labels, reduction: .none) * weights).sum() / weights.sum()
            })
        let each = evaluate(
            model, batches, loss: { scores, labels, _ in crossEntropy(scores, labels, reduction: .none) })
        model.eval()
        let scores = withoutGradients { model(Self.inputs) }
        let losses = crossEntropy(scores, Self.labels, reduction: .none)
        let expected = (losses * Self.weights).sum().item() / Self.weights.sum().item()
        #expect(abs(result.loss! - expected) < 1e-6 && abs(each.loss! - expected) < 1e-6)
        #expect(result["accuracy"] == accuracy(scores, Self.labels, sampleWeight: Self.weights))
    }

    @Test("metrics begin anew, without batches there is no value")
    func reset() {
        let accuracy = Accuracy()
        accuracy.update([[0, 1, 0]], Tensor([0], dtype: .int64))
        let result = evaluate(
            SmallNet(), [(Tensor, Tensor)](), metrics: ["accuracy": accuracy], loss: { crossEntropy($0, $1) })
        #expect(result.loss!.isNaN && result["accuracy"]!.isNaN)
        #expect(evaluate(SmallNet(), Self.batches).values.isEmpty)
    }

    struct ReadError: Error, Equatable {}

    @Test("each module's own mode comes back, also after an error, and nothing records gradients")
    func modes() {
        let model = SmallNet()
        model.norm.isTraining = false
        func check() {
            #expect(!model.norm.isTraining && model.dropout.isTraining)
        }
        var sawGradients = false
        var modes: [Bool] = []
        _ = evaluate(
            model, Self.batches,
            loss: { scores, labels in
                sawGradients = sawGradients || scores.requiresGradient
                modes.append(model.dropout.isTraining)
                return crossEntropy(scores, labels)
            })
        check()
        #expect(!sawGradients && modes == [false, false, false])
        _ = predict(model, Self.inputs)
        check()
        let results: [Result<(Tensor, Tensor), ReadError>] = [
            .success((Self.inputs, Self.labels)), .failure(ReadError()),
        ]
        #expect(throws: ReadError()) { try evaluate(model, results, metrics: ["accuracy": Accuracy()]) }
        check()
        #expect(throws: ReadError()) { try model.inEvaluationMode { throw ReadError() } }
        check()
        // Gradients are recorded again.
        #expect(model(Self.inputs).requiresGradient)
    }

    @Test("what can throw and does not gives the same")
    func results() throws {
        let model = SmallNet()
        let pipeline = Self.batches.map { (batch) throws(ReadError) in batch }
        let result = try evaluate(model, pipeline.results, metrics: ["accuracy": Accuracy()])
        #expect(result["accuracy"] == evaluate(model, Self.batches, metrics: ["accuracy": Accuracy()])["accuracy"])
    }

    @Test("predictions of batches are those of all inputs at once", arguments: [1, 3, 10, 64])
    func predictions(size: Int) {
        let model = SmallNet()
        let all = model.inEvaluationMode { model(Self.inputs) }
        #expect(predict(model, Self.inputs, batchSize: size).allClose(to: all))
        let batches = TensorDataset(Self.inputs).batched(size)
        let predicted = predict(model, batches)
        #expect(predicted.allClose(to: all) && !predicted.requiresGradient)
        #expect(predict(model, Self.inputs[0..<0], batchSize: size).shape == [0, 3])
        #expect(predict(model, [Tensor]()).shape == [0])
    }

    @Test("progress is shown, and the values at its end")
    func progress() {
        final class Output { var text = "" }
        let output = Output()
        let surroundings = ProgressBar.Surroundings(isTerminal: false, write: { output.text += $0 }, now: { 0 })
        let result = evaluate(
            SmallNet(), Self.batches, metrics: ["accuracy": Accuracy()], loss: { crossEntropy($0, $1) },
            progress: ProgressBar(total: 3, surroundings: surroundings))
        #expect(output.text.hasPrefix("3/3 "))
        #expect(output.text.contains("loss: ") && output.text.contains("accuracy: \(result["accuracy"]!)"))
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = evaluate(SmallNet(), Self.batches, metrics: ["loss": Accuracy()])
        }.expectMessage("evaluate: expects other names of metrics than 'loss'")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = predict(SmallNet(), Self.inputs, batchSize: 0)
        }.expectMessage("predict: expects a batchSize of at least 1, got 0")
    }

    @Test("a history has training and validation side by side, and draws both")
    func history() {
        let history = History()
        for epoch in 1...3 {
            history.epochs.append(
                training: [("loss", 1 / Double(epoch)), ("rate", 0.1)],
                validation: [("loss", 1.5 / Double(epoch)), ("accuracy", 0.5)], at: epoch)
        }
        #expect(history.epochs["validation loss"]!.values == [1.5, 0.75, 0.5])
        let loss = history.epochs.plot("loss")
        #expect(loss.marks.map(\.name) == ["training", "validation"] && loss.title == "Loss" && loss.xLabel == "epoch")
        let charts = history.epochs.plots()
        #expect(charts.map(\.yLabel) == ["loss", "rate", "accuracy"])
        #expect(charts.map(\.marks.count) == [2, 1, 1])
        #expect(charts[0].svg().contains("validation"))

        // What falls by orders of magnitude is drawn so; noise is smoothed, a few values are not.
        history.epochs.append(["loss": 0.019, "rate": -1], at: 4)
        #expect(loss.yScale == .linear && history.epochs.plots().map(\.yScale) == [.logarithmic, .linear, .linear])
        for step in 1...51 {
            history.steps.append(["loss": 1 / Double(step)], at: step)
            if step % 10 == 0 { history.steps.append(["accuracy": 0.5], at: step) }
        }
        let smoothed = history.steps.plots(smoothing: 0.9)
        #expect(smoothed.map(\.yScale) == [.linear, .linear])
        #expect(smoothed.map { if case .line(let line) = $0.marks[0] { line.smoothing } else { -1 } } == [0.9, 0])
    }

    @Test("the curves of a ranking are drawn by one call")
    func curves() {
        let (scores, labels) = (Tensor([0.1, 0.4, 0.35, 0.8]), Tensor(shape: [4], values: [0, 0, 1, 1]))
        #expect(rocCurve(scores, labels).plot().svg().contains("AUC 0.750"))
        #expect(precisionRecallCurve(scores, labels).plot().svg().contains("area 0.792"))
        #expect(calibrationCurve(scores, labels).plot().marks.count == 2)
        // A score that is NaN draws nothing.
        #expect(rocCurve(Tensor([.nan, 1]), Tensor(shape: [2], values: [0, 1])).plot().svg().contains("AUC nan"))
    }
}
