/// The labels of rows of logits.
package struct RowLabels {
    /// `int64` of shape [N], contiguous; classes, or the ignored one.
    package let labels: Tensor
    /// The label whose rows count for nothing.
    package let ignored: Int64
    /// Whether some label is the ignored one.
    package let ignoresSome: Bool
    /// What each row's loss is multiplied by; `nil` for 1.
    package let weights: Tensor?

    package init(labels: Tensor, ignored: Int64, ignoresSome: Bool, weights: Tensor?) {
        (self.labels, self.ignored, self.ignoresSome, self.weights) = (labels, ignored, ignoresSome, weights)
    }

    /// 1 for the labels that are not ignored.
    package var isCounted: Tensor { labels.notEqual(to: Int(ignored)) }
}

extension Tensor {
    /// Of contiguous `int64` labels the place of the first that is no class, and how many are the ignored one.
    package func checkLabels(below classes: Int, ignoring ignored: Int64) -> (wrong: Int?, ignored: Int) {
        backend.check(self, below: classes, ignoring: ignored)
    }
}

/// Rows of logits and their labels, which were checked: loss and softmax in one pass each way. For TernLosses, which owns
/// the meaning. The loss of a row is `-(1 - smoothing) * log(p[y]) - smoothing / C * sum over c of log(p[c])` with
/// `p = softmax(row)`, times the row's weight.
///
/// - Parameters:
///   - logits: [N, C], contiguous.
///   - divisor: of the sum of the rows' losses; each for itself without one.
///   - reduction: what that is called, for those who observe.
package func softmaxCrossEntropy(
    _ logits: Tensor, _ batch: RowLabels, smoothing: Double, divisor: Double?, reduction: String
) -> Tensor {
    let probabilities = Tensor(uninitialized: logits.shape, dtype: logits.dtype)
    let losses = Tensor(uninitialized: [logits.shape[0]], dtype: logits.dtype.accumulator)
    logits.backend.crossEntropy(
        logits, batch.labels, ignoring: batch.ignored, smoothing: smoothing, into: losses, probabilities)
    let result = asOneOperation {
        let weighted = batch.weights.map { losses * $0 } ?? losses
        let reduced =
            switch divisor {
            case nil: weighted
            case 1: weighted.sum()
            case let divisor?: weighted.sum() / divisor
            }
        return reduced.converted(to: logits.dtype)
    }
    return result.output(
        of: "crossEntropy", from: logits, batch.labels, batch.weights,
        attributes: ["ignoreIndex": Int(batch.ignored), "labelSmoothing": smoothing, "reduction": reduction]
    ) { g, _ in
        // What each example counts for.
        var scale = g.converted(to: logits.dtype.accumulator)
        if let divisor, divisor != 1 { scale = scale / divisor }
        if let weights = batch.weights { scale = scale * weights }
        return InputGradients(crossEntropyBackward(logits, probabilities, batch, smoothing, scale: scale))
    }
}

/// `scale * (probabilities - target)`, with a scale for each row or for all.
private func crossEntropyBackward(
    _ logits: Tensor, _ probabilities: Tensor, _ batch: RowLabels, _ smoothing: Double, scale: Tensor
) -> Tensor {
    let scale = scale.converted(to: logits.dtype.accumulator).contiguous()
    let result = Tensor(uninitialized: logits.shape, dtype: logits.dtype)
    logits.backend.crossEntropyBackward(
        probabilities, batch.labels, ignoring: batch.ignored, smoothing: smoothing, scale: scale, into: result)
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
