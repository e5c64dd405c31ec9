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
/// No patches are copied: memory beyond the result is small. The derivative saves `x` and `weight`, and is made of
/// convolutions that have derivatives themselves. Stops if shapes or types do not fit.
public func conv2d(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Size2d = 1, padding: Padding2d = 0,
    dilation: Size2d = 1, groups: Int = 1
) -> Tensor {
    if let type = Autocast.type(narrowing: [x, weight, bias]) {
        return conv2d(
            x.converted(to: type), weight.converted(to: type), bias?.converted(to: type), stride: stride,
            padding: padding, dilation: dilation, groups: groups)
    }
    checkConv2d(x, weight, bias, groups)
    let axes = WindowAxis.last(
        "conv2d", x.shape, kernel: Size2d(weight.shape[2], weight.shape[3]), stride: stride, padding: padding,
        dilation: dilation)
    let images = x.rank == 3 ? x.unsqueezed(axes: 0) : x
    let result = Convolution(images.shape, weight.shape, axes, groups).forward(images, weight, bias)
    return x.rank == 3 ? result.squeezed(axes: 0) : result
}

private func checkConv2d(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ groups: Int) {
    if x.rank != 3 && x.rank != 4 || weight.rank != 4 {
        mistake(
            "conv2d",
            "expects an input [N, C, H, W] or [C, H, W] and a weight [O, C / groups, KH, KW], got \(x.shape) and \(weight.shape)"
        )
    }
    let shapes = "(input \(x.shape), weight \(weight.shape))"
    if groups < 1 || weight.shape[0] % groups != 0 {
        mistake("conv2d", "expects groups that divide \(weight.shape[0]) output channels, got \(groups) \(shapes)")
    }
    if weight.count == 0 { mistake("conv2d", "expects a weight with elements, got \(weight.shape)") }
    let channels = x.shape[x.rank - 3]
    if channels != weight.shape[1] * groups {
        let grouped = groups == 1 ? "" : " in \(groups) groups"
        mistake("conv2d", "expects \(weight.shape[1] * groups) input channels\(grouped), got \(channels) \(shapes)")
    }
    if let bias, bias.shape != [weight.shape[0]] {
        mistake("conv2d", "expects a bias of shape [\(weight.shape[0])], got \(bias.shape) (weight \(weight.shape))")
    }
    Tensor.checkOneFloatingPointType("conv2d", [x, weight] + (bias.map { [$0] } ?? []))
    let types = [x.dtype, weight.dtype] + (bias.map { [$0.dtype] } ?? [])
    if !x.dtype.isFloatingPoint || types.contains(where: { $0 != x.dtype }) {
        mistake("conv2d", "expects one floating-point type, got \(types.map { "\($0)" }.joined(separator: ", "))")
    }
}

/// A convolution of given shapes, as three operations that are each other's derivatives. With `y = f(x, w)`, linear in
/// both, the gradient of `x` is a function of `dy` and `w`, that of `w` one of `x` and `dy`, and both are linear again.
struct Convolution: Sendable {
    private let geometry: ConvolutionGeometry
    private let inputShape: Shape
    private let outputShape: Shape
    private let weightShape: Shape

    init(_ input: Shape, _ weight: Shape, _ axes: InlineArray<2, WindowAxis>, _ groups: Int) {
        let (rows, columns) = (axes[0], axes[1])
        geometry = ConvolutionGeometry(
            images: input[0], groups: groups, inChannels: weight[1], outChannels: weight[0] / groups, rows: rows,
            columns: columns)
        inputShape = input
        outputShape = [input[0], weight[0], rows.output, columns.output]
        weightShape = weight
    }

    func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let result = correlate(.forward, x, weight, bias, outputShape)
        return result.output(of: "conv2d", from: x, weight, bias, attributes: attributes) { gradient, node in
            let dx = node.needs(0) ? inputGradient(gradient, weight) : nil
            // One pass gives both, but the gradient of the bias as part of a graph is a sum.
            if node.needs(1), node.needs(2), !records(gradient) {
                let bias = Tensor(uninitialized: [weightShape[0]], dtype: x.dtype)
                let dw = weightGradient(x, gradient, bias: bias)
                return InputGradients(dx, dw, bias)
            }
            return InputGradients(
                dx, node.needs(1) ? weightGradient(x, gradient) : nil,
                node.needs(2) ? gradient.sum(axes: [0, 2, 3]) : nil)
        }
    }

    func inputGradient(_ gradient: Tensor, _ weight: Tensor) -> Tensor {
        let result = correlate(.inputGradient, gradient, weight, nil, inputShape)
        return result.output(of: "conv2dInputGradient", from: gradient, weight, attributes: attributes) {
            upstream, node in
            InputGradients(
                node.needs(0) ? forward(upstream, weight, nil) : nil,
                node.needs(1) ? weightGradient(upstream, gradient) : nil)
        }
    }

    /// - Parameter bias: gets the gradient of the bias, which is not recorded.
    func weightGradient(_ x: Tensor, _ gradient: Tensor, bias: Tensor? = nil) -> Tensor {
        let result = Tensor(uninitialized: weightShape, dtype: x.dtype)
        x.backend.correlationWeightGradient(geometry, x.packed, gradient.packed, into: result, bias: bias)
        return result.output(of: "conv2dWeightGradient", from: x, gradient, attributes: attributes) { upstream, node in
            InputGradients(
                node.needs(0) ? inputGradient(gradient, upstream) : nil,
                node.needs(1) ? forward(x, upstream, nil) : nil)
        }
    }

    private func correlate(
        _ pass: CorrelationPass, _ source: Tensor, _ weight: Tensor, _ bias: Tensor?, _ shape: Shape
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: source.dtype)
        source.backend.correlate(pass, geometry, source.packed, weight.packed, bias: bias?.packed, into: result)
        return result
    }

    private var attributes: OperationAttributes {
        let (rows, columns) = (geometry.rows, geometry.columns)
        return [
            "kernel": [rows.kernel, columns.kernel], "stride": [rows.stride, columns.stride],
            "padding": [rows.before, rows.after, columns.before, columns.after],
            "dilation": [rows.dilation, columns.dilation], "groups": geometry.groups,
        ]
    }
}

extension Tensor {
    /// These elements as contiguous memory, not recorded.
    var packed: Tensor { isContiguous ? self : copied() }
}
