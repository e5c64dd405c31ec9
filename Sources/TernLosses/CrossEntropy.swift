import TernCore

/// The cross-entropy of `softmax(logits)` with class labels, or with class probabilities. PyTorch's `cross_entropy`.
///
/// With `p = softmax(logits)`, class weights `w`, label `y` and smoothing `s`, the loss of one example is
/// `-(1 - s) * w[y] * log(p[y]) - s / C * sum over c of w[c] * log(p[c])`, and with probabilities `t` it is
/// `-sum over c of w[c] * ((1 - s) * t[c] + s / C) * log(p[c])`.
///
/// ```swift
/// crossEntropy([[0, 0], [2, 0]], Tensor([0, 1]).converted(to: .int64)).item()   // 1.410037...
/// ```
///
/// Shapes, with `N` batch, `C` classes and any further axes `D...`: without weights, or without smoothing, labels are one
/// fused operation each way, which saves the probabilities.
///
/// - Parameters:
///   - logits: [N, C, D...], or [C].
///   - labels: integers of shape [N, D...], or [] for [C]; or probabilities of the shape of the logits.
///   - weight: [C], a factor for each class; no gradient flows to it.
///   - ignoreIndex: a label whose examples count for nothing, whatever their logits are.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - reduction: the mean is over the weights of the labels that are not ignored (so NaN without any, with gradient 0),
///     with probabilities over the examples.
/// - Returns: a scalar, or [N, D...] without a reduction.
public func crossEntropy(
    _ logits: Tensor, _ labels: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "crossEntropy"
    let logits = logits.widenedByAutocast
    if logits.rank == 0 || !logits.dtype.isFloatingPoint {
        mistake(
            name, "expects floating-point logits of shape [N, C, ...] or [C], got \(logits.dtype) \(logits.shape)")
    }
    let classAxis = logits.rank == 1 ? 0 : 1
    let classes = logits.shape[classAxis]
    if !(0...1).contains(labelSmoothing) {
        mistake(name, "expects labelSmoothing in 0...1, got \(labelSmoothing)")
    }
    if let weight, weight.shape != [classes] {
        mistake(name, "expects a weight of shape [\(classes)], got \(weight.shape) (logits \(logits.shape))")
    }
    var labelShape = logits.shape
    labelShape.remove(at: classAxis)
    if labels.dtype.isFloatingPoint, labels.shape == logits.shape {
        let smoothed = labelSmoothing == 0 ? labels : labels * (1 - labelSmoothing) + labelSmoothing / Double(classes)
        let losses = softCrossEntropy(logits, smoothed.converted(to: logits.dtype), weight, classAxis)
        return losses.reduced(reduction, divisor: Double(labelShape.elements))
    }
    if !labels.dtype.isInteger || labels.shape != labelShape {
        mistake(
            name,
            "expects integer labels of shape \(labelShape) or probabilities of shape \(logits.shape), "
                + "got \(labels.dtype) \(labels.shape)\(labels.dtype.integerHint)")
    }

    let moved = logits.rank > 2 ? logits.permuted([0] + Array(2..<logits.rank) + [1]) : logits
    let rows = moved.contiguous().reshaped([labelShape.elements, classes])
    let (batch, totalWeight) = checkedLabels(
        labels, classes: classes, ignoring: ignoreIndex, weight: weight, dtype: logits.dtype.accumulator, name)
    let losses: Tensor
    if labelSmoothing > 0, let weight {
        let chosen = batch.labels.unsqueezed(axes: 1).equal(to: Tensor.arange(classes)).converted(to: .float64)
        let target = (chosen * (1 - labelSmoothing) + labelSmoothing / Double(classes)).converted(to: logits.dtype)
        // Whatever an ignored row holds, -inf and NaN too, counts for nothing.
        let isCounted = batch.isCounted.unsqueezed(axes: 1)
        let counted = which(isCounted, target, 0)
        let kept = batch.ignoresSome ? which(isCounted, rows, 0) : rows
        losses = softCrossEntropy(kept, counted, weight, 1).reduced(reduction, divisor: totalWeight)
    } else {
        let divisor: Double? = reduction == .mean ? totalWeight : reduction == .sum ? 1 : nil
        losses = softmaxCrossEntropy(
            rows, batch, smoothing: labelSmoothing, divisor: divisor, reduction: reduction.rawValue)
    }
    return reduction == .none ? losses.reshaped(labelShape) : losses
}

/// The loss of each example, whose target has a probability for each class.
private func softCrossEntropy(_ logits: Tensor, _ target: Tensor, _ weight: Tensor?, _ classAxis: Int) -> Tensor {
    var target = target
    if let weight {
        var shape = Shape(repeating: 1, count: logits.rank)
        shape[classAxis] = weight.count
        target = target * weight.detached.converted(to: target.dtype).reshaped(shape)
    }
    return -(target * logSoftmax(logits, axis: classAxis)).sum(axes: [classAxis])
}

/// The cross-entropy of the softmax of logits with class labels or class probabilities, see
/// ``crossEntropy(_:_:weight:ignoreIndex:labelSmoothing:reduction:)``. PyTorch's `CrossEntropyLoss`, Keras's
/// `SparseCategoricalCrossentropy(from_logits=True)` and `CategoricalCrossentropy(from_logits=True)`.
public struct CrossEntropyLoss: Loss {
    /// [C], a factor for each class.
    public var weight: Tensor?
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    public var reduction: Reduction

    public init(
        weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) {
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ labels: Tensor) -> Tensor {
        crossEntropy(
            logits, labels, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
            reduction: reduction)
    }
}
