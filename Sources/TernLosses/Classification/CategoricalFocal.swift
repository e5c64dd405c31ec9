import TernCore

/// The cross-entropy of probabilities, of which easy examples count less: `-sum over c of alpha * (1 - p[c])^gamma * t[c] *
/// log(p[c])`, where `p` is first divided by its sum over the classes and then brought into `epsilon...1 - epsilon`. Lin et al.,
/// "Focal loss for dense object detection", 2017. Keras's `CategoricalFocalCrossentropy`, which takes no labels.
///
/// - Parameters:
///   - probabilities: of any shape with an axis for the classes.
///   - labels: integers of that shape without the axis; or probabilities of that shape.
///   - axis: that of the classes.
///   - alpha: a factor of all.
///   - gamma: at least 0; 0 is the cross-entropy.
///   - ignoreIndex: a label whose examples count for nothing.
///   - epsilon: keeps certain and wrong predictions from infinite losses.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the shape of the probabilities without the axis.
public func categoricalFocalCrossEntropy(
    _ probabilities: Tensor, _ labels: Tensor, axis: Int = -1, alpha: Double = 0.25, gamma: Double = 2,
    ignoreIndex: Int = -100, epsilon: Double = 1e-7, labelSmoothing: Double = 0, sampleWeight: Tensor? = nil,
    mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "categoricalFocalCrossEntropy"
    checkFocal(nil, gamma, labelSmoothing, name)
    return categoricalLoss(
        name, probabilities, labels, axis: axis, ignoring: ignoreIndex, smoothing: labelSmoothing, sampleWeight, mask,
        reduction
    ) { probabilities in
        let logP = boundedLog(probabilities, axis, epsilon)
        // 1 - p, of which nothing is lost for p near 1.
        return -alpha * focalFactor(-expm1(logP), gamma) * logP
    }
}

/// ``categoricalFocalCrossEntropy(_:_:axis:alpha:gamma:ignoreIndex:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` of
/// `softmax(logits)`, without bounds. Keras's `CategoricalFocalCrossentropy(from_logits=True)`.
///
/// - Parameters:
///   - logits: of any shape with an axis for the classes.
///   - labels: integers of that shape without the axis; or probabilities of that shape.
///   - axis: that of the classes.
///   - alpha: a factor of all.
///   - gamma: at least 0; 0 is the cross-entropy.
///   - ignoreIndex: a label whose examples count for nothing.
///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the logits' shape without the axis.
public func categoricalFocalCrossEntropyWithLogits(
    _ logits: Tensor, _ labels: Tensor, axis: Int = -1, alpha: Double = 0.25, gamma: Double = 2,
    ignoreIndex: Int = -100, labelSmoothing: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "categoricalFocalCrossEntropyWithLogits"
    checkFocal(nil, gamma, labelSmoothing, name)
    return categoricalLoss(
        name, logits, labels, axis: axis, ignoring: ignoreIndex, smoothing: labelSmoothing, sampleWeight, mask,
        reduction
    ) { logits in
        let logP = logSoftmax(logits, axis: axis)
        // 1 - p, of which nothing is lost for p near 1.
        return -alpha * focalFactor(-expm1(logP), gamma) * logP
    }
}

/// ``categoricalFocalCrossEntropy(_:_:axis:alpha:gamma:ignoreIndex:epsilon:labelSmoothing:sampleWeight:mask:reduction:)`` as
/// a value. Keras's `CategoricalFocalCrossentropy`.
public struct CategoricalFocalCrossEntropyLoss: Loss {
    /// That of the classes.
    public var axis: Int
    /// A factor of all.
    public var alpha: Double
    /// At least 0; 0 is the cross-entropy.
    public var gamma: Double
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// Keeps certain and wrong predictions from infinite losses.
    public var epsilon: Double
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes.
    ///   - alpha: a factor of all.
    ///   - gamma: at least 0; 0 is the cross-entropy.
    ///   - ignoreIndex: a label whose examples count for nothing.
    ///   - epsilon: keeps certain and wrong predictions from infinite losses.
    ///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        axis: Int = -1, alpha: Double = 0.25, gamma: Double = 2, ignoreIndex: Int = -100, epsilon: Double = 1e-7,
        labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) {
        self.axis = axis
        self.alpha = alpha
        self.gamma = gamma
        self.ignoreIndex = ignoreIndex
        self.epsilon = epsilon
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        categoricalFocalCrossEntropy(
            probabilities, labels, axis: axis, alpha: alpha, gamma: gamma, ignoreIndex: ignoreIndex, epsilon: epsilon,
            labelSmoothing: labelSmoothing, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}

/// ``categoricalFocalCrossEntropyWithLogits(_:_:axis:alpha:gamma:ignoreIndex:labelSmoothing:sampleWeight:mask:reduction:)`` as
/// a value. Keras's `CategoricalFocalCrossentropy(from_logits=True)`.
public struct CategoricalFocalCrossEntropyWithLogitsLoss: Loss {
    /// That of the classes.
    public var axis: Int
    /// A factor of all.
    public var alpha: Double
    /// At least 0; 0 is the cross-entropy.
    public var gamma: Double
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - axis: that of the classes.
    ///   - alpha: a factor of all.
    ///   - gamma: at least 0; 0 is the cross-entropy.
    ///   - ignoreIndex: a label whose examples count for nothing.
    ///   - labelSmoothing: in 0...1, the share of a uniform distribution in the target.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        axis: Int = -1, alpha: Double = 0.25, gamma: Double = 2, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
        reduction: Reduction = .mean
    ) {
        self.axis = axis
        self.alpha = alpha
        self.gamma = gamma
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        categoricalFocalCrossEntropyWithLogits(
            logits, labels, axis: axis, alpha: alpha, gamma: gamma, ignoreIndex: ignoreIndex,
            labelSmoothing: labelSmoothing, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
