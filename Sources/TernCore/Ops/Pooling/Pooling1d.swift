/// The largest value of each window. PyTorch's `max_pool1d`.
///
///     x [N, C, L] -> [N, C, L'],  L' = (L + padding - dilation * (K - 1) - 1) / stride + 1
///
/// A single sequence `[C, L]` works, too. The gradient goes to the first of equal values. A NaN is larger than any number.
///
/// ```swift
/// maxPool1d(Tensor([[[1, 3, 2, 4]]]), 2)   // [[[3, 4]]]
/// ```
///
/// - Parameters:
///   - x: [N, C, L] or [C, L].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side; never a window's maximum.
///   - dilation: the distance of neighbouring elements of a window.
///   - ceilMode: whether `L'` is rounded up, with a last window that ends beyond the padding.
public func maxPool1d(
    _ x: Tensor, _ kernelSize: Size1d, stride: Size1d? = nil, padding: Padding1d = 0, dilation: Size1d = 1,
    ceilMode: Bool = false
) -> Tensor {
    Pooling(
        "maxPool1d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximum(x)
}

/// ``maxPool1d(_:_:stride:padding:dilation:ceilMode:)`` with the index of each maximum in its channel: `int64`, of
/// the values' shape. The first of equal values has it, and of several NaN the first; -1 where a window lies in the
/// padding alone. PyTorch's `max_pool1d` with `return_indices`. ``maxUnpool1d(_:_:_:stride:padding:outputSize:)`` goes back.
public func maxPool1dWithIndices(
    _ x: Tensor, _ kernelSize: Size1d, stride: Size1d? = nil, padding: Padding1d = 0, dilation: Size1d = 1,
    ceilMode: Bool = false
) -> (values: Tensor, indices: Tensor) {
    Pooling(
        "maxPool1d", x, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
        takesIntegers: true
    ).maximumWithIndices(x)
}

/// The mean of each window. PyTorch's `avg_pool1d`.
///
///     x [N, C, L] -> [N, C, L'],  L' = (L + padding - K) / stride + 1
///
/// A single sequence `[C, L]` works, too.
///
/// ```swift
/// avgPool1d(Tensor([[[1, 3, 2, 4]]]), 2)   // [[[2, 3]]]
/// ```
///
/// - Parameters:
///   - x: [N, C, L] or [C, L].
///   - kernelSize: `K`, the size of the windows.
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side.
///   - ceilMode: whether `L'` is rounded up, with a last window that ends beyond the padding.
///   - countsPadding: whether the padding's zeros count as values; Keras, with `.same`, does not count them.
///   - divisor: what sums are divided by, instead of the number of values.
public func avgPool1d(
    _ x: Tensor, _ kernelSize: Size1d, stride: Size1d? = nil, padding: Padding1d = 0, ceilMode: Bool = false,
    countsPadding: Bool = true, divisor: Int? = nil
) -> Tensor {
    if let divisor, divisor < 1 { mistake("avgPool1d", "expects a divisor of at least 1, got \(divisor)") }
    return Pooling("avgPool1d", x, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode)
        .average(x, countsPadding: countsPadding, divisor: divisor)
}

/// The largest value of each of `outputSize` windows that share out the input: window `i` of `n` along an axis of size `s`
/// covers `floor(i * s / n)..<ceil((i + 1) * s / n)`. PyTorch's `adaptive_max_pool1d`.
///
///     x [N, C, L] -> [N, C] + outputSize
public func adaptiveMaxPool1d(_ x: Tensor, _ outputSize: Size1d) -> Tensor {
    Pooling("adaptiveMaxPool1d", x, outputSize, takesIntegers: true).maximum(x)
}

/// ``adaptiveMaxPool1d(_:_:)`` with the index of each maximum in its channel, as
/// ``maxPool1dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives it.
public func adaptiveMaxPool1dWithIndices(_ x: Tensor, _ outputSize: Size1d) -> (values: Tensor, indices: Tensor) {
    Pooling("adaptiveMaxPool1d", x, outputSize, takesIntegers: true).maximumWithIndices(x)
}

/// The mean of each of `outputSize` windows that share out the input, see ``adaptiveMaxPool1d(_:_:)``. PyTorch's
/// `adaptive_avg_pool1d`.
///
/// ```swift
/// adaptiveAvgPool1d(Tensor.ones([2, 3, 8]), 1).flattened(from: 1)   // the mean of each channel: [N, C]
/// ```
public func adaptiveAvgPool1d(_ x: Tensor, _ outputSize: Size1d) -> Tensor {
    Pooling("adaptiveAvgPool1d", x, outputSize).average(x)
}
