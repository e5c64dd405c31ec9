import ExampleSupport
import Foundation
import Tern

/// Trains LeNet with a loop written by hand, and shows what it learned.
func run() throws {
    let options = Options()
    threadCount = options.threads
    Tern.seed(UInt64(options.seed))

    let (train, test) = try loadDigits(options.data, examples: options.examples)
    // Pixels 0...255 become numbers in -1...1.
    let loader = train.shuffled(seed: UInt64(options.seed)).batched(options.batchSize).map { (scaled($0), $1) }
    let testLoader = test.batched(1000).map { (scaled($0), $1) }

    let model: any Module<Tensor, Tensor> = options.model == "max" ? LeNetMax() : sigmoidLeNet()
    if let file = options.weights {
        try model.loadStateDictionary(SafetensorsFile(contentsOf: file).tensors())
        print("test accuracy of \(file): \(evaluate(model, testLoader))")
    }
    let optimizer = Adam(model.parameters)
    let schedule: any LearningRateSchedule =
        options.schedule == "cosine"
        ? CosineSchedule(from: options.learningRate, to: 0, steps: max(options.epochs * loader.count, 1))
        : ConstantSchedule(options.learningRate)
    let scheduler = LearningRateScheduler(optimizer, schedule)
    let accuracy = Accuracy()
    let meanLoss = Mean()
    let history = History()

    // What a checkpoint keeps, and where the training goes on.
    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    training.keep(accuracy, as: "accuracy")
    training.keep(meanLoss, as: "loss")
    training.keep(history, as: "history")
    let checkpoints = try options.openCheckpoints(training)
    let log = try RunLog(options, training, test)
    // With a folder to save to, Ctrl-C finishes the step and saves.
    let interruption = checkpoints == nil ? nil : Interruption()
    var stopwatch = Stopwatch()
    print(summary(of: model, inputShape: [1, 1, 28, 28]))
    var display = Display(options, steps: loader.count, startingAt: training.position)

    while training.position.epoch < options.epochs {
        let (epoch, firstStep) = (training.position.epoch, training.position.step)
        display.beginEpoch(training.position)
        stopwatch.resume()
        for (images, labels) in loader.epoch(epoch, from: firstStep) {
            let rate = optimizer.learningRate
            let logits = model(images)
            let loss = crossEntropy(logits, labels)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()

            accuracy.update(logits, labels)
            meanLoss.update(loss, count: labels.count)
            training.position.advance()
            stopwatch.lap(examples: labels.count)
            history.steps.append(["loss": loss.item()], at: training.position.totalSteps)
            try log?.step(loss: loss.item(), accuracy: accuracy.value, rate: rate, training.position)
            let means = (accuracy: accuracy.value, loss: meanLoss.value)
            display.advance(loss: loss.item(), means: means, rate: rate, examples: labels.count)

            if let checkpoints {
                let step = training.position.totalSteps
                if options.saveEvery > 0, step % options.saveEvery == 0 {
                    try display.saved(checkpoints.save(training))
                }
                if let signal = interruption?.signal {
                    display.finish(means: means)
                    try leave(signal, after: checkpoints.save(training))
                }
            }
        }
        stopwatch.pause()
        let testAccuracy = evaluate(model, testLoader)
        display.endEpoch(means: (accuracy.value, meanLoss.value), testAccuracy: testAccuracy)

        history.epochs.append(
            ["accuracy": accuracy.value, "loss": meanLoss.value, "test accuracy": testAccuracy], at: epoch + 1)
        try log?.epoch(model, testAccuracy: testAccuracy, training.position)
        accuracy.reset()
        meanLoss.reset()
        training.position.endEpoch()
        if let checkpoints { try display.saved(checkpoints.save(training)) }
    }
    display.finish()

    showPredictions(model, test)
    if let file = options.report { try writeReport(to: file, options, model, test, history, stopwatch) }
    if stopwatch.laps > 0 {
        print("\(Int(stopwatch.examplesPerSecond)) images/s (training, \(threadCount) threads)")
    }
    print("weights: \(digest(of: model))")
    print("test accuracy: \(String(format: "%.4f", evaluate(model, testLoader)))")
}

do {
    try run()
} catch {
    complain("lenet: \(error)")
    exit(1)
}
