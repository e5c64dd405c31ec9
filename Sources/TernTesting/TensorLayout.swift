import TernCore

/// The ways in which the same values can lie in memory. What reads a tensor must give the same for all of them.
public enum TensorLayout: CaseIterable, Sendable {
    /// Row-major, without gaps.
    case contiguous
    /// Axes in reverse order in memory.
    case transposed
    /// Every other element of memory, with NaN (or ones, of integers) between.
    case strided
    /// Backwards.
    case reversed
    /// In order, but what a view says of the next index along axes that have none leads outside of the memory.
    case stepped

    /// The same values in this layout.
    public func of(_ tensor: Tensor) -> Tensor {
        switch self {
        case .contiguous: return tensor.contiguous()
        case .transposed:
            let order = Array((0..<tensor.rank).reversed())
            return tensor.permuted(order).contiguous().permuted(order)
        case .strided:
            let filler =
                tensor.dtype.isFloatingPoint ? Tensor.full(like: tensor, Double.nan) : Tensor.ones(like: tensor)
            return stacked([filler, tensor], axis: -1)[..., 1]
        case .reversed:
            return tensor.rank == 0 ? tensor : tensor.flipped().contiguous().flipped()
        case .stepped:
            return tensor.shape.indices.reduce(tensor.contiguous()) { result, axis in
                tensor.shape[axis] > 1
                    ? result : result.movingAxis(axis, to: 0)[.every(1 << 20)].movingAxis(0, to: axis)
            }
        }
    }
}

/// Calls `body` with the same values in every layout.
///
/// ```swift
/// try withEveryLayout(x) { layout, x in
///     try requireClose(mySoftmax(x), expected)     // say the layout in what you throw
/// }
/// ```
public func withEveryLayout<Failure: Error>(
    _ tensor: Tensor, _ body: (TensorLayout, Tensor) throws(Failure) -> Void
) throws(Failure) {
    for layout in TensorLayout.allCases { try body(layout, layout.of(tensor)) }
}
