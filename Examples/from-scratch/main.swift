import ExampleSupport
import Tern

/// Two layers with sigmoids, by hand: `sigmoid(sigmoid(x w1) w2)`, and the derivatives by the chain rule.
///
/// Shapes: x [N, 3], w1 [3, 4], w2 [4, 1] -> [N, 1].
final class ByHand: Stateful {
    var w1, w2: Tensor

    init(_ w1: Tensor, _ w2: Tensor) { (self.w1, self.w2) = (w1, w2) }

    /// One iteration of gradient descent: the sum of the squared errors before it.
    func descend(_ x: Tensor, _ y: Tensor, learningRate: Double) -> Tensor {
        // Forward.
        let hidden = sigmoid(matmul(x, w1))
        let output = sigmoid(matmul(hidden, w2))
        let error = output - y
        // Backward: the derivative of sigmoid(z) is sigmoid(z) (1 - sigmoid(z)).
        let outputGradient = 2 * error * output * (1 - output)
        let hiddenGradient = matmul(outputGradient, w2.transposed()) * hidden * (1 - hidden)
        w2 = w2 - learningRate * matmul(hidden.transposed(), outputGradient)
        w1 = w1 - learningRate * matmul(x.transposed(), hiddenGradient)
        return square(error).sum()
    }

    // What a checkpoint keeps.

    var savedState: [String: StateValue] { ["w1": .tensor(w1), "w2": .tensor(w2)] }

    func restoring(from reader: inout StateReader) -> () -> Void {
        let w1 = reader.tensor("w1", dtype: .float64, shape: [3, 4])
        let w2 = reader.tensor("w2", dtype: .float64, shape: [4, 1])
        return { (self.w1, self.w2) = (w1, w2) }
    }
}

/// The same network as a module, whose derivatives autograd computes.
final class TwoLayers: Module {
    let w1, w2: Parameter

    init(_ w1: Tensor, _ w2: Tensor) { (self.w1, self.w2) = (Parameter(w1), Parameter(w2)) }

    func forward(_ x: Tensor) -> Tensor { sigmoid(matmul(sigmoid(matmul(x, w1.value)), w2.value)) }
}

/// The cross-entropy of two classes: `-(t log p + (1 - t) log(1 - p))`. Probabilities stay away from 0 and 1, where the
/// logarithm is infinite, by epsilon.
func crossEntropyOfTwo(_ probabilities: Tensor, _ targets: Tensor, epsilon: Double = 1e-7) -> Tensor {
    let p = clamp(probabilities, min: epsilon, max: 1 - epsilon)
    return -(targets * log(p) + (1 - targets) * log(1 - p))
}

/// Trains the network by hand and with autograd, side by side.
func trainFromScratch() throws {
    let options = TrainingOptions(
        "from-scratch", "Trains a network of two layers by hand, and the same with autograd.", epochs: 1500)
    let learningRate = options.double("lr", default: 1, "learning rate of gradient descent")
    options.finish()

    let x = Tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype: .float64)
    let y = Tensor([[0.0], [1], [1], [0]], dtype: .float64)  // whether one of the first two is 1, but not both
    let loader = TensorDataset(x, y).batched(4)
    let (w1, w2) = (Tensor.uniform([3, 4], dtype: .float64), Tensor.uniform([4, 1], dtype: .float64))
    let byHand = ByHand(w1, w2)
    let model = TwoLayers(w1, w2)
    let optimizer = SGD(model.parameters, learningRate: learningRate)

    let training = TrainingState(model: model, optimizer: optimizer)
    training.keep(byHand, as: "by hand")
    let run = try TrainingRun(options, training, shownEvery: 250)
    for _ in run.epochs {
        for (x, y) in run.steps(loader) {
            let lossByHand = byHand.descend(x, y, learningRate: learningRate)
            let loss = square(model(x) - y).sum()
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            try run.advance(["loss": loss.item(), "loss by hand": lossByHand.item()], examples: 4)
        }
        try run.endEpoch()
    }

    let outputs = predict(model, x)
    print("targets\n\(y.transposed())\noutputs\n\(outputs.transposed())")
    // A sure and wrong prediction costs 16.1, not infinity.
    let (p, t) = (Tensor([0.9, 0.5, 0.1, 0.0]), Tensor([1.0, 1, 1, 1]))
    print("cross-entropy of \(p), where 1 is true\n\(crossEntropyOfTwo(p, t))")
    print("the same by binaryCrossEntropy\n\(binaryCrossEntropy(p, t, epsilon: 1e-7, reduction: .none))")

    let difference = max(
        abs(byHand.w1 - model.w1.value).max().item(), abs(byHand.w2 - model.w2.value).max().item())
    let loss = square(outputs - y).sum().item()
    try run.writeReport(
        title: "A network from scratch",
        results: ["loss": fixed(loss, 6), "by hand and autograd differ by": "\(difference)"], model: "\(model)")
    try run.finish()
    print("loss \(fixed(loss, 6)); the weights by hand and by autograd differ by \(difference) at most")
}

runProgram("from-scratch") { try trainFromScratch() }
