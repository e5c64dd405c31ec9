import TernCore

/// Kullback and Leibler's divergence of a distribution `target` from one whose logarithms are predicted:
/// `target * (log(target) - prediction)`, 0 where the target is. PyTorch's `kl_div`.
///
/// ```swift
/// klDivLoss(logSoftmax([[0, 1]]), [[0.5, 0.5]], axis: -1).item()   // 0.1201...
/// ```
///
/// - Parameters:
///   - logProbabilities: the prediction.
///   - target: probabilities of the prediction's shape, or their logarithms.
///   - isLogTarget: whether it is their logarithms.
///   - axis: that of a distribution, if given: its terms are added first, so that the mean is over distributions, which
///     is PyTorch's reduction `batchmean`, the divergence of the books. Without one it is over all terms.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar; without a reduction the prediction's shape, without the axis if there is one.
public func klDivLoss(
    _ logProbabilities: Tensor, _ target: Tensor, isLogTarget: Bool = false, axis: Int? = nil,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    loss("klDivLoss", logProbabilities, target, axis: axis, sampleWeight, mask, reduction) { x, t in
        let terms = isLogTarget ? exp(t) * (t - x) : xlogy(t, t) - t * x
        return axis.map { terms.sum(axes: $0) } ?? terms
    }
}

/// Kullback and Leibler's divergence of a distribution `target` from a predicted one, `sum(t * log(t / p))` over an axis,
/// both first brought into `epsilon...1`. Keras's `KLDivergence`. Prefer
/// ``klDivLoss(_:_:isLogTarget:axis:sampleWeight:mask:reduction:)``, which takes logarithms.
///
/// - Parameters:
///   - probabilities: the prediction.
///   - target: of its shape.
///   - axis: that of a distribution.
///   - epsilon: the least probability; positive.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without the axis.
public func klDivergence(
    _ probabilities: Tensor, _ target: Tensor, axis: Int = -1, epsilon: Double = 1e-7, sampleWeight: Tensor? = nil,
    mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    if !(epsilon > 0) { mistake("klDivergence", "epsilon must be positive, got \(epsilon)") }
    return loss("klDivergence", probabilities, target, axis: axis, sampleWeight, mask, reduction) {
        let (p, t) = (clamp($0, min: epsilon, max: 1), clamp($1, min: epsilon, max: 1))
        return (t * log(t / p)).sum(axes: axis)
    }
}

/// ``klDivLoss(_:_:isLogTarget:axis:sampleWeight:mask:reduction:)`` as a value. PyTorch's `KLDivLoss`.
public struct KLDivLoss: Loss {
    /// Whether it is their logarithms.
    public var isLogTarget: Bool
    /// That of a distribution, if given: its terms are added first, so that the mean is over distributions, which is
    /// PyTorch's reduction `batchmean`, the divergence of the books. Without one it is over all terms.
    public var axis: Int?
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - isLogTarget: whether it is their logarithms.
    ///   - axis: that of a distribution, if given: its terms are added first, so that the mean is over distributions,
    ///     which is PyTorch's reduction `batchmean`, the divergence of the books. Without one it is over all terms.
    ///   - reduction: mean, sum or none of the losses.
    public init(isLogTarget: Bool = false, axis: Int? = nil, reduction: Reduction = .mean) {
        self.isLogTarget = isLogTarget
        self.axis = axis
        self.reduction = reduction
    }

    public func callAsFunction(
        _ logProbabilities: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        klDivLoss(
            logProbabilities, target, isLogTarget: isLogTarget, axis: axis, sampleWeight: sampleWeight, mask: mask,
            reduction: reduction)
    }
}

/// ``klDivergence(_:_:axis:epsilon:sampleWeight:mask:reduction:)`` as a value. Keras's `KLDivergence`.
public struct KLDivergenceLoss: Loss {
    /// That of a distribution, if given: its terms are added first, so that the mean is over distributions, which is
    /// PyTorch's reduction `batchmean`, the divergence of the books. Without one it is over all terms.
    public var axis: Int
    /// The least probability; positive.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of a distribution, if given: its terms are added first, so that the mean is over distributions,
    ///     which is PyTorch's reduction `batchmean`, the divergence of the books. Without one it is over all terms.
    ///   - epsilon: the least probability; positive.
    ///   - reduction: mean, sum or none of the losses.
    public init(axis: Int = -1, epsilon: Double = 1e-7, reduction: Reduction = .mean) {
        self.axis = axis
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        klDivergence(
            probabilities, target, axis: axis, epsilon: epsilon, sampleWeight: sampleWeight, mask: mask,
            reduction: reduction)
    }
}
