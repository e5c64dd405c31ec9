/// The transpose of ``conv1d(_:_:_:stride:padding:dilation:groups:paddingMode:)`` as a linear map. PyTorch's
/// `torch.conv_transpose1d`.
///
///     x [N, C, L], weight [C, O / groups, K], bias [O] -> [N, O, L']
///     L' = (L - 1) * stride - padding + dilation * (K - 1) + outputPadding + 1, with the padding of both sides
///
/// Everything is as in ``convTranspose2d(_:_:_:stride:padding:outputPadding:dilation:groups:)``.
///
/// ```swift
/// convTranspose1d([[[1, 2]]], [[[1, 1, 1]]], stride: 2)   // [[[1, 1, 3, 2, 2]]]
/// ```
public func convTranspose1d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Padding1d = 0,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "convTranspose1d", isTransposed: true, stride: Size1d(stride), padding: padding,
        dilation: Size1d(dilation), groups: groups)
    return convolveTransposed(x, weight, bias, settings, Size1d(outputPadding))
}

/// The transpose of ``conv2d(_:_:_:stride:padding:dilation:groups:paddingMode:)`` as a linear map: what its gradient does,
/// so that images grow by the stride. PyTorch's `torch.conv_transpose2d`; "deconvolution" in older texts.
///
///     y[n, o, i * stride + k * dilation - padding, ...] += weight[c, o, k, l] * x[n, c, i, j], from bias[o]
///
///     x [N, C, H, W], weight [C, O / groups, KH, KW], bias [O] -> [N, O, H', W']
///     H' = (H - 1) * stride - padding + dilation * (KH - 1) + outputPadding + 1, with the padding of both sides
///
/// `N`: batch, `C` and `O`: channels in and out (the first axis of the weight is that of the *input's* channels). A single
/// image `[C, H, W]` works, too. The derivative saves `x` and `weight`, and is made of convolutions. Stops if shapes or
/// types do not fit.
///
/// ```swift
/// convTranspose2d(Tensor.ones([1, 1, 7, 7]), Tensor.ones([1, 3, 4, 4]), stride: 2, padding: 1).shape   // [1, 3, 14, 14]
/// ```
///
/// - Parameters:
///   - x: [N, C, H, W] or [C, H, W].
///   - weight: the filters, [C, O / groups, KH, KW].
///   - bias: [O]; 0 if absent.
///   - stride: rows and columns of the result from one element of the input to the next.
///   - padding: what is cut off around the result: the padding of the convolution that this is the transpose of. With
///     `.same` the result is `stride` times the input, as in Keras.
///   - outputPadding: rows and columns that are added to the result below and to the right, of the sizes that the
///     convolution gives the same output for; smaller than the stride or the dilation.
///   - dilation: the distance of neighbouring elements of the filter on the result; 1 leaves no holes.
///   - groups: a divisor of `C` and `O`.
public func convTranspose2d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Size2d = 1, padding: Padding2d = 0,
    outputPadding: Size2d = 0, dilation: Size2d = 1, groups: Int = 1
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "convTranspose2d", isTransposed: true, stride: stride, padding: padding, dilation: dilation,
        groups: groups)
    return convolveTransposed(x, weight, bias, settings, outputPadding)
}

/// The transpose of ``conv3d(_:_:_:stride:padding:dilation:groups:paddingMode:)`` as a linear map. PyTorch's
/// `torch.conv_transpose3d`.
///
///     x [N, C, D, H, W], weight [C, O / groups, KD, KH, KW], bias [O] -> [N, O, D', H', W']
///     D' = (D - 1) * stride - padding + dilation * (KD - 1) + outputPadding + 1, with the padding of both sides
///
/// Everything is as in ``convTranspose2d(_:_:_:stride:padding:outputPadding:dilation:groups:)``.
///
/// ```swift
/// convTranspose3d(Tensor.ones([1, 1, 2, 2, 2]), Tensor.ones([1, 1, 2, 2, 2]), stride: 2).shape   // [1, 1, 4, 4, 4]
/// ```
public func convTranspose3d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Size3d = 1, padding: Padding3d = 0,
    outputPadding: Size3d = 0, dilation: Size3d = 1, groups: Int = 1
) -> Tensor {
    let settings = ConvolutionSettings(
        operation: "convTranspose3d", isTransposed: true, stride: stride, padding: padding, dilation: dilation,
        groups: groups)
    return convolveTransposed(x, weight, bias, settings, outputPadding)
}

private func convolveTransposed<let dimensions: Int>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ settings: ConvolutionSettings<dimensions>,
    _ outputPadding: SpatialSize<dimensions>
) -> Tensor {
    if let type = Autocast.type(narrowing: [x, weight, bias]) {
        return convolveTransposed(
            x.converted(to: type), weight.converted(to: type), bias?.converted(to: type), settings, outputPadding)
    }
    settings.check(x, weight, bias)
    let axes = WindowAxis.lastOfTransposed(
        settings.operation, x.shape, kernel: settings.kernel(weight), stride: settings.stride,
        padding: settings.padding, outputPadding: outputPadding, dilation: settings.dilation)
    let hasBatch = x.rank == dimensions + 2
    let batch = hasBatch ? x : x.unsqueezed(axes: 0)
    // What the convolution would read is what this gives.
    var whole: Shape = [batch.shape[0], weight.shape[1] * settings.groups]
    for axis in axes.indices { whole.append(axes[axis].input) }
    let result = Convolution(whole, weight.shape, axes, settings).inputGradient(
        batch, weight, bias, keepsWeights: !records(batch, weight, bias))
    return hasBatch ? result : result.squeezed(axes: 0)
}
