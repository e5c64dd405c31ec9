import ExampleSupport
import Tern

/// Fits a line to six points that lie on y = 2x - 1: the smallest network there is.
func run() {
    var arguments = Arguments("line", "Fits a line to six points on y = 2x - 1.")
    let epochs = arguments.int("epochs", default: 500, "passes over the six points")
    let seed = arguments.int("seed", default: 1, atLeast: 0, "of the weights")
    arguments.finish()

    Tern.seed(UInt64(seed))
    let x: Tensor = [[-1], [0], [1], [2], [3], [4]]
    let y: Tensor = [[-3], [-1], [1], [3], [5], [7]]
    let model = Linear(1, 1)
    let optimizer = SGD(model.parameters, learningRate: 0.01)
    print(summary(of: model, inputShape: [6, 1]))

    for epoch in 1...epochs {
        let loss = mseLoss(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zeroGradients()
        if epoch == 1 || epoch % 100 == 0 { print("epoch \(epoch): loss \(loss.item())") }
    }
    print("weight \(model.weight.value.item()), bias \(model.bias!.value.item())")
    print("x = 5 gives \(model([[5]]).item())")
}

run()
