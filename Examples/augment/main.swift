import ExampleSupport
import Tern

/// Trains a small convolutional network on a stream of images that are turned, shifted and whitened as they come, or on the
/// images as they are.
func trainAugmented() throws {
    let options = TrainingOptions(
        "augment", "Trains a tanh network on augmented digits of MNIST, or on embedded ones that need no files.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 10, batchSize: 100)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 0.05, "learning rate of gradient descent, at the start")
    let augmentation = options.choice(
        "augment", ["all", "moved", "none"], "turned, shifted and whitened; turned and shifted; or as they are")
    let workers = options.int("workers", default: 1, atLeast: 0, isSetting: false, "threads that prepare batches")
    options.finish()

    let digits = try loadDigits(options.data, examples: examples)
    let (training, validation) = digits.train.split(0.2, seed: options.seed)

    // Changes images at random, and standardizes them with what it learns from the training images. Directions in which these
    // differ by less than a tenth of black and white are hardly whitened: they are noise.
    let isMoved = augmentation != "none"
    let stream = ImageDataGenerator(
        rotationRange: isMoved ? 15 : 0, widthShiftRange: isMoved ? 0.1 : 0, heightShiftRange: isMoved ? 0.1 : 0,
        fillMode: .constant(0), rescale: 1.0 / 255, featurewiseCenter: true, zcaWhitening: augmentation == "all",
        zcaEpsilon: 0.1 * Double(training.count).squareRoot())
    stream.fit(training.batch().0)
    let loader = training.shuffled(seed: options.seed).batched(options.batchSize)
        .map(seed: options.seed) { batch, numbers in (stream.augmented(batch.0, generator: numbers), batch.1) }
        .prefetched(workers: workers)
    let validationLoader = validation.batched(1000).map { (stream.standardized($0), $1) }
    let testLoader = digits.test.batched(1000).map { (stream.standardized($0), $1) }
    // What no training image looked like without augmentation.
    let moves = ImageDataGenerator(
        rotationRange: 15, widthShiftRange: 0.1, heightShiftRange: 0.1, fillMode: .constant(0))
    let movedLoader = digits.test.batched(1000).map(seed: 0) { batch, numbers in
        (stream.standardized(moves.augmented(batch.0, generator: numbers)), batch.1)
    }

    let model = tanhNetwork()
    let optimizer = SGD(model.parameters, learningRate: learningRate, momentum: 0.9, nesterov: true)
    // The decay of Keras's older SGD.
    let scheduler = LearningRateScheduler(optimizer, InverseTimeSchedule(from: learningRate, decay: 1e-6))
    let accuracy = Accuracy()

    let state = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    state.keep(stream, as: "augmentation")
    let run = try TrainingRun(options, state, metrics: ["accuracy": accuracy])
    let table = summary(of: model, inputShape: [1, 1, 28, 28])
    print(table)
    for _ in run.epochs {
        for (images, labels) in run.steps(loader) {
            let probabilities = model(images)
            let loss = categoricalCrossEntropy(probabilities, oneHot(labels, classes: 10))
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            accuracy.update(probabilities, labels)
            try run.advance(["loss": loss.item()], examples: labels.count)
        }
        let result = evaluate(
            model, validationLoader, metrics: ["accuracy": Accuracy()], loss: { categoricalCrossEntropy($0, $1) })
        try run.endEpoch(validation: result.values)
    }

    // The same digits three times, as the network sees them.
    let (images, labels) = digits.test.prefix(8).batch()
    let seen = (0..<3).map { stream.augmented(images, generator: Generator(seed: $0)) }
    let grid = ImageGrid(
        title: "Augmented: \(augmentation)", columns: 8,
        pictures: seen.flatMap { batch in
            (0..<labels.count).map { Picture(batch[$0], caption: "\(labels[$0].item(as: Int.self))") }
        })
    try run.save(grid, as: "augmented")
    let result = Classification(model, testLoader)
    let moved = Classification(model, movedLoader.epoch(0))
    try run.writeResults(
        result, of: digits.test, at: Array(result.labels.indices.prefix(10)),
        title: "A tanh network, augmented: \(augmentation)",
        model: "\(table)")
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4)), of turned and shifted test images: \(fixed(moved.accuracy, 4))")
}

/// The network of the Keras tutorial, with its dense layer's normal start; the others start Glorot uniform.
///
/// Shapes: images [N, 1, 28, 28] -> probabilities [N, 10].
func tanhNetwork() -> Sequential {
    func convolution(_ inputs: Int, _ outputs: Int, _ kernelSize: Int) -> Conv2d {
        Conv2d(
            inputs, outputs, kernelSize: Size2d(kernelSize), weightInitializer: .xavierUniform(),
            biasInitializer: .zeros)
    }
    return Sequential {
        convolution(1, 4, 5)
        Tanh()
        convolution(4, 8, 3)
        Tanh()
        MaxPool2d(2)
        convolution(8, 16, 3)
        Tanh()
        MaxPool2d(2)
        Flatten()
        Linear(256, 128, weightInitializer: .normal(standardDeviation: 0.05), biasInitializer: .zeros)
        Tanh()
        Linear(128, 10, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
        Softmax()
    }
}

runProgram("augment") { try trainAugmented() }
