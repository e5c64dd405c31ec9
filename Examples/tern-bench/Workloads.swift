import Foundation
import Tern
import TernAttention

/// A workload that was begun: call it for one step.
struct Running {
    let models: [any Module]
    private let step: (_ step: Int) -> Tensor

    init(of models: [any Module], _ step: @escaping (_ step: Int) -> Tensor) {
        self.models = models
        self.step = step
    }

    /// - Returns: the step's loss, or its prediction.
    @discardableResult
    func callAsFunction(_ index: Int) -> Tensor { step(index) }
}

/// One step of training, as a user would write it. The networks, batches, losses and optimizers are those that the
/// peers are measured on, with random data already in memory and eight batches used in turn.
struct Workload: Sendable {
    let name: String
    /// Steps in a round.
    let steps: Int
    /// Floating-point operations of the products and convolutions of one step.
    let operations: Double
    let make: @Sendable () -> Running

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
            let model = cnn()
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
        Workload(name: "gpt", steps: 8, operations: 10_600e6) {
            let model = GPT(vocabulary: 96, context: 128, modelSize: 128, heads: 4, layers: 4)
            let optimizer = Adam(model.parameters, learningRate: 1e-3)
            let tokens = (0..<8).map { _ in
                (Tensor.randomIntegers([16, 128], in: 0..<96), Tensor.randomIntegers([16, 128], in: 0..<96))
            }
            return Running(of: [model]) { step in
                let (x, y) = tokens[step % 8]
                let loss = crossEntropy(model(x).flattened(to: 1), y.flattened())
                loss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                return loss
            }
        },
        Workload(name: "resnet18", steps: 2, operations: 106_500e6) {
            let model = resnet18()
            return training(model, SGD(model.parameters, learningRate: 0.01), images(32, 3, 32)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "mobile", steps: 10, operations: 3117e6) {
            let model = mobile()
            return training(model, SGD(model.parameters, learningRate: 0.01), images(32, 3, 32)) {
                crossEntropy($0, $1)
            }
        },
        Workload(name: "gan", steps: 20, operations: 2680e6) {
            let (generator, discriminator) = (generator(), discriminator())
            let optimizers = [generator, discriminator].map {
                Adam($0.parameters, learningRate: 2e-4, betas: (0.5, 0.999))
            }
            let real = (0..<8).map { _ in Tensor.uniform([64, 1, 28, 28], in: -1..<1) }
            let (one, zero) = (Tensor.ones([64, 1]), Tensor.zeros([64, 1]))
            return Running(of: [generator, discriminator]) { step in
                let made = generator(Tensor.normal([64, 64]))
                optimizers[1].zeroGradients()
                let loss =
                    binaryCrossEntropyWithLogits(discriminator(real[step % 8]), one)
                    + binaryCrossEntropyWithLogits(discriminator(made.detached), zero)
                loss.backward()
                optimizers[1].step()
                optimizers[0].zeroGradients()
                let own = binaryCrossEntropyWithLogits(discriminator(made), one)
                own.backward()
                optimizers[0].step()
                return own
            }
        },
        Workload(name: "predict", steps: 2000, operations: 0.83e6) { predicting(LeNet(), [1, 1, 28, 28]) },
        Workload(name: "predictcnn", steps: 300, operations: 21.7e6) { predicting(cnn(), [1, 3, 32, 32]) },
        Workload(name: "predictfold", steps: 300, operations: 21.7e6) {
            predicting(cnn(), [1, 3, 32, 32], folds: true)
        },
        Workload(name: "predict8", steps: 2000, operations: 0.83e6) {
            predicting(LeNet(), [1, 1, 28, 28], quantizes: true)
        },
        Workload(name: "predictcnn8", steps: 300, operations: 21.7e6) {
            predicting(cnn(), [1, 3, 32, 32], quantizes: true)
        },
    ]

    /// From a fixed seed, after some steps that fill caches and start threads.
    func begun() -> Running {
        Tern.seed(0)
        let step = make()
        for i in 0..<min(steps, 20) { step(i) }
        return step
    }

    /// The milliseconds a step took, in each round.
    func measure(rounds: Int) -> [Double] {
        let step = begun()
        return (0..<rounds).map { _ in seconds { for i in 0..<steps { step(i) } } * 1e3 / Double(steps) }
    }
}

private func training(
    _ model: some Module<Tensor, Tensor>, _ optimizer: some Optimizer, _ batches: [(Tensor, Tensor)],
    _ loss: @escaping (Tensor, Tensor) -> Tensor
) -> Running {
    Running(of: [model]) { step in
        let (x, y) = batches[step % batches.count]
        let loss = loss(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zeroGradients()
        return loss
    }
}

/// Inference, one image at a time.
private func predicting(
    _ model: some Module<Tensor, Tensor>, _ shape: Shape, folds: Bool = false, quantizes: Bool = false
) -> Running {
    let images = (0..<8).map { _ in Tensor.uniform(shape) }
    model.eval()
    if folds { fold(model, tracing: images[0]) }
    if quantizes {
        do { try quantize(model, calibrating: images) } catch { mistake("tern-bench", "\(error)") }
    }
    return Running(of: [model]) { step in withoutGradients { model(images[step % 8]).sum() } }
}

/// Eight batches of random images [count, channels, side, side] with labels of ten classes.
private func images(_ count: Int, _ channels: Int, _ side: Int) -> [(Tensor, Tensor)] {
    (0..<8).map { _ in
        (Tensor.uniform([count, channels, side, side]), Tensor.randomIntegers([count], in: 0..<10))
    }
}
