import TernCore

/// The classes that a tensor tells: integers as they are, of floating-point scores [N..., C] the index of the largest
/// (the first of equal ones), in shape [N...].
func classes(_ tensor: Tensor, _ operation: String) -> Tensor {
    if !tensor.dtype.isFloatingPoint { return tensor }
    if tensor.rank == 0 { mistake(operation, "expects class scores of shape [N..., C], got a scalar") }
    return tensor.detached.argmax(axis: -1)
}

/// The classes that were predicted and those that are true, of equal shapes.
func classes(_ predictions: Tensor, _ labels: Tensor, _ operation: String) -> (predicted: Tensor, expected: Tensor) {
    let predicted = classes(predictions, operation)
    let expected = classes(labels, operation)
    if predicted.shape != expected.shape {
        mistake(
            operation,
            "expects predictions [N..., C] or [N...] and labels [N...], got \(predictions.dtype) "
                + "\(predictions.shape) and \(labels.dtype) \(labels.shape)")
    }
    return (predicted, expected)
}
