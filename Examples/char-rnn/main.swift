import ExampleSupport
import Tern
import TernRecurrent

/// Predicts each character from those before it.
///
/// Shapes: ids [N, T], integers -> logits [N, T, V].
final class CharacterLSTM: Module {
    let embedding: Embedding, lstm: LSTM, head: Linear

    init(vocabulary: Int, hiddenSize: Int, layers: Int) {
        embedding = Embedding(vocabulary, hiddenSize)
        lstm = LSTM(hiddenSize, hiddenSize, layers: layers, batchFirst: true)
        head = Linear(hiddenSize, vocabulary)
    }

    func forward(_ ids: Tensor) -> Tensor { head(lstm(embedding(ids)).output) }

    /// Writes on after some characters: all that was read is in the state.
    func write(after start: [Int], count: Int, temperature: Double) -> [Int] {
        inEvaluationMode {
            var tokens = start
            var (output, state) = lstm(embedding(Tensor([start])))
            for _ in 0..<count {
                let probabilities = softmax(head(output)[.all, -1] / temperature)
                let next = multinomial(probabilities, count: 1)  // [1, 1]
                tokens.append(next.item(as: Int.self))
                (output, state) = lstm(embedding(next), state)
            }
            return tokens
        }
    }
}

/// Trains an LSTM on the characters of a text, and lets it write on.
func trainLSTM() throws {
    let options = TrainingOptions(
        "char-rnn", "Trains an LSTM on the characters of a text, or on made-up sentences that need no file.",
        data: "text file, such as tiny Shakespeare; without it, sentences of a small grammar", epochs: 8, batchSize: 32)
    let steps = options.int("steps", default: 250, "steps of an epoch, whose windows are at random places")
    let length = options.int("length", default: 64, "characters of a window")
    let layers = options.int("layers", default: 2, "LSTMs, one on the other")
    let size = options.int("size", default: 128, "units of each")
    let learningRate = options.double("lr", default: 4e-3, "learning rate of Adam, at the start")
    let count = options.int("write", default: 500, atLeast: 0, isSetting: false, "characters to write at the end")
    let temperature = options.double("temperature", default: 0.8, "of what is written: below 1 is more careful")
    options.finish()

    let text = try CharacterText(options.data, windows: length)
    let loader = WindowDataset(text.train, length: length)
        .sampled(options.batchSize * steps, seed: options.seed).batched(options.batchSize)
    let validation = WindowDataset(text.validation, length: length, stride: length).batched(64)

    let model = CharacterLSTM(vocabulary: text.tokenizer.vocabularySize, hiddenSize: size, layers: layers)
    let optimizer = Adam(model.parameters)
    let schedule = CosineSchedule(from: learningRate, to: learningRate / 20, steps: max(options.epochs * steps, 1))
    let scheduler = LearningRateScheduler(optimizer, schedule)

    func validationLoss() -> Evaluation { evaluate(model, validation, loss: { crossEntropy($0, $1, axis: -1) }) }
    let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
    let run = try TrainingRun(options, training)
    print("\(model)")
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

    let sample = text.tokenizer.decode(model.write(after: text.start, count: count, temperature: temperature))
    print("\n\(sample)\n")
    let loss = validationLoss().loss!
    try run.writeReport(
        title: "An LSTM that writes", results: ["validation loss": fixed(loss, 4)],
        sections: [.preformatted("What it writes", sample)], model: "\(model)")
    try run.finish()
    print("validation loss: \(fixed(loss, 4))")
}

runProgram("char-rnn") { try trainLSTM() }
