/// One axis of a window operation: where windows lie and how many there are.
struct WindowAxis {
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

    /// The last axes of an operation on `shape`; stops if a number is out of range or the kernel does not fit.
    static func last<let dimensions: Int>(
        _ operation: String, _ shape: Shape, kernel: SpatialSize<dimensions>, stride: SpatialSize<dimensions>,
        padding: SpatialPadding<dimensions>, dilation: SpatialSize<dimensions>, ceilMode: Bool = false
    ) -> InlineArray<dimensions, WindowAxis> {
        // Products of two such numbers do not overflow.
        let limit = Int(Int32.max)
        for (name, size) in [("kernel size", kernel), ("stride", stride), ("dilation", dilation)] {
            if size.least < 1 { mistake(operation, "expects a \(name) of at least 1, got \(size)") }
            if size.largest > limit { mistake(operation, "expects a \(name) of at most \(limit), got \(size)") }
        }
        var sides: (before: SpatialSize<dimensions>, after: SpatialSize<dimensions>)?
        if case .explicit(let before, let after) = padding {
            sides = (before, after)
            if Swift.min(before.least, after.least) < 0 {
                mistake(operation, "expects padding of at least 0, got \(padding)")
            }
            if Swift.max(before.largest, after.largest) > limit {
                mistake(operation, "expects padding of at most \(limit), got \(padding)")
            }
        }
        let axes = InlineArray<dimensions, WindowAxis> { axis in
            WindowAxis(
                shape[shape.count - dimensions + axis], kernel: kernel[axis], stride: stride[axis],
                dilation: dilation[axis], padding: sides.map { ($0.before[axis], $0.after[axis]) }, ceilMode: ceilMode)
        }
        for axis in axes.indices where axes[axis].output < 1 {
            mistake(
                operation,
                "expects an input that the kernel fits into, got \(shape) "
                    + "(kernel size \(kernel), padding \(padding), dilation \(dilation))")
        }
        return axes
    }
}
