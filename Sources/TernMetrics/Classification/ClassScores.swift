import TernCore

/// The classes that were predicted and those that are true, of equal shapes: integers as they are, of floating-point
/// scores [N..., C] the index of the largest (the first of equal ones; that of a NaN), in shape [N...]. Labels of the
/// scores' shape are one-hot, or scores, of any type.
func classes(_ predictions: Tensor, _ labels: Tensor, _ operation: String) -> (predicted: Tensor, expected: Tensor) {
    for (tensor, name) in [(predictions, "predictions"), (labels, "labels")] where tensor.dtype.isFloatingPoint {
        if tensor.rank > 0, tensor.shape.last! >= 2 { continue }
        mistake(
            operation,
            "expects \(name) [N..., C] of scores of at least 2 classes, got \(tensor.shape); scores of yes or no need a "
                + "threshold: Accuracy(.binary(threshold: 0)) for logits, or scores .> 0 for classes")
    }
    let areScores = predictions.dtype.isFloatingPoint
    let areOneHot = labels.dtype.isFloatingPoint || areScores && predictions.shape == labels.shape
    let predicted = areScores ? predictions.detached.argmax(axis: -1) : predictions
    let expected =
        areOneHot ? (labels.dtype == .bool ? labels.converted(to: .uint8) : labels).detached.argmax(axis: -1) : labels
    if predicted.shape != expected.shape || areScores && areOneHot && predictions.shape != labels.shape {
        mistake(
            operation,
            "expects predictions [N..., C] or [N...] and labels [N...], got \(predictions.dtype) "
                + "\(predictions.shape) and \(labels.dtype) \(labels.shape)")
    }
    return (predicted, expected)
}

/// The same as numbers in `0..<count`, without those examples whose label is `ignored`; and the elements' weights.
func checkedClasses(
    _ batch: MetricBatch, count: Int, ignoring ignored: Int? = nil, _ operation: String
) -> (predicted: [Int], expected: [Int], weights: [Double]?) {
    for (tensor, name) in [(batch.predictions, "predictions"), (batch.targets, "labels")]
    where tensor.dtype.isFloatingPoint && tensor.rank > 0 && tensor.shape.last != count {
        mistake(operation, "expects \(name) [N..., \(count)] of scores, got \(tensor.shape)")
    }
    let given = classes(batch.predictions, batch.targets, operation)
    var expected = given.expected.array(of: Int.self)
    var predicted = given.predicted.array(of: Int.self)
    var weights = batch.weights(of: given.expected)
    if let ignored, expected.contains(ignored) {
        let kept = expected.indices.filter { expected[$0] != ignored }
        (expected, predicted) = (kept.map { expected[$0] }, kept.map { predicted[$0] })
        weights = weights.map { weights in kept.map { weights[$0] } }
    }
    for (values, name) in [(expected, "labels"), (predicted, "predictions")] {
        if let index = values.firstIndex(where: { $0 < 0 || $0 >= count }) {
            mistake(operation, "expects \(name) in 0..<\(count), got \(values[index]) at element \(index)")
        }
    }
    return (predicted, expected, weights)
}

/// The answers that were given and the true ones, as bool of one shape: a score is a yes if it is above `threshold`.
func answers(
    _ predictions: Tensor, _ labels: Tensor, threshold: Double, isBinary: Bool, _ operation: String
) -> (given: Tensor, expected: Tensor) {
    let (given, expected) =
        isBinary
        ? (withoutLastAxisOfOne(predictions, besides: labels), withoutLastAxisOfOne(labels, besides: predictions))
        : (predictions, labels)
    if given.shape != expected.shape || !isBinary && given.rank == 0 {
        mistake(
            operation,
            (isBinary
                ? "expects binary predictions and labels [N...] or [N..., 1]"
                : "expects multi-label predictions and labels [N..., L]")
                + ", got \(predictions.dtype) \(predictions.shape) and \(labels.dtype) \(labels.shape)")
    }
    let answers =
        given.dtype.isFloatingPoint ? given.detached .> threshold : zeroOrOne(given, "predictions", operation)
    return (answers, zeroOrOne(expected, "labels", operation))
}

/// [N..., 1] as [N...], where the other tensor has no such axis.
private func withoutLastAxisOfOne(_ tensor: Tensor, besides other: Tensor) -> Tensor {
    tensor.rank == other.rank + 1 && tensor.shape.last == 1 ? tensor.squeezed(axes: -1) : tensor
}

/// Labels of 0 and 1 as bool.
func zeroOrOne(_ tensor: Tensor, _ name: String, _ operation: String) -> Tensor {
    if tensor.dtype == .bool { return tensor.detached }
    let values = tensor.detached
    if !(values .== 0).logicalOr(values .== 1).all().item(as: Bool.self) {
        let wrong = values.array(of: Double.self).first { $0 != 0 && $0 != 1 }!
        mistake(operation, "expects \(name) of 0 or 1, got \(wrong)")
    }
    return values.converted(to: .bool)
}
