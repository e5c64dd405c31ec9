import TernCore

/// How far each class that is no target comes nearer than 1 to each that is one:
/// `sum over targets y and others c of max(0, 1 - (x[y] - x[c])) / C`. PyTorch's `multilabel_margin_loss`.
///
/// ```swift
/// multiLabelMarginLoss([0.1, 0.2, 0.4, 0.8], Tensor([3, 0, -1, 1], dtype: .int64)).item()   // 0.85
/// ```
///
/// Takes memory for [N, C, C] numbers.
///
/// - Parameters:
///   - prediction: [N, C], or [C].
///   - targets: integers of the same shape: the classes, and a negative number after the last, behind which all is
///     ignored.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or [N] (or []) without a reduction.
public func multiLabelMarginLoss(
    _ prediction: Tensor, _ targets: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "multiLabelMarginLoss"
    let given = floating([prediction])[0]
    if !(1...2).contains(given.rank) {
        mistake(name, "expects a prediction of shape [N, C] or [C], got \(given.shape)")
    }
    if !targets.dtype.isInteger || targets.shape != given.shape {
        mistake(
            name,
            "expects integer targets of the prediction's shape \(given.shape), got \(targets.dtype) \(targets.shape)"
                + targets.dtype.integerHint)
    }
    let classes = given.shape[given.rank - 1]
    let weighting = LossWeighting(sampleWeight, mask, of: Shape(given.shape.dropLast()), name)
    let all = weighting.kept(targets.converted(to: .int64), axis: -1)
    let isListed = all.less(than: 0).cumulativeSum(axis: -1).equal(to: 0)
    let listed = which(isListed, all, 0).contiguous()
    if listed.checkLabels(below: classes, ignoring: .min).wrong != nil {
        let wrong = listed.array(of: Int.self).first { $0 >= classes }!
        mistake(name, "expects targets below \(classes), got \(wrong)")
    }
    let x = weighting.kept(given.converted(to: given.dtype.accumulator), axis: -1)
    let isTarget = Tensor.zeros(listed.shape, dtype: .int64).scatterAdded(
        isListed.converted(to: .int64), at: listed, axis: -1
    ).greater(than: 0)
    // [N, targets, others]
    let margins = clamp(1 - (x.gathered(listed, axis: -1).unsqueezed(axes: -1) - x.unsqueezed(axes: -2)), min: 0)
    let counts = isListed.unsqueezed(axes: -1).logicalAnd(isTarget.logicalNot().unsqueezed(axes: -2))
    let losses = which(counts, margins, 0).sum(axes: [-2, -1]) / Double(classes)
    return weighting.reduced(losses, reduction).converted(to: given.dtype)
}

/// ``multiLabelMarginLoss(_:_:sampleWeight:mask:reduction:)`` as a value. PyTorch's `MultiLabelMarginLoss`.
public struct MultiLabelMarginLoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(
        _ prediction: Tensor, _ targets: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        multiLabelMarginLoss(prediction, targets, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
