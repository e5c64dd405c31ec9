import TernCore

/// `(log(1 + prediction) - log(1 + target))^2`, both at least `epsilon`. Keras's `MeanSquaredLogarithmicError`, computed so
/// that near logarithms do not cancel.
///
/// ```swift
/// msleLoss([1, 3], [1, 1], reduction: .none)   // [0, 0.4805]
/// ```
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - epsilon: smaller predictions and targets become this; more than -1.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func msleLoss(
    _ prediction: Tensor, _ target: Tensor, epsilon: Double = 1e-7, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    if !(epsilon > -1) { mistake("msleLoss", "epsilon must be more than -1, got \(epsilon)") }
    return loss("msleLoss", prediction, target, sampleWeight, mask, reduction) { x, t in
        square(logRatio(maximum(x, epsilon), maximum(t, epsilon)))
    }
}

/// `log((1 + a) / (1 + b))`.
private func logRatio(_ a: Tensor, _ b: Tensor) -> Tensor {
    let result = asOneOperation {
        let (a, b) = (a.detached, b.detached)
        return sign(a - b) * log1p(abs(a - b) / (1 + minimum(a, b)))
    }
    return result.asOutput(of: "logRatio", from: [a, b]) { gradient, _ in
        [gradient / (1 + a), -gradient / (1 + b)]
    }
}

/// ``msleLoss(_:_:epsilon:sampleWeight:mask:reduction:)`` as a value. Keras's `MeanSquaredLogarithmicError`.
public struct MSLELoss: Loss {
    /// Smaller predictions and targets become this; more than -1.
    public var epsilon: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - epsilon: smaller predictions and targets become this; more than -1.
    ///   - reduction: mean, sum or none of the losses.
    public init(epsilon: Double = 1e-7, reduction: Reduction = .mean) {
        self.epsilon = epsilon
        self.reduction = reduction
    }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        msleLoss(prediction, target, epsilon: epsilon, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
