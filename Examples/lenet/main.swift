import ExampleSupport
import Tern

/// Trains LeNet with a loop written by hand, and shows what it learned.
func trainLeNet() throws {
    let options = TrainingOptions(
        "lenet", "Trains LeNet on MNIST, or on handwritten-like digits that need no files.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 5, batchSize: 64)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 2e-3, "learning rate of Adam, at the start")
    let schedule = options.choice("schedule", ["cosine", "constant"], "how the learning rate goes on")
    let variant = options.choice("model", ["max", "sigmoid"], "which LeNet")
    let weights = options.string(
        "weights", "FILE", "safetensors file with weights to begin with, such as PyTorch's")
    if options.resume, weights != nil { options.complain("--resume has weights of its own: leave out --weights") }
    options.finish()

    let (train, test) = try loadDigits(options.data, examples: examples)
    // Pixels 0...255 become numbers in -1...1.
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize).map { (scaled($0), $1) }
    let testLoader = test.batched(1000).map { (scaled($0), $1) }

    let model: any Module<Tensor, Tensor> = variant == "max" ? LeNetMax() : sigmoidLeNet()
    func testAccuracy() -> Evaluation { evaluate(model, testLoader, metrics: ["accuracy": Accuracy()]) }
    if let weights {
        try model.loadStateDictionary(SafetensorsFile(contentsOf: weights).tensors())
        print("test accuracy of \(weights): \(testAccuracy()["accuracy"]!)")
    }
    let optimizer = Adam(model.parameters)
    let steps = max(options.epochs * loader.count, 1)
    let scheduler = LearningRateScheduler(
        optimizer,
        schedule == "cosine" ? CosineSchedule(from: learningRate, to: 0, steps: steps) : ConstantSchedule(learningRate))
    let accuracy = Accuracy()

    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    let run = try TrainingRun(options, training, metrics: ["accuracy": accuracy])
    let table = summary(of: model, inputShape: [1, 1, 28, 28])
    print(table)
    for _ in run.epochs {
        for (images, labels) in run.steps(loader) {
            let logits = model(images)
            let loss = crossEntropy(logits, labels)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            accuracy.update(logits, labels)
            try run.advance(["loss": loss.item()], examples: labels.count)
        }
        try run.endEpoch(validation: testAccuracy().values)
    }

    let result = Classification(model, testLoader)
    print("first ten test images:")
    print("  truth      " + result.labels.prefix(10).map(String.init).joined(separator: " "))
    print("  prediction " + result.predicted.prefix(10).map(String.init).joined(separator: " "))
    try run.writeResults(
        result, of: test, at: Array(result.labels.indices.prefix(10)),
        title: "LeNet on \(options.data == nil ? "handwritten-like digits" : "MNIST")", model: "\(table)")
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4))")
}

runProgram("lenet") { try trainLeNet() }
