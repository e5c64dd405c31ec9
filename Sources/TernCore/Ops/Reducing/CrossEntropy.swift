/// How the losses of single examples become a result.
public enum Reduction: String, Sendable, CaseIterable {
    /// Their mean: a scalar.
    case mean
    /// Their sum: a scalar.
    case sum
    /// Each for itself.
    case none
}

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
        return losses.reduced(reduction, divisor: labelShape.elements)
    }
    if !labels.dtype.isInteger || labels.shape != labelShape {
        mistake(
            name,
            "expects integer labels of shape \(labelShape) or probabilities of shape \(logits.shape), "
                + "got \(labels.dtype) \(labels.shape)\(labels.dtype.integerHint)")
    }

    let moved = logits.rank > 2 ? logits.permuted([0] + Array(2..<logits.rank) + [1]) : logits
    let rows = moved.contiguous().reshaped([labelShape.elements, classes])
    let batch = LabelBatch(labels, classes: classes, ignoreIndex: ignoreIndex, weight: weight, dtype: logits.dtype)
    let losses: Tensor
    if labelSmoothing > 0, let weight {
        let target = batch.smoothed(labelSmoothing).converted(to: logits.dtype)
        // Whatever an ignored row holds, -inf and NaN too, counts for nothing.
        let isCounted = batch.isCounted.unsqueezed(axes: 1)
        let counted = which(isCounted, target, 0)
        let kept = batch.ignoresSome ? which(isCounted, rows, 0) : rows
        losses = softCrossEntropy(kept, counted, weight, 1).reduced(reduction, divisor: batch.totalWeight)
    } else {
        losses = fusedCrossEntropy(rows, batch, labelSmoothing, reduction)
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

extension Tensor {
    fileprivate func reduced(_ reduction: Reduction, divisor: some WeakScalar) -> Tensor {
        switch reduction {
        case .mean: sum() / divisor
        case .sum: sum()
        case .none: self
        }
    }
}

/// Labels as the kernels want them, checked.
private struct LabelBatch {
    let labels: Tensor
    let classes: Int
    let ignoreIndex: Int64
    /// The weight of each label's class, 0 where it is ignored; `nil` if all are 1.
    let rowWeights: Tensor?
    /// The sum of the weights of the labels that are not ignored.
    let totalWeight: Double
    let ignoresSome: Bool

    init(_ given: Tensor, classes: Int, ignoreIndex: Int, weight: Tensor?, dtype: DType) {
        let labels = given.converted(to: .int64).contiguous()
        self.classes = classes
        self.ignoreIndex = Int64(ignoreIndex)
        let ignored = Int64(ignoreIndex)
        let (wrong, ignoredCount) = labels.backend.check(labels, below: classes, ignoring: ignored)
        let counted = labels.count - ignoredCount
        if let wrong {
            let place = given.rank == 1 ? "row \(wrong)" : "element \(wrong) of \(given.shape)"
            mistake(
                "crossEntropy",
                "expects labels in 0..<\(classes), got \(labels.array(of: Int.self)[wrong]) at \(place)")
        }
        ignoresSome = counted < labels.count
        if let weight {
            let weights = weight.array(of: Double.self)
            let values = labels.array(of: Int64.self).map { $0 == ignored ? 0 : weights[Int($0)] }
            rowWeights = Tensor(values, dtype: dtype.accumulator)
            totalWeight = values.reduce(0, +)
        } else {
            rowWeights = nil
            totalWeight = Double(counted)
        }
        self.labels = labels.contiguousView([labels.count])
    }

    /// 1 for the labels that are not ignored.
    var isCounted: Tensor { labels.notEqual(to: Int(ignoreIndex)) }

    /// The target as probabilities.
    func smoothed(_ smoothing: Double) -> Tensor {
        let chosen = labels.unsqueezed(axes: 1).equal(to: Tensor.arange(classes)).converted(to: .float64)
        return chosen * (1 - smoothing) + smoothing / Double(classes)
    }
}

/// Loss and softmax in one pass over rows of logits.
private func fusedCrossEntropy(
    _ logits: Tensor, _ batch: LabelBatch, _ smoothing: Double, _ reduction: Reduction
) -> Tensor {
    let probabilities = Tensor(uninitialized: logits.shape, dtype: logits.dtype)
    let losses = Tensor(uninitialized: [logits.shape[0]], dtype: logits.dtype.accumulator)
    logits.backend.crossEntropy(
        logits, batch.labels, ignoring: batch.ignoreIndex, smoothing: smoothing, into: losses, probabilities)
    let result = asOneOperation {
        (batch.rowWeights.map { losses * $0 } ?? losses).reduced(reduction, divisor: batch.totalWeight)
            .converted(to: logits.dtype)
    }
    return result.output(
        of: "crossEntropy", from: logits, batch.labels, batch.rowWeights,
        attributes: [
            "ignoreIndex": Int(batch.ignoreIndex), "labelSmoothing": smoothing, "reduction": reduction.rawValue,
        ]
    ) { g, _ in
        // What each example counts for.
        var scale = g.converted(to: logits.dtype.accumulator)
        if reduction == .mean { scale = scale / batch.totalWeight }
        if let weights = batch.rowWeights { scale = scale * weights }
        return InputGradients(crossEntropyBackward(logits, probabilities, batch, smoothing, scale: scale))
    }
}

/// `scale * (probabilities - target)`, with a scale for each row or for all.
private func crossEntropyBackward(
    _ logits: Tensor, _ probabilities: Tensor, _ batch: LabelBatch, _ smoothing: Double, scale: Tensor
) -> Tensor {
    let scale = scale.converted(to: logits.dtype.accumulator).contiguous()
    let result = Tensor(uninitialized: logits.shape, dtype: logits.dtype)
    logits.backend.crossEntropyBackward(
        probabilities, batch.labels, ignoring: batch.ignoreIndex, smoothing: smoothing, scale: scale, into: result)
    return result.output(of: "crossEntropyBackward", from: scale, logits) { u, node in
        var scaleGradient: Tensor?
        if node.needs(0) {
            let one = Tensor.ones([], dtype: scale.dtype)
            let difference = crossEntropyBackward(logits, probabilities, batch, smoothing, scale: one)
            scaleGradient = (u * difference).sum(axes: -1).converted(to: scale.dtype).reduced(to: scale.shape)
        }
        guard node.needs(1) else { return InputGradients(scaleGradient) }
        // The saved probabilities stand for the logits only in value.
        let p = ThreadState.current.isRecording ? softmax(logits) : probabilities
        let bend = (softmaxBackward(u, p) * scale.unsqueezed(axes: -1)).converted(to: logits.dtype)
        return InputGradients(
            scaleGradient, batch.ignoresSome ? which(batch.isCounted.unsqueezed(axes: -1), bend, 0) : bend)
    }
}
