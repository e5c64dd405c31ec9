import ExampleSupport
import Tern

/// A network of the kind that the TensorFlow tutorial trains with `GradientTape`: 784-512-256-10 with ReLU, mean square
/// error to one-hot targets and plain gradient descent.
protocol TapeNetwork: Stateful {
    func callAsFunction(_ images: Tensor) -> Tensor
    func descend(_ gradients: Gradients, learningRate: Double)
}

/// The network as six variables and their arithmetic, written out.
final class SixVariables: TapeNetwork {
    let w1 = Variable(weights(784, 512)), b1 = Variable(.zeros([512]))
    let w2 = Variable(weights(512, 256)), b2 = Variable(.zeros([256]))
    let w3 = Variable(weights(256, 10)), b3 = Variable(.zeros([10]))

    /// Truncated normal with standard deviation 0.1.
    static func weights(_ inputs: Int, _ outputs: Int) -> Tensor {
        Initializer.truncatedNormal(standardDeviation: 0.1)([inputs, outputs])
    }

    func callAsFunction(_ images: Tensor) -> Tensor {
        let h1 = relu(matmul(images, w1.value) + b1.value)
        let h2 = relu(matmul(h1, w2.value) + b2.value)
        return matmul(h2, w3.value) + b3.value
    }

    func descend(_ gradients: Gradients, learningRate: Double) {
        for variable in variables { variable.update { $0 -= learningRate * gradients[variable]! } }
    }

    private var variables: [Variable] { [w1, b1, w2, b2, w3, b3] }

    // What a checkpoint keeps: the variables by their numbers.

    var savedState: [String: StateValue] {
        Dictionary(uniqueKeysWithValues: variables.enumerated().map { ("\($0)", .tensor($1.value.detached)) })
    }

    func restoring(from reader: inout StateReader) -> () -> Void {
        let values = variables.enumerated().map { reader.tensor("\($0)", dtype: .float32, shape: $1.value.shape) }
        return { for (variable, value) in zip(self.variables, values) { variable.value = value } }
    }
}

/// The network as a `Sequential`, initialized as Keras does: Glorot uniform weights and zero biases.
final class SequentialNetwork: TapeNetwork {
    let model = Sequential {
        Linear(784, 512, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
        ReLU()
        Linear(512, 256, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
        ReLU()
        Linear(256, 10, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
    }
    private lazy var optimizer = SGD(model.parameters, learningRate: 0.01)

    func callAsFunction(_ images: Tensor) -> Tensor { model(images) }

    func descend(_ gradients: Gradients, learningRate: Double) {
        optimizer.learningRate = learningRate
        optimizer.step(gradients)
    }

    var savedState: [String: StateValue] { model.savedState }

    func restoring(from reader: inout StateReader) -> () -> Void { model.restoring(from: &reader) }
}

func train() throws {
    let options = TrainingOptions(
        "mnist-tape", "Trains a 784-512-256-10 network on MNIST with a gradient tape.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 5, batchSize: 128)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let learningRate = options.double("lr", default: 0.01, "learning rate")
    let variant = options.choice("model", ["variables", "sequential"], "six variables by hand, or a Sequential")
    options.finish()

    let (train, test) = try loadDigits(options.data, examples: examples)
    let network: any TapeNetwork = variant == "variables" ? SixVariables() : SequentialNetwork()
    let batches = Pipeline(train).shuffled(buffer: 10_000, seed: options.seed).batched(options.batchSize).map(
        preprocess)
    let testBatches = test.batched(1000).map(preprocess)
    func testAccuracy() -> Double {
        var correct = 0
        for (images, targets) in testBatches {
            let predicted = withoutGradients { network(images) }.argmax(axis: 1)
            correct += predicted.equal(to: targets.argmax(axis: 1)).sum().item(as: Int.self)
        }
        return Double(correct) / Double(test.count)
    }

    let training = TrainingState()
    training.keep(network, as: "network")
    let run = try TrainingRun(options, training)
    for _ in run.epochs {
        for (images, targets) in run.steps(batches) {
            let step = run.position.totalSteps
            let tape = GradientTape()
            let loss = tape.record { square(targets - network(images)).mean() }
            network.descend(tape.gradients(of: loss), learningRate: learningRate)
            if step % 100 == 0 { run.print("step \(step): loss \(fixed(loss.item(), 4))") }
            if step % 500 == 0 {
                run.history.steps.append(["test accuracy": testAccuracy()], at: step)
                run.print("step \(step): test accuracy \(fixed(run.history.steps["test accuracy"]!.last!, 4))")
            }
            try run.advance(["loss": loss.item()], examples: images.shape[0])
        }
        try run.endEpoch(validation: [("accuracy", testAccuracy())])
    }

    let accuracy = testAccuracy()
    run.history.steps.append(["test accuracy": accuracy], at: run.position.totalSteps)
    let (losses, accuracies) = (run.history.steps["loss"], run.history.steps["test accuracy"]!)
    try run.save(
        Chart(title: "Training loss", xLabel: "step", yLabel: "loss") {
            if let losses { Line(losses.places, losses.values, name: "training", marker: .circle) }
        }, as: "train")
    try run.save(
        Chart(title: "Test accuracy", xLabel: "step", yLabel: "accuracy") {
            Line(accuracies.places, accuracies.values, name: "test", marker: .square)
        }, as: "test")
    try run.writeReport(title: "MNIST with a tape", results: ["test accuracy": percent(accuracy)])
    try run.finish()
    print("test accuracy: \(fixed(accuracy, 4))")
}

/// Pixels 0...255 as rows of numbers in 0...1, labels one-hot.
@Sendable func preprocess(_ pixels: Tensor, _ labels: Tensor) -> (Tensor, Tensor) {
    (pixels.converted(to: .float32).flattened(from: 1) / 255, oneHot(labels, classes: 10))
}

runProgram("mnist-tape") { try train() }
