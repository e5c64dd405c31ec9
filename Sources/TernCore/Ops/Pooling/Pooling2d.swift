/// The largest value of each window. PyTorch's `max_pool2d`.
///
///     x [N, C, H, W] -> [N, C, H', W'],  H' = (H + padding - dilation * (K - 1) - 1) / stride + 1
///
/// A single image `[C, H, W]` works, too. The gradient goes to the first of equal values. A NaN is larger than any number.
///
/// ```swift
/// maxPool2d([[[1, 2], [3, 4]]], 2)   // [[[4]]]
/// ```
///
/// - Parameters:
///   - x: [N, C, H, W] or [C, H, W].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side; never a window's maximum.
///   - dilation: the distance of neighbouring elements of a window.
///   - ceilMode: whether `H'` is rounded up, with a last window that ends beyond the padding.
public func maxPool2d(
    _ x: Tensor, _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, dilation: Size2d = 1,
    ceilMode: Bool = false
) -> Tensor {
    Pooling(
        "maxPool2d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximum(x)
}

/// ``maxPool2d(_:_:stride:padding:dilation:ceilMode:)`` with the index of each maximum in its channel, whose rows follow on each other: `int64`, of
/// the values' shape. The first of equal values has it, and of several NaN the first; -1 where a window lies in the
/// padding alone. PyTorch's `max_pool2d` with `return_indices`. ``maxUnpool2d(_:_:_:stride:padding:outputSize:)`` goes back.
public func maxPool2dWithIndices(
    _ x: Tensor, _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, dilation: Size2d = 1,
    ceilMode: Bool = false
) -> (values: Tensor, indices: Tensor) {
    Pooling(
        "maxPool2d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximumWithIndices(x)
}

/// The mean of each window. PyTorch's `avg_pool2d`.
///
///     x [N, C, H, W] -> [N, C, H', W'],  H' = (H + padding - K) / stride + 1
///
/// A single image `[C, H, W]` works, too.
///
/// ```swift
/// avgPool2d([[[1, 2], [3, 4]]], 2)   // [[[2.5]]]
/// ```
///
/// - Parameters:
///   - x: [N, C, H, W] or [C, H, W].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side.
///   - ceilMode: whether `H'` is rounded up, with a last window that ends beyond the padding.
///   - countsPadding: whether the padding's zeros count as values; Keras, with `.same`, does not count them.
///   - divisor: what sums are divided by, instead of the number of values.
public func avgPool2d(
    _ x: Tensor, _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, ceilMode: Bool = false,
    countsPadding: Bool = true, divisor: Int? = nil
) -> Tensor {
    if let divisor, divisor < 1 { mistake("avgPool2d", "expects a divisor of at least 1, got \(divisor)") }
    return Pooling("avgPool2d", x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode)
        .average(x, countsPadding: countsPadding, divisor: divisor)
}

/// The largest value of each of `outputSize` windows that share out the input: window `i` of `n` along an axis of size `s`
/// covers `floor(i * s / n)..<ceil((i + 1) * s / n)`. PyTorch's `adaptive_max_pool2d`.
///
///     x [N, C, H, W] -> [N, C] + outputSize
public func adaptiveMaxPool2d(_ x: Tensor, _ outputSize: Size2d) -> Tensor {
    Pooling("adaptiveMaxPool2d", x, outputSize, takesIntegers: true).maximum(x)
}

/// ``adaptiveMaxPool2d(_:_:)`` with the index of each maximum in its channel, whose rows follow on each other, as
/// ``maxPool2dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives it.
public func adaptiveMaxPool2dWithIndices(_ x: Tensor, _ outputSize: Size2d) -> (values: Tensor, indices: Tensor) {
    Pooling("adaptiveMaxPool2d", x, outputSize, takesIntegers: true).maximumWithIndices(x)
}

/// The mean of each of `outputSize` windows that share out the input, see ``adaptiveMaxPool2d(_:_:)``. PyTorch's
/// `adaptive_avg_pool2d`.
///
/// ```swift
/// adaptiveAvgPool2d(features, 1).flattened(from: 1)   // the mean of each channel: [N, C]
/// ```
public func adaptiveAvgPool2d(_ x: Tensor, _ outputSize: Size2d) -> Tensor {
    Pooling("adaptiveAvgPool2d", x, outputSize).average(x)
}
