import TernCore

/// `-weight[y] * x[y]` for log-probabilities `x` and a class label `y`. PyTorch's `nll_loss`.
///
/// Shapes, with `N` batch, `C` classes and any further axes `D...`:
///
/// - Parameters:
///   - logProbabilities: [N, C, D...], such as `logSoftmax(logits, axis: 1)`; or [C].
///   - labels: integers of shape [N, D...], or [] for [C].
///   - weight: [C], a factor for each class; no gradient flows to it.
///   - ignoreIndex: a label whose examples count for nothing.
///   - reduction: the mean is over the weights of the labels that are not ignored; NaN without any.
/// - Returns: a scalar, or the labels' shape without a reduction.
public func nllLoss(
    _ logProbabilities: Tensor, _ labels: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "nllLoss"
    if logProbabilities.rank == 0 {
        mistake(name, "expects log-probabilities of shape [N, C, ...] or [C], got a scalar")
    }
    let classAxis = logProbabilities.rank == 1 ? 0 : 1
    let classes = logProbabilities.shape[classAxis]
    var labelShape = logProbabilities.shape
    labelShape.remove(at: classAxis)
    if !labels.dtype.isInteger || labels.shape != labelShape {
        mistake(
            name,
            "expects integer labels of shape \(labelShape), got \(labels.dtype) \(labels.shape) "
                + "(log-probabilities \(logProbabilities.shape))\(labels.dtype.integerHint)")
    }
    if let weight, weight.shape != [classes] {
        mistake(name, "expects a weight of shape [\(classes)], got \(weight.shape)")
    }
    let dtype = logProbabilities.dtype
    let (batch, _) = checkedLabels(
        labels, classes: classes, ignoring: ignoreIndex, weight: weight, dtype: dtype, name)
    let isCounted = batch.isCounted.reshaped(labelShape)
    // An ignored label need not be a class.
    let indices = which(isCounted, batch.labels.reshaped(labelShape), 0)
    let factors = (batch.weights ?? batch.isCounted.converted(to: dtype)).reshaped(labelShape)
    let chosen = logProbabilities.gathered(indices.unsqueezed(axes: classAxis), axis: classAxis).squeezed(
        axes: classAxis)
    let losses = -which(isCounted, chosen, Tensor.zeros([], dtype: chosen.dtype)) * factors
    return reduction == .mean ? losses.sum() / factors.sum() : losses.reduced(reduction)
}

/// ``nllLoss(_:_:weight:ignoreIndex:reduction:)`` as a value. PyTorch's `NLLLoss`.
public struct NLLLoss: Loss {
    public var weight: Tensor?
    public var ignoreIndex: Int
    public var reduction: Reduction

    public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean) {
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.reduction = reduction
    }

    public func callAsFunction(_ logProbabilities: Tensor, _ labels: Tensor) -> Tensor {
        nllLoss(logProbabilities, labels, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
    }
}
