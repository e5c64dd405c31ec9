/// Runs `body` and stops at the first recorded operation whose result, or whose derivative, holds a NaN that its inputs
/// did not: the message names the operation and the path of the module it ran in. PyTorch's
/// `torch.autograd.detect_anomaly`. Slow: every result is read once more.
///
/// ```
/// LeNet.fc3: anomaly: log gave NaN (output of shape [64, 10])
/// ```
public func withAnomalyDetection<Result>(_ body: () throws -> Result) rethrows -> Result {
    let state = ThreadState.current
    let was = state.detectsAnomalies
    state.detectsAnomalies = true
    defer { state.detectsAnomalies = was }
    return try body()
}

extension Tensor {
    /// Called for the fresh output of `node` in anomaly mode.
    func checkForAnomaly(_ node: Node, from inputs: [Tensor]) {
        node.modulePath = currentModulePath
        if containsNaN, !inputs.contains(where: \.containsNaN) {
            mistake("anomaly", "\(node.label) gave NaN (output of shape \(shape))")
        }
    }

    var containsNaN: Bool {
        dtype.isFloatingPoint && withoutGradients { isNaN().any().item(as: Bool.self) }
    }
}

extension Node {
    func checkForAnomaly(_ gradients: InputGradients) {
        for (index, gradient) in gradients.all.enumerated() {
            guard let gradient, gradient.containsNaN else { continue }
            let place = modulePath.flatMap { $0.isEmpty ? nil : " (recorded in \($0))" } ?? ""
            mistake(
                "anomaly",
                "the derivative of \(label)\(place) gave NaN for input \(index) (gradient of shape \(gradient.shape))")
        }
    }
}
