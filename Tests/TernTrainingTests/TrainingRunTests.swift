import Foundation
import Tern
import TernTestSupport
import Testing

/// A run with everything that a checkpoint has to keep, whose loop is like a user's.
private final class SmallRun {
    static let data = TensorDataset(
        Tensor.normal([22, 4], generator: Generator(seed: 5)),
        Tensor.randomIntegers([22], in: 0..<3, generator: Generator(seed: 6)))

    let run: TrainingRun
    let model: SmallNet
    /// What was written so far.
    let output: () -> String
    private let optimizer: Adam
    private let accuracy = Accuracy()
    private let loader = data.shuffled(seed: 3).batched(5)

    init(
        epochs: Int = 3, seed: UInt64 = 1, checkpoint: String? = nil, resume: Bool = false, saveEvery: Int = 0,
        log: String? = nil, pictures: String? = nil, report: String? = nil, verbosity: Verbosity = .bar,
        isTerminal: Bool = false, shownEvery: Int = 1, settings: [(name: String, value: StateValue)] = [("--batch", 5)]
    ) throws {
        Tern.seed(seed)
        model = SmallNet()
        optimizer = Adam(model.parameters, learningRate: 0.01)
        final class Text { var written = "" }
        let text = Text()
        run = try TrainingRun(
            TrainingState(model: model, optimizer: optimizer), metrics: ["accuracy": accuracy], epochs: epochs,
            checkpoint: checkpoint, resume: resume, saveEvery: saveEvery, log: log, report: report, pictures: pictures,
            verbosity: verbosity, shownEvery: shownEvery, settings: settings,
            surroundings: .init(isTerminal: isTerminal, write: { text.written += $0 }, now: { 0 }))
        output = { text.written }
    }

    func train(body: (TrainingRun) throws -> Void = { _ in }) throws {
        for _ in run.epochs {
            for (inputs, labels) in run.steps(loader) {
                let logits = model(inputs)
                let loss = crossEntropy(logits, labels)
                loss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                accuracy.update(logits, labels)
                try body(run)
                try run.advance(["loss": loss.item()], examples: labels.count)
            }
            try run.endEpoch(validation: [("loss", 0.5)])
        }
    }
}

@Suite("Training runs") struct TrainingRunTests {
    @Test("each epoch is shown with its metrics, means and validation, and kept in the history")
    func shown() throws {
        let small = try SmallRun(epochs: 2)
        try small.train { run in
            #expect(run.position.totalSteps == run.position.epoch * 5 + run.position.step)
        }
        let steps = try #require(small.run.history.steps["loss"])
        #expect(steps.places == Array(1...10))
        // The last batch has two examples, the others five.
        let first = (steps.values[..<4].reduce(0, +) * 5 + steps.values[4] * 2) / 22
        let epochs = small.run.history.epochs
        #expect(epochs["loss"]!.places == [1, 2] && abs(epochs["loss"]!.values[0] - first) < 1e-12)
        #expect(epochs["validation loss"]!.values == [0.5, 0.5])
        let lines = small.output().split(separator: "\n")
        #expect(lines.count == 4 && lines[0] == "Epoch 1/2" && lines[2] == "Epoch 2/2")
        let text = "accuracy: \(String(format: "%.4f", epochs["accuracy"]!.values[1])) - loss: "
        #expect(lines[3].hasPrefix("5/5 ━") && lines[3].contains(text))
        #expect(lines[3].hasSuffix(" - validation loss: 0.5000"))
        // Of no step yet.
        #expect(small.run.values.map(\.name) == ["accuracy"])
    }

    @Test("of many epochs the first, the last and each n-th are shown", arguments: [Verbosity.bar, .dashboard])
    func shownEvery(verbosity: Verbosity) throws {
        let small = try SmallRun(epochs: 5, verbosity: verbosity, shownEvery: 2)
        try small.train()
        let shown = small.output().split(separator: "\n").filter { $0.hasPrefix("Epoch") }.map { $0.prefix(7) }
        #expect(shown == (verbosity == .dashboard ? [1, 2, 3, 4, 5] : [1, 2, 4, 5]).map { "Epoch \($0)" })
    }

    @Test("on a terminal a bar grows, lines come at the ends of epochs, and silence is silent")
    func verbosity() throws {
        func output(_ verbosity: Verbosity) throws -> String {
            let small = try SmallRun(epochs: 2, verbosity: verbosity, isTerminal: true)
            try small.train()
            return small.output()
        }
        #expect(try output(.silent) == "")
        let (bar, lines) = try (output(.bar), output(.lines))
        #expect(bar.contains("\r1/5 "))
        #expect(lines.split(separator: "\n").map { $0.prefix(6) } == ["Epoch ", "5/5 ━━", "Epoch ", "5/5 ━━"])
        #expect(!lines.contains("\r") && !lines.contains("1/5"))
    }

    @Test("a run that is left after any step and resumed ends with the same bits")
    func resumed() throws {
        try withTemporaryFolder { folder in
            struct Left: Error {}
            let whole = try SmallRun(checkpoint: folder + "/whole")
            try whole.train()
            let end = whole.run.training.checkpoint()
            for step in 1...15 {
                let path = "\(folder)/\(step)"
                do {
                    // Its end frees the folder.
                    let first = try SmallRun(checkpoint: path, saveEvery: 1)
                    #expect(throws: Left.self) {
                        try first.train { if $0.position.totalSteps == step { throw Left() } }
                        throw Left()
                    }
                }
                let second = try SmallRun(seed: 77, checkpoint: path, resume: true)
                let position = second.run.position
                #expect(position.totalSteps == step)
                try second.train()
                #expect(second.run.training.checkpoint() == end, "left after step \(step)")
                #expect(
                    second.output().hasPrefix(
                        step == 15
                            ? "3 epochs are done already: see --epochs\n"
                            : "goes on with epoch \(position.epoch + 1) after \(position.step) steps of it\n"))
            }
        }
    }

    @Test("a signal saves after the step and ends the loop, and what is resumed ends with the same bits")
    func interrupted() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let whole = try SmallRun()
                try whole.train()
                do {
                    let first = try SmallRun(checkpoint: folder + "/runs")
                    let path = folder + "/runs/checkpoint-000002.safetensors"
                    #expect(throws: TrainingRunError.interrupted(signal: SIGINT, path: path)) {
                        try first.train {
                            if $0.position.totalSteps == 6 { HelperTests.send(SIGINT) }
                        }
                    }
                    #expect(first.run.position == TrainingPosition(epoch: 1, step: 2, totalSteps: 7))
                    #expect(first.output().contains("\nEpoch 2/3\n2/5 ━"))
                }
                let second = try SmallRun(seed: 7, checkpoint: folder + "/runs", resume: true)
                try second.train()
                #expect(second.run.training.checkpoint() == whole.run.training.checkpoint())
            }
        }
    }

    @Test("a folder with checkpoints of another run is refused, and so is a checkpoint with other settings")
    func refused() throws {
        try withTemporaryFolder { folder in
            try SmallRun(epochs: 1, checkpoint: folder).train()
            let used = #expect(throws: TrainingRunError.self) { try SmallRun(epochs: 1, checkpoint: folder) }
            #expect(
                "\(used!)"
                    == "\(folder) has checkpoints of a run: go on from them with --resume, or choose another folder")
            let other = #expect(throws: TrainingRunError.self) {
                try SmallRun(checkpoint: folder, resume: true, settings: [("--batch", 6)])
            }
            #expect(
                "\(other!)".hasSuffix("settings: --batch is 6 now, and 5 in the checkpoint"), "got \(other!)")
            try write([], to: folder + "/file")
            for wrong in [
                { try SmallRun(log: folder + "/file") }, { try SmallRun(pictures: folder + "/file") },
                { try SmallRun(report: folder + "/file/report.html") },
                { try SmallRun(checkpoint: folder + "/file") },
            ] {
                let error = #expect(throws: TrainingRunError.self) { try wrong() }
                #expect("\(error!)".hasPrefix(folder + "/file: expected a folder"))
            }
            let fresh = try SmallRun(epochs: 1, checkpoint: folder + "/none", resume: true)
            #expect(fresh.output() == "no checkpoint in \(folder)/none yet: begins anew\n")
        }
    }

    @Test("a run that was stopped has no further epochs, after a resumption either")
    func stopped() throws {
        try withTemporaryFolder { folder in
            do {
                let first = try SmallRun(checkpoint: folder)
                try first.train { if $0.position.epoch == 1 { $0.stop() } }
                #expect(first.run.isStopped && first.run.position.epoch == 2)
            }
            let second = try SmallRun(epochs: 9, checkpoint: folder, resume: true)
            try second.train()
            #expect(second.run.isStopped && second.run.position.epoch == 2)
        }
    }

    @Test("logs, pictures and a report are written where that is asked for")
    func output() throws {
        try withTemporaryFolder { folder in
            let small = try SmallRun(
                epochs: 2, log: folder + "/log", pictures: folder + "/pictures", report: folder + "/new/report.html",
                settings: [("--seed", 1), ("--lr", 0.01)])
            try small.train()
            try small.run.finish()
            try small.run.save(ImageGrid(pictures: []), as: "grid")
            try small.run.writeReport(
                title: "Small", results: ["loss": "0.5"], sections: [.text("between", title: "Own")], model: "table")
            let pictures = try FileManager.default.contentsOfDirectory(atPath: folder + "/pictures").sorted()
            #expect(pictures == ["accuracy.svg", "grid.svg", "loss.svg"])
            let page = try text(ofFile: folder + "/new/report.html")
            #expect(page.contains("<p>2 epochs, seed 1</p>") && page.contains("<td>0.01</td>"))
            let titles = page.matches(of: /<h2>([^<]*)<\/h2>/).map { String($0.1) }
            #expect(titles == ["Training", "Own", "Configuration", "Timings", "Model"])

            let events = try TensorBoardEventFile(contentsOf: #require(small.run.log).path).events
            var tags: Set<String> = []
            for case .summary(let values) in events.map(\.content) { tags.formUnion(values.map(\.tag)) }
            #expect(
                tags.isSuperset(of: [
                    "configuration", "train/loss", "train/accuracy", "learning rate", "validation/loss", "first.weight",
                ]))
            let lines = small.output().split(separator: "\n").suffix(6)
            #expect(lines.first!.hasSuffix(" examples/s (training, \(threadCount) threads)"))
            #expect(lines.contains("weights: \(digest(of: small.model))"))
            #expect(lines.contains("report: \(folder)/new/report.html"))
        }
    }

    @Test("what a classifier learned is shown with the chosen images and with other mistakes, each once")
    func results() throws {
        try withTemporaryFolder { folder in
            let small = try SmallRun(epochs: 0, pictures: folder + "/pictures", report: folder + "/report.html")
            let labels = Tensor([0, 1, 2, 1])
            let scores: Tensor = [[1, 0, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0]]
            let result = Classification(Sequential {}, [(scores, labels)], classNames: ["cat", "dog", "emu"])
            let images = TensorDataset(Tensor.zeros([4, 1, 2, 2], dtype: .uint8), labels)
            try small.run.writeResults(result, of: images, at: [0, 1], title: "Small", model: "table")
            let page = try text(ofFile: folder + "/report.html")
            let captions = page.matches(of: /alt="([^"]*)"/).map { String($0.1) }
            #expect(captions == ["predicted cat, true cat", "predicted emu, true dog", "predicted cat, true dog"])
            #expect(page.contains("50.00 %") && page.contains("wrong of 4"))
            let pictures = try FileManager.default.contentsOfDirectory(atPath: folder + "/pictures").sorted()
            #expect(pictures == ["confusion.svg", "predictions.svg"])
        }
    }

    @Test("a loop that leaves something out stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let run = try SmallRun().run
            for _ in run.epochs { for _ in run.steps(SmallRun.data.batched(5)) {} }
        }.expectMessage("TrainingRun.steps: expects advance(_:examples:) at the end of each step")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            for _ in try SmallRun().run.epochs {}
        }.expectMessage("TrainingRun.epochs: expects endEpoch(validation:) at the end of each epoch")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            try SmallRun().run.advance(["loss": 1])
        }.expectMessage("TrainingRun.advance: expects one call in each step of a loop over steps(_:)")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            try SmallRun().run.endEpoch()
        }.expectMessage("TrainingRun.endEpoch: expects one call at the end of each epoch of a loop over epochs")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try SmallRun().run.steps(SmallRun.data.batched(5))
        }.expectMessage("TrainingRun.steps: expects to be called in a loop over epochs")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try SmallRun(shownEvery: 0)
        }.expectMessage(
            "TrainingRun: expects epochs and saveEvery of at least 0 and shownEvery of at least 1, got 3, 0 and 0")
    }
}
