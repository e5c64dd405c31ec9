extension Tensor {
    /// This tensor divided by its p-norm over `axes`, or by `epsilon` where that is larger. PyTorch's
    /// `torch.nn.functional.normalize`, Keras's `UnitNormalization` (of the last axis).
    ///
    /// ```swift
    /// Tensor([[3, 4], [0, 2]]).l2Normalized()   // [[0.6, 0.8], [0, 1]]
    /// ```
    ///
    /// - Parameters:
    ///   - p: as in ``norm(_:axes:keepAxes:)``; 2, the L2 norm, unless given.
    ///   - axes: the second one unless given.
    ///   - epsilon: the least divisor.
    public func l2Normalized(p: Double = 2, axes: any Axes = 1, epsilon: Double = 1e-12) -> Tensor {
        if dtype.isHalf { return widened { $0.l2Normalized(p: p, axes: axes, epsilon: epsilon) } }
        let x = converted(to: dtype.floating)
        return x / TernCore.clamp(x.norm(p, axes: axes, keepAxes: true), min: epsilon)
    }
}

/// The cosine of the angle between vectors along `axis`: `a b / (max(|a|, epsilon) max(|b|, epsilon))`. PyTorch's
/// `cosine_similarity`.
///
/// ```swift
/// cosineSimilarity(Tensor([1, 0]), Tensor([1, 1]), axis: 0)   // 0.7071
/// ```
///
/// Shapes: a and b broadcast; the axis is gone from the result.
public func cosineSimilarity(_ a: Tensor, _ b: Tensor, axis: Int = 1, epsilon: Double = 1e-8) -> Tensor {
    let (a, b) = floatingPair(a, b)
    if a.dtype.isHalf {
        return cosineSimilarity(
            a.converted(to: .float32), b.converted(to: .float32), axis: axis, epsilon: epsilon
        ).converted(to: a.dtype)
    }
    // Axes are those of both together.
    let shape = Tensor.broadcastShape(a, b, "cosineSimilarity")
    let (x, y) = (a.expanded(to: shape), b.expanded(to: shape))
    let axis = x.axisOrScalar(axis, "cosineSimilarity")
    func unit(_ x: Tensor) -> Tensor { x / clamp(x.norm(axes: axis, keepAxes: true), min: epsilon) }
    return (unit(x) * unit(y)).sum(axes: axis)
}

/// The p-norm of `a - b + epsilon` over the last axis. PyTorch's `pairwise_distance`; epsilon keeps the derivative of equal
/// vectors from 0.
///
/// Shapes: a and b [..., D], broadcast -> [...].
public func pairwiseDistance(
    _ a: Tensor, _ b: Tensor, p: Double = 2, epsilon: Double = 1e-6, keepAxes: Bool = false
) -> Tensor {
    let (a, b) = floatingPair(a, b)
    if a.dtype.isHalf {
        return pairwiseDistance(
            a.converted(to: .float32), b.converted(to: .float32), p: p, epsilon: epsilon, keepAxes: keepAxes
        ).converted(to: a.dtype)
    }
    return (a - b + epsilon).norm(p, axes: -1, keepAxes: keepAxes)
}

/// The p-norm distance of each row of `a` from each row of `b`. PyTorch's `torch.cdist`, computed from the differences also
/// where there are many: as accurate for near rows as for far ones, in memory for [..., P, R, D] numbers. The derivative at
/// distance 0 is 0.
///
/// Shapes: a [..., P, D], b [..., R, D] -> [..., P, R]; leading axes broadcast.
public func pairwiseDistances(_ a: Tensor, _ b: Tensor, p: Double = 2) -> Tensor {
    let (a, b) = floatingPair(a, b)
    if a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] != b.shape[b.rank - 1] {
        mistake(
            "pairwiseDistances", "expects rows with the same number of features, got shapes \(a.shape) and \(b.shape)")
    }
    if a.dtype.isHalf {
        return pairwiseDistances(a.converted(to: .float32), b.converted(to: .float32), p: p).converted(to: a.dtype)
    }
    return (a.unsqueezed(axes: -2) - b.unsqueezed(axes: -3)).norm(p, axes: -1)
}

/// Both in their common floating-point type.
private func floatingPair(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    let (a, b) = Tensor.promoted(a, b)
    return (a.converted(to: a.dtype.floating), b.converted(to: b.dtype.floating))
}
