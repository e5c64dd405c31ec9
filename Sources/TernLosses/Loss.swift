import TernCore

/// A loss with its settings, as a value: called with a prediction and its target.
///
/// ```swift
/// let loss: any Loss = CrossEntropyLoss(labelSmoothing: 0.1)
/// loss(model(images), labels)
/// ```
public protocol Loss: Sendable {
    func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor
}

/// Both in their common floating-point type; stops if their shapes differ. Broadcasting [N] against [N, 1] would give a
/// plausible and wrong loss of N x N pairs.
@inline(__always)
func checkedPair(_ prediction: Tensor, _ target: Tensor, _ operation: String) -> (Tensor, Tensor) {
    converted(prediction, target, operation) ?? (prediction, target)
}

/// Like ``checkedPair(_:_:_:)``, but `nil` if both are as they should be: a caller that then goes on with what it has
/// counts no references.
@inline(__always)
func converted(_ prediction: Tensor, _ target: Tensor, _ operation: String) -> (Tensor, Tensor)? {
    if prediction.shape != target.shape {
        mistake(
            operation,
            "expects prediction and target of the same shape, got \(prediction.shape) and \(target.shape)")
    }
    if prediction.isWidenedByAutocast || target.isWidenedByAutocast {
        return converted(prediction.widenedByAutocast, target.widenedByAutocast, operation)
            ?? (prediction.widenedByAutocast, target.widenedByAutocast)
    }
    if prediction.dtype == target.dtype, prediction.dtype.isFloatingPoint { return nil }
    let common = prediction.dtype.promoted(with: target.dtype).promoted(with: .float32)
    return (prediction.converted(to: common), target.converted(to: common))
}

/// Stops unless the class or element weights fit the shape they are broadcast to.
func checkWeight(_ weight: Tensor?, _ name: String, _ shape: Shape, _ operation: String) {
    if let weight, weight.shape.broadcast(with: shape) != shape {
        mistake(operation, "expects a \(name) that broadcasts to \(shape), got \(weight.shape)")
    }
}
