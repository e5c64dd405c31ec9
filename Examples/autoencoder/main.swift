import ExampleSupport
import Tern

/// A variational autoencoder: Kingma and Welling, "Auto-encoding variational Bayes", 2014. It squeezes an image into a normal
/// distribution over a few numbers, and makes an image of numbers drawn from it.
///
/// Shapes: images [N, 784] in 0...1 -> logits of the pixels [N, 784], and mean and log variance [N, latent].
final class VariationalAutoencoder: Module {
    let encoder, meanHead, logVarianceHead: Linear
    let decoder: Sequential

    init(latentSize: Int) {
        encoder = Linear(784, 400)
        (meanHead, logVarianceHead) = (Linear(400, latentSize), Linear(400, latentSize))
        decoder = Sequential(Linear(latentSize, 400), ReLU(), Linear(400, 784))
    }

    func forward(_ images: Tensor) -> (logits: Tensor, mean: Tensor, logVariance: Tensor) {
        let features = relu(encoder(images))
        let (mean, logVariance) = (meanHead(features), logVarianceHead(features))
        // Drawn as mean + deviation * noise, so that gradients pass to both.
        let code = mean + exp(logVariance / 2) * Tensor.normal(like: mean)
        return (decoder(code), mean, logVariance)
    }

    /// For each image, what of it was lost, and how far its distribution is from the standard normal one, in nats: the negative
    /// evidence lower bound is their sum.
    func losses(_ images: Tensor) -> (reconstruction: Tensor, divergence: Tensor) {
        let (logits, mean, logVariance) = self(images)
        let count = Double(images.shape[0])
        let reconstruction = binaryCrossEntropyWithLogits(logits, images, reduction: .sum)
        let divergence = (square(mean) + exp(logVariance) - logVariance - 1).sum() / 2
        return (reconstruction / count, divergence / count)
    }
}

func trainAutoencoder() throws {
    let options = TrainingOptions(
        "autoencoder", "Trains a variational autoencoder on MNIST, or on digits that need no files.",
        data: "folder with MNIST's four IDX files; without it, embedded digits", epochs: 10, batchSize: 128)
    let examples = options.int("examples", default: 0, atLeast: 0, "training images to use; 0 is all")
    let latentSize = options.int("latent", default: 20, "numbers that an image is squeezed into")
    let learningRate = options.double("lr", default: 1e-3, "learning rate of Adam")
    options.finish()

    let (train, test) = try loadDigits(options.data, examples: examples)
    // Pixels 0...255 become rows of numbers in 0...1.
    let loader = train.shuffled(seed: options.seed).batched(options.batchSize)
        .map { images, _ in scaled(images, to: 0...1).flattened(from: 1) }
    let testLoader = test.batched(1000).map { images, _ in scaled(images, to: 0...1).flattened(from: 1) }

    let model = VariationalAutoencoder(latentSize: latentSize)
    let optimizer = Adam(model.parameters, learningRate: learningRate)
    func validationLoss() -> Double {
        let mean = Mean()
        model.inEvaluationMode {
            for images in testLoader {
                let (reconstruction, divergence) = model.losses(images)
                mean.update((reconstruction + divergence).item(), count: images.shape[0])
            }
        }
        return mean.value
    }

    let run = try TrainingRun(options, TrainingState(model: model, optimizer: optimizer))
    print("\(model)")
    for _ in run.epochs {
        for images in run.steps(loader) {
            let (reconstruction, divergence) = model.losses(images)
            let loss = reconstruction + divergence
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            try run.advance(
                ["loss": loss.item(), "divergence": divergence.item()], examples: images.shape[0])
        }
        try run.endEpoch(validation: [("loss", validationLoss())])
    }

    let originals = scaled(test.prefix(10).batch().0, to: 0...1)
    let remade = model.inEvaluationMode {
        sigmoid(model(originals.flattened(from: 1)).logits).reshaped(originals.shape)
    }
    let drawn = sigmoid(predict(model.decoder, Tensor.normal([40, latentSize]))).reshaped([40, 1, 28, 28])
    func pictures(_ images: Tensor) -> [Picture] { (0..<images.shape[0]).map { Picture(images[$0], range: 0...1) } }
    let pairs = ImageGrid(
        title: "Test images, and what is made of them", columns: originals.shape[0],
        pictures: pictures(originals) + pictures(remade))
    let samples = ImageGrid(title: "Images made of noise", columns: 10, pictures: pictures(drawn))
    try run.save(pairs, as: "remade")
    try run.save(samples, as: "drawn")
    let loss = validationLoss()
    try run.writeReport(
        title: "A variational autoencoder", results: ["negative evidence lower bound": fixed(loss, 2)],
        sections: [.plot(pairs), .plot(samples)], model: "\(model)")
    try run.finish()
    print("test loss of an image: \(fixed(loss, 2)) nats")
}

runProgram("autoencoder") { try trainAutoencoder() }
