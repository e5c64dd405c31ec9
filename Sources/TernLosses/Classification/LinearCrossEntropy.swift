import TernCore

/// ``crossEntropy(_:_:axis:weight:ignoreIndex:labelSmoothing:sampleWeight:mask:reduction:)`` of `linear(x, weight, bias)`, of
/// which only `chunk` rows at a time are in memory: the backward walk computes them again. For vocabularies whose logits are
/// larger than all else. PyTorch's `linear_cross_entropy`.
///
/// ```swift
/// let labels = Tensor([1, 2, 3, 4], dtype: .int64)
/// linearCrossEntropy(Tensor.zeros([4, 8]), Tensor.zeros([1000, 8]), labels, chunk: 2).item()   // 6.9077...
/// ```
///
/// Shapes, with `N` batch and `C` classes:
///
/// - Parameters:
///   - x: [N, in].
///   - weight: [C, in], of the linear layer.
///   - labels: integers of shape [N], or probabilities of shape [N, C].
///   - bias: [C].
///   - classWeight: [C], a factor for each class; no gradient flows to it.
///   - ignoreIndex: a label whose examples count for nothing.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - chunk: how many rows are computed at a time; all at once, and nothing twice, unless given.
///   - sampleWeight: a factor for each example, see ``LossWeighting``.
///   - mask: `false` for examples that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or [N] without a reduction.
public func linearCrossEntropy(
    _ x: Tensor, _ weight: Tensor, _ labels: Tensor, bias: Tensor? = nil, classWeight: Tensor? = nil,
    ignoreIndex: Int = -100, labelSmoothing: Double = 0, chunk: Int? = nil, sampleWeight: Tensor? = nil,
    mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "linearCrossEntropy"
    if x.rank != 2 || weight.rank != 2 || labels.rank == 0 || labels.shape[0] != x.shape[0] {
        mistake(
            name,
            "expects an input of shape [N, in], a weight of shape [C, in] and labels of shape [N] or [N, C], got "
                + "\(x.shape), \(weight.shape) and \(labels.shape)")
    }
    if let chunk, chunk < 1 { mistake(name, "chunk must be positive, got \(chunk)") }
    func losses(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ rows: Range<Int>, _ reduction: Reduction) -> Tensor {
        func part(_ factor: Tensor?) -> Tensor? {
            guard let factor, factor.rank > 0, factor.shape[0] != 1 else { return factor }
            return factor.sliced(from: rows.lowerBound, to: rows.upperBound, axis: 0)
        }
        return crossEntropy(
            linear(x, weight, bias), part(labels)!, weight: classWeight, ignoreIndex: ignoreIndex,
            labelSmoothing: labelSmoothing, sampleWeight: part(sampleWeight), mask: part(mask), reduction: reduction)
    }
    let count = x.shape[0]
    let weighting = LossWeighting(sampleWeight, mask, of: [count], name)
    // What is hidden in a row must not reach the weight's gradient either.
    let x = weighting.kept(x, axis: -1)
    guard let chunk, chunk < count else { return losses(x, weight, bias, 0..<count, reduction) }
    let parts = stride(from: 0, to: count, by: chunk).map { start in
        let rows = start..<min(count, start + chunk)
        let inputs = [x.sliced(from: start, to: rows.upperBound, axis: 0), weight] + (bias.map { [$0] } ?? [])
        return checkpointed(inputs) { losses($0[0], $0[1], $0.count > 2 ? $0[2] : nil, rows, .none) }
    }
    let each = concatenated(parts)
    if reduction != .mean { return each.reduced(reduction) }
    if labels.dtype.isFloatingPoint { return each.sum() / weighting.total(each.dtype) }
    let (_, total) = checkedLabels(
        labels, classes: weight.shape[0], ignoring: ignoreIndex, weight: classWeight, weighting: weighting,
        dtype: each.dtype.accumulator, name)
    return each.sum() / total
}
