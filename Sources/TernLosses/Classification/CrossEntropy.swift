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
///   - axis: that of the classes: the second one, or the only one, unless given. Keras's is the last.
///   - weight: [C], a factor for each class; no gradient flows to it.
///   - ignoreIndex: a label whose examples count for nothing, whatever their logits are.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - sampleWeight: a factor for each example, see ``LossWeighting``.
///   - mask: `false` for examples that count for nothing, as if their label were the ignored one.
///   - reduction: the mean is over the weights, of class times example, of the labels that are not ignored (so NaN without
///     any, with gradient 0), with probabilities over those of the examples.
/// - Returns: a scalar, or [N, D...] without a reduction.
public func crossEntropy(
    _ logits: Tensor, _ labels: Tensor, axis: Int? = nil, weight: Tensor? = nil, ignoreIndex: Int = -100,
    labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "crossEntropy"
    let logits = logits.widenedByAutocast
    if logits.rank == 0 || !logits.dtype.isFloatingPoint {
        mistake(
            name, "expects floating-point logits of shape [N, C, ...] or [C], got \(logits.dtype) \(logits.shape)")
    }
    let classAxis = axis.map { checkedClassAxis($0, logits, name) } ?? (logits.rank == 1 ? 0 : 1)
    let classes = logits.shape[classAxis]
    if !(0...1).contains(labelSmoothing) {
        mistake(name, "expects labelSmoothing in 0...1, got \(labelSmoothing)")
    }
    checkClassWeight(weight, classes, name)
    var labelShape = logits.shape
    labelShape.remove(at: classAxis)
    let weighting = LossWeighting(sampleWeight, mask, of: labelShape, name)
    if labels.dtype.isFloatingPoint, labels.shape == logits.shape {
        // Halves are computed on as float32, and rounded once.
        let x = weighting.kept(logits.converted(to: logits.dtype.accumulator), axis: classAxis)
        let given = weighting.kept(labels.converted(to: x.dtype), axis: classAxis)
        let target = labelSmoothing == 0 ? given : given * (1 - labelSmoothing) + labelSmoothing / Double(classes)
        let losses = softCrossEntropy(x, target, weight, classAxis)
        return weighting.reduced(losses, reduction).converted(to: logits.dtype)
    }
    if !labels.dtype.isInteger || labels.shape != labelShape {
        mistake(
            name,
            "expects integer labels of shape \(labelShape) or probabilities of shape \(logits.shape), "
                + "got \(labels.dtype) \(labels.shape)\(labels.dtype.integerHint)")
    }

    let moved = classAxis == logits.rank - 1 ? logits : logits.movingAxis(classAxis, to: -1)
    let rows = moved.contiguous().reshaped([labelShape.elements, classes])
    let (batch, totalWeight) = checkedLabels(
        labels, classes: classes, ignoring: ignoreIndex, weight: weight, weighting: weighting,
        dtype: logits.dtype.accumulator, name)
    let losses: Tensor
    if labelSmoothing > 0, let weight {
        let chosen = batch.labels.unsqueezed(axes: 1).equal(to: Tensor.arange(classes)).converted(to: .float64)
        let type = logits.dtype.accumulator
        let target = (chosen * (1 - labelSmoothing) + labelSmoothing / Double(classes)).converted(to: type)
        // Whatever an ignored row holds, -inf and NaN too, counts for nothing.
        let isCounted = batch.isCounted.unsqueezed(axes: 1)
        let counted = which(isCounted, target, 0)
        let kept = (batch.ignoresSome ? which(isCounted, rows, 0) : rows).converted(to: type)
        let each = softCrossEntropy(kept, counted, weight, 1)
        let factors = weighting.factors(each.dtype)?.expanded(to: labelShape).reshaped([labelShape.elements])
        let weighted = factors.map { each * $0 } ?? each
        losses = weighted.reduced(reduction, divisor: totalWeight).converted(to: logits.dtype)
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

/// ``crossEntropy(_:_:axis:weight:ignoreIndex:labelSmoothing:sampleWeight:mask:reduction:)`` as a value. PyTorch's
/// `CrossEntropyLoss`, and with `axis: -1` Keras's `SparseCategoricalCrossentropy(from_logits=True)` and
/// `CategoricalCrossentropy(from_logits=True)`.
public struct CrossEntropyLoss: Loss {
    /// That of the classes: the second one, or the only one, for `nil`.
    public var axis: Int?
    /// [C], a factor for each class.
    public var weight: Tensor?
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes: the second one, or the only one, unless given. Keras's is the last.
    ///   - weight: [C], a factor for each class; no gradient flows to it.
    ///   - ignoreIndex: a label whose examples count for nothing, whatever their logits are.
    ///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        axis: Int? = nil, weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
        reduction: Reduction = .mean
    ) {
        self.axis = axis
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        crossEntropy(
            logits, labels, axis: axis, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
            sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
