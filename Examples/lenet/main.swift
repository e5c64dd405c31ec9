import ExampleSupport
import Tern
import TernDistributed

/// Trains LeNet with a loop written by hand, and shows what it learned: on one process, or under `mpirun` on several ranks.
func trainLeNet() throws {
    let group = Communicator.world
    group.silenceOtherRanks()
    let options = TrainingOptions(
        "lenet", "Trains LeNet on MNIST, or on handwritten-like digits that need no files.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 5, batchSize: 64)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 2e-3, "learning rate of Adam, at the start")
    let schedule = options.choice("schedule", ["cosine", "constant"], "how the learning rate goes on")
    let variant = options.choice("model", ["max", "sigmoid"], "which LeNet")
    let weights = options.string(
        "weights", "FILE", "safetensors file with weights to begin with, such as PyTorch's")
    let parts = options.int(
        "micro-batches", default: group.size,
        "parts of a step, which ranks share; with the same number the weights are the same")
    let quantizes = options.flag("int8", "quantize the trained network, and show what that costs")
    if options.batchSize % parts != 0 || parts < group.size {
        options.complain("--micro-batches must divide --batch \(options.batchSize) and be at least the ranks' number")
    }
    if options.resume, weights != nil { options.complain("--resume has weights of its own: leave out --weights") }
    options.finish()

    let (train, test) = try loadDigits(options.data, examples: examples)
    // Pixels 0...255 become numbers in -1...1.
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize / parts).map { (scaled($0), $1) }
        .sharded(by: group, microBatches: parts)
    let testLoader = test.batched(1000).map { (scaled($0), $1) }

    let model: any Module<Tensor, Tensor> = variant == "max" ? LeNetMax() : sigmoidLeNet()
    func testAccuracy() throws -> Double {
        let accuracy = Accuracy()
        _ = evaluate(model, testLoader.dealt(to: group), metrics: ["accuracy": accuracy])
        try group.merge(accuracy, through: Accuracy())
        return accuracy.value
    }
    if let weights {
        try model.loadStateDictionary(SafetensorsFile(contentsOf: weights).tensors())
        print("test accuracy of \(weights): \(try testAccuracy())")
    }
    let optimizer = Adam(model.parameters)
    let steps = max(options.epochs * loader.count, 1)
    let scheduler = LearningRateScheduler(
        optimizer,
        schedule == "cosine" ? CosineSchedule(from: learningRate, to: 0, steps: steps) : ConstantSchedule(learningRate))
    let accuracy = Accuracy()
    let parallel = try DataParallel(model, group)

    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    let run = try TrainingRun(options, training, metrics: ["accuracy": accuracy], peers: group)
    let table = summary(of: model, inputShape: [1, 1, 28, 28])
    print(table)
    for _ in run.epochs {
        for batch in run.steps(loader) {
            let step = try parallel.backwardWithOutputs(batch) { images, labels in
                let logits = model(images)
                return (crossEntropy(logits, labels), [logits, labels])
            }
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            accuracy.update(step.outputs[0], step.outputs[1])
            try run.advance(["loss": step.loss], examples: step.examples)
        }
        try run.endEpoch(validation: [("accuracy", testAccuracy())])
    }

    if group.size > 1 { run.print(try parallel.report()) }
    let result = Classification(model, testLoader)
    print("first ten test images:")
    print("  truth      " + result.labels.prefix(10).map(String.init).joined(separator: " "))
    print("  prediction " + result.predicted.prefix(10).map(String.init).joined(separator: " "))
    try run.writeResults(
        result, of: test, at: Array(result.labels.indices.prefix(10)),
        title: "LeNet on \(options.data == nil ? "handwritten-like digits" : "MNIST")", model: "\(table)")
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4))")
    if quantizes {
        let images = train.batched(options.batchSize).prefix(16).map { scaled($0.0) }
        try showQuantized(model, calibrating: images, accuracy: testAccuracy)
    }
}

runProgram("lenet") { try trainLeNet() }
