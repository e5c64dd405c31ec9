import TernCore

/// How far each other class comes nearer to the label's than a margin:
/// `sum over c != y of max(0, margin - x[y] + x[c])^p * weight[y] / C`. PyTorch's `multi_margin_loss`.
///
/// - Parameters:
///   - prediction: [N, C], or [C].
///   - labels: integers of shape [N], or [].
///   - p: 1 or 2.
///   - margin: by how much the label's score should be above the others.
///   - weight: [C], a factor for the class of each label; the mean is over the number of examples all the same.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the labels' shape without a reduction.
public func multiMarginLoss(
    _ prediction: Tensor, _ labels: Tensor, p: Int = 1, margin: Double = 1, weight: Tensor? = nil,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "multiMarginLoss"
    if !(1...2).contains(p) { mistake(name, "expects p of 1 or 2, got \(p)") }
    let given = floating([prediction])[0]
    if !(1...2).contains(given.rank) {
        mistake(name, "expects a prediction of shape [N, C] or [C], got \(given.shape)")
    }
    let rows = LabeledRows(given, labels, axis: -1, ignoring: nil, sampleWeight, mask, name)
    let x = rows.weighting.kept(given.converted(to: given.dtype.accumulator), axis: -1)
    let isLabel = rows.labels.unsqueezed(axes: -1).equal(to: Tensor.arange(rows.classes))
    let margins = clamp(margin - rows.chosen(x).unsqueezed(axes: -1) + x, min: 0)
    let terms = which(isLabel, 0, p == 1 ? margins : square(margins))
    let sums = terms.sum(axes: -1) / Double(rows.classes)
    let losses = weight.map { sums * rows.factors($0, name).converted(to: sums.dtype) } ?? sums
    return rows.weighting.reduced(losses, reduction).converted(to: given.dtype)
}

/// ``multiMarginLoss(_:_:p:margin:weight:sampleWeight:mask:reduction:)`` as a value. PyTorch's `MultiMarginLoss`.
public struct MultiMarginLoss: Loss {
    /// 1 or 2.
    public var p: Int
    /// By how much the label's score should be above the others.
    public var margin: Double
    /// [C], a factor for the class of each label; the mean is over the number of examples all the same.
    public var weight: Tensor?
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - p: 1 or 2.
    ///   - margin: by how much the label's score should be above the others.
    ///   - weight: [C], a factor for the class of each label; the mean is over the number of examples all the same.
    ///   - reduction: mean, sum or none of the losses.
    public init(p: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: Reduction = .mean) {
        self.p = p
        self.margin = margin
        self.weight = weight
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        multiMarginLoss(
            prediction, labels, p: p, margin: margin, weight: weight, sampleWeight: sampleWeight, mask: mask,
            reduction: reduction)
    }
}
