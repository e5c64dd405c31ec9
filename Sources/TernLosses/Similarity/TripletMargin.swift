import TernCore

/// `max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with the distance `d` of
/// ``/TernCore/pairwiseDistance(_:_:p:epsilon:keepAxes:)``. Balntas et al., "Learning local feature descriptors with
/// triplets and shallow convolutional neural networks", 2016. PyTorch's `triplet_margin_loss`.
///
/// - Parameters:
///   - anchor: [N, D], or [D].
///   - positive: of the same shape: what is to be near.
///   - negative: of the same shape: what is to be far.
///   - margin: positive.
///   - p: of the norm.
///   - epsilon: added to differences, see there.
///   - swap: take the distance of the negative from the positive where that is smaller than from the anchor.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or [N] (or []) without a reduction.
public func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2,
    epsilon: Double = 1e-6, swap: Bool = false, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    tripletLoss(
        "tripletMarginLoss", [anchor, positive, negative], margin: margin, swap: swap, sampleWeight, mask, reduction
    ) { pairwiseDistance($0, $1, p: p, epsilon: epsilon) }
}

/// ``tripletMarginLoss(_:_:_:margin:p:epsilon:swap:sampleWeight:mask:reduction:)`` with a distance of your own. PyTorch's
/// `triplet_margin_with_distance_loss`.
///
/// ```swift
/// tripletMarginWithDistanceLoss(x, y, -x, distance: { 1 - cosineSimilarity($0, $1, axis: -1) })
/// ```
///
/// - Parameters:
///   - anchor: [..., D].
///   - positive: of the same shape: what is to be near.
///   - negative: of the same shape: what is to be far.
///   - distance: of vectors [..., D] from as many others: [...].
///   - margin: positive.
///   - swap: take the distance of the negative from the positive where that is smaller than from the anchor.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
public func tripletMarginWithDistanceLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, distance: (Tensor, Tensor) -> Tensor,
    margin: Double = 1, swap: Bool = false, sampleWeight: Tensor? = nil, mask: Tensor? = nil,
    reduction: Reduction = .mean
) -> Tensor {
    tripletLoss(
        "tripletMarginWithDistanceLoss", [anchor, positive, negative], margin: margin, swap: swap, sampleWeight, mask,
        reduction, distance)
}

private func tripletLoss(
    _ name: String, _ triplet: [Tensor], margin: Double, swap: Bool, _ sampleWeight: Tensor?, _ mask: Tensor?,
    _ reduction: Reduction, _ distance: (Tensor, Tensor) -> Tensor
) -> Tensor {
    if !(margin > 0) { mistake(name, "margin must be positive, got \(margin)") }
    return loss(name, triplet, "anchor, positive and negative", axis: -1, sampleWeight, mask, reduction) { x in
        let (near, far) = (distance(x[0], x[1]), distance(x[0], x[2]))
        if near.shape != Shape(x[0].shape.dropLast()) {
            mistake(name, "expects distances of shape \(Shape(x[0].shape.dropLast())), got \(near.shape)")
        }
        return clamp(margin + near - (swap ? minimum(far, distance(x[1], x[2])) : far), min: 0)
    }
}

/// ``tripletMarginLoss(_:_:_:margin:p:epsilon:swap:sampleWeight:mask:reduction:)`` as a value. PyTorch's `TripletMarginLoss`.
public struct TripletMarginLoss: Sendable {
    /// Positive.
    public var margin: Double
    /// Of the norm.
    public var p: Double
    /// Added to differences, see there.
    public var epsilon: Double
    /// Take the distance of the negative from the positive where that is smaller than from the anchor.
    public var swap: Bool
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - margin: positive.
    ///   - p: of the norm.
    ///   - epsilon: added to differences, see there.
    ///   - swap: take the distance of the negative from the positive where that is smaller than from the anchor.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        margin: Double = 1, p: Double = 2, epsilon: Double = 1e-6, swap: Bool = false, reduction: Reduction = .mean
    ) {
        self.margin = margin
        self.p = p
        self.epsilon = epsilon
        self.swap = swap
        self.reduction = reduction
    }

    /// ``tripletMarginLoss(_:_:_:margin:p:epsilon:swap:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        tripletMarginLoss(
            anchor, positive, negative, margin: margin, p: p, epsilon: epsilon, swap: swap, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}

/// ``tripletMarginWithDistanceLoss(_:_:_:distance:margin:swap:sampleWeight:mask:reduction:)`` as a value. PyTorch's
/// `TripletMarginWithDistanceLoss`.
public struct TripletMarginWithDistanceLoss: Sendable {
    /// The distance of vectors [..., D] from as many others: [...].
    public var distance: @Sendable (Tensor, Tensor) -> Tensor
    /// Positive.
    public var margin: Double
    /// Take the distance of the negative from the positive where that is smaller than from the anchor.
    public var swap: Bool
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - distance: of vectors [..., D] from as many others: [...].
    ///   - margin: by how much the negative should be farther than the positive.
    ///   - swap: take the distance of the negative from the positive where that is smaller than from the anchor.
    ///   - reduction: mean, sum or none of the losses.
    public init(
        distance: @escaping @Sendable (Tensor, Tensor) -> Tensor, margin: Double = 1, swap: Bool = false,
        reduction: Reduction = .mean
    ) {
        self.distance = distance
        self.margin = margin
        self.swap = swap
        self.reduction = reduction
    }

    /// ``tripletMarginWithDistanceLoss(_:_:_:distance:margin:swap:sampleWeight:mask:reduction:)`` with these settings.
    public func callAsFunction(
        _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> Tensor {
        tripletMarginWithDistanceLoss(
            anchor, positive, negative, distance: distance, margin: margin, swap: swap, sampleWeight: sampleWeight,
            mask: mask, reduction: reduction)
    }
}
