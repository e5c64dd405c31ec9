import TernCore

/// `-weight[y] * x[y]` for log-probabilities `x` and a class label `y`. PyTorch's `nll_loss`.
///
/// Shapes, with `N` batch, `C` classes and any further axes `D...`:
///
/// - Parameters:
///   - logProbabilities: [N, C, D...], such as `logSoftmax(logits, axis: 1)`; or [C].
///   - labels: integers of shape [N, D...], or [] for [C].
///   - axis: that of the classes: the second one, or the only one, unless given.
///   - weight: [C], a factor for each class; no gradient flows to it.
///   - ignoreIndex: a label whose examples count for nothing.
///   - sampleWeight: a factor for each example, see ``LossWeighting``.
///   - mask: `false` for examples that count for nothing.
///   - reduction: the mean is over the weights, of class times example, of the labels that are not ignored; NaN without any.
/// - Returns: a scalar, or the labels' shape without a reduction.
public func nllLoss(
    _ logProbabilities: Tensor, _ labels: Tensor, axis: Int? = nil, weight: Tensor? = nil, ignoreIndex: Int = -100,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "nllLoss"
    if logProbabilities.rank == 0 {
        mistake(name, "expects log-probabilities of shape [N, C, ...] or [C], got a scalar")
    }
    let x = floating([logProbabilities])[0]
    let rows = LabeledRows(
        x, labels, axis: axis ?? (x.rank == 1 ? 0 : 1), ignoring: ignoreIndex, sampleWeight, mask, name)
    let weighting = rows.weighting.scaled(by: weight.map { rows.factors($0, name) })
    return weighting.reduced(-rows.chosen(x).converted(to: x.dtype.accumulator), reduction).converted(to: x.dtype)
}

/// ``nllLoss(_:_:axis:weight:ignoreIndex:sampleWeight:mask:reduction:)`` as a value. PyTorch's `NLLLoss`.
public struct NLLLoss: Loss {
    /// That of the classes: the second one, or the only one, unless given.
    public var axis: Int?
    /// [C], a factor for each class; no gradient flows to it.
    public var weight: Tensor?
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes: the second one, or the only one, unless given.
    ///   - weight: [C], a factor for each class; no gradient flows to it.
    ///   - ignoreIndex: a label whose examples count for nothing.
    ///   - reduction: mean, sum or none of the losses.
    public init(axis: Int? = nil, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean) {
        self.axis = axis
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.reduction = reduction
    }

    public func callAsFunction(
        _ logProbabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        nllLoss(
            logProbabilities, labels, axis: axis, weight: weight, ignoreIndex: ignoreIndex, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
