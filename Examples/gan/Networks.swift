import ExampleSupport
import Foundation
import Tern

// The networks of the deep convolutional GAN: Radford et al., "Unsupervised representation learning with deep convolutional
// generative adversarial networks", 2016. Its weights start normal with deviation 0.02.

private let small = Initializer.normal(standardDeviation: 0.02)

/// Shapes: noise [N, 64] -> images [N, 1, 28, 28] in -1...1.
func generatorNetwork() -> Sequential {
    Sequential {
        Linear(64, 3136, weightInitializer: small)
        BatchNorm1d(3136)
        ReLU()
        Unflatten(axis: 1, sizes: [64, 7, 7])
        ConvTranspose2d(64, 32, kernelSize: 4, stride: 2, padding: 1, weightInitializer: small)
        BatchNorm2d(32)
        ReLU()
        ConvTranspose2d(32, 1, kernelSize: 4, stride: 2, padding: 1, weightInitializer: small)
        Tanh()
    }
}

/// Shapes: images [N, 1, 28, 28] -> logits [N, 1], above 0 for real ones.
func discriminatorNetwork() -> Sequential {
    Sequential {
        Conv2d(1, 32, kernelSize: 4, stride: 2, padding: 1, weightInitializer: small)
        LeakyReLU(slope: 0.2)
        Conv2d(32, 64, kernelSize: 4, stride: 2, padding: 1, weightInitializer: small)
        BatchNorm2d(64)
        LeakyReLU(slope: 0.2)
        Flatten()
        Linear(3136, 1, weightInitializer: small)
    }
}

/// A network that tells digits, trained for five epochs or from the file that it was saved to then.
///
/// Shapes: images [N, 1, 28, 28] -> logits [N, 10].
func judgeNetwork(_ path: String?, trainedOn images: Examples, batchSize: Int) throws -> any Module<Tensor, Tensor> {
    if let path, FileManager.default.fileExists(atPath: path) { return try loadModel(path) }
    let judge = Sequential {
        Conv2d(1, 6, kernelSize: 5, padding: 2)
        ReLU()
        MaxPool2d(2)
        Conv2d(6, 16, kernelSize: 5)
        ReLU()
        MaxPool2d(2)
        Flatten()
        Linear(400, 120)
        ReLU()
        Linear(120, 84)
        ReLU()
        Linear(84, 10)
    }
    let optimizer = Adam(judge.parameters)
    let loader = images.shuffled().batched(batchSize).map { (scaled($0), $1) }
    let epochs = 5
    let schedule = CosineSchedule(from: 2e-3, steps: epochs * loader.count)
    let scheduler = LearningRateScheduler(optimizer, schedule)
    print("training the judge")
    var progress = ProgressBar(total: epochs * loader.count)
    for epoch in 0..<epochs {
        for (images, labels) in loader.epoch(epoch) {
            let loss = crossEntropy(judge(images), labels)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            progress.advance(["loss": loss.item()])
        }
    }
    progress.finish()
    if let path { try saveModel(judge, to: path) }
    return judge
}
