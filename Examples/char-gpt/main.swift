import ExampleSupport
import Tern
import TernAttention

/// Trains a small GPT on the characters of a text, and lets it write on. As it stands, the settings are those of nanoGPT for
/// tiny Shakespeare on a CPU, which come to a validation loss of 1.88.
func trainGPT() throws {
    let options = TrainingOptions(
        "char-gpt", "Trains a small GPT on the characters of a text, or on made-up sentences that need no file.",
        data: "text file, such as tiny Shakespeare; without it, sentences of a small grammar", epochs: 8, batchSize: 12)
    let steps = options.int("steps", default: 250, "steps of an epoch, whose windows are at random places")
    let context = options.int("context", default: 64, atLeast: 2, "characters that the model looks at")
    let layers = options.int("layers", default: 4, "blocks of the model")
    let heads = options.int("heads", default: 4, "heads of each attention")
    let size = options.int("size", default: 128, "features of a character, a multiple of --heads")
    let learningRate = options.double("lr", default: 1e-3, "learning rate after the warm-up; a tenth at the end")
    let count = options.int("write", default: 500, atLeast: 0, isSetting: false, "characters to write at the end")
    let temperature = options.double("temperature", default: 0.8, "of what is written: below 1 is more careful")
    if size % heads != 0 { options.complain("--size must be a multiple of --heads, got \(size) and \(heads)") }
    options.finish()

    let text = try CharacterText(options.data, windows: context)
    let loader = WindowDataset(text.train, length: context)
        .sampled(options.batchSize * steps, seed: options.seed).batched(options.batchSize)
    let validation = WindowDataset(text.validation, length: context, stride: context).batched(64)

    let model = GPT(
        vocabulary: text.tokenizer.vocabularySize, context: context, modelSize: size, heads: heads, layers: layers,
        bias: false)
    // Matrices decay, the factors of the norms do not.
    let rule = AdamW.Rule(learningRate: learningRate, betas: (0.9, 0.99))
    var decaying = rule
    decaying.weightDecay = 0.1
    let optimizer = AdamW(groups: [
        ParameterGroup(model.parameters.filter { $0.shape.count > 1 }, decaying),
        ParameterGroup(model.parameters.filter { $0.shape.count == 1 }, rule),
    ])
    let warmup = min(100, options.epochs * steps / 10)
    let cosine = CosineSchedule(
        from: learningRate, to: learningRate / 10, steps: max(options.epochs * steps - warmup, 1))
    let scheduler = LearningRateScheduler(
        optimizer, cosine.warmedUp(steps: warmup, .linear(from: learningRate / Double(warmup + 1))))

    func validationLoss() -> Evaluation {
        evaluate(model, validation.lazy.map { (GPT.Input($0), $1) }, loss: { crossEntropy($0, $1, axis: -1) })
    }
    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    let run = try TrainingRun(options, training)
    let parameters = model.parameters.reduce(0) { $0 + $1.value.count }
    print("\(text.train.count) characters, \(text.tokenizer.vocabularySize) different; \(parameters) parameters")
    for _ in run.epochs {
        for (inputs, targets) in run.steps(loader) {
            let loss = crossEntropy(model(inputs), targets, axis: -1)
            loss.backward()
            clipGradientNorm(of: model.parameters, maximum: 1)
            optimizer.step()
            optimizer.zeroGradients()
            scheduler.step()
            try run.advance(["loss": loss.item()], examples: inputs.count)
        }
        try run.endEpoch(validation: validationLoss().values)
    }

    let clock = ContinuousClock()
    var written = text.start
    let time = clock.measure {
        written = write(model, after: written, count: count, TokenSampling(temperature: temperature))
    }
    let sample = text.tokenizer.decode(written)
    print("\n\(sample)\n")
    print("\(Int(Double(count) / (time / .seconds(1)))) characters a second written")
    let loss = validationLoss().loss!
    try run.writeReport(
        title: "A small GPT", results: ["validation loss": fixed(loss, 4)],
        sections: [.preformatted("What it writes", sample)], model: "\(model)")
    try run.finish()
    print("validation loss: \(fixed(loss, 4))")
}

/// Writes on. The model keeps the keys and values of what it has seen, so that the next character costs one step; when its
/// context is full, the later half begins a new one.
func write(_ model: GPT, after start: [Int], count: Int, _ sampling: TokenSampling) -> [Int] {
    var tokens = start
    model.inEvaluationMode {
        while tokens.count < start.count + count {
            let seen = Array(tokens.suffix(model.context / 2))
            let room = min(model.context - seen.count + 1, start.count + count - tokens.count)
            let all = model.generate(after: Tensor([seen]), count: room, sampling: sampling)
            tokens += all[0].array(of: Int.self).dropFirst(seen.count)
        }
    }
    return tokens
}

runProgram("char-gpt") { try trainGPT() }
