/// A weight with the direction of one tensor and the length of another: `magnitude * direction / |direction|`, with the norms over
/// all axes but `axis` (Salimans and Kingma, "Weight normalization", 2016). PyTorch's `weight_norm`, whose `original0` and
/// `original1` these are.
///
/// ```swift
/// weightNorm(Tensor([[3, 4], [0, 2]]), magnitude: Tensor([[10], [1]]))   // [[6, 8], [0, 1]]
/// ```
///
/// - Parameters:
///   - magnitude: of the shape of `direction`, but that all sizes but that of `axis` are 1; a scalar without an axis.
///   - axis: which the lengths are for; `nil` for one length of all.
public func weightNorm(_ direction: Tensor, magnitude: Tensor, axis: Int? = 0) -> Tensor {
    if direction.dtype.isHalf {
        return direction.widened { weightNorm($0, magnitude: magnitude.converted(to: .float32), axis: axis) }
    }
    return direction * (magnitude / weightMagnitude(direction, axis: axis))
}

/// The norms of a weight over all axes but `axis`, which are kept with size 1: the magnitude that
/// ``weightNorm(_:magnitude:axis:)`` starts with. PyTorch's `torch.norm_except_dim`.
public func weightMagnitude(_ weight: Tensor, axis: Int? = 0) -> Tensor {
    guard let axis else { return weight.norm() }
    let kept = weight.axis(axis, "weightMagnitude")
    let others = (0..<weight.rank).filter { $0 != kept }
    return others.isEmpty ? abs(weight) : weight.norm(axes: others, keepAxes: true)
}

/// A weight divided by its largest singular value, which power iteration estimates (Miyato et al., "Spectral normalization for
/// generative adversarial networks", 2018). PyTorch's `spectral_norm`.
///
/// The weight counts as a matrix [N, M], with N the size of `axis`. Vectors `left` [N] and `right` [M] go on from one call to
/// the next: `right = W^T left / |W^T left|`, `left = W right / |W right|`, so often as there are iterations, without
/// gradients; then `sigma = left W right`, with the gradient of `W`.
///
/// - Parameters:
///   - left, right: the last ones; of length 1, random at first.
///   - iterations: 0 in evaluation.
/// - Returns: `weight / sigma`, and the vectors to go on with.
public func spectralNorm(
    _ weight: Tensor, left: Tensor, right: Tensor, axis: Int = 0, iterations: Int = 1, epsilon: Double = 1e-12
) -> (weight: Tensor, left: Tensor, right: Tensor) {
    let matrix = weight.movingAxis(axis, to: 0).flattened(from: 1)
    if matrix.rank != 2 || left.shape != [matrix.shape[0]] || right.shape != [matrix.shape[1]] {
        mistake(
            "spectralNorm",
            "expects vectors of the sizes of a matrix, got \(left.shape) and \(right.shape) for weight \(weight.shape) and "
                + "axis \(axis)")
    }
    if weight.dtype.isHalf {
        let type = weight.dtype
        let (scaled, u, v) = spectralNorm(
            weight.converted(to: .float32), left: left.converted(to: .float32), right: right.converted(to: .float32),
            axis: axis, iterations: iterations, epsilon: epsilon)
        return (scaled.converted(to: type), u.converted(to: type), v.converted(to: type))
    }
    if iterations < 0 { mistake("spectralNorm", "expects iterations that are not negative, got \(iterations)") }
    let (u, v) = asOneOperation {
        var (u, v) = (left.detached, right.detached)
        for _ in 0..<iterations {
            v = matmul(u, matrix.detached).l2Normalized(axes: 0, epsilon: epsilon)
            u = matmul(matrix.detached, v).l2Normalized(axes: 0, epsilon: epsilon)
        }
        return (u, v)
    }
    return (weight / dot(u, matmul(matrix, v)), u, v)
}
