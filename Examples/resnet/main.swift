import ExampleSupport
import Tern
import TernVision

/// Trains a residual network with what makes such trainings quick: random crops and flips, one cycle of learning rates, a moving
/// average of the weights, and bfloat16 if asked for.
func trainResNet() throws {
    let options = TrainingOptions(
        "resnet", "Trains ResNet-18 on CIFAR-10, or on drawn pictures that need no files.",
        data: "CIFAR-10: a folder or its archive; without it, drawn pictures", epochs: 15, batchSize: 128)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 0.1, "the largest learning rate of the cycle")
    let isHalf = options.flag("bfloat16", "compute products and convolutions in bfloat16")
    let workers = options.int("workers", default: 1, atLeast: 0, isSetting: false, "threads that prepare batches")
    options.finish()

    let (train, test) = try loadPictures(options.data, examples: examples)
    // Of all channels, of CIFAR-10.
    let normal: @Sendable (Tensor) -> Tensor = {
        normalized(scaled($0, to: 0...1), mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.247, 0.2435, 0.2616])
    }
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize, dropLast: true)
        .map(seed: options.seed) { batch, generator in
            let cropped = randomCrop(batch.0, size: 32, padding: 4, generator: generator)
            return (normal(randomHorizontalFlip(cropped, generator: generator)), batch.1)
        }.prefetched(workers: workers)
    let testLoader = test.batched(500).map { (normal($0), $1) }

    let model = resnet18(classes: 10, stem: .small)
    // Weight decay pulls on the weights of products alone.
    let (matrices, others) = (
        model.parameters.filter { $0.shape.count > 1 }, model.parameters.filter { $0.shape.count <= 1 }
    )
    func rule(_ decay: Double) -> SGD.Rule {
        SGD.Rule(learningRate: learningRate, momentum: 0.9, weightDecay: decay, nesterov: true)
    }
    let optimizer = SGD(groups: [ParameterGroup(matrices, rule(5e-4)), ParameterGroup(others, rule(0))])
    let steps = max(options.epochs * loader.count, 1)
    let scheduler = LearningRateScheduler(
        optimizer, OneCycleSchedule(maximum: learningRate, steps: steps, momentum: nil))
    let average = MovingAverage(of: model, decay: 0.998, warmUp: true)
    let accuracy = Accuracy()

    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    training.keep(average, as: "average")
    let run = try TrainingRun(options, training, metrics: ["accuracy": accuracy])
    let table = summary(of: model, inputShape: [1, 3, 32, 32])
    print(table)
    for _ in run.epochs {
        for (images, labels) in run.steps(loader) {
            let (logits, loss) = autocast(isEnabled: isHalf) {
                let logits = model(images)
                return (logits, crossEntropy(logits, labels, labelSmoothing: 0.1))
            }
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            average.update()
            accuracy.update(logits, labels)
            try run.advance(["loss": loss.item()], examples: labels.count)
        }
        let own = evaluate(model, testLoader, metrics: ["accuracy": Accuracy()])
        let averaged = average.swapped { evaluate(model, testLoader, metrics: ["accuracy": Accuracy()]) }
        try run.endEpoch(validation: own.values + [("accuracy of the average", averaged["accuracy"]!)])
    }
    average.apply()

    let result = Classification(model, testLoader, classNames: test.classNames)
    try run.writeResults(
        result, of: test, at: Array(result.labels.indices.prefix(10)), title: "ResNet-18 on pictures",
        model: "\(table)")
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4))")
}

runProgram("resnet") { try trainResNet() }
