/// Runs `body` and stops at the first operation whose result, or whose derivative, holds a NaN or an infinity though its inputs
/// are finite: the message names the operation, the place of the number, all shapes and the path of the module it ran in.
/// PyTorch's `torch.autograd.detect_anomaly`, which looks at derivatives alone. Slow: every result is read once more.
///
/// ```
/// LeNet.fc3: anomaly: log gave NaN at [3, 7] (input [64, 10], output [64, 10])
/// ```
///
/// - Parameters:
///   - infinities: whether infinite numbers count; a model that means them (to mask, say) looks for NaN alone.
///   - body: the code to search; its result is returned.
public func withAnomalyDetection<Result>(infinities: Bool = true, _ body: () throws -> Result) rethrows -> Result {
    try Observation.by(AnomalyDetector(infinities: infinities), body)
}

private final class AnomalyDetector: OperationObserver {
    private let countsInfinities: Bool
    /// How many derivatives are being computed, one inside the other. Their own operations are not blamed: what they give is.
    private var derivatives = 0

    init(infinities: Bool) { countsInfinities = infinities }

    func computed(_ operation: ComputedOperation) {
        if derivatives > 0 { return }
        for output in operation.outputs {
            guard let found = anomaly(in: output) else { continue }
            if operation.inputs.contains(where: { anomaly(in: $0) != nil }) { return }
            let settings = operation.attributes.entries.isEmpty ? "" : ", \(operation.attributes)"
            mistake(
                "anomaly",
                "\(operation.name) gave \(found) (\(shapes(operation.inputs.map(\.shape))), output \(output.shape)\(settings))"
            )
        }
    }

    func willDifferentiate(_ node: Node) { derivatives += 1 }

    func didDifferentiate(_ node: Node, _ gradients: InputGradients) {
        derivatives -= 1
        if derivatives > 0 { return }
        for (index, gradient) in gradients.all.enumerated() {
            guard let gradient, let found = anomaly(in: gradient) else { continue }
            let path = node.origin?.modulePath ?? ""
            let inputs = node.origin.map { ", \(shapes($0.inputShapes))" } ?? ""
            mistake(
                "anomaly",
                "the derivative of \(node.label)\(path.isEmpty ? "" : ", computed in \(path),") gave \(found) for input \(index) "
                    + "(gradient \(gradient.shape)\(inputs))")
        }
    }

    /// The first number that is not finite, and its place.
    private func anomaly(in tensor: Tensor) -> String? {
        if !tensor.dtype.isFloatingPoint { return nil }
        let isWrong = countsInfinities ? tensor.isFinite().logicalNot() : tensor.isNaN()
        if !isWrong.any().item(as: Bool.self) { return nil }
        let place = isWrong.converted(to: .int32).argmax().item(as: Int.self)
        let value: Double = tensor.reshaped([-1])[place].item()
        var (index, rest) = ([Int](), place)
        for size in tensor.shape.reversed() {
            index.insert(rest % size, at: 0)
            rest /= size
        }
        let name = value.isNaN ? "NaN" : value > 0 ? "infinity" : "-infinity"
        return index.isEmpty ? name : "\(name) at \(index)"
    }

    private func shapes(_ shapes: [Shape]) -> String {
        (shapes.count == 1 ? "input " : "inputs ") + shapes.map { "\($0)" }.joined(separator: " and ")
    }
}
