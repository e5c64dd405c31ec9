/// The cross-correlation of sequences with filters, which the field calls convolution. PyTorch's `torch.conv1d`.
///
///     y[n, o, i] = bias[o] + sum over c, k of weight[o, c, k] * x[n, c, i * stride + k * dilation - padding]
///
///     x [N, C, L], weight [O, C / groups, K], bias [O] -> [N, O, L']
///     L' = (L + padding - dilation * (K - 1) - 1) / stride + 1, rounded down, with the padding of both sides
///
/// `N`: batch, `C` and `O`: channels in and out. A single sequence `[C, L]` works, too. Everything else is as in
/// ``conv2d(_:_:_:stride:padding:dilation:groups:paddingMode:)``.
///
/// ```swift
/// conv1d([[[1, 2, 3]]], [[[1, 1]]])   // [[[3, 5]]]
/// ```
public func conv1d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Padding1d = 0, dilation: Int = 1,
    groups: Int = 1, paddingMode: Padding = .zeros
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "conv1d", stride: Size1d(stride), padding: padding, dilation: Size1d(dilation), groups: groups)
    return convolve(x, weight, bias, settings, paddingMode)
}

/// The cross-correlation of images with filters, which the field calls convolution. PyTorch's `torch.conv2d`.
///
///     y[n, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] * x[n, c, i * stride + k * dilation - padding, ...]
///
///     x [N, C, H, W], weight [O, C / groups, KH, KW], bias [O] -> [N, O, H', W']
///     H' = (H + padding - dilation * (KH - 1) - 1) / stride + 1, rounded down, with the padding of both sides
///
/// `N`: batch, `C` and `O`: channels in and out. A single image `[C, H, W]` works, too. With several `groups`, channels
/// in and out are cut into so many parts that are convolved by themselves.
///
/// ```swift
/// conv2d(Tensor.ones([1, 1, 3, 3]), Tensor.ones([1, 1, 2, 2])).shape   // [1, 1, 2, 2]
/// ```
///
/// No patches are copied: memory beyond the result is small. Where nothing is recorded, the weights stay packed for the next call
/// until they change, for two shapes of input at most: as many bytes again for each, with Winograd's algorithm 2 to 5 times that. The derivative saves `x` and `weight`, and is made of
/// convolutions that have derivatives themselves. Stops if shapes or types do not fit.
///
/// Numerics: filters of 2x2 to 6x6 with a stride of 1 or 2 that lead to at least 16 channels (from at least 8 if they are
/// 3x3, 4 if 5x5) go by Winograd's algorithm, F(2x2, 3x3) or F(3x3, 2x2), where that saves time. Errors are of the size
/// that plain sums have. What is not finite spreads further: an infinity or NaN of `x` also reaches the outputs that
/// share a 2x2 or 3x3 tile with one whose window holds it, and infinities may become NaN.
///
/// - Parameters:
///   - x: [N, C, H, W] or [C, H, W].
///   - weight: the filters, [O, C / groups, KH, KW].
///   - bias: [O]; 0 if absent.
///   - stride: rows and columns from one place of the filter to the next.
///   - padding: what is seen around the input: a number for all sides, for each axis or for each side, `.valid` (none),
///     or `.same`: as much as gives an output of `ceil(input / stride)`, as in TensorFlow and Keras (PyTorch refuses
///     strides with it).
///   - dilation: the distance of neighbouring elements of the filter on the input; 1 leaves no holes.
///   - groups: a divisor of `C` and `O`.
///   - paddingMode: what the padding is: `.zeros`, or the input `.reflect`-ed, `.replicate`-d or `.circular`, which
///     copies the input. PyTorch has this setting in its layers.
public func conv2d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Size2d = 1, padding: Padding2d = 0,
    dilation: Size2d = 1, groups: Int = 1, paddingMode: Padding = .zeros
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "conv2d", stride: stride, padding: padding, dilation: dilation, groups: groups)
    return convolve(x, weight, bias, settings, paddingMode)
}

/// The cross-correlation of volumes with filters, which the field calls convolution. PyTorch's `torch.conv3d`.
///
///     x [N, C, D, H, W], weight [O, C / groups, KD, KH, KW], bias [O] -> [N, O, D', H', W']
///     D' = (D + padding - dilation * (KD - 1) - 1) / stride + 1, rounded down, with the padding of both sides
///
/// `N`: batch, `C` and `O`: channels in and out. A single volume `[C, D, H, W]` works, too. Everything else is as in
/// ``conv2d(_:_:_:stride:padding:dilation:groups:paddingMode:)``.
///
/// ```swift
/// conv3d(Tensor.ones([1, 1, 3, 3, 3]), Tensor.ones([1, 1, 2, 2, 2])).shape   // [1, 1, 2, 2, 2]
/// ```
public func conv3d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Size3d = 1, padding: Padding3d = 0,
    dilation: Size3d = 1, groups: Int = 1, paddingMode: Padding = .zeros
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "conv3d", stride: stride, padding: padding, dilation: dilation, groups: groups)
    return convolve(x, weight, bias, settings, paddingMode)
}

private func convolve<let dimensions: Int>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ settings: ConvolutionSettings<dimensions>, _ mode: Padding
) -> Tensor {
    if let type = Autocast.type(narrowing: [x, weight, bias]) {
        return convolve(x.converted(to: type), weight.converted(to: type), bias?.converted(to: type), settings, mode)
    }
    settings.check(x, weight, bias)
    let axes = WindowAxis.last(
        settings.operation, x.shape, kernel: settings.kernel(weight), stride: settings.stride,
        padding: settings.padding, dilation: settings.dilation)
    if mode != .zeros, axes.indices.contains(where: { axes[$0].before + axes[$0].after > 0 }) {
        let padded = x.padded(axes.indices.map { (axes[$0].before, axes[$0].after) }, with: mode)
        var settings = settings
        settings.padding = 0
        return convolve(padded, weight, bias, settings, .zeros)
    }
    let hasBatch = x.rank == dimensions + 2
    let batch = hasBatch ? x : x.unsqueezed(axes: 0)
    let result = Convolution(batch.shape, weight.shape, axes, settings).forward(
        batch, weight, bias, keepsWeights: !records(batch, weight, bias))
    return hasBatch ? result : result.squeezed(axes: 0)
}
