import ExampleSupport
import Tern

/// Trains convolutions on pictures, or goes on with the convolutions of a trained network: transfer learning.
func trainCNN() throws {
    let options = TrainingOptions(
        "cifar-cnn", "Trains convolutions on CIFAR-10, or on drawn pictures that need no files.",
        data: "CIFAR-10: a folder or its archive; without it, drawn pictures", epochs: 10, batchSize: 32)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 5e-4, "learning rate of Adam, at the start")
    let schedule = options.choice(
        "schedule", ["cosine", "constant"], "how the learning rate goes on; constant is the tutorial's")
    let variant = options.choice("model", ["full", "small"], "four convolutions with batch norm, or two without")
    let save = options.string("save", "FILE", "safetensors file to save the weights to at the end")
    let transfer = options.string("transfer", "FILE", "such a file: its convolutions are taken over and frozen")
    let keepsStatistics = options.flag(
        "keep-statistics", "frozen batch norms keep their running statistics, and use them, as Keras's do")
    let quantizes = options.flag("int8", "quantize the trained network, and show what that costs")
    if keepsStatistics, transfer == nil { options.complain("--keep-statistics needs --transfer FILE") }
    options.finish()

    let (train, test) = try loadPictures(options.data, examples: examples)
    // Pixels 0...255 become numbers in 0...1.
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize).map { (scaled($0, to: 0...1), $1) }
    let testLoader = test.batched(1000).map { (scaled($0, to: 0...1), $1) }

    let model = variant == "full" ? fullCNN() : smallCNN()
    if let transfer {
        // The head stays as it begins.
        let weights = try SafetensorsFile(contentsOf: transfer).tensors().filter { $0.key.hasPrefix("features.") }
        try model.loadStateDictionary(model.stateDictionary().merging(weights) { $1 })
        model.freeze("features")
        if keepsStatistics { model.features.keepStatistics() }
    }
    let optimizer = Adam(model.parameters, learningRate: learningRate, epsilon: 1e-7)
    let steps = max(options.epochs * loader.count, 1)
    let scheduler = LearningRateScheduler(
        optimizer,
        schedule == "cosine" ? CosineSchedule(from: learningRate, to: 0, steps: steps) : ConstantSchedule(learningRate))
    let accuracy = Accuracy()

    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    let run = try TrainingRun(options, training, metrics: ["accuracy": accuracy])
    let table = summary(of: model, inputShape: [1, 3, 32, 32])
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
        let validation = evaluate(
            model, testLoader, metrics: ["accuracy": Accuracy()], loss: { crossEntropy($0, $1) })
        try run.endEpoch(validation: validation.values)
    }

    let result = Classification(model, testLoader, classNames: test.classNames)
    try run.writeResults(
        result, of: test, at: Array(result.labels.indices.prefix(10)),
        title: "Convolutions on pictures", model: "\(table)")
    if let save { try SafetensorsFile.write(model.stateDictionary(), to: save) }
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4))")
    if quantizes {
        try showQuantized(model, calibrating: loader.prefix(32).map(\.0)) { Classification(model, testLoader).accuracy }
    }
}

runProgram("cifar-cnn") { try trainCNN() }
