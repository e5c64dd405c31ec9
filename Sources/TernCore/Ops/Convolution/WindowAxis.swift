/// One axis of a window operation: where windows lie and how many there are.
struct WindowAxis: Equatable {
    let input: Int
    let output: Int
    let kernel: Int
    let stride: Int
    let dilation: Int
    let before: Int
    let after: Int

    /// - Parameter ceilMode: whether a last window counts that begins in the input (or the padding before it) and ends
    ///   beyond the padding.
    private init(
        _ input: Int, kernel: Int, stride: Int, dilation: Int, padding: (before: Int, after: Int)?, ceilMode: Bool
    ) {
        let extent = (kernel - 1) * dilation + 1
        self.input = input
        self.kernel = kernel
        self.dilation = dilation
        guard let padding else {
            output = input / stride + (input % stride == 0 ? 0 : 1)
            let total = Swift.max(0, (output - 1) * stride + extent - input)
            before = total / 2
            after = total - before
            self.stride = Swift.min(stride, Swift.max(1, input))
            return
        }
        (before, after) = padding
        let padded = input + before + after
        let room = padded - extent + (ceilMode ? stride - 1 : 0)
        let count = room < 0 ? 0 : room / stride + 1
        output = ceilMode && count > 0 && (count - 1) * stride >= input + before ? count - 1 : count
        // A step that leads out of all is as good as the shortest such, and kernels need not care for larger ones.
        self.stride = Swift.min(stride, Swift.max(1, padded))
    }

    /// The axis that an operation of fewer dimensions does not have.
    static let one = WindowAxis(1, kernel: 1, stride: 1, dilation: 1, padding: (0, 0), ceilMode: false)

    /// The axis of a convolution that reads `input` and gives `output` elements.
    private init(
        _ input: Int, _ output: Int, kernel: Int, stride: Int, dilation: Int, padding: (before: Int, after: Int)
    ) {
        self.input = input
        self.output = output
        self.kernel = kernel
        self.dilation = dilation
        (before, after) = padding
        self.stride = Swift.min(stride, Swift.max(1, input + before + after))
    }

    /// Stops if a number is out of range.
    private static func check<let dimensions: Int>(
        _ operation: String, kernel: SpatialSize<dimensions>, stride: SpatialSize<dimensions>,
        padding: SpatialPadding<dimensions>, dilation: SpatialSize<dimensions>
    ) {
        // Products of two such numbers do not overflow.
        let limit = Int(Int32.max)
        for (name, size) in [("kernel size", kernel), ("stride", stride), ("dilation", dilation)] {
            if size.least < 1 { mistake(operation, "expects a \(name) of at least 1, got \(size)") }
            if size.largest > limit { mistake(operation, "expects a \(name) of at most \(limit), got \(size)") }
        }
        guard case .explicit(let before, let after) = padding else { return }
        if Swift.min(before.least, after.least) < 0 {
            mistake(operation, "expects padding of at least 0, got \(padding)")
        }
        if Swift.max(before.largest, after.largest) > limit {
            mistake(operation, "expects padding of at most \(limit), got \(padding)")
        }
    }

    /// The last axes of an operation on `shape`; stops if a number is out of range or the kernel does not fit.
    static func last<let dimensions: Int>(
        _ operation: String, _ shape: Shape, kernel: SpatialSize<dimensions>, stride: SpatialSize<dimensions>,
        padding: SpatialPadding<dimensions>, dilation: SpatialSize<dimensions>, ceilMode: Bool = false
    ) -> InlineArray<dimensions, WindowAxis> {
        check(operation, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
        let axes = InlineArray<dimensions, WindowAxis> { axis in
            WindowAxis(
                shape[shape.count - dimensions + axis], kernel: kernel[axis], stride: stride[axis],
                dilation: dilation[axis], padding: padding.sides(axis), ceilMode: ceilMode)
        }
        for axis in axes.indices where axes[axis].output < 1 {
            mistake(
                operation,
                "expects an input that the kernel fits into, got \(shape) "
                    + "(kernel size \(kernel), padding \(padding), dilation \(dilation))")
        }
        return axes
    }
    /// The last axes of the convolution whose transpose is applied to `shape`.
    static func lastOfTransposed<let dimensions: Int>(
        _ operation: String, _ shape: Shape, kernel: SpatialSize<dimensions>, stride: SpatialSize<dimensions>,
        padding: SpatialPadding<dimensions>, outputPadding: SpatialSize<dimensions>, dilation: SpatialSize<dimensions>
    ) -> InlineArray<dimensions, WindowAxis> {
        check(operation, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
        for axis in 0..<dimensions
        where outputPadding[axis] < 0 || outputPadding[axis] >= Swift.max(stride[axis], dilation[axis]) {
            mistake(
                operation,
                "expects output padding of at least 0 that is below the stride or the dilation, got \(outputPadding) "
                    + "(stride \(stride), dilation \(dilation))")
        }
        if padding == .same, outputPadding != 0 {
            mistake(operation, "expects no output padding beside padding same, got \(outputPadding)")
        }
        return InlineArray { axis in
            let output = shape[shape.count - dimensions + axis]
            let extent = (kernel[axis] - 1) * dilation[axis] + 1
            let (distance, overflows) = (output - 1).multipliedReportingOverflow(by: stride[axis])
            var (size, overflowsToo) = distance.addingReportingOverflow(extent + outputPadding[axis])
            // Of .same, what is beyond `stride` times the input.
            let around = Swift.max(0, extent - stride[axis])
            let (before, after) = padding.sides(axis) ?? (around / 2, around - around / 2)
            size = padding == .same ? distance &+ stride[axis] : size - before - after
            overflowsToo = overflowsToo || size > Shape.maximumElements
            if output < 1 || overflows || overflowsToo || size < 1 {
                mistake(
                    operation,
                    "expects an input and settings that give an output, got \(shape) (kernel size \(kernel), stride "
                        + "\(stride), padding \(padding), output padding \(outputPadding), dilation \(dilation))")
            }
            return WindowAxis(
                size, output, kernel: kernel[axis], stride: stride[axis], dilation: dilation[axis],
                padding: (before, after))
        }
    }
}

extension SpatialPadding {
    /// The padding of an axis, unless a rule gives it.
    fileprivate func sides(_ axis: Int) -> (before: Int, after: Int)? {
        guard case .explicit(let before, let after) = self else { return nil }
        return (before[axis], after[axis])
    }
}
