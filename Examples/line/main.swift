import ExampleSupport
import Tern

/// Fits a line to six points that lie on y = 2x - 1: the smallest network there is.
func fitLine() throws {
    let options = TrainingOptions("line", "Fits a line to six points on y = 2x - 1.", epochs: 500)
    let learningRate = options.double("lr", default: 0.01, "learning rate of gradient descent")
    let start = options.double("start", default: 0.133, "weight to begin with; with this one the first loss is 13.4")
    options.finish()

    let x: Tensor = [[-1], [0], [1], [2], [3], [4]]
    let y: Tensor = [[-3], [-1], [1], [3], [5], [7]]
    // All six in one batch.
    let loader = TensorDataset(x, y).batched(6)
    let model = Linear(1, 1, weightInitializer: .constant(start), biasInitializer: .zeros)
    let optimizer = SGD(model.parameters, learningRate: learningRate)

    let run = try TrainingRun(options, TrainingState(model: model, optimizer: optimizer), shownEvery: 100)
    let table = summary(of: model, inputShape: [6, 1])
    print(table)
    for _ in run.epochs {
        for (x, y) in run.steps(loader) {
            let loss = mseLoss(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            try run.advance(["loss": loss.item()], examples: 6)
        }
        try run.endEpoch()
    }

    let ends: Tensor = [-1.5, 5.5]
    let chart = Chart(title: "The line through six points", xLabel: "x", yLabel: "y") {
        Line(ends, predict(model, ends.reshaped([2, 1])).flattened(), name: "fitted")
        Points(x.flattened(), y.flattened(), name: "given")
    }
    print(chart.text())
    try run.save(chart, as: "line")
    let (weight, bias) = (model.weight.value.item(), model.bias!.value.item())
    let prediction = predict(model, [[5]]).item()
    try run.writeReport(
        title: "A line through six points",
        results: ["weight": fixed(weight, 4), "bias": fixed(bias, 4), "x = 5 gives": fixed(prediction, 3)],
        sections: [.plot(chart)], model: "\(table)")
    try run.finish()
    print("weight \(fixed(weight, 4)), bias \(fixed(bias, 4)); x = 5 gives \(fixed(prediction, 3))")
}

runProgram("line") { try fitLine() }
