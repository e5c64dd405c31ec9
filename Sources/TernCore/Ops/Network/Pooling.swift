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
    pooling.windows.countsPadding = countsPadding
    pooling.windows.divisor = divisor ?? 0
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
    var windows: PoolingWindows
    private let inputShape: Shape
    private let outputShape: Shape

    init(
        _ operation: String, _ x: Tensor, _ kernel: Size2d, _ stride: Size2d, _ padding: Padding2d, _ dilation: Size2d,
        _ ceilMode: Bool
    ) {
        Pooling.check(operation, x)
        if case .explicit(let before, let after) = padding,
            (0..<2).contains(where: { Swift.max(before[$0], after[$0]) > kernel[$0] / 2 })
        {
            mistake(operation, "expects padding of at most half the kernel size \(kernel), got \(padding)")
        }
        let axes = WindowAxis.last(
            operation, x.shape, kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode
        )
        self.init(x.shape, Size2d(axes[0].output, axes[1].output))
        windows.layout = (axes[0], axes[1])
    }

    init(_ operation: String, _ x: Tensor, _ outputSize: Size2d) {
        Pooling.check(operation, x)
        if outputSize.height < 1 || outputSize.width < 1 {
            mistake(operation, "expects an output size of at least 1, got \(outputSize)")
        }
        if x.shape[x.rank - 2] == 0 || x.shape[x.rank - 1] == 0 {
            mistake(operation, "expects an image with elements, got \(x.shape)")
        }
        self.init(x.shape, outputSize)
    }

    private init(_ input: Shape, _ outSize: Size2d) {
        let (rows, columns) = (input.count - 2, input.count - 1)
        inputShape = input
        var output = input
        (output[rows], output[columns]) = (outSize.height, outSize.width)
        outputShape = output
        windows = PoolingWindows(inSize: Size2d(input[rows], input[columns]), outSize: outSize)
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
    func maximum(_ x: Tensor) -> (values: Tensor, places: Tensor) {
        let values = Tensor(uninitialized: outputShape, dtype: x.dtype)
        let places = Tensor(uninitialized: outputShape, dtype: .int32)
        x.backend.maxPool(windows, x.packed, into: values, places: places)
        return (
            values.output(of: "maxPool2d", from: x, attributes: attributes) { gradient, _ in
                InputGradients(scattered(gradient, places))
            },
            places
        )
    }

    /// Zeros but for each gradient at its maximum's place.
    private func scattered(_ gradient: Tensor, _ places: Tensor) -> Tensor {
        let result = Tensor(uninitialized: inputShape, dtype: gradient.dtype)
        gradient.backend.maxPoolScatter(windows, gradient.packed, places: places, into: result)
        return result.output(of: "maxPool2dBackward", from: gradient, attributes: attributes) { upstream, _ in
            InputGradients(gathered(upstream, places))
        }
    }

    /// The values at the maxima's places.
    private func gathered(_ x: Tensor, _ places: Tensor) -> Tensor {
        let result = Tensor(uninitialized: outputShape, dtype: x.dtype)
        x.backend.maxPoolGather(windows, x.packed, places: places, into: result)
        return result.output(of: "maxPool2dGather", from: x, places, attributes: attributes) { gradient, _ in
            InputGradients(scattered(gradient, places))
        }
    }

    func average(_ x: Tensor) -> Tensor {
        let result = Tensor(uninitialized: outputShape, dtype: x.dtype)
        x.backend.averagePool(windows, x.packed, into: result)
        return result.output(of: "avgPool2d", from: x, attributes: attributes) { gradient, _ in
            InputGradients(spread(gradient))
        }
    }

    /// Each gradient's share to all values that its mean is of.
    private func spread(_ gradient: Tensor) -> Tensor {
        let result = Tensor(uninitialized: inputShape, dtype: gradient.dtype)
        gradient.backend.averagePoolSpread(windows, gradient.packed, into: result)
        return result.output(of: "avgPool2dBackward", from: gradient, attributes: attributes) { upstream, _ in
            InputGradients(average(upstream))
        }
    }

    private var attributes: OperationAttributes {
        guard let (rows, columns) = windows.layout else {
            return ["outputSize": [windows.outSize.height, windows.outSize.width]]
        }
        return [
            "kernel": [rows.kernel, columns.kernel], "stride": [rows.stride, columns.stride],
            "padding": [rows.before, rows.after, columns.before, columns.after],
            "dilation": [rows.dilation, columns.dilation], "countsPadding": windows.countsPadding,
            "divisor": windows.divisor,
        ]
    }
}
