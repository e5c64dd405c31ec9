import Tern

/// How the elements of an operand may lie in memory.
enum Layout: CaseIterable {
    case contiguous
    /// Axes in reverse order in memory.
    case transposed
    /// Every other element of memory, with NaN (or the largest integer) between.
    case strided
    /// Backwards.
    case reversed
    /// In order, but what a view says of the next index along axes that have none leads outside of the memory.
    case stepped

    /// The same values in this layout.
    func of(_ tensor: Tensor) -> Tensor {
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
