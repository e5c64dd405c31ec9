/// The largest value of each window. PyTorch's `max_pool3d`.
///
///     x [N, C, D, H, W] -> [N, C, D', H', W'],  D' = (D + padding - dilation * (K - 1) - 1) / stride + 1
///
/// A single volume `[C, D, H, W]` works, too. The gradient goes to the first of equal values. A NaN is larger than any number.
///
/// ```swift
/// maxPool3d(Tensor.ones([1, 1, 4, 4, 4]), 2).shape   // [1, 1, 2, 2, 2]
/// ```
///
/// - Parameters:
///   - x: [N, C, D, H, W] or [C, D, H, W].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side; never a window's maximum.
///   - dilation: the distance of neighbouring elements of a window.
///   - ceilMode: whether `D'` is rounded up, with a last window that ends beyond the padding.
public func maxPool3d(
    _ x: Tensor, _ kernelSize: Size3d, stride: Size3d? = nil, padding: Padding3d = 0, dilation: Size3d = 1,
    ceilMode: Bool = false
) -> Tensor {
    Pooling(
        "maxPool3d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximum(x)
}

/// ``maxPool3d(_:_:stride:padding:dilation:ceilMode:)`` with the index of each maximum in its channel, whose planes and rows follow on each other: `int64`, of
/// the values' shape. The first of equal values has it, and of several NaN the first; -1 where a window lies in the
/// padding alone. PyTorch's `max_pool3d` with `return_indices`. ``maxUnpool3d(_:_:_:stride:padding:outputSize:)`` goes back.
public func maxPool3dWithIndices(
    _ x: Tensor, _ kernelSize: Size3d, stride: Size3d? = nil, padding: Padding3d = 0, dilation: Size3d = 1,
    ceilMode: Bool = false
) -> (values: Tensor, indices: Tensor) {
    Pooling(
        "maxPool3d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximumWithIndices(x)
}

/// The mean of each window. PyTorch's `avg_pool3d`.
///
///     x [N, C, D, H, W] -> [N, C, D', H', W'],  D' = (D + padding - K) / stride + 1
///
/// A single volume `[C, D, H, W]` works, too.
///
/// ```swift
/// avgPool3d(Tensor.ones([1, 1, 4, 4, 4]), 2).shape   // [1, 1, 2, 2, 2]
/// ```
///
/// - Parameters:
///   - x: [N, C, D, H, W] or [C, D, H, W].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side.
///   - ceilMode: whether `D'` is rounded up, with a last window that ends beyond the padding.
///   - countsPadding: whether the padding's zeros count as values; Keras, with `.same`, does not count them.
///   - divisor: what sums are divided by, instead of the number of values.
public func avgPool3d(
    _ x: Tensor, _ kernelSize: Size3d, stride: Size3d? = nil, padding: Padding3d = 0, ceilMode: Bool = false,
    countsPadding: Bool = true, divisor: Int? = nil
) -> Tensor {
    if let divisor, divisor < 1 { mistake("avgPool3d", "expects a divisor of at least 1, got \(divisor)") }
    return Pooling("avgPool3d", x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode)
        .average(x, countsPadding: countsPadding, divisor: divisor)
}

/// The largest value of each of `outputSize` windows that share out the input: window `i` of `n` along an axis of size `s`
/// covers `floor(i * s / n)..<ceil((i + 1) * s / n)`. PyTorch's `adaptive_max_pool3d`.
///
///     x [N, C, D, H, W] -> [N, C] + outputSize
public func adaptiveMaxPool3d(_ x: Tensor, _ outputSize: Size3d) -> Tensor {
    Pooling("adaptiveMaxPool3d", x, outputSize, takesIntegers: true).maximum(x)
}

/// ``adaptiveMaxPool3d(_:_:)`` with the index of each maximum in its channel, whose planes and rows follow on each other, as
/// ``maxPool3dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives it.
public func adaptiveMaxPool3dWithIndices(_ x: Tensor, _ outputSize: Size3d) -> (values: Tensor, indices: Tensor) {
    Pooling("adaptiveMaxPool3d", x, outputSize, takesIntegers: true).maximumWithIndices(x)
}

/// The mean of each of `outputSize` windows that share out the input, see ``adaptiveMaxPool3d(_:_:)``. PyTorch's
/// `adaptive_avg_pool3d`.
///
/// ```swift
/// adaptiveAvgPool3d(Tensor.ones([2, 3, 4, 4, 4]), 1).flattened(from: 1)   // the mean of each channel: [N, C]
/// ```
public func adaptiveAvgPool3d(_ x: Tensor, _ outputSize: Size3d) -> Tensor {
    Pooling("adaptiveAvgPool3d", x, outputSize).average(x)
}
