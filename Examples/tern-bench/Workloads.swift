import Foundation
import Tern
import TernRecurrent

/// One step of training, as a user would write it. The networks, batches, losses and optimizers are those that the
/// peers are measured on, with random data already in memory and eight batches used in turn.
struct Workload: Sendable {
    let name: String
    /// Steps in a round.
    let steps: Int
    /// Floating-point operations of the products and convolutions of one step.
    let operations: Double
    let make: @Sendable () -> (_ step: Int) -> Void

    static let all: [Workload] = [
        Workload(name: "linreg", steps: 20_000, operations: 60) {
            let x: Tensor = [[-1], [0], [1], [2], [3], [4]]
            let y: Tensor = [[-3], [-1], [1], [3], [5], [7]]
            let model = Linear(1, 1)
            return training(model, SGD(model.parameters, learningRate: 0.01), [(x, y)]) { mseLoss($0, $1) }
        },
        Workload(name: "lenet", steps: 100, operations: 145e6) {
            let model = LeNet()
            return training(model, Adam(model.parameters, learningRate: 1e-3), images(64, 1, 28)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "lenetmax", steps: 100, operations: 125e6) {
            let model = LeNetMax()
            return training(model, Adam(model.parameters, learningRate: 1e-3), images(64, 1, 28)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "mlp", steps: 100, operations: 310e6) {
            let model = Sequential {
                Flatten()
                Linear(784, 512)
                ReLU()
                Linear(512, 256)
                ReLU()
                Linear(256, 10)
            }
            return training(model, SGD(model.parameters, learningRate: 0.01), images(128, 1, 28)) {
                mseLoss($0, oneHot($1, classes: 10))
            }
        },
        Workload(name: "fnn", steps: 100, operations: 84.6e6) {
            let model = Sequential {
                Flatten()
                Linear(3072, 200)
                ReLU()
                Linear(200, 150)
                ReLU()
                Linear(150, 10)
            }
            return training(model, Adam(model.parameters, learningRate: 5e-4), images(32, 3, 32)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "cnn", steps: 30, operations: 1968e6) {
            var layers: [Sequential.Layer] = []
            for (inputs, outputs, stride) in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)] {
                layers.append(Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: 1))
                layers.append(BatchNorm2d(outputs))
                layers.append(LeakyReLU(slope: 0.3))
            }
            layers.append(Flatten())
            layers.append(Linear(4096, 128))
            layers.append(BatchNorm1d(128))
            layers.append(LeakyReLU(slope: 0.3))
            layers.append(Dropout(0.5))
            layers.append(Linear(128, 10))
            let model = Sequential(layers)
            return training(model, Adam(model.parameters, learningRate: 5e-4), images(32, 3, 32)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "lstm", steps: 50, operations: 808e6) {
            let model = RowLSTM()
            let rows = (0..<8).map { _ in
                (Tensor.uniform([64, 28, 28]), Tensor.randomIntegers([64], in: 0..<10))
            }
            return training(model, Adam(model.parameters, learningRate: 1e-3), rows) { crossEntropy($0, $1) }
        },
        Workload(name: "gru", steps: 50, operations: 779e6) {
            let model = Words()
            let tokens = (0..<8).map { _ in
                (Tensor.randomIntegers([32, 40], in: 0..<5000), Tensor.randomIntegers([32], in: 0..<10))
            }
            return training(model, Adam(model.parameters, learningRate: 1e-3), tokens) { crossEntropy($0, $1) }
        },
    ]

    /// The milliseconds a step took, in each round.
    func measure(rounds: Int) -> [Double] {
        Tern.seed(0)
        let step = make()
        for i in 0..<min(steps, 20) { step(i) }
        return (0..<rounds).map { _ in seconds { for i in 0..<steps { step(i) } } * 1e3 / Double(steps) }
    }
}

private func training(
    _ model: some Module<Tensor, Tensor>, _ optimizer: some Optimizer, _ batches: [(Tensor, Tensor)],
    _ loss: @escaping (Tensor, Tensor) -> Tensor
) -> (Int) -> Void {
    { step in
        let (x, y) = batches[step % batches.count]
        loss(model(x), y).backward()
        optimizer.step()
        optimizer.zeroGradients()
    }
}

/// Eight batches of random images [count, channels, side, side] with labels of ten classes.
private func images(_ count: Int, _ channels: Int, _ side: Int) -> [(Tensor, Tensor)] {
    (0..<8).map { _ in
        (Tensor.uniform([count, channels, side, side]), Tensor.randomIntegers([count], in: 0..<10))
    }
}

private final class LeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 5, padding: 2), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = avgPool2d(sigmoid(conv1(images)), 2)
        x = avgPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(sigmoid(fc2(sigmoid(fc1(x)))))
    }
}

private final class LeNetMax: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 3, padding: 1), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(sigmoid(conv1(images)), 2)
        x = maxPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(fc2(fc1(x)))
    }
}

/// An image's rows as a sequence.
private final class RowLSTM: Module {
    let lstm = LSTM(28, 128, batchFirst: true), fc = Linear(128, 10)

    func forward(_ rows: Tensor) -> Tensor { fc(lstm(rows).output[.all, -1]) }
}

/// Two stacked GRU layers over token embeddings, a class a sentence.
private final class Words: Module {
    let emb = Embedding(5000, 64), gru = GRU(64, 96, layers: 2, batchFirst: true), fc = Linear(96, 10)

    func forward(_ tokens: Tensor) -> Tensor { fc(gru(emb(tokens)).output[.all, -1]) }
}
