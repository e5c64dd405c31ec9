/// Zeros with each value at its index: a partial inverse of ``maxPool1d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's
/// `max_unpool1d`.
///
///     x [N, C, L], indices of its shape -> [N, C, outputSize],  outputSize = (L - 1) * stride - 2 * padding + K unless given
///
/// Of several values with one index the last stays; each gets the gradient at its index.
///
/// ```swift
/// let (values, indices) = maxPool1dWithIndices(Tensor([[[1, 3, 4, 2]]]), 2)
/// maxUnpool1d(values, indices, 2)   // [[[0, 3, 4, 0]]]
/// ```
///
/// - Parameters:
///   - x: the values of a pooling, [N, C, L].
///   - indices: those of ``maxPool1dWithIndices(_:_:stride:padding:dilation:ceilMode:)``.
///   - kernelSize: that of the pooling, and so its `stride` and `padding`.
///   - stride: that of the pooling; the kernel's size unless given.
///   - padding: that of the pooling.
///   - outputSize: several inputs of a pooling give one output's size.
public func maxUnpool1d(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: Size1d, stride: Size1d? = nil, padding: Size1d = 0,
    outputSize: Size1d? = nil
) -> Tensor {
    maxUnpool("maxUnpool1d", x, indices, kernelSize, stride ?? kernelSize, padding, outputSize)
}

/// Zeros with each value at its index, in images `[N, C, H, W]`: see
/// ``maxUnpool1d(_:_:_:stride:padding:outputSize:)``. PyTorch's `max_unpool2d`.
public func maxUnpool2d(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: Size2d, stride: Size2d? = nil, padding: Size2d = 0,
    outputSize: Size2d? = nil
) -> Tensor {
    maxUnpool("maxUnpool2d", x, indices, kernelSize, stride ?? kernelSize, padding, outputSize)
}

/// Zeros with each value at its index, in volumes `[N, C, D, H, W]`: see
/// ``maxUnpool1d(_:_:_:stride:padding:outputSize:)``. PyTorch's `max_unpool3d`.
public func maxUnpool3d(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: Size3d, stride: Size3d? = nil, padding: Size3d = 0,
    outputSize: Size3d? = nil
) -> Tensor {
    maxUnpool("maxUnpool3d", x, indices, kernelSize, stride ?? kernelSize, padding, outputSize)
}

private func maxUnpool<let dimensions: Int>(
    _ operation: StaticString, _ x: Tensor, _ indices: Tensor, _ kernel: SpatialSize<dimensions>,
    _ stride: SpatialSize<dimensions>, _ padding: SpatialSize<dimensions>, _ outputSize: SpatialSize<dimensions>?
) -> Tensor {
    let name = "\(operation)"
    if x.rank != dimensions + 1 && x.rank != dimensions + 2 || indices.shape != x.shape {
        mistake(
            name,
            "expects an input [N, C, \(SpatialSize<dimensions>.letters)] and indices of its shape, "
                + "got \(x.shape) and \(indices.shape)")
    }
    let first = x.rank - dimensions
    var target = x.shape
    for axis in 0..<dimensions {
        target[first + axis] =
            outputSize?[axis]
            ?? unpooled(name, x.shape[first + axis], kernel[axis], stride[axis], padding[axis])
        if target[first + axis] < 1 {
            mistake(name, "expects an output size of at least 1, got \(Shape(target[first...]))")
        }
    }
    let outer = x.shape[..<first].reduce(1, *)
    _ = target.checkedElements
    let (count, size) = (x.shape[first...].reduce(1, *), target[first...].reduce(1, *))
    let places = indices.asIndices(below: size, Shape(target[first...]), operation).reshaped([outer, count])
    let result = Tensor.zeros([outer, size], dtype: x.dtype)
    x.backend.scatterElements(.set, x.packed.contiguousView([outer, count]), axis: 1, at: places, into: result)
    let whole = asOneOperation { result.reshaped(target) }
    let shape = x.shape
    return whole.output(of: operation, from: x, indices, attributes: ["outputSize": Shape(target[first...])]) {
        gradient, _ in
        InputGradients(gradient.reshaped([outer, size]).gathered(places, axis: 1).reshaped(shape))
    }
}

/// The size of what a pooling made `size` of, if all of it was used.
private func unpooled(_ operation: String, _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
    let limit = Int(Int32.max)
    if kernel < 1 || stride < 1 || padding < 0 || Swift.max(kernel, stride, padding) > limit {
        mistake(
            operation,
            "expects a kernel size and stride of 1...\(limit) and padding of 0...\(limit), got \(kernel), \(stride) and "
                + "\(padding)")
    }
    return Swift.min(size - 1, limit) * stride - 2 * padding + kernel
}
