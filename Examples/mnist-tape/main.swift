import ExampleSupport
import Foundation
import Tern

/// A network of the kind that the TensorFlow tutorial trains with `GradientTape`: 784-512-256-10 with ReLU, mean square
/// error to one-hot targets and plain gradient descent.
protocol TapeNetwork {
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
        for variable in [w1, b1, w2, b2, w3, b3] {
            variable.update { $0 -= learningRate * gradients[variable]! }
        }
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
}

func run() throws {
    let arguments = Arguments("mnist-tape", "Trains a 784-512-256-10 network on MNIST with a gradient tape.")
    let folder = arguments.string("data", "DIR", "folder with MNIST's four IDX files; without it, embedded digits")
    let epochs = arguments.int("epochs", default: 5, "passes over the training images")
    let batchSize = arguments.int("batch", default: 128, "images a step")
    let learningRate = arguments.double("lr", default: 0.01, "learning rate")
    let variant = arguments.choice("model", ["variables", "sequential"], "six variables by hand, or a Sequential")
    let seed = arguments.int("seed", default: 1, atLeast: 0, "of the weights and of the order of the images")
    let threads = arguments.int("threads", default: threadCount, "processors to compute on")
    let plots = arguments.string("plots", "DIR", "folder for train.svg and test.svg (default .)") ?? "."
    arguments.finish()

    // Now, not after the training: it may be impossible.
    try FileManager.default.createDirectory(atPath: plots, withIntermediateDirectories: true)
    threadCount = threads
    Tern.seed(UInt64(seed))
    let (train, test) = try loadDigits(folder)

    let network: any TapeNetwork = variant == "variables" ? SixVariables() : SequentialNetwork()
    let batches = Pipeline(train).shuffled(buffer: 10_000, seed: UInt64(seed)).batched(batchSize).map(preprocess)
    let testBatches = test.batched(1000).map(preprocess)
    func testAccuracy() -> Double {
        var correct = 0
        for (images, targets) in testBatches {
            let predicted = withoutGradients { network(images) }.argmax(axis: 1)
            correct += predicted.equal(to: targets.argmax(axis: 1)).sum().item(as: Int.self)
        }
        return Double(correct) / Double(test.count)
    }

    var losses: [(step: Int, value: Double)] = []
    var accuracies: [(step: Int, value: Double)] = []
    var step = 0
    for _ in 1...epochs {
        for (images, targets) in batches {
            let tape = GradientTape()
            let loss = tape.record { square(targets - network(images)).mean() }
            network.descend(tape.gradients(of: loss), learningRate: learningRate)
            if step % 100 == 0 {
                losses.append((step, loss.item()))
                print("step \(step): loss \(String(format: "%.4f", loss.item()))")
            }
            if step % 500 == 0 {
                accuracies.append((step, testAccuracy()))
                print("step \(step): test accuracy \(String(format: "%.4f", accuracies.last!.value))")
            }
            step += 1
        }
    }
    accuracies.append((step, testAccuracy()))
    print("test accuracy: \(String(format: "%.4f", accuracies.last!.value))")

    try Chart(title: "Training loss", xLabel: "step", yLabel: "loss") {
        Line(losses.map(\.step), losses.map(\.value), name: "training", marker: .circle)
    }.write(to: plots + "/train.svg")
    try Chart(title: "Test accuracy", xLabel: "step", yLabel: "accuracy") {
        Line(accuracies.map(\.step), accuracies.map(\.value), name: "test", marker: .square)
    }.write(to: plots + "/test.svg")
    print("curves: \(plots)/train.svg, \(plots)/test.svg")
}

/// Pixels 0...255 as rows of numbers in 0...1, labels one-hot.
@Sendable func preprocess(_ pixels: Tensor, _ labels: Tensor) -> (Tensor, Tensor) {
    (pixels.converted(to: .float32).flattened(from: 1) / 255, oneHot(labels, classes: 10))
}

runProgram("mnist-tape") { try run() }
