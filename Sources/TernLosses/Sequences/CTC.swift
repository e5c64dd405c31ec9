import TernCore

/// Connectionist temporal classification: the negative logarithm of the probability that `T` steps give a sequence of labels
/// of which it is not known where they stand, the sum over all ways to write each label once or more often in a row, with
/// blanks between where they are needed or not. Graves et al., "Connectionist temporal classification: labelling unsegmented
/// sequence data with recurrent neural networks", 2006. PyTorch's `ctc_loss`.
///
/// ```swift
/// // Two steps of three equally likely classes: three of nine ways give "1": "1 1", "1 blank" and "blank 1".
/// ctcLoss(logSoftmax(Tensor.zeros([2, 1, 3])), Tensor([[1]], dtype: .int64)).item()   // 1.0986...
/// ```
///
/// The derivative is that with respect to the log-probabilities: of logits through
/// ``/TernCore/logSoftmax(_:axis:dtype:)`` it is PyTorch's. Second derivatives are computed too, slower, through a
/// definition in tensor operations.
///
/// Keras's `CTC` has logits of shape [N, T, C] and a loss that is not divided:
/// `ctcLoss(logSoftmax(logits).transposed(0, 1), labels, ..., reduction: .none).mean()`.
///
/// Shapes, with `T` steps, `N` batch, `C` classes and `S` labels at most:
///
/// - Parameters:
///   - logProbabilities: [T, N, C], or [T, C].
///   - labels: integers of shape [N, S], or [S]: classes, but not the blank. What stands behind a sequence's end does not
///     matter.
///   - inputLengths: how many steps each sequence has; all unless given.
///   - labelLengths: how many labels each sequence has; all unless given.
///   - blank: the class that stands for no label.
///   - zeroInfinity: whether a sequence that has too few steps for its labels has loss 0, rather than an infinite one, whose
///     gradient is NaN.
///   - sampleWeight: a factor for each sequence, see ``LossWeighting``.
///   - mask: `false` for sequences that count for nothing.
///   - reduction: for the mean, each loss is first divided by the number of labels, as in PyTorch.
/// - Returns: a scalar, or [N] (or []) without a reduction.
public func ctcLoss(
    _ logProbabilities: Tensor, _ labels: Tensor, inputLengths: [Int]? = nil, labelLengths: [Int]? = nil,
    blank: Int = 0, zeroInfinity: Bool = false, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "ctcLoss"
    let given = floating([logProbabilities])[0]
    if !(2...3).contains(given.rank) || !labels.dtype.isInteger || labels.rank != given.rank - 1 {
        mistake(
            name,
            "expects log-probabilities of shape [T, N, C] and integer labels of shape [N, S], or [T, C] and [S], got "
                + "\(given.shape) and \(labels.dtype) \(labels.shape)\(labels.dtype.integerHint)")
    }
    if given.rank == 2 {
        let (weight, mask) = (sampleWeight?.reshaped([1]), mask?.reshaped([1]))
        let loss = ctcLoss(
            given.unsqueezed(axes: 1), labels.unsqueezed(axes: 0), inputLengths: inputLengths,
            labelLengths: labelLengths, blank: blank, zeroInfinity: zeroInfinity, sampleWeight: weight, mask: mask,
            reduction: reduction)
        return loss.reshaped([])
    }
    let (steps, count, classes) = (given.shape[0], given.shape[1], given.shape[2])
    if labels.shape[0] != count {
        mistake(name, "expects labels of \(count) sequences (log-probabilities \(given.shape)), got \(labels.shape)")
    }
    if !(0..<classes).contains(blank) { mistake(name, "expects a blank in 0..<\(classes), got \(blank)") }
    func lengths(_ given: [Int]?, _ what: String, upTo most: Int) -> [Int] {
        let lengths = given ?? [Int](repeating: most, count: count)
        if lengths.count != count { mistake(name, "expects \(count) \(what), got \(lengths.count)") }
        for (row, length) in lengths.enumerated() where !(0...most).contains(length) {
            mistake(name, "expects \(what) in 0...\(most), got \(length) for sequence \(row)")
        }
        return lengths
    }
    let inputLengths = lengths(inputLengths, "inputLengths", upTo: steps)
    let labelLengths = lengths(labelLengths, "labelLengths", upTo: labels.shape[1])

    let weighting = LossWeighting(sampleWeight, mask, of: [count], name)
    let counts = Tensor(labelLengths)
    let isInside = Tensor.arange(labels.shape[1]).unsqueezed(axes: 0).less(than: counts.unsqueezed(axes: 1))
    let isLabel = weighting.isCounted.map { isInside.logicalAnd($0.unsqueezed(axes: -1)) } ?? isInside
    // Any class but the blank, where there is one.
    let harmless = blank == 0 ? min(1, classes - 1) : 0
    let rows = which(isLabel, labels.converted(to: .int64), harmless).contiguous()
    let isWrong = rows.less(than: 0).logicalOr(rows.greaterOrEqual(classes)).logicalOr(rows.equal(to: blank))
    let wrong = which(isWrong.logicalAnd(isLabel))
    if let row = wrong[0].array(of: Int.self).first, let place = wrong[1].array(of: Int.self).first {
        let label = rows.array(of: Int.self)[row * labels.shape[1] + place]
        mistake(name, "expects labels in 0..<\(classes) other than the blank \(blank), got \(label) in sequence \(row)")
    }
    // The mask is [N], the log-probabilities [T, N, C].
    let x = weighting.kept(given.converted(to: given.dtype.accumulator), axis: -1).contiguous()
    let batch = LabelSequences(
        labels: rows, lengths: counts, steps: Tensor(inputLengths), blank: blank, zeroInfinity: zeroInfinity)
    var losses = connectionistTemporalLoss(x, batch)
    if reduction == .mean { losses = losses / clamp(counts.converted(to: x.dtype), min: 1) }
    return weighting.reduced(losses, reduction).converted(to: given.dtype)
}

/// ``ctcLoss(_:_:inputLengths:labelLengths:blank:zeroInfinity:sampleWeight:mask:reduction:)`` as a value. PyTorch's `CTCLoss`.
public struct CTCLoss: Sendable {
    /// The class that stands for no label.
    public var blank: Int
    /// Whether a sequence that has too few steps for its labels has loss 0, rather than an infinite one, whose gradient
    /// is NaN.
    public var zeroInfinity: Bool
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - blank: the class that stands for no label.
    ///   - zeroInfinity: whether a sequence that has too few steps for its labels has loss 0, rather than an infinite
    ///     one, whose gradient is NaN.
    ///   - reduction: mean, sum or none of the losses.
    public init(blank: Int = 0, zeroInfinity: Bool = false, reduction: Reduction = .mean) {
        self.blank = blank
        self.zeroInfinity = zeroInfinity
        self.reduction = reduction
    }

    /// ``ctcLoss(_:_:inputLengths:labelLengths:blank:zeroInfinity:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ logProbabilities: Tensor, _ labels: Tensor, inputLengths: [Int]? = nil, labelLengths: [Int]? = nil,
        sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        ctcLoss(
            logProbabilities, labels, inputLengths: inputLengths, labelLengths: labelLengths, blank: blank,
            zeroInfinity: zeroInfinity, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
