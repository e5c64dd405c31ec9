import CTernKernels

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
///   - stride: from window to window; the kernel's size unless given.
///   - padding: at most half the kernel on each side; never a window's maximum.
///   - ceilMode: whether `H'` is rounded up, with a last window that ends beyond the padding.
public func maxPool2d(
    _ x: Tensor, _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, dilation: Size2d = 1,
    ceilMode: Bool = false
) -> Tensor {
    Pooling("maxPool2d", x, kernelSize, stride ?? kernelSize, padding, dilation, ceilMode).maximum(x).values
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
    var pooling = Pooling("avgPool2d", x, kernelSize, stride ?? kernelSize, padding, 1, ceilMode)
    pooling.sizes.counts_padding = countsPadding
    pooling.sizes.divisor = divisor ?? 0
    return pooling.average(x)
}

/// The largest value of each of `outputSize` windows that share out the input: window `i` of `n` along an axis of size `s`
/// covers `floor(i * s / n)..<ceil((i + 1) * s / n)`. PyTorch's `adaptive_max_pool2d`.
///
///     x [N, C, H, W] -> [N, C, outputSize.height, outputSize.width]
public func adaptiveMaxPool2d(_ x: Tensor, _ outputSize: Size2d) -> Tensor {
    Pooling("adaptiveMaxPool2d", x, outputSize).maximum(x).values
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

/// A pooling of given shapes. Each operation is linear, once the places of the maxima are known, and has its transpose
/// as derivative.
private struct Pooling: Sendable {
    var sizes: TernPool2d
    private let inputShape: Shape
    private let outputShape: Shape

    init(
        _ operation: String, _ x: Tensor, _ kernel: Size2d, _ stride: Size2d, _ padding: Padding2d, _ dilation: Size2d,
        _ ceilMode: Bool
    ) {
        Pooling.check(operation, x)
        if case .explicit(let top, let bottom, let left, let right) = padding,
            Swift.max(top, bottom) > kernel.height / 2 || Swift.max(left, right) > kernel.width / 2
        {
            mistake(operation, "expects padding of at most half the kernel size \(kernel), got \(padding)")
        }
        let (rows, columns) = WindowAxis.pair(
            operation, x.shape, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode
        )
        self.init(x.shape, rows.output, columns.output)
        // What lies beyond the padding is nothing, however much there is of it.
        sizes.kernel_height = Swift.min(kernel.height, Swift.max(1, rows.input + rows.before + rows.after))
        sizes.kernel_width = Swift.min(kernel.width, Swift.max(1, columns.input + columns.before + columns.after))
        sizes.stride_height = rows.stride
        sizes.stride_width = columns.stride
        sizes.dilation_height = dilation.height
        sizes.dilation_width = dilation.width
        (sizes.pad_top, sizes.pad_bottom, sizes.pad_left, sizes.pad_right) = (
            rows.before, rows.after, columns.before, columns.after
        )
    }

    init(_ operation: String, _ x: Tensor, _ outputSize: Size2d) {
        Pooling.check(operation, x)
        if outputSize.height < 1 || outputSize.width < 1 {
            mistake(operation, "expects an output size of at least 1, got \(outputSize)")
        }
        if x.shape[x.rank - 2] == 0 || x.shape[x.rank - 1] == 0 {
            mistake(operation, "expects an image with elements, got \(x.shape)")
        }
        self.init(x.shape, outputSize.height, outputSize.width)
        sizes.adaptive = true
    }

    private init(_ input: Shape, _ height: Int, _ width: Int) {
        var output = input
        output[input.count - 2] = height
        output[input.count - 1] = width
        inputShape = input
        outputShape = output
        sizes = TernPool2d()
        sizes.in_height = input[input.count - 2]
        sizes.in_width = input[input.count - 1]
        sizes.out_height = height
        sizes.out_width = width
    }

    private static func check(_ operation: String, _ x: Tensor) {
        if x.rank != 3 && x.rank != 4 { mistake(operation, "expects an input [N, C, H, W], got \(x.shape)") }
        if !x.dtype.isFloatingPoint { mistake(operation, "expects a floating-point input, got \(x.dtype)") }
        // The places of maxima are 32-bit numbers.
        if x.shape[x.rank - 2].multipliedReportingOverflow(by: x.shape[x.rank - 1]).partialValue > Int(Int32.max) {
            mistake(operation, "expects images of at most \(Int32.max) pixels, got \(x.shape)")
        }
    }

    /// The maxima, and their places in their planes.
    func maximum(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        let source = x.packed
        let values = Tensor(uninitialized: outputShape, dtype: x.dtype)
        let indices = Tensor(uninitialized: outputShape, dtype: .int32)
        let places = indices.pointer(as: Int32.self)
        eachPlane(x.dtype) { sizes, type, planes, inputOffset, outputOffset in
            Kernels.pool.max(
                type, sizes, planes, source.impl.pointer + inputOffset * x.dtype.byteCount,
                values.impl.pointer + outputOffset * x.dtype.byteCount, places + outputOffset)
        }
        return (
            values.output(of: "maxPool2d", from: x) { gradient, _ in InputGradients(scattered(gradient, indices)) },
            indices
        )
    }

    /// Zeros but for each gradient at its maximum's place.
    private func scattered(_ gradient: Tensor, _ indices: Tensor) -> Tensor {
        let result = Tensor(uninitialized: inputShape, dtype: gradient.dtype)
        let (source, places, size) = (gradient.packed, indices.pointer(as: Int32.self), gradient.dtype.byteCount)
        eachPlane(gradient.dtype) { sizes, type, planes, inputOffset, outputOffset in
            Kernels.pool.max_scatter(
                type, sizes, planes, places + outputOffset, source.impl.pointer + outputOffset * size,
                result.impl.pointer + inputOffset * size)
        }
        return result.output(of: "maxPool2dBackward", from: gradient) { upstream, _ in
            InputGradients(gathered(upstream, indices))
        }
    }

    /// The values at the maxima's places.
    private func gathered(_ x: Tensor, _ indices: Tensor) -> Tensor {
        let result = Tensor(uninitialized: outputShape, dtype: x.dtype)
        let (source, places, size) = (x.packed, indices.pointer(as: Int32.self), x.dtype.byteCount)
        eachPlane(x.dtype) { sizes, type, planes, inputOffset, outputOffset in
            Kernels.pool.max_gather(
                type, sizes, planes, places + outputOffset, source.impl.pointer + inputOffset * size,
                result.impl.pointer + outputOffset * size)
        }
        return result.output(of: "maxPool2d", from: x) { gradient, _ in InputGradients(scattered(gradient, indices)) }
    }

    func average(_ x: Tensor) -> Tensor {
        let result = Tensor(uninitialized: outputShape, dtype: x.dtype)
        let (source, size) = (x.packed, x.dtype.byteCount)
        eachPlane(x.dtype) { sizes, type, planes, inputOffset, outputOffset in
            Kernels.pool.average(
                type, sizes, planes, source.impl.pointer + inputOffset * size,
                result.impl.pointer + outputOffset * size)
        }
        return result.output(of: "avgPool2d", from: x) { gradient, _ in InputGradients(spread(gradient)) }
    }

    /// Each gradient's share to all values that its mean is of.
    private func spread(_ gradient: Tensor) -> Tensor {
        let result = Tensor(uninitialized: inputShape, dtype: gradient.dtype)
        let (source, size) = (gradient.packed, gradient.dtype.byteCount)
        eachPlane(gradient.dtype) { sizes, type, planes, inputOffset, outputOffset in
            Kernels.pool.average_spread(
                type, sizes, planes, source.impl.pointer + outputOffset * size,
                result.impl.pointer + inputOffset * size)
        }
        return result.output(of: "avgPool2dBackward", from: gradient) { upstream, _ in InputGradients(average(upstream))
        }
    }

    /// Calls `body` for groups of planes, with the offsets of the first in elements.
    @inline(__always)
    private func eachPlane(
        _ dtype: DType,
        _ body: (UnsafePointer<TernPool2d>, TernType, _ planes: Int, _ inputOffset: Int, _ outputOffset: Int) -> Void
    ) {
        let (input, output) = (sizes.in_height * sizes.in_width, sizes.out_height * sizes.out_width)
        let planes = inputShape.elements / Swift.max(1, input)
        let window = sizes.adaptive ? 1 : Double(sizes.kernel_height) * Double(sizes.kernel_width)
        let visits = Swift.max(1, Double(input), Double(output) * window)
        let group = Swift.max(1, Int(16_384 / visits))
        let type = dtype.kernelType
        withUnsafePointer(to: sizes) { sizes in
            parallelFor(pieces: (planes + group - 1) / group, work: Int(Swift.min(1e15, Double(planes) * visits / 4))) {
                piece in
                let first = piece * group
                body(sizes, type, Swift.min(group, planes - first), first * input, first * output)
            }
        }
    }
}
