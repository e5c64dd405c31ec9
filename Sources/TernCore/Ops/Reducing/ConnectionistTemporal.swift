/// Sequences of labels that have no places yet, each beside a sequence of log-probabilities; they were checked. For
/// TernLosses, which owns the meaning.
package struct LabelSequences {
    /// `int64` of shape [N, S], contiguous; classes, none of them the blank. What is behind a sequence's end is not looked at.
    package let labels: Tensor
    /// How many labels and how many steps each has: `int64` of shape [N], contiguous.
    package let lengths: Tensor
    package let steps: Tensor
    package let blank: Int
    /// Whether a sequence that has too few steps has loss 0, rather than an infinite one.
    package let zeroInfinity: Bool

    package init(labels: Tensor, lengths: Tensor, steps: Tensor, blank: Int, zeroInfinity: Bool) {
        (self.labels, self.lengths, self.steps) = (labels, lengths, steps)
        (self.blank, self.zeroInfinity) = (blank, zeroInfinity)
    }
}

/// The negative logarithm of the probability of each sequence of labels: the sum over all ways to write it in its steps, each
/// label once or more often in a row, with blanks between that must stand between two of the same label.
///
/// One pass each way over the steps, in logarithms of `float64`, gives the loss and how probable each class is at each step in
/// those ways, which is what the derivative is made of. Second derivatives are those of the definition in tensor operations.
///
/// - Parameter x: log-probabilities of shape [T, N, C], `float32` or `float64`, contiguous.
/// - Returns: [N].
package func connectionistTemporalLoss(_ x: Tensor, _ batch: LabelSequences) -> Tensor {
    let losses = Tensor(uninitialized: [x.shape[1]], dtype: x.dtype)
    let shares = records([x]) ? Tensor.zeros(x.shape, dtype: x.dtype) : nil
    x.backend.connectionistTemporal(x, batch, into: losses, shares: shares)
    return losses.output(
        of: "connectionistTemporalLoss", from: [x, batch.labels, batch.lengths, batch.steps],
        attributes: ["blank": batch.blank, "zeroInfinity": batch.zeroInfinity]
    ) { g, _ in
        if ThreadState.current.isRecording {
            return InputGradients(vjp(at: x, cotangent: g) { definedLoss($0, batch) }.gradient)
        }
        return InputGradients(-(shares! * g.unsqueezed(axes: -1)))
    }
}

/// The same in tensor operations, a few for each step.
package func definedLoss(_ x: Tensor, _ batch: LabelSequences) -> Tensor {
    // Stands for the logarithm of 0: its sums are finite, and their derivatives too.
    let never = -1e30
    let (count, width) = (batch.labels.shape[0], 2 * batch.labels.shape[1] + 1)
    // A blank before and behind each label.
    let blanks = Tensor.full([count, width / 2], batch.blank, dtype: .int64)
    let isInside = Tensor.arange(width / 2).unsqueezed(axes: 0).less(than: batch.lengths.unsqueezed(axes: 1))
    let labels = which(isInside, batch.labels, batch.blank)
    let states = concatenated(
        [
            stacked([blanks, labels], axis: 2).reshaped([count, width - 1]),
            Tensor.full([count, 1], batch.blank, dtype: .int64),
        ], axis: 1)
    func shifted(_ x: Tensor, _ places: Int, _ value: Double) -> Tensor {
        let kept = max(0, width - places)
        return x.sliced(from: 0, to: kept, axis: 1).padded([(0, 0), (width - kept, 0)], with: .constant(value))
    }
    // From one label to the next, unless they are the same.
    let isOther = states.notEqual(to: shifted(states, 2, Double(batch.blank)))
    let chosen = clamp(x, min: never).gathered(
        states.unsqueezed(axes: 0).expanded(to: [x.shape[0], count, width]), axis: 2)
    let isFirst = Tensor.arange(width).less(than: 2)
    var alpha = Tensor.full([count, width], never, dtype: x.dtype)
    for step in 0..<x.shape[0] {
        let next: Tensor
        if step == 0 {
            next = which(isFirst, chosen[0], never)
        } else {
            let skipping = which(isOther, shifted(alpha, 2, never), never)
            next = stacked([alpha, shifted(alpha, 1, never), skipping]).logSumExp(axes: 0) + chosen[step]
        }
        alpha = which(batch.steps.greater(than: step).unsqueezed(axes: 1), next, alpha)
    }
    // The last label, or the blank behind it. Without labels only the latter.
    let last = (batch.lengths * 2).unsqueezed(axes: 1)
    let ends = concatenated([last, maximum(last - 1, 0)], axis: 1)
    let isEnd = stacked([Tensor.full([count], true, dtype: .bool), batch.lengths.greater(than: 0)], axis: 1)
    let losses = -which(isEnd, alpha.gathered(ends, axis: 1), never).logSumExp(axes: 1)
    let isEmpty = batch.steps.equal(to: 0).logicalAnd(batch.lengths.equal(to: 0))
    let isImpossible = losses.greater(than: 1e29).logicalAnd(isEmpty.logicalNot())
    return which(isEmpty, 0, which(isImpossible, batch.zeroInfinity ? 0 : Double.infinity, losses))
}
