import TernCore

/// The classes that were predicted and those that are true, of equal shapes: integers as they are, of floating-point
/// scores [N..., C] the index of the largest (the first of equal ones), in shape [N...].
func classes(_ predictions: Tensor, _ labels: Tensor, _ operation: String) -> (predicted: Tensor, expected: Tensor) {
    for (tensor, name) in [(predictions, "predictions"), (labels, "labels")] where tensor.dtype.isFloatingPoint {
        if tensor.rank > 0, tensor.shape.last! >= 2 { continue }
        mistake(
            operation,
            "expects \(name) [N..., C] of scores of at least 2 classes, got \(tensor.shape); scores of yes or no need a "
                + "threshold: Accuracy(.binary(threshold: 0)) for logits, or scores .> 0 for classes")
    }
    let bothScores = predictions.dtype.isFloatingPoint && labels.dtype.isFloatingPoint
    let predicted = predictions.dtype.isFloatingPoint ? predictions.detached.argmax(axis: -1) : predictions
    let expected = labels.dtype.isFloatingPoint ? labels.detached.argmax(axis: -1) : labels
    if predicted.shape != expected.shape || bothScores && predictions.shape != labels.shape {
        mistake(
            operation,
            "expects predictions [N..., C] or [N...] and labels [N...], got \(predictions.dtype) "
                + "\(predictions.shape) and \(labels.dtype) \(labels.shape)")
    }
    return (predicted, expected)
}
