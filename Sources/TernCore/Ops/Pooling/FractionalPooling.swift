/// The largest values of windows at random places: as many as asked for, spread over the input at steps that are randomly
/// one or the other of two numbers, so that sizes need not be divided by whole numbers (Graham 2014, pseudo-random and
/// overlapping). PyTorch's `fractional_max_pool2d`.
///
///     x [N, C, H, W] -> [N, C, outputSize]
///     window i of n begins at floor((i + u) * a) - floor(u * a),  a = (size - kernel) / (n - 1); the last one at size - kernel
///
/// A single image `[C, H, W]` works, too. The gradient goes to the first of equal values.
///
/// - Parameters:
///   - x: [N, C, H, W] or [C, H, W].
///   - kernelSize: of the windows.
///   - outputSize: how many windows along each axis.
///   - samples: `u`, in 0..<1, of each channel and axis: [N, C, 2], the width's first as in PyTorch's
///     `_random_samples`; drawn unless given.
///   - generator: what they are drawn from.
public func fractionalMaxPool2d(
    _ x: Tensor, _ kernelSize: Size2d, outputSize: Size2d, samples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
    fractionalMaxPool("fractionalMaxPool2d", x, kernelSize, outputSize, samples, generator).values
}

/// ``fractionalMaxPool2d(_:_:outputSize:samples:generator:)`` with the index of each maximum in its channel, `int64`.
public func fractionalMaxPool2dWithIndices(
    _ x: Tensor, _ kernelSize: Size2d, outputSize: Size2d, samples: Tensor? = nil, generator: Generator = .default
) -> (values: Tensor, indices: Tensor) {
    fractionalMaxPool("fractionalMaxPool2d", x, kernelSize, outputSize, samples, generator)
}

/// The largest values of windows of volumes `[N, C, D, H, W]` at random places, see
/// ``fractionalMaxPool2d(_:_:outputSize:samples:generator:)``. PyTorch's `fractional_max_pool3d`.
///
/// - Parameters:
///   - x: [N, C, D, H, W] or [C, D, H, W].
///   - kernelSize: of the windows.
///   - outputSize: how many windows along each axis.
///   - samples: [N, C, 3], for depth, height and width.
///   - generator: what samples are drawn from unless given.
public func fractionalMaxPool3d(
    _ x: Tensor, _ kernelSize: Size3d, outputSize: Size3d, samples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
    fractionalMaxPool("fractionalMaxPool3d", x, kernelSize, outputSize, samples, generator).values
}

/// ``fractionalMaxPool3d(_:_:outputSize:samples:generator:)`` with the index of each maximum in its channel, `int64`.
public func fractionalMaxPool3dWithIndices(
    _ x: Tensor, _ kernelSize: Size3d, outputSize: Size3d, samples: Tensor? = nil, generator: Generator = .default
) -> (values: Tensor, indices: Tensor) {
    fractionalMaxPool("fractionalMaxPool3d", x, kernelSize, outputSize, samples, generator)
}

private func fractionalMaxPool<let dimensions: Int>(
    _ operation: String, _ x: Tensor, _ kernel: SpatialSize<dimensions>, _ outputSize: SpatialSize<dimensions>,
    _ samples: Tensor?, _ generator: Generator
) -> (values: Tensor, indices: Tensor) {
    if x.rank != dimensions + 1 && x.rank != dimensions + 2 {
        mistake(operation, "expects an input [N, C, \(SpatialSize<dimensions>.letters)], got \(x.shape)")
    }
    if !x.dtype.isFloatingPoint { mistake(operation, "expects a floating-point input, got \(x.dtype)") }
    let first = x.rank - dimensions
    let size = Array(x.shape[first...])
    for axis in 0..<dimensions {
        let (kernel, output) = (kernel[axis], outputSize[axis])
        if kernel < 1 || output < 1 || kernel > size[axis] || output > size[axis] - kernel + 1 {
            mistake(
                operation,
                "expects kernel sizes and output sizes of at least 1 that the input has room for, got \(x.shape) "
                    + "(kernel size \(kernel), output size \(output))")
        }
    }
    let planes = x.shape[..<first].reduce(1, *)
    let wanted = Shape(Array(x.rank == dimensions + 1 ? [1, x.shape[0]] : Array(x.shape[..<first])) + [dimensions])
    if let samples, samples.shape != wanted {
        mistake(operation, "expects samples of shape \(wanted), got \(samples.shape)")
    }
    let starts = (samples ?? .uniform(wanted, dtype: .float64, generator: generator)).array(of: Double.self)
    // The inputs of all windows, by their places in a channel: [planes, outputs, kernel].
    let places = asOneOperation {
        (0..<dimensions).reduce(Tensor.zeros([planes, 1, 1], dtype: .int64)) { places, axis in
            // PyTorch's order of the samples of an image is the other one.
            let sample = dimensions == 2 ? 1 - axis : axis
            let begins = (0..<planes).flatMap {
                windowStarts(starts[$0 * dimensions + sample], size[axis], outputSize[axis], kernel[axis])
            }
            let rows = Tensor(begins).reshaped([planes, 1, outputSize[axis], 1, 1])
            let inputs = rows + Tensor.arange(kernel[axis]).reshaped([1, 1, 1, 1, -1])
            let (outputs, taps) = (places.shape[1], places.shape[2])
            let all = places.reshaped([planes, outputs, 1, taps, 1]) * size[axis] + inputs
            return all.reshaped([planes, outputs * outputSize[axis], taps * kernel[axis]])
        }
    }
    let channels = x.reshaped([planes, size.reduce(1, *)])
    let indices = asOneOperation {
        let values = channels.gathered(places.flattened(from: 1), axis: 1).reshaped(places.shape)
        return places.gathered(values.argmax(axis: 2, keepAxes: true), axis: 2).squeezed(axes: 2)
    }
    let target = Shape(Array(x.shape[..<first]) + outputSize.array)
    return (
        channels.gathered(indices, axis: 1).reshaped(target), asOneOperation { indices.reshaped(target) }
    )
}

/// Where `count` windows of `kernel` elements begin.
private func windowStarts(_ sample: Double, _ size: Int, _ count: Int, _ kernel: Int) -> [Int] {
    let step = count == 1 ? 0 : Double(size - kernel) / Double(count - 1)
    let shift = Int(sample * step, in: 0...size)
    let starts = (0..<count - 1).map { Int((Double($0) + sample) * step, in: 0...size) - shift }
    return starts.map { Swift.min($0, size - kernel) } + [size - kernel]
}
