import TernCore

/// `log(cosh(prediction - target))`: near `d^2 / 2` for small differences `d`, and `|d| - log(2)` for large ones. Keras's
/// `LogCosh`, computed so that small differences do not cancel.
///
/// ```swift
/// logCoshLoss([0.001, 100], [0, 0], reduction: .none)   // [5e-07, 99.3069]
/// ```
///
/// - Parameters:
///   - prediction: floating-point, of any shape.
///   - target: of the prediction's shape.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the prediction's shape without a reduction.
public func logCoshLoss(
    _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("logCoshLoss", prediction, target, sampleWeight, mask, reduction) { logCosh($0 - $1) }
}

/// `log(cosh(x))`, whose derivative is `tanh(x)`.
private func logCosh(_ x: Tensor) -> Tensor {
    let result = asOneOperation {
        // cosh(x) = 1 + 2 sinh(x / 2)^2 near 0, (1 + e^-2|x|) e^|x| / 2 far from it.
        let size = abs(x.detached)
        let near = log1p(2 * square(sinh(clamp(size, max: 2) * 0.5)))
        return which(size.less(than: 1), near, size + log1p(exp(-2 * size)) - 0.6931471805599453)
    }
    return result.asOutput(of: "logCosh", from: [x]) { gradient, _ in [gradient * tanh(x)] }
}

/// ``logCoshLoss(_:_:sampleWeight:mask:reduction:)`` as a value. Keras's `LogCosh`.
public struct LogCoshLoss: Loss {
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameter reduction: mean, sum or none of the losses.
    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
        logCoshLoss(prediction, target, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
