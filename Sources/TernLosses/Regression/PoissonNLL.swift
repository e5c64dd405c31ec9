import TernCore

/// The negative log-likelihood of a Poisson distribution, without the terms that do not depend on the prediction `x`:
/// `exp(x) - t * x` if that is the logarithm of the rate, `x - t * log(x + epsilon)` if it is the rate. PyTorch's
/// `poisson_nll_loss`; of rates and with an `epsilon` of 1e-7 Keras's `Poisson`.
///
/// - Parameters:
///   - prediction: rates or their logarithms, of any shape.
///   - target: counts, of the prediction's shape.
///   - isLogInput: whether predictions are logarithms of rates.
///   - isFull: with Stirling's approximation of the rest, `t * log(t) - t + log(2 pi t) / 2`, for targets above 1.
///   - epsilon: keeps rates of 0 from infinite losses.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func poissonNLLLoss(
    _ prediction: Tensor, _ target: Tensor, isLogInput: Bool = true, isFull: Bool = false, epsilon: Double = 1e-8,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    loss("poissonNLLLoss", prediction, target, sampleWeight, mask, reduction) { x, t in
        let losses = isLogInput ? exp(x) - t * x : x - t * log(x + epsilon)
        if !isFull { return losses }
        let count = which(t.greater(than: 1), t, 1)
        let stirling = count * log(count) - count + 0.5 * log(count * (2 * Double.pi))
        return losses + which(t.greater(than: 1), stirling, 0)
    }
}

/// ``poissonNLLLoss(_:_:isLogInput:isFull:epsilon:sampleWeight:mask:reduction:)`` as a value. PyTorch's
/// `PoissonNLLLoss`.
public struct PoissonNLLLoss: Loss {
    /// Whether predictions are logarithms of rates.
    public var isLogInput: Bool
    /// With Stirling's approximation of the rest, `t * log(t) - t + log(2 pi t) / 2`, for targets above 1.
    public var isFull: Bool
    /// Keeps rates of 0 from infinite losses.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - isLogInput: whether predictions are logarithms of rates.
    ///   - isFull: with Stirling's approximation of the rest, `t * log(t) - t + log(2 pi t) / 2`, for targets above 1.
    ///   - epsilon: keeps rates of 0 from infinite losses.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        isLogInput: Bool = true, isFull: Bool = false, epsilon: Double = 1e-8, reduction: Reduction = .mean
    ) {
        self.isLogInput = isLogInput
        self.isFull = isFull
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        poissonNLLLoss(
            prediction, target, isLogInput: isLogInput, isFull: isFull, epsilon: epsilon, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
