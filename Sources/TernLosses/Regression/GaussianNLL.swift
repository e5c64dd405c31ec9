import TernCore

/// The negative log-likelihood of a normal distribution, without its constant:
/// `(log(v) + (prediction - target)^2 / v) / 2` with `v = max(variance, epsilon)`. Nix and Weigend, "Estimating the mean and
/// variance of the target probability distribution", 1994. PyTorch's `gaussian_nll_loss`.
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - variance: at least 0, broadcast to the prediction's shape, or of that without its last axis. Its gradient is
///     that at `v`, also where `epsilon` is larger, so that it can grow from there.
///   - isFull: with the constant, `log(2 pi) / 2`.
///   - epsilon: the least variance; positive.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func gaussianNLLLoss(
    _ prediction: Tensor, _ target: Tensor, variance: Tensor, isFull: Bool = false, epsilon: Double = 1e-6,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "gaussianNLLLoss"
    let shape = prediction.shape
    let given =
        variance.rank > 0 && variance.shape == Shape(shape.dropLast()) ? variance.unsqueezed(axes: -1) : variance
    if given.shape.broadcast(with: shape) != shape {
        mistake(name, "expects a variance that broadcasts to \(shape), or of its first axes, got \(variance.shape)")
    }
    if !(epsilon > 0) { mistake(name, "epsilon must be positive, got \(epsilon)") }
    return loss(
        name, [prediction, target, given.expanded(to: shape)], "prediction, target and variance", sampleWeight, mask,
        reduction
    ) { inputs in
        let (x, t, variance) = (inputs[0], inputs[1], inputs[2])
        withoutGradients {
            if variance.less(than: 0).any().item(as: Bool.self) {
                let wrong = variance.array(of: Double.self).first { $0 < 0 }!
                mistake(name, "variance must be at least 0, got \(wrong)")
            }
        }
        let v = variance + (maximum(variance, epsilon) - variance).detached
        let losses = 0.5 * (log(v) + square(x - t) / v)
        return isFull ? losses + 0.9189385332046727 : losses
    }
}

/// ``gaussianNLLLoss(_:_:variance:isFull:epsilon:sampleWeight:mask:reduction:)`` as a value. PyTorch's `GaussianNLLLoss`.
public struct GaussianNLLLoss: Sendable {
    /// With the constant, `log(2 pi) / 2`.
    public var isFull: Bool
    /// The least variance; positive.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - isFull: with the constant, `log(2 pi) / 2`.
    ///   - epsilon: the least variance; positive.
    ///   - reduction: mean, sum or none of the losses.
    public init(isFull: Bool = false, epsilon: Double = 1e-6, reduction: Reduction = .mean) {
        self.isFull = isFull
        self.epsilon = epsilon
        self.reduction = reduction
    }

    /// ``gaussianNLLLoss(_:_:variance:isFull:epsilon:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, variance: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        gaussianNLLLoss(
            prediction, target, variance: variance, isFull: isFull, epsilon: epsilon, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
