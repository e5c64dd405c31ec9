import ExampleSupport
import Tern

/// The share of the images that the model tells right.
func evaluate(_ model: any Module<Tensor, Tensor>, _ batches: Pipeline<(Tensor, Tensor), Never>) -> Double {
    evaluate(model, batches, metrics: ["accuracy": Accuracy()])["accuracy"]!
}

func showPredictions(_ model: any Module<Tensor, Tensor>, _ test: Digits) {
    let (pixels, labels) = test.batch(at: Array(0..<min(10, test.count))[...])
    let predicted = withoutGradients { model(scaled(pixels)) }.argmax(axis: 1)
    print("first ten test images:")
    print("  truth      " + labels.array(of: Int.self).map(String.init).joined(separator: " "))
    print("  prediction " + predicted.array(of: Int.self).map(String.init).joined(separator: " "))
}
