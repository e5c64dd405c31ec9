import ExampleSupport
import Tern

/// Layers and topologies of one's own, and a Transformer that learns to write sequences backwards.
func showCoreAPI() throws {
    let options = TrainingOptions(
        "core-api", "Shows layers of one's own, and trains a Transformer to reverse sequences.", epochs: 3,
        batchSize: 64)
    let examples = options.int("examples", default: 12_800, "sequences to train with")
    let length = options.int("length", default: 8, "digits of a sequence")
    let learningRate = options.double("lr", default: 1e-3, "learning rate of Adam, at the start")
    options.finish()
    showLayers()
    showTopologies()
    try showChoices(seed: options.seed)

    // Sequences of digits; 10 is the start of what is written.
    let sources = Tensor.randomIntegers([examples, length], in: 0..<10, generator: Generator(seed: options.seed))
    let loader = TensorDataset(sources).shuffled(seed: options.seed).batched(options.batchSize)
    let testSources = Tensor.randomIntegers([500, length], in: 0..<10, generator: Generator(seed: options.seed + 1))
    let model = SequenceModel(vocabulary: 11, length: length)
    let optimizer = Adam(model.parameters)
    let steps = max(options.epochs * loader.count, 1)
    let scheduler = LearningRateScheduler(optimizer, CosineSchedule(from: learningRate, steps: steps))
    /// The share of unseen sequences that are written backwards without a mistake.
    func accuracy() -> Double {
        let isRight = model.written(after: testSources, start: 10).equal(to: testSources.flipped(axes: 1))
        return isRight.all(axes: 1).converted(to: .float32).mean().item()
    }

    let run = try TrainingRun(options, TrainingState(model: model, optimizer: optimizer, scheduler: scheduler))
    for _ in run.epochs {
        for source in run.steps(loader) {
            let reversed = source.flipped(axes: 1)
            // The decoder sees what comes before each token that it shall write.
            let start = Tensor.full([source.shape[0], 1], 10, dtype: .int64)
            let logits = model((source, concatenated([start, reversed[.all, ..<(-1)]], axis: 1)))
            let loss = crossEntropy(logits, reversed, axis: -1)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            try run.advance(["loss": loss.item()], examples: source.shape[0])
        }
        try run.endEpoch(validation: [("accuracy", accuracy())])
    }

    let (few, share) = (testSources[0..<3], accuracy())
    print("reads\n\(few)\nwrites\n\(model.written(after: few, start: 10))")
    try run.writeReport(
        title: "A Transformer that writes backwards", results: ["right": percent(share)], model: "\(model)")
    try run.finish()
    print("sequences without a mistake: \(percent(share))")
}

func showLayers() {
    let x = Tensor.ones([2, 784])
    let dense = SimpleDense(32, activation: { relu($0) })
    print("SimpleDense before its first call: \(dense.weight.shape)")
    print("SimpleDense: \(x.shape) -> \(dense(x).shape), weight \(dense.weight.shape)")
    // Layers stack without being told the sizes of their inputs.
    let stack = Sequential(SimpleDense(64, activation: { relu($0) }), SimpleDense(10, activation: { softmax($0) }))
    print("two of them: \(x.shape) -> \(stack(x).shape)")

    let naive = NaiveSequential(layers: [
        NaiveDense(784, 512, activation: { relu($0) }), NaiveDense(512, 10, activation: { softmax($0) }),
    ])
    let targets = oneHot(Tensor([3, 7], dtype: .int64), classes: 10)
    let tape = GradientTape()
    let loss = tape.record { categoricalCrossEntropy(naive(x), targets) }
    let gradients = tape.gradients(of: loss)
    for weight in naive.weights { weight.update { $0 -= 0.01 * gradients[weight]! } }
    let after = withoutGradients { categoricalCrossEntropy(naive(x), targets) }
    print("NaiveSequential: loss \(fixed(loss.item(), 4)), after a step \(fixed(after.item(), 4))")
}

func showTopologies() {
    let (titles, bodies) = (Tensor.ones([5, 20]), Tensor.ones([5, 100]))
    print("two branches: \(titles.shape) and \(bodies.shape) -> \(TwoBranches()((titles, bodies)).shape)")
    let (priority, department) = TwoHeads()(bodies)
    print("two heads: \(bodies.shape) -> \(priority.shape) and \(department.shape)")
    let residual = Residual {
        Conv2d(32, 32, kernelSize: 3, padding: 1)
        ReLU()
        Conv2d(32, 32, kernelSize: 3, padding: 1)
    }
    let images = Tensor.ones([5, 32, 8, 8])
    print("residual: \(images.shape) -> \(residual(images).shape)")
}

runProgram("core-api") { try showCoreAPI() }
