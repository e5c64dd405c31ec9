import ExampleSupport
import Foundation
import Tern

/// Trains LeNet with a loop written by hand, and shows what it learned.
func run() throws {
    var arguments = Arguments("lenet", "Trains LeNet on MNIST, or on handwritten-like digits that need no files.")
    let folder = arguments.string("data", "DIR", "folder with MNIST's four IDX files; without it, embedded digits")
    let epochs = arguments.int("epochs", default: 5, "passes over the training images")
    let batchSize = arguments.int("batch", default: 64, "images a step")
    let learningRate = arguments.double("lr", default: 2e-3, "learning rate of Adam, at the start")
    let schedule = arguments.choice("schedule", ["cosine", "constant"], "how the learning rate goes on")
    let seed = arguments.int("seed", default: 1, atLeast: 0, "of the weights and of the order of the images")
    let threads = arguments.int("threads", default: threadCount, "processors to compute on")
    let variant = arguments.choice("model", ["max", "sigmoid"], "which LeNet")
    arguments.finish()

    threadCount = threads
    Tern.seed(UInt64(seed))

    let (train, test) = try loadDigits(folder)
    // Pixels 0...255 become numbers in -1...1.
    let loader = train.shuffled(seed: UInt64(seed)).batched(batchSize).map { (scaled($0), $1) }
    let testLoader = test.batched(1000).map { (scaled($0), $1) }

    let model: any Module<Tensor, Tensor> = variant == "max" ? LeNetMax() : sigmoidLeNet()
    print(summary(of: model, inputShape: [1, 1, 28, 28]))
    let optimizer = Adam(model.parameters, learningRate: learningRate)
    let rate = CosineSchedule(from: learningRate, to: 0, steps: epochs * loader.count)

    var step = 0
    var trainingSeconds = 0.0
    for epoch in 1...epochs {
        print("Epoch \(epoch)/\(epochs)")
        var progress = ProgressBar(total: loader.count)
        let accuracy = Accuracy()
        let meanLoss = Mean()
        let start = Date()

        for (images, labels) in loader {
            if schedule == "cosine" { optimizer.learningRate = rate[step] }
            let logits = model(images)
            let loss = crossEntropy(logits, labels)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()

            accuracy.update(logits, labels)
            meanLoss.update(loss, count: labels.count)
            step += 1
            progress.advance(["accuracy": accuracy.value, "loss": meanLoss.value])
        }
        trainingSeconds += Date().timeIntervalSince(start)
        let testAccuracy = evaluate(model, testLoader)
        progress.finish(["accuracy": accuracy.value, "loss": meanLoss.value, "test accuracy": testAccuracy])
    }

    showPredictions(model, test)
    let imagesASecond = Double(epochs * train.count) / trainingSeconds
    print("\(Int(imagesASecond)) images/s (training, \(threads) threads)")
    print("weights: \(digest(of: model))")
    print("test accuracy: \(String(format: "%.4f", evaluate(model, testLoader)))")
}

/// The share of the images that the model tells right.
func evaluate(_ model: any Module<Tensor, Tensor>, _ batches: Pipeline<(Tensor, Tensor), Never>) -> Double {
    model.eval()
    defer { model.train() }
    let accuracy = Accuracy()
    for (images, labels) in batches {
        withoutGradients { accuracy.update(model(images), labels) }
    }
    return accuracy.value
}

func showPredictions(_ model: any Module<Tensor, Tensor>, _ test: Digits) {
    let (pixels, labels) = test.batch(at: Array(0..<10)[...])
    let predicted = withoutGradients { model(scaled(pixels)) }.argmax(axis: 1)
    print("first ten test images:")
    print("  truth      " + labels.array(of: Int.self).map(String.init).joined(separator: " "))
    print("  prediction " + predicted.array(of: Int.self).map(String.init).joined(separator: " "))
}

do {
    try run()
} catch {
    complain("lenet: \(error)")
    exit(1)
}
