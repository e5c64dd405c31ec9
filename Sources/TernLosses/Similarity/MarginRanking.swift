import TernCore

/// `max(0, margin - target * (a - b))`: whether the first score is higher by a margin where the target is 1, and lower where it
/// is -1. PyTorch's `margin_ranking_loss`.
///
/// - Parameters:
///   - a: the first scores.
///   - b: the second ones, of their shape.
///   - target: of their shape.
///   - margin: by how much the scores should differ.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the scores' shape without a reduction.
public func marginRankingLoss(
    _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double = 0, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    loss("marginRankingLoss", [a, b, target], "scores and target", sampleWeight, mask, reduction) {
        clamp(margin - $0[2] * ($0[0] - $0[1]), min: 0)
    }
}

/// ``marginRankingLoss(_:_:_:margin:sampleWeight:mask:reduction:)`` as a value. PyTorch's `MarginRankingLoss`.
public struct MarginRankingLoss: Sendable {
    /// By how much the scores should differ.
    public var margin: Double
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - margin: by how much the scores should differ.
    ///   - reduction: mean, sum or none of the losses.
    public init(margin: Double = 0, reduction: Reduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// ``marginRankingLoss(_:_:_:margin:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ a: Tensor, _ b: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        marginRankingLoss(a, b, target, margin: margin, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
