import Foundation
import Tern
import TernDistributed

// `distributed-check convolutional [STEPS [FOLDER]]`: the convolutional network of the example cifar-cnn with batch norms over
// all ranks, on CIFAR-10 where FOLDER has it, against the same network that sees the whole batch on one rank. Without the
// dropout, whose masks are of a micro-batch.

private func network() -> Sequential {
    Tern.seed(6)
    var layers: [Sequential.Layer] = []
    for (inputs, outputs, stride) in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)] {
        layers += [
            Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: .same), BatchNorm2d(outputs),
            LeakyReLU(slope: 0.3),
        ]
    }
    layers += [Flatten(), Linear(4096, 128), BatchNorm1d(128), LeakyReLU(slope: 0.3), Linear(128, 10)]
    return Sequential(layers)
}

/// Pictures and their classes: what a network can learn, and CIFAR-10 where it is.
private func pictures(_ count: Int, _ folder: String?) throws -> (Tensor, Tensor) {
    if let folder {
        let (images, labels) = try CIFAR10(contentsOf: folder).train.subset(0..<count).batch()
        return (scaled(images, to: 0...1), labels)
    }
    let numbers = Generator(seed: 7)
    let labels = Tensor.randomIntegers([count], in: 0..<10, generator: numbers)
    let classes = Tensor.normal([10, 3, 32, 32], generator: numbers)
    return (classes[labels] + Tensor.normal([count, 3, 32, 32], generator: numbers), labels)
}

/// In `float64` to the end. In `float32` rounding grows with the steps, by training's own nature: one rank that takes a batch's
/// examples in another order goes as far from itself, so a few steps are compared.
func checkConvolutional(_ group: Communicator, _ words: [String]) throws {
    let steps = words.first.flatMap(Int.init) ?? 8
    let (images, labels) = try pictures(32 * steps, words.dropFirst().first)
    try follow(group, images.converted(to: .float64), labels, steps: steps, compared: steps)
    try follow(group, images, labels, steps: steps, compared: 8)
}

private func follow(
    _ group: Communicator, _ images: Tensor, _ labels: Tensor, steps: Int, compared: Int
) throws {
    // Alone by the whole batch, by its parts on all ranks, and alone by the whole batch in another order.
    let models = (0..<3).map { _ in network() }
    for model in models { model.to(images.dtype) }
    let (whole, parts, turned) = (models[0], models[1], models[2])
    synchronizeBatchNorms(of: parts, among: group)
    let parallel = try DataParallel(parts, group)
    let optimizers = models.map { Adam($0.parameters, learningRate: 5e-4) }
    let loader = TensorDataset(images, labels).batched(32 / group.size).sharded(by: group)
    group.print("\(images.dtype): step, loss, difference from the whole batch's, the same in another order of examples")
    var largest = 0.0
    for (index, batch) in loader.enumerated() {
        let own = Tensor(Array(32 * index..<32 * (index + 1)))
        let losses = [(whole, own), (turned, own.flipped())].map { model, own in
            let loss = crossEntropy(model(images[own]), labels[own])
            loss.backward()
            return loss.item()
        }
        let loss = try parallel.backward(batch) { crossEntropy(parts($0), $1) }.loss
        for optimizer in optimizers {
            optimizer.step()
            optimizer.zeroGradients()
        }
        let difference = abs(loss - losses[0])
        if index < compared { largest = max(largest, difference) }
        if index % max(steps / 10, 1) == 0 || index == steps - 1 {
            group.print(
                String(format: "%4d %.7f %.1e %.1e", index, losses[0], difference, abs(losses[1] - losses[0])))
        }
    }
    Checks.expect(largest < 1e-5, "losses of \(images.dtype) differ by \(largest)")
}
