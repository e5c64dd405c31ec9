import TernCore

/// `-(t * log(p) + (1 - t) * log(1 - p))` for a probability `p` and a target `t` in 0...1. Logarithms are at least -100, so
/// that a certain and wrong prediction has a finite loss. PyTorch's `binary_cross_entropy`.
///
/// Prefer ``binaryCrossEntropyWithLogits(_:_:weight:positiveWeight:reduction:)``, which is accurate for all logits.
///
/// - Parameters:
///   - probabilities: in 0...1.
///   - target: of the same shape.
///   - weight: a factor for each element, broadcast.
/// - Returns: a scalar, or the probabilities' shape without a reduction.
public func binaryCrossEntropy(
    _ probabilities: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryCrossEntropy"
    let (p, t) = checkedPair(probabilities, target, name)
    checkWeight(weight, "weight", p.shape, name)
    withoutGradients {
        // NaN is let through: the loss is NaN then.
        let wrong = p.less(than: 0).logicalOr(p.greater(than: 1))
        if wrong.any().item(as: Bool.self) {
            let values = p.array(of: Double.self)
            mistake(name, "probability must be in 0...1, got \(values.first { $0 < 0 || $0 > 1 }!)")
        }
    }
    let losses = BinaryCrossEntropy()(p, t)
    return (weight.map { losses * $0.converted(to: p.dtype) } ?? losses).reduced(reduction)
}

/// The derivative is that of the logarithms without their bound, and finite at 0 and 1 all the same.
private struct BinaryCrossEntropy: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let (p, t) = (inputs[0], inputs[1])
        context.save(p, t)
        return [-(t * clamp(log(p), min: -100) + (1 - t) * clamp(log1p(-p), min: -100))]
    }

    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let (p, t) = (context.saved[0], context.saved[1])
        return [
            context.needsGradient(0) ? BinaryCrossEntropySlope()(gradients[0], p, t) : nil,
            context.needsGradient(1)
                ? gradients[0] * (clamp(log1p(-p), min: -100) - clamp(log(p), min: -100)) : nil,
        ]
    }
}

/// `g * (p - t) / (p * (1 - p))`, whose derivative `t / p^2 + (1 - t) / (1 - p)^2` is no difference of large numbers.
private struct BinaryCrossEntropySlope: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let (g, p, t) = (inputs[0], inputs[1], inputs[2])
        context.save(g, p, t)
        return [g * (p - t) / spread(p)]
    }

    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let (g, p, t) = (context.saved[0], context.saved[1], context.saved[2])
        let upstream = gradients[0]
        let spread = spread(p)
        return [
            context.needsGradient(0) ? BinaryCrossEntropySlope()(upstream, p, t) : nil,
            context.needsGradient(1)
                ? upstream * g * (t * square((1 - p) / spread) + (1 - t) * square(p / spread)) : nil,
            context.needsGradient(2) ? -(upstream * g) / spread : nil,
        ]
    }

    private func spread(_ p: Tensor) -> Tensor { clamp(p * (1 - p), min: 1e-12) }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of `sigmoid(logits)`, without overflow or cancellation:
/// `(1 - t) * softplus(x) + positiveWeight * t * softplus(-x)`. PyTorch's `binary_cross_entropy_with_logits`.
///
/// - Parameters:
///   - target: of the logits' shape, in 0...1.
///   - weight: a factor for each element, broadcast.
///   - positiveWeight: a factor for the positive part of each class, broadcast.
/// - Returns: a scalar, or the logits' shape without a reduction.
public func binaryCrossEntropyWithLogits(
    _ logits: Tensor, _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "binaryCrossEntropyWithLogits"
    let (x, t) = checkedPair(logits, target, name)
    checkWeight(weight, "weight", x.shape, name)
    checkWeight(positiveWeight, "positiveWeight", x.shape, name)
    let positive = positiveWeight.map { t * $0.converted(to: x.dtype) } ?? t
    let losses = (1 - t) * softplus(x) + positive * softplus(-x)
    return (weight.map { losses * $0.converted(to: x.dtype) } ?? losses).reduced(reduction)
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` as a value. PyTorch's `BCELoss`.
public struct BCELoss: Loss {
    public var weight: Tensor?
    public var reduction: Reduction

    public init(weight: Tensor? = nil, reduction: Reduction = .mean) {
        self.weight = weight
        self.reduction = reduction
    }

    public func callAsFunction(_ probabilities: Tensor, _ target: Tensor) -> Tensor {
        binaryCrossEntropy(probabilities, target, weight: weight, reduction: reduction)
    }
}

/// ``binaryCrossEntropyWithLogits(_:_:weight:positiveWeight:reduction:)`` as a value. PyTorch's `BCEWithLogitsLoss`.
public struct BCEWithLogitsLoss: Loss {
    public var weight: Tensor?
    public var positiveWeight: Tensor?
    public var reduction: Reduction

    public init(weight: Tensor? = nil, positiveWeight: Tensor? = nil, reduction: Reduction = .mean) {
        self.weight = weight
        self.positiveWeight = positiveWeight
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
        binaryCrossEntropyWithLogits(
            logits, target, weight: weight, positiveWeight: positiveWeight, reduction: reduction)
    }
}
