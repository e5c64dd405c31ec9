/// The grid that ``gridSample(_:_:mode:padding:alignCorners:)`` reads an affinely transformed image with. PyTorch's
/// `torch.nn.functional.affine_grid`.
///
///     theta [N, 2, 3] -> [N, H, W, 2],       grid[n, i, j] = theta[n] * (x_j, y_i, 1)
///     theta [N, 3, 4] -> [N, D, H, W, 3],    alike with (x, y, z, 1)
///
/// `x_j` is -1 at the left edge and 1 at the right one, or, with aligned corners, at the centres of the outermost pixels.
///
/// - Parameters:
///   - theta: the maps from places in the result to places in the input, [N, 2, 3] or [N, 3, 4].
///   - size: of the images to make: `[N, C, H, W]` or `[N, C, D, H, W]`.
///   - alignCorners: whether -1 and 1 are the centres of the outermost pixels instead of the edges.
public func affineGrid(_ theta: Tensor, size: Shape, alignCorners: Bool = false) -> Tensor {
    let dimensions = size.count - 2
    if !(2...3).contains(dimensions) || theta.rank != 3 || theta.shape[0] != size[0]
        || theta.shape[1] != dimensions || theta.shape[2] != dimensions + 1
    {
        mistake(
            "affineGrid",
            "expects theta [N, 2, 3] for a size [N, C, H, W] or [N, 3, 4] for [N, C, D, H, W], got \(theta.shape) and "
                + "\(size)")
    }
    if !theta.dtype.isFloatingPoint { mistake("affineGrid", "expects a floating-point theta, got \(theta.dtype)") }
    if size.contains(where: { $0 < 1 }) { mistake("affineGrid", "expects sizes of at least 1, got \(size)") }
    let sizes = Shape(size[2...])
    _ = size.checkedElements
    var columns = sizes.indices.reversed().map { axis in
        let count = sizes[axis]
        let end = count == 1 ? 0 : alignCorners ? 1 : Double(count - 1) / Double(count)
        var shape = Shape(repeating: 1, count: dimensions)
        shape[axis] = count
        return Tensor.linspace(-end, end, count: count, dtype: theta.dtype.accumulator).reshaped(shape)
            .expanded(to: sizes).reshaped([-1])
    }
    columns.append(Tensor.ones([sizes.elements], dtype: theta.dtype.accumulator))
    let places = stacked(columns, axis: 1)
    let grid = matmul(places, theta.converted(to: places.dtype).transposed())
    return grid.converted(to: theta.dtype).reshaped(Shape([size[0]] + sizes + [dimensions]))
}
