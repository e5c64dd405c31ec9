import TernCore

/// `-(t * log(p) + (1 - t) * log(1 - p))` for a probability `p` and a target `t` in 0...1. Logarithms are at least -100, so
/// that a certain and wrong prediction has a finite loss. PyTorch's `binary_cross_entropy`.
///
/// Prefer ``binaryCrossEntropyWithLogits(_:_:weight:positiveWeight:reduction:)``, which is exact for all logits.
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
            context.needsGradient(0) ? gradients[0] * (p - t) / clamp(p * (1 - p), min: 1e-12) : nil,
            context.needsGradient(1)
                ? gradients[0] * (clamp(log1p(-p), min: -100) - clamp(log(p), min: -100)) : nil,
        ]
    }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of `sigmoid(logits)`, in a form that is exact for large logits:
/// `(1 - t) * x + (1 + (positiveWeight - 1) * t) * log(1 + e^-x)`. PyTorch's `binary_cross_entropy_with_logits`.
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
    let positive = softplus(-x)
    var losses = (1 - t) * x
    if let positiveWeight {
        losses += (1 + (positiveWeight.converted(to: x.dtype) - 1) * t) * positive
    } else {
        losses += positive
    }
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
