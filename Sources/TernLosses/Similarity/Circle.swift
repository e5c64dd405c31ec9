import TernCore

/// For embeddings of length 1 and cosine distances `d` of one from others: `softplus(p + n)`, with
/// `p = logSumExp(gamma * (d + margin) * (d - margin))` over those of its label and
/// `n = logSumExp(gamma * max(0, 1 + margin - d) * (1 - margin - d))` over the rest. Sun et al., "Circle loss: a unified
/// perspective of pair similarity optimization", 2020. Keras's `Circle`.
///
/// An embedding that has no other of its label, or none of another label, has loss 0 and does not count. (In Keras's mean no
/// loss counts that is 0, also by rounding.)
///
/// - Parameters:
///   - embeddings: [N, D].
///   - labels: integers of shape [N].
///   - references: [M, D], which they are compared with: each other, unless given.
///   - referenceLabels: integers of shape [M].
///   - gamma: a scale.
///   - margin: in 0...1.
///   - sampleWeight: a factor for each example, see ``LossWeighting``.
///   - mask: `false` for examples that count for nothing, not even beside others.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or [N] without a reduction.
public func circleLoss(
    _ embeddings: Tensor, _ labels: Tensor, references: Tensor? = nil, referenceLabels: Tensor? = nil,
    gamma: Double = 80, margin: Double = 0.4, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "circleLoss"
    func checkLabels(_ labels: Tensor, of embeddings: Tensor) {
        if embeddings.rank != 2 || !labels.dtype.isInteger || labels.shape != [embeddings.shape[0]] {
            mistake(
                name,
                "expects embeddings of shape [N, D] and integer labels of shape [N], got \(embeddings.shape) and "
                    + "\(labels.dtype) \(labels.shape)\(labels.dtype.integerHint)")
        }
    }
    checkShare(margin, "margin", name)
    checkLabels(labels, of: embeddings)
    if (references == nil) != (referenceLabels == nil) {
        mistake(name, "expects references and their labels together, or neither")
    }
    if let references, let referenceLabels {
        checkLabels(referenceLabels, of: references)
        if references.shape[1] != embeddings.shape[1] {
            mistake(name, "expects references of the embeddings' size \(embeddings.shape[1]), got \(references.shape)")
        }
    }
    let given = floating([embeddings] + (references.map { [$0] } ?? []))
    let type = given[0].dtype
    let weighting = LossWeighting(sampleWeight, mask, of: labels.shape, name)
    let x = weighting.kept(given[0].converted(to: type.accumulator), axis: -1)
    let others = references == nil ? x : given[1].converted(to: type.accumulator)

    let isAlike = labels.unsqueezed(axes: 1).equal(to: (referenceLabels ?? labels).unsqueezed(axes: 0))
    var isOther = Tensor.full([], true, dtype: .bool)
    if references == nil {
        isOther = Tensor.eye(labels.count, dtype: .bool).logicalNot()
        if let isCounted = weighting.isCounted { isOther = isOther.logicalAnd(isCounted.unsqueezed(axes: 0)) }
    }
    let (isPositive, isNegative) = (isAlike.logicalAnd(isOther), isAlike.logicalNot().logicalAnd(isOther))
    // A cosine of 1 may be a little more by rounding.
    let d = maximum(1 - matmul(x, others.transposed()), 0)
    let positive = gamma * (d + margin) * (d - margin)
    let negative = gamma * maximum(1 + margin - d, 0) * (1 - margin - d)
    // Finite for rows without any: their derivative is 0 then.
    let none = -1e30
    let p = which(isPositive, positive, none).logSumExp(axes: 1)
    let n = which(isNegative, negative, none).logSumExp(axes: 1)
    let hasBoth = isPositive.any(axes: 1).logicalAnd(isNegative.any(axes: 1))
    return weighting.only(where: hasBoth).reduced(softplus(p + n), reduction).converted(to: type)
}

/// ``circleLoss(_:_:references:referenceLabels:gamma:margin:sampleWeight:mask:reduction:)`` of a batch with itself, as a value.
/// Keras's `Circle`.
public struct CircleLoss: Loss {
    /// A scale.
    public var gamma: Double
    /// In 0...1.
    public var margin: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - gamma: a scale.
    ///   - margin: in 0...1.
    ///   - reduction: mean, sum or none of the losses.
    public init(gamma: Double = 80, margin: Double = 0.4, reduction: Reduction = .mean) {
        self.gamma = gamma
        self.margin = margin
        self.reduction = reduction
    }

    public func callAsFunction(_ embeddings: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        circleLoss(
            embeddings, labels, gamma: gamma, margin: margin, sampleWeight: sampleWeight, mask: mask,
            reduction: reduction)
    }
}
