/// The sum of products over the last `axes` axes of `a` and the first `axes` of `b`. PyTorch's `torch.tensordot`.
///
///     a [A..., K...], b [K..., B...] -> [A..., B...]
///
/// ```swift
/// tensordot(Tensor.ones([2, 3, 4]), Tensor.ones([3, 4, 5])).shape            // [2, 5]
/// tensordot(Tensor.ones([2, 3]), Tensor.ones([4, 5]), axes: 0).shape         // [2, 3, 4, 5]
/// ```
///
/// Stops if the sizes differ, or there are fewer axes.
public func tensordot(_ a: Tensor, _ b: Tensor, axes count: Int = 2) -> Tensor {
    if count < 0 || count > a.rank || count > b.rank {
        mistake("tensordot", "cannot sum over \(count) axes of shapes \(a.shape) and \(b.shape)")
    }
    return tensordot(a, b, axes: Array(a.rank - count..<a.rank), Array(0..<count))
}

/// The sum of products over pairs of axes, one of `a` and one of `b`; the result has the other axes of `a`, then those of
/// `b`. PyTorch's `torch.tensordot` with two lists.
///
/// ```swift
/// tensordot(Tensor.ones([2, 3, 4]), Tensor.ones([4, 5, 2]), axes: [0, 2], [2, 0]).shape   // [3, 5]
/// ```
public func tensordot(_ a: Tensor, _ b: Tensor, axes left: any Axes, _ right: any Axes) -> Tensor {
    let (left, right) = (left.axisNumbers, right.axisNumbers)
    if left.count != right.count {
        mistake("tensordot", "expects as many axes of both, got \(left) and \(right)")
    }
    if let type = Autocast.type(narrowing: [a, b]) {
        return tensordot(a.converted(to: type), b.converted(to: type), axes: Array(left), Array(right))
    }
    let (own, others) = (left.map { a.axis($0, "tensordot") }, right.map { b.axis($0, "tensordot") })
    if Set(own).count != own.count || Set(others).count != others.count {
        mistake("tensordot", "expects each axis once, got \(left) and \(right)")
    }
    var axesOfB = Array(a.rank..<a.rank + b.rank)
    for (axis, other) in Swift.zip(own, others) {
        if a.shape[axis] != b.shape[other] {
            mistake(
                "tensordot",
                "cannot sum over axis \(axis) of shape \(a.shape) and axis \(other) of shape \(b.shape): the sizes differ"
            )
        }
        axesOfB[other] = axis
    }
    let operands = Tensor.productOperands([a, b], "tensordot")
    let kept = (0..<a.rank).filter { !own.contains($0) } + axesOfB.filter { $0 >= a.rank }
    if kept.count > Shape.maximumRank { mistake("tensordot", "the result would have \(kept.count) axes") }
    return LabeledTensor.contracted(
        LabeledTensor(operands[0], Array(0..<a.rank)), LabeledTensor(operands[1], axesOfB), kept: AxisSet(kept),
        hint: kept
    ).permuted(to: kept).tensor
}

/// The sums of products over the last axes of both: `[A..., K] x [B..., K] -> [A..., B...]`; with a scalar, the product.
/// PyTorch's `torch.inner`.
///
/// ```swift
/// inner(Tensor([[1, 2], [3, 4]]), Tensor([1, 10]))   // [21, 43]
/// ```
public func inner(_ a: Tensor, _ b: Tensor) -> Tensor {
    a.rank == 0 || b.rank == 0 ? a * b : tensordot(a, b, axes: -1, -1)
}

/// The sums of products along one axis, the other axes broadcast. PyTorch's `torch.linalg.vecdot`.
///
/// ```swift
/// vecdot(Tensor([[1, 2], [3, 4]]), Tensor([1, 10]))   // [21, 43]
/// ```
///
/// - Parameters:
///   - a: of shapes that broadcast.
///   - b: of shapes that broadcast.
///   - axis: of both operands.
public func vecdot(_ a: Tensor, _ b: Tensor, axis: Int = -1) -> Tensor {
    func last(_ tensor: Tensor) -> Tensor { tensor.movingAxis(tensor.axis(axis, "vecdot"), to: -1) }
    let (a, b) = (last(a), last(b))
    if a.shape[a.rank - 1] != b.shape[b.rank - 1] {
        mistake("vecdot", "cannot sum over axis \(axis): the sizes \(a.shape.last!) and \(b.shape.last!) differ")
    }
    return einsum("...i,...i->...", a, b)
}

extension Tensor {
    /// The sum of the elements of a diagonal of the matrices that the last two axes form. PyTorch's `torch.trace`, for any
    /// number of matrices.
    ///
    /// ```swift
    /// Tensor([[1, 2], [3, 4]]).trace()   // 5.0
    /// ```
    ///
    /// - Parameter offset: which diagonal, see ``diagonal(offset:axes:_:)``.
    public func trace(offset: Int = 0) -> Tensor {
        if rank < 2 { mistake("trace", "expects a matrix, got shape \(shape)") }
        return diagonal(offset: offset).sum(axes: -1)
    }
}
