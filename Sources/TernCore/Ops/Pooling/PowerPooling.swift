// Power means of windows, without the mean: the p-norms of windows.

/// The p-norm of each window: `(sum of x^p)^(1/p)`. PyTorch's `lp_pool1d`.
///
///     x [N, C, L] -> [N, C, L'],  L' = (L - K) / stride + 1
///
/// As in PyTorch, `x^p` keeps its sign for odd `p`, so that a sum may be negative and its root NaN; a sum of 0 gets no
/// gradient; and a last window that `ceilMode` lets leave the input counts as if it went on with its own mean.
///
/// ```swift
/// lpPool1d(Tensor([[[3, 4]]]), 2, power: 2)   // [[[5]]]
/// ```
public func lpPool1d(
    _ x: Tensor, _ kernelSize: Size1d, power: Double = 2, stride: Size1d? = nil, ceilMode: Bool = false
) -> Tensor {
    lpPool("lpPool1d", x, kernelSize, power, stride, ceilMode)
}

/// The p-norm of each window of images `[N, C, H, W]`, see ``lpPool1d(_:_:power:stride:ceilMode:)``. PyTorch's `lp_pool2d`.
public func lpPool2d(
    _ x: Tensor, _ kernelSize: Size2d, power: Double = 2, stride: Size2d? = nil, ceilMode: Bool = false
) -> Tensor {
    lpPool("lpPool2d", x, kernelSize, power, stride, ceilMode)
}

/// The p-norm of each window of volumes `[N, C, D, H, W]`, see ``lpPool1d(_:_:power:stride:ceilMode:)``. PyTorch's
/// `lp_pool3d`.
public func lpPool3d(
    _ x: Tensor, _ kernelSize: Size3d, power: Double = 2, stride: Size3d? = nil, ceilMode: Bool = false
) -> Tensor {
    lpPool("lpPool3d", x, kernelSize, power, stride, ceilMode)
}

private func lpPool<let dimensions: Int>(
    _ operation: String, _ x: Tensor, _ kernel: SpatialSize<dimensions>, _ power: Double,
    _ stride: SpatialSize<dimensions>?, _ ceilMode: Bool
) -> Tensor {
    if !(power > 0 && power.isFinite) {
        mistake(operation, "expects a power that is positive and finite, got \(power)")
    }
    let pooling = Pooling(operation, x, kernel, stride: stride, padding: SpatialPadding(0), ceilMode: ceilMode)
    // Powers are not to be rounded to halves.
    let means = pooling.average(pow(x.converted(to: x.dtype.accumulator), power))
    let sums = means * Double(kernel.array.reduce(1, *))
    // The root of 0 has no derivative: that of 1 stands in for it, and does not count.
    let isZero = sums.equal(to: 0)
    let root = pow(which(isZero, 1, sums), 1 / power)
    return which(isZero, 0, root).converted(to: x.dtype)
}
