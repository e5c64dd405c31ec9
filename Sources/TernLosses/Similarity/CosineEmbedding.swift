import TernCore

/// With `c` the cosine of the angle between two vectors: `1 - c` for a pair that is alike (a target of 1), `max(0, c - margin)`
/// for one that is not (-1). PyTorch's `cosine_embedding_loss`, computed so that near vectors do not cancel.
///
/// - Parameters:
///   - a: [N, D], or [D].
///   - b: of the same shape.
///   - target: [N], or [].
///   - margin: in -1...1.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the target's shape without a reduction.
public func cosineEmbeddingLoss(
    _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    let name = "cosineEmbeddingLoss"
    if a.rank == 0 || target.shape != Shape(a.shape.dropLast()) {
        mistake(name, "expects vectors of shape [N, D] and a target of shape [N], got \(a.shape) and \(target.shape)")
    }
    // Of the vectors' shape, as the others are.
    let targets = target.unsqueezed(axes: -1).expanded(to: a.shape)
    return loss(name, [a, b, targets], "vectors", axis: -1, sampleWeight, mask, reduction) { inputs in
        let (a, b) = (unit(inputs[0]), unit(inputs[1]))
        let t = target.unsqueezed(axes: -1).expanded(to: inputs[0].shape)[..., 0]
        // |a - b|^2 / 2 = 1 - c for vectors of length 1; those of nothing are shorter.
        let apart = 0.5 * square(a.vector - b.vector).sum(axes: -1) + a.missing + b.missing
        let distant = clamp((a.vector * b.vector).sum(axes: -1) - margin, min: 0)
        return which(t.equal(to: 1), apart, 0) + which(t.equal(to: -1), distant, 0)
    }
}

/// A vector divided by its length, or by 1e-6 if that is larger, and half of what its square then lacks to 1.
private func unit(_ x: Tensor) -> (vector: Tensor, missing: Tensor) {
    let length = x.norm(axes: -1, keepAxes: true)
    let vector = x / clamp(length, min: 1e-6)
    let isShort = length.squeezed(axes: -1).less(than: 1e-6)
    return (vector, which(isShort, 0.5 * (1 - square(vector).sum(axes: -1)), 0))
}

/// ``cosineEmbeddingLoss(_:_:_:margin:sampleWeight:mask:reduction:)`` as a value. PyTorch's `CosineEmbeddingLoss`.
public struct CosineEmbeddingLoss: Sendable {
    /// In -1...1.
    public var margin: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - margin: in -1...1.
    ///   - reduction: mean, sum or none of the losses.
    public init(margin: Double = 0, reduction: Reduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// ``cosineEmbeddingLoss(_:_:_:margin:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ a: Tensor, _ b: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        cosineEmbeddingLoss(a, b, target, margin: margin, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
