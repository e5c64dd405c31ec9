import ExampleSupport
import Tern

/// Trains a generator to draw digits that a discriminator takes for real ones: Goodfellow et al., "Generative adversarial
/// nets", 2014.
func trainGAN() throws {
    let options = TrainingOptions(
        "gan", "Trains a generator of digits against a discriminator, on MNIST or on digits that need no files.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 12, batchSize: 64)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 1e-3, "learning rate of both networks' Adam, at the start")
    let goal = options.choice(
        "goal", ["real", "minimax"], "of the generator: to make log D(G(z)) large, or log(1 - D(G(z))) small")
    let judgeFile = options.string(
        "judge", "FILE", "model file of a network that tells digits; if it is not there, one is trained and saved to it"
    )
    options.finish()

    let (train, _) = try loadDigits(options.data, examples: examples)
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize).map { (scaled($0), $1) }
    let generator = generatorNetwork()
    let discriminator = discriminatorNetwork()
    let generatorOptimizer = Adam(generator.parameters, betas: (0.5, 0.999))
    let discriminatorOptimizer = Adam(discriminator.parameters, betas: (0.5, 0.999))
    // Neither wins for good: what they found is settled by small steps at the end.
    let schedule = CosineSchedule(from: learningRate, steps: max(options.epochs * loader.count, 1))
    let scheduler = LearningRateScheduler(generatorOptimizer, schedule)
    func noise(_ count: Int, seed: UInt64? = nil) -> Tensor {
        Tensor.normal([count, 64], generator: seed.map { Generator(seed: $0) } ?? .default)
    }
    /// How far logits are from saying "real" (1) or "made" (0).
    func loss(_ logits: Tensor, target: Double) -> Tensor {
        binaryCrossEntropyWithLogits(logits, Tensor.full(logits.shape, target))
    }
    func samples(_ count: Int) -> Tensor { predict(generator, noise(count, seed: 0), batchSize: 100) }

    let training = TrainingState(model: generator, optimizer: generatorOptimizer, scheduler: scheduler)
    training.keep(discriminator, as: "discriminator")
    training.keep(discriminatorOptimizer, of: discriminator, as: "discriminator's optimizer")
    let run = try TrainingRun(options, training)
    print(summary(of: generator, inputShape: [1, 64]))
    print(summary(of: discriminator, inputShape: [1, 1, 28, 28]))
    for epoch in run.epochs {
        for (images, _) in run.steps(loader) {
            discriminatorOptimizer.learningRate = generatorOptimizer.learningRate
            let made = generator(noise(images.shape[0]))
            // D learns to tell real images from made ones, which are no function of G here.
            let discriminatorLoss =
                loss(discriminator(images), target: 1) + loss(discriminator(made.detached), target: 0)
            discriminatorLoss.backward()
            discriminatorOptimizer.step()
            discriminatorOptimizer.zeroGradients()
            // G learns to be taken for real by D, which stays as it is.
            discriminator.freeze()
            let logits = discriminator(made)
            let generatorLoss = goal == "real" ? loss(logits, target: 1) : -loss(logits, target: 0)
            generatorLoss.backward()
            discriminator.unfreeze()
            generatorOptimizer.step()
            generatorOptimizer.zeroGradients()
            scheduler.step()
            try run.advance(
                ["discriminator loss": discriminatorLoss.item(), "generator loss": generatorLoss.item()],
                examples: images.shape[0])
        }
        try run.endEpoch()
        try run.save(grid(samples(64), title: "Digits after epoch \(epoch)"), as: "digits-\(epoch)")
    }

    let digits = samples(1000)
    let judge = try judgeNetwork(judgeFile, trainedOn: train, batchSize: options.batchSize)
    let probabilities = softmax(predict(judge, digits, batchSize: 100))
    let confidence = probabilities.max(axes: 1).mean().item()
    let classes = oneHot(probabilities.argmax(axis: 1), classes: 10).sum(axes: 0).array(of: Int.self)
    let losses = run.history.steps.series
    let chart = Chart(title: "Both losses", xLabel: "step", yLabel: "loss") {
        for series in losses { Line(series.places, series.values, name: series.name, smoothing: 0.98) }
    }
    try run.save(chart, as: "losses")
    let present = classes.count { $0 > 0 }
    try run.writeReport(
        title: "Digits that a generator made",
        results: ["confidence of the judge": percent(confidence), "classes": "\(present) of 10"],
        sections: [
            .plot(grid(digits[0..<64], title: "Digits")), .plot(chart),
            .plot(Chart(title: "What the judge saw", yLabel: "digits") { Bars((0..<10).map(String.init), classes) }),
        ],
        model: "\(generator)\n\(discriminator)")
    try run.finish()
    print("of 1000 digits, by class: \(classes.map(String.init).joined(separator: " "))")
    print("confidence of the judge: \(percent(confidence)), \(present) of 10 classes")
}

/// Images [N, 1, 28, 28] side by side.
func grid(_ images: Tensor, title: String) -> ImageGrid {
    ImageGrid(title: title, columns: 8, pictures: (0..<images.shape[0]).map { Picture(images[$0], range: -1...1) })
}

runProgram("gan") { try trainGAN() }
