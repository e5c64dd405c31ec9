import CTernKernels

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
    checkConv2d(x, weight, bias, groups)
    let axes = WindowAxis.pair(
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
    private let sizes: TernConv2d
    private let inputShape: Shape
    private let outputShape: Shape
    private let weightShape: Shape

    init(_ input: Shape, _ weight: Shape, _ axes: (rows: WindowAxis, columns: WindowAxis), _ groups: Int) {
        let (rows, columns) = axes
        sizes = TernConv2d(
            images: input[0], groups: groups, in_channels: weight[1], out_channels: weight[0] / groups,
            in_height: rows.input, in_width: columns.input, out_height: rows.output, out_width: columns.output,
            kernel_height: rows.kernel, kernel_width: columns.kernel, stride_height: rows.usedStride,
            stride_width: columns.usedStride, pad_top: rows.before, pad_left: columns.before,
            dilation_height: rows.dilation, dilation_width: columns.dilation)
        inputShape = input
        outputShape = [input[0], weight[0], rows.output, columns.output]
        weightShape = weight
    }

    func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let result = correlate(.TERN_CONV_FORWARD, x, weight, bias, outputShape)
        if let bias {
            return result.output(of: "conv2d", from: x, weight, bias) { gradient, node in
                let dx = node.needs(0) ? inputGradient(gradient, weight) : nil
                // One pass gives both, but the gradient of the bias as part of a graph is a sum.
                if node.needs(1), node.needs(2), !records(gradient) {
                    let (dw, db) = weightAndBiasGradient(x, gradient)
                    let recorded = records(x) ? weightGradient(x, gradient) : dw
                    return InputGradients(dx, recorded, db)
                }
                return InputGradients(
                    dx, node.needs(1) ? weightGradient(x, gradient) : nil,
                    node.needs(2) ? gradient.sum(axes: [0, 2, 3]) : nil)
            }
        }
        return result.output(of: "conv2d", from: x, weight) { gradient, node in
            InputGradients(
                node.needs(0) ? inputGradient(gradient, weight) : nil,
                node.needs(1) ? weightGradient(x, gradient) : nil)
        }
    }

    func inputGradient(_ gradient: Tensor, _ weight: Tensor) -> Tensor {
        let result = correlate(.TERN_CONV_INPUT_GRADIENT, gradient, weight, nil, inputShape)
        return result.output(of: "conv2dInputGradient", from: gradient, weight) { upstream, node in
            InputGradients(
                node.needs(0) ? forward(upstream, weight, nil) : nil,
                node.needs(1) ? weightGradient(upstream, gradient) : nil)
        }
    }

    func weightGradient(_ x: Tensor, _ gradient: Tensor) -> Tensor {
        let result = sumOverImages(x, gradient, nil)
        return result.output(of: "conv2dWeightGradient", from: x, gradient) { upstream, node in
            InputGradients(
                node.needs(0) ? inputGradient(gradient, upstream) : nil,
                node.needs(1) ? forward(x, upstream, nil) : nil)
        }
    }

    /// Not recorded.
    private func weightAndBiasGradient(_ x: Tensor, _ gradient: Tensor) -> (weight: Tensor, bias: Tensor) {
        let bias = Tensor(uninitialized: [weightShape[0]], dtype: x.dtype)
        return (sumOverImages(x, gradient, bias), bias)
    }

    // MARK: - Kernels

    /// A rough time on one core.
    private var nanoseconds: Int { outputShape.elements * (weightShape.elements / weightShape[0]) / 90 }

    private func correlate(
        _ pass: TernConvPass, _ source: Tensor, _ weight: Tensor, _ bias: Tensor?, _ shape: Shape
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: source.dtype)
        if result.count == 0 { return result }
        let (source, weight) = (source.packed, weight.packed)
        let bias = bias?.packed
        let (type, kernels, size) = (source.dtype.kernelType, Kernels.conv, source.dtype.byteCount)
        withUnsafePointer(to: sizes) { sizes in
            var plan = TernConvPlan()
            kernels.plan(type, pass, sizes, &plan)
            let (scratchBytes, pieces, packPieces) = (plan.scratch_bytes, plan.pieces, plan.pack_pieces)
            Allocator.withScratch(plan.packed_count * size) { packed in
                parallelFor(pieces: packPieces, work: weight.count) { piece in
                    kernels.pack(type, pass, sizes, piece, piece + 1, weight.impl.pointer, packed)
                }
                // A call prepares tables, so it takes enough pieces to be worth it. How they are grouped changes no bits.
                let calls = Swift.max(1, Swift.min(pieces, 128, nanoseconds / 8_000))
                parallelFor(pieces: calls, work: nanoseconds) { call in
                    Allocator.withScratch(scratchBytes) { scratch in
                        kernels.correlate(
                            type, pass, sizes, pieces * call / calls, pieces * (call + 1) / calls, source.impl.pointer,
                            packed, bias?.impl.pointer, result.impl.pointer, scratch)
                    }
                }
            }
        }
        return result
    }

    /// The gradient of the weight, and that of the bias into `bias`.
    private func sumOverImages(_ x: Tensor, _ gradient: Tensor, _ bias: Tensor?) -> Tensor {
        let result = Tensor(uninitialized: weightShape, dtype: x.dtype)
        let (x, gradient) = (x.packed, gradient.packed)
        let (type, kernels, size) = (x.dtype.kernelType, Kernels.conv, x.dtype.byteCount)
        withUnsafePointer(to: sizes) { sizes in
            var plan = TernConvWeightPlan()
            kernels.plan_weight_gradient(type, sizes, &plan)
            let (scratchBytes, partials) = (plan.scratch_bytes, plan.partials)
            func compute(_ weightSums: UnsafeMutableRawPointer, _ biasSums: UnsafeMutableRawPointer?) {
                parallelFor(pieces: plan.pieces, work: nanoseconds) { piece in
                    Allocator.withScratch(scratchBytes) { scratch in
                        kernels.weight_gradient(
                            type, sizes, piece, piece + 1, x.impl.pointer, gradient.impl.pointer, weightSums, biasSums,
                            scratch)
                    }
                }
            }
            if partials == 1 { return compute(result.impl.pointer, bias?.impl.pointer) }
            let biasBytes = bias.map { $0.count * size } ?? 0
            let weightBytes = result.count * size
            Allocator.withScratch(partials * (weightBytes + biasBytes)) { sums in
                let biasSums = bias == nil ? nil : sums + partials * weightBytes
                compute(sums, biasSums)
                add(partials, sums, into: result)
                if let bias, let biasSums { add(partials, biasSums, into: bias) }
            }
        }
        return result
    }

    /// Adds up `partials` arrays, at least two, in order: piece by piece, so that sums stay in the cache.
    private func add(_ partials: Int, _ sums: UnsafeMutableRawPointer, into result: Tensor) {
        let (type, size, count, piece) = (result.dtype.kernelType, result.dtype.byteCount, result.count, 2048)
        parallelFor(pieces: (count + piece - 1) / piece, work: count * partials / 20) { index in
            let (start, n) = (index * piece, Swift.min(piece, count - index * piece))
            let sum = result.impl.pointer + start * size
            let part = { partial in sums + (partial * count + start) * size }
            Kernels.vector.binary(type, .add, n, part(0), 1, part(1), 1, sum)
            for partial in 2..<partials { Kernels.vector.axpy(type, 1, n, part(partial), sum) }
        }
    }
}

extension WindowAxis {
    /// The stride, or with a single window any that leads beyond the input: gradients go through as many phases.
    fileprivate var usedStride: Int { output > 1 ? stride : Swift.min(stride, before + input + after) }
}

extension Tensor {
    /// These elements as contiguous memory, not recorded.
    var packed: Tensor { isContiguous ? self : copied() }
}
