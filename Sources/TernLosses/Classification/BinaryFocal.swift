import TernCore

/// The binary cross-entropy of probabilities, of which easy examples count less: times `(1 - p_t)^gamma`, with
/// `p_t = t * p + (1 - t) * (1 - p)`, and with an `alpha` times `t * alpha + (1 - t) * (1 - alpha)`. Lin et al., "Focal
/// loss for dense object detection", 2017. Keras's `BinaryFocalCrossentropy`, with an `alpha` for its
/// `apply_class_balancing`.
///
/// Prefer ``binaryFocalCrossEntropyWithLogits(_:_:alpha:gamma:labelSmoothing:sampleWeight:mask:reduction:)``.
///
/// - Parameters:
///   - probabilities: in 0...1.
///   - target: of the same shape.
///   - alpha: in 0...1, the weight of the positive class.
///   - gamma: at least 0; 0 is the binary cross-entropy.
///   - epsilon: in the cross-entropy, probabilities are brought into `epsilon...1 - epsilon`.
///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the probabilities' shape without a reduction.
public func binaryFocalCrossEntropy(
    _ probabilities: Tensor, _ target: Tensor, alpha: Double? = nil, gamma: Double = 2, epsilon: Double = 1e-7,
    labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryFocalCrossEntropy"
    checkFocal(alpha, gamma, labelSmoothing, name)
    return loss(name, probabilities, target, sampleWeight, mask, reduction) { p, target in
        checkProbabilities(p, name)
        let t = smoothed(target, labelSmoothing)
        let losses = binaryCrossEntropy(p, t, epsilon: epsilon, reduction: .none)
        return losses * focalFactor(t * (1 - p) + (1 - t) * p, gamma) * balance(t, alpha)
    }
}

/// ``binaryFocalCrossEntropy(_:_:alpha:gamma:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` of
/// `sigmoid(logits)`, without overflow or cancellation and without bounds. torchvision's `sigmoid_focal_loss`, Keras's
/// `BinaryFocalCrossentropy(from_logits=True)`.
///
/// - Parameters:
///   - logits: of any shape.
///   - target: of the logits' shape, in 0...1.
///   - alpha: in 0...1, the weight of the positive class.
///   - gamma: at least 0; 0 is the binary cross-entropy.
///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the logits' shape without a reduction.
public func binaryFocalCrossEntropyWithLogits(
    _ logits: Tensor, _ target: Tensor, alpha: Double? = nil, gamma: Double = 2, labelSmoothing: Double = 0,
    sampleWeight: Tensor? = nil, mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryFocalCrossEntropyWithLogits"
    checkFocal(alpha, gamma, labelSmoothing, name)
    return loss(name, logits, target, sampleWeight, mask, reduction) { x, target in
        let t = smoothed(target, labelSmoothing)
        let losses = (1 - t) * softplus(x) + t * softplus(-x)
        return losses * focalFactor(t * sigmoid(-x) + (1 - t) * sigmoid(x), gamma) * balance(t, alpha)
    }
}

/// `miss^gamma`, for the probability that the prediction misses the target. Where that is 0, so is the cross-entropy,
/// and the slope of a root must not be infinite.
func focalFactor(_ miss: Tensor, _ gamma: Double) -> Tensor {
    gamma == 0 ? Tensor.ones([], dtype: miss.dtype) : pow(clamp(miss, min: 1e-37), gamma)
}

private func balance(_ t: Tensor, _ alpha: Double?) -> Tensor {
    alpha.map { t * $0 + (1 - t) * (1 - $0) } ?? Tensor.ones([], dtype: t.dtype)
}

func checkFocal(_ alpha: Double?, _ gamma: Double, _ smoothing: Double, _ operation: String) {
    if let alpha { checkShare(alpha, "alpha", operation) }
    if !(gamma >= 0) { mistake(operation, "gamma must be at least 0, got \(gamma)") }
    checkShare(smoothing, "labelSmoothing", operation)
}

/// ``binaryFocalCrossEntropy(_:_:alpha:gamma:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` as a value. Keras's
/// `BinaryFocalCrossentropy`.
public struct BinaryFocalCrossEntropyLoss: Loss {
    /// In 0...1, the weight of the positive class.
    public var alpha: Double?
    /// At least 0; 0 is the binary cross-entropy.
    public var gamma: Double
    /// In the cross-entropy, probabilities are brought into `epsilon...1 - epsilon`.
    public var epsilon: Double
    /// In 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - alpha: in 0...1, the weight of the positive class.
    ///   - gamma: at least 0; 0 is the binary cross-entropy.
    ///   - epsilon: in the cross-entropy, probabilities are brought into `epsilon...1 - epsilon`.
    ///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        alpha: Double? = nil, gamma: Double = 2, epsilon: Double = 1e-7, labelSmoothing: Double = 0,
        reduction: Reduction = .mean
    ) {
        self.alpha = alpha
        self.gamma = gamma
        self.epsilon = epsilon
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        binaryFocalCrossEntropy(
            probabilities, target, alpha: alpha, gamma: gamma, epsilon: epsilon, labelSmoothing: labelSmoothing,
            sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}

/// ``binaryFocalCrossEntropyWithLogits(_:_:alpha:gamma:labelSmoothing:sampleWeight:mask:reduction:)`` as a value.
/// Keras's
/// `BinaryFocalCrossentropy(from_logits=True)`.
public struct BinaryFocalCrossEntropyWithLogitsLoss: Loss {
    /// In 0...1, the weight of the positive class.
    public var alpha: Double?
    /// At least 0; 0 is the binary cross-entropy.
    public var gamma: Double
    /// In 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - alpha: in 0...1, the weight of the positive class.
    ///   - gamma: at least 0; 0 is the binary cross-entropy.
    ///   - labelSmoothing: in 0...1, the share `s` of 1/2 in the target: `t (1 - s) + s / 2`.
    ///   - reduction: mean, sum or none of the losses.
    public init(alpha: Double? = nil, gamma: Double = 2, labelSmoothing: Double = 0, reduction: Reduction = .mean) {
        self.alpha = alpha
        self.gamma = gamma
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        binaryFocalCrossEntropyWithLogits(
            logits, target, alpha: alpha, gamma: gamma, labelSmoothing: labelSmoothing, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
