import ExampleSupport
import Tern

/// Predicts the prices of houses, and stops when the validation says that nothing more is learned.
func predictPrices() throws {
    let options = TrainingOptions(
        "boston", "Predicts the prices of Boston's houses, or of made-up ones that need no file.",
        data: "CSV file with 13 numbers and the price a line, or Keras's .npz; without it, made-up houses", epochs: 300,
        batchSize: 16)
    let learningRate = options.double("lr", default: 1e-3, "learning rate of Adam")
    let patience = options.int("patience", default: 40, "epochs without a better validation loss until the end")
    options.finish()

    // A part is kept apart. What the inputs are standardized with is taken from the other one alone.
    let (training, validation) = try loadHouses(options.data).split(0.3, seed: options.seed)
    let inputs = training.batch().0
    let (mean, deviation) = (inputs.mean(axes: 0), inputs.standardDeviation(axes: 0))
    let standardized: @Sendable (Tensor, Tensor) -> (Tensor, Tensor) = {
        (($0 - mean) / deviation, $1.unsqueezed(axes: 1))
    }
    let loader = training.shuffled(seed: options.seed).batched(options.batchSize).map(standardized)
    let validationLoader = validation.batched(256).map(standardized)

    let model = Sequential {
        Linear(13, 64)
        ReLU()
        Linear(64, 64)
        ReLU()
        Linear(64, 1)
    }
    let optimizer = Adam(model.parameters, learningRate: learningRate)
    let stopping = EarlyStopping(patience: patience, model: model)

    let state = TrainingState(model: model, optimizer: optimizer)
    state.keep(stopping, as: "stopping")
    let run = try TrainingRun(options, state, shownEvery: 20)
    let table = summary(of: model, inputShape: [1, 13])
    print(table)
    for epoch in run.epochs {
        for (houses, prices) in run.steps(loader) {
            let loss = mseLoss(model(houses), prices)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            try run.advance(["loss": loss.item()], examples: houses.shape[0])
        }
        let loss = evaluate(model, validationLoader, loss: { mseLoss($0, $1) }).loss!
        if stopping.update(loss) {
            run.print("stops after epoch \(epoch): no better validation loss in \(stopping.sinceBest) epochs")
            run.stop()
        }
        try run.endEpoch(validation: [("loss", loss)])
    }
    stopping.restoreBestWeights()

    let result = evaluate(
        model, validationLoader, metrics: ["error": MeanMetric.meanAbsoluteError(), "R2": R2Score()],
        loss: { mseLoss($0, $1) })
    let prices = validation.batch().1
    let predicted = predict(model, validationLoader.map { $0.0 }).flattened()
    let chart = Chart(title: "Prices of the validation", xLabel: "price", yLabel: "predicted") {
        Line([5, 50], [5, 50], name: "right", isDashed: true)
        Points(prices, predicted, name: "houses")
    }
    print(chart.text())
    try run.save(chart, as: "prices")
    try run.writeReport(
        title: "Prices of houses",
        results: [
            "mean absolute error": fixed(result["error"]!, 2), "R²": fixed(result["R2"]!, 3),
            "mean squared error": fixed(result.loss!, 2),
        ], sections: [.plot(chart)], model: "\(table)")
    try run.finish()
    print(
        "validation: mean absolute error \(fixed(result["error"]!, 3)), mean squared error \(fixed(result.loss!, 3)), "
            + "R2 \(fixed(result["R2"]!, 3))")
}

/// Houses [N, 13] and their prices [N] in thousands.
func loadHouses(_ file: String?) throws -> TensorDataset<(Tensor, Tensor)> {
    if let file { return try BostonHousing(contentsOf: file).data }
    print("houses that this program makes up; --data takes Boston's")
    // As many, whose price is a curved function of some of their numbers, and a bit of chance.
    let numbers = Generator(seed: 0)
    let x = Tensor.normal([506, 13], generator: numbers)
    let noise = Tensor.normal([506], standardDeviation: 2, generator: numbers)
    let price = 22 + 5 * x[..., 0] - 4 * tanh(x[..., 1]) * x[..., 2] + 2 * relu(x[..., 3]) + noise
    return TensorDataset(x, price)
}

runProgram("boston") { try predictPrices() }
