import TernCore

/// The mean over the classes of the binary cross-entropy of each, for an example that may belong to several:
/// `-sum over c of weight[c] * (t[c] * log(sigmoid(x[c])) + (1 - t[c]) * log(sigmoid(-x[c]))) / C`. PyTorch's
/// `multilabel_soft_margin_loss`.
///
/// - Parameters:
///   - prediction: [..., C].
///   - target: of the same shape, in 0...1.
///   - weight: [C], a factor for each class.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or [...] without a reduction.
public func multiLabelSoftMarginLoss(
    _ prediction: Tensor, _ target: Tensor, weight: Tensor? = nil, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "multiLabelSoftMarginLoss"
    if prediction.rank > 0 { checkClassWeight(weight, prediction.shape[prediction.rank - 1], name) }
    return loss(name, prediction, target, axis: -1, sampleWeight, mask, reduction) { x, t in
        let terms = (1 - t) * softplus(x) + t * softplus(-x)
        return (weight.map { terms * $0.converted(to: x.dtype) } ?? terms).mean(axes: -1)
    }
}

/// ``multiLabelSoftMarginLoss(_:_:weight:sampleWeight:mask:reduction:)`` as a value. PyTorch's `MultiLabelSoftMarginLoss`.
public struct MultiLabelSoftMarginLoss: Loss {
    /// [C], a factor for each class.
    public var weight: Tensor?
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - weight: [C], a factor for each class.
    ///   - reduction: mean, sum or none of the losses.
    public init(weight: Tensor? = nil, reduction: Reduction = .mean) {
        self.weight = weight
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        multiLabelSoftMarginLoss(
            prediction, target, weight: weight, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
