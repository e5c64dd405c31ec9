import ExampleSupport
import Tern

// The first network of the Keras tutorial: three dense layers on pictures of 32 x 32, 646,260 parameters, in two styles. Keras
// starts dense layers Glorot uniform (`xavierUniform`) with biases 0.

private func dense(_ inputs: Int, _ outputs: Int) -> Linear {
    Linear(inputs, outputs, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
}

/// Layers one after the other.
func sequentialNetwork() -> Sequential {
    Sequential {
        Flatten()
        dense(3072, 200)
        ReLU()
        dense(200, 150)
        ReLU()
        dense(150, 10)
        Softmax()
    }
}

/// The functional style: each layer is called with the output of another one.
final class FunctionalNetwork: Module {
    private let hidden1 = dense(3072, 200), hidden2 = dense(200, 150), output = dense(150, 10)

    func forward(_ images: Tensor) -> Tensor {
        let flat = images.flattened(from: 1)
        let first = relu(hidden1(flat))
        let second = relu(hidden2(first))
        return softmax(output(second), axis: 1)
    }
}

func trainFNN() throws {
    let options = TrainingOptions(
        "cifar-fnn", "Trains dense layers on CIFAR-10, or on drawn pictures that need no files.",
        data: "CIFAR-10: a folder or its archive; without it, drawn pictures", epochs: 10, batchSize: 32)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 5e-4, "learning rate of Adam, at the start")
    let schedule = options.choice(
        "schedule", ["cosine", "constant"], "how the learning rate goes on; constant is the tutorial's")
    let style = options.choice("style", ["sequential", "functional"], "how the network is written")
    options.finish()

    let (train, test) = try loadPictures(options.data, examples: examples)
    // Pixels 0...255 become numbers in 0...1.
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize).map { (scaled($0, to: 0...1), $1) }
    let testLoader = test.batched(1000).map { (scaled($0, to: 0...1), $1) }

    let model: any Module<Tensor, Tensor> = style == "sequential" ? sequentialNetwork() : FunctionalNetwork()
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
            let probabilities = model(images)
            let loss = categoricalCrossEntropy(probabilities, oneHot(labels, classes: 10))
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            accuracy.update(probabilities, labels)
            try run.advance(["loss": loss.item()], examples: labels.count)
        }
        let validation = evaluate(
            model, testLoader, metrics: ["accuracy": Accuracy()], loss: { categoricalCrossEntropy($0, $1) })
        try run.endEpoch(validation: validation.values)
    }

    let result = Classification(model, testLoader, classNames: test.classNames)
    print("probabilities of the test images: \(result.scores.shape)")
    let ten = Tensor.permutation(result.labels.count, generator: Generator(seed: options.seed)).array(of: Int.self)
        .prefix(10)
    for index in ten {
        let (predicted, label) = (result.predicted[index], result.labels[index])
        let probability = percent(result.scores[index, predicted].item())
        print("  test image \(index): \(test.classNames[predicted]) (\(probability)), is \(test.classNames[label])")
    }
    try run.writeResults(
        result, of: test, at: Array(ten), title: "Dense layers on pictures", model: "\(table)")
    try run.finish()
    print("test accuracy: \(fixed(result.accuracy, 4))")
}

runProgram("cifar-fnn") { try trainFNN() }
