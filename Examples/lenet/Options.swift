import ExampleSupport
import Foundation
import Tern

/// What the command line says.
struct Options {
    let data: String?
    let examples: Int?
    let epochs, batchSize, seed, threads: Int
    let learningRate: Double
    let schedule, model: String
    let weights, checkpoint, log, report: String?
    let resume, dashboard: Bool
    let saveEvery: Int

    init() {
        var arguments = Arguments("lenet", "Trains LeNet on MNIST, or on handwritten-like digits that need no files.")
        data = arguments.string("data", "DIR", "folder with MNIST's four IDX files; without it, embedded digits")
        let count = arguments.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
        examples = count == 0 ? nil : count
        epochs = arguments.int("epochs", default: 5, atLeast: 0, "passes over the training images; 0 only tests")
        batchSize = arguments.int("batch", default: 64, "images a step")
        learningRate = arguments.double("lr", default: 2e-3, "learning rate of Adam, at the start")
        schedule = arguments.choice("schedule", ["cosine", "constant"], "how the learning rate goes on")
        seed = arguments.int("seed", default: 1, atLeast: 0, "of the weights and of the order of the images")
        threads = arguments.int("threads", default: threadCount, "processors to compute on")
        model = arguments.choice("model", ["max", "sigmoid"], "which LeNet")
        weights = arguments.string("weights", "FILE", "safetensors file with weights to begin with, such as PyTorch's")
        checkpoint = arguments.string("checkpoint", "DIR", "folder to save to after each epoch and on Ctrl-C")
        resume = arguments.flag("resume", "go on from the newest checkpoint, as if nothing had happened")
        saveEvery = arguments.int("save-every", default: 0, atLeast: 0, "save every N steps too; 0 is never")
        dashboard = arguments.flag("dashboard", "show curves, not a line for each epoch")
        log = arguments.string("log", "DIR", "folder to log to for TensorBoard")
        report = arguments.string("report", "FILE", "HTML page to write about the run at its end")
        if checkpoint == nil {
            if resume { arguments.complain("--resume needs --checkpoint DIR") }
            if saveEvery > 0 { arguments.complain("--save-every needs --checkpoint DIR") }
        }
        if resume, weights != nil { arguments.complain("--resume has weights of its own: leave out --weights") }
        arguments.finish()
    }

    /// What a checkpoint must agree with, so that going on from it is the same training.
    var settings: [String: StateValue] {
        [
            "--data": .text(data.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? "embedded digits"),
            "--examples": .integer(examples ?? 0), "--batch": .integer(batchSize), "--lr": .number(learningRate),
            "--schedule": .text(schedule), "--seed": .integer(seed), "--model": .text(model),
        ]
    }
}
