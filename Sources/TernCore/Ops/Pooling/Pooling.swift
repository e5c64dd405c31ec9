/// A pooling over the last one, two or three axes, made of poolings of planes: a sequence is a plane of height 1, and the
/// windows of a volume are made of those of its planes, over which a second pooling goes from plane to plane. Maxima of
/// maxima are the maxima, the first ones too, and so it is with means of means of equally many values.
struct Pooling<let dimensions: Int>: Sendable {
    private let output: Shape
    private var planes: PlanePooling
    /// Of [.., depth, all of a plane].
    private var depth: PlanePooling?

    /// Windows laid out by their settings, which are checked.
    init(
        _ operation: String, _ x: Tensor, _ kernel: SpatialSize<dimensions>, stride: SpatialSize<dimensions>?,
        padding: SpatialPadding<dimensions>, dilation: SpatialSize<dimensions> = SpatialSize(1), ceilMode: Bool,
        takesIntegers: Bool = false
    ) {
        Pooling.check(operation, x, takesIntegers)
        if case .explicit(let before, let after) = padding,
            (0..<dimensions).contains(where: { Swift.max(before[$0], after[$0]) > kernel[$0] / 2 })
        {
            mistake(operation, "expects padding of at most half the kernel size \(kernel), got \(padding)")
        }
        let axes = WindowAxis.last(
            operation, x.shape, kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation,
            ceilMode: ceilMode)
        self.init(x.shape, SpatialSize { axes[$0].output }, axes)
    }

    /// As many windows as are asked for, which share out the input.
    init(_ operation: String, _ x: Tensor, _ outputSize: SpatialSize<dimensions>, takesIntegers: Bool = false) {
        Pooling.check(operation, x, takesIntegers)
        if outputSize.least < 1 { mistake(operation, "expects an output size of at least 1, got \(outputSize)") }
        if x.shape[(x.rank - dimensions)...].contains(0) {
            mistake(operation, "expects \(Pooling.inputName) with elements, got \(x.shape)")
        }
        self.init(x.shape, outputSize, nil)
    }

    private init(_ input: Shape, _ outSize: SpatialSize<dimensions>, _ axes: InlineArray<dimensions, WindowAxis>?) {
        let first = input.count - dimensions
        var output = input
        for axis in 0..<dimensions { output[first + axis] = outSize[axis] }
        self.output = output
        // Two axes in the place of those that are pooled.
        func shape(_ rows: Int, _ columns: Int) -> Shape {
            var shape = Shape(input[..<first])
            shape.append(rows)
            shape.append(columns)
            return shape
        }
        switch dimensions {
        case 1:
            planes = PlanePooling(
                shape(1, input[first]), Size2d(1, outSize[0]), axes.map { (.single(1), $0[0]) })
        case 2:
            planes = PlanePooling(input, Size2d(outSize[0], outSize[1]), axes.map { ($0[0], $0[1]) })
        default:
            planes = PlanePooling(input, Size2d(outSize[1], outSize[2]), axes.map { ($0[1], $0[2]) })
            // Before a shape is made that no tensor can have.
            _ = output.checkedElements
            let plane = outSize[1] * outSize[2]
            depth = PlanePooling(
                shape(input[first], plane), Size2d(outSize[0], plane), axes.map { ($0[0], .single(plane)) })
        }
    }

    private static func check(_ operation: String, _ x: Tensor, _ takesIntegers: Bool) {
        if x.rank != dimensions + 1 && x.rank != dimensions + 2 {
            mistake(operation, "expects an input [N, C, \(SpatialSize<dimensions>.letters)], got \(x.shape)")
        }
        if !x.dtype.isFloatingPoint && !(takesIntegers && x.dtype.isInteger) {
            mistake(operation, "expects a \(takesIntegers ? "numeric" : "floating-point") input, got \(x.dtype)")
        }
        // The places of maxima are 32-bit numbers.
        if x.shape[(x.rank - dimensions)...].reduce(1, *) > Int(Int32.max) {
            mistake(operation, "expects an input of at most \(Int32.max) elements a channel, got \(x.shape)")
        }
    }

    private static var inputName: String {
        dimensions == 1 ? "a sequence" : dimensions == 2 ? "an image" : "a volume"
    }
}

// MARK: - Maxima

extension Pooling {
    func maximum(_ x: Tensor) -> Tensor { maximum(x, wantsIndices: false).values }

    /// The maxima, and their indices in the pooled axes, which count as one: `int64`, -1 where there is no element.
    func maximumWithIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = maximum(x, wantsIndices: true)
        return (values, indices!)
    }

    private func maximum(_ x: Tensor, wantsIndices: Bool) -> (values: Tensor, indices: Tensor?) {
        let images = dimensions == 1 ? x.unsqueezed(axes: -2) : x
        var (values, places) = planes.maximum(images)
        var indices = wantsIndices ? asOneOperation { places.converted(to: .int64) } : nil
        if dimensions == 1 {
            values = values.squeezed(axes: -2)
            indices = indices.map { indices in asOneOperation { indices.squeezed(axes: -2) } }
        }
        guard let depth else { return (values, indices) }
        let (largest, which) = depth.maximum(values.flattened(from: -2))
        if let inPlanes = indices {
            indices = asOneOperation { combined(inPlanes, which.converted(to: .int64), x.shape) }
        }
        return (largest.reshaped(output), indices)
    }

    /// The indices in volumes of maxima of planes of maxima.
    private func combined(_ inPlanes: Tensor, _ ofPlanes: Tensor, _ input: Shape) -> Tensor {
        let plane = input[input.count - 2] * input[input.count - 1]
        let outPlane = output[output.count - 2] * output[output.count - 1]
        let batches = output[..<(output.count - 3)].reduce(1, *)
        let chosen = ofPlanes.reshaped([batches, output[output.count - 3] * outPlane])
        let places = inPlanes.reshaped([batches, input[input.count - 3] * outPlane])
        let place = places.gathered(clamp(chosen, min: 0), axis: 1)
        let index = floorDivide(chosen, outPlane) * plane + place
        return which(minimum(chosen, place).less(than: 0), -1, index).reshaped(output)
    }
}

// MARK: - Means

extension Pooling {
    /// - Parameters:
    ///   - countsPadding: whether zeros of the padding count as values.
    ///   - divisor: what sums are divided by instead of the number of values.
    func average(_ x: Tensor, countsPadding: Bool = false, divisor: Int? = nil) -> Tensor {
        var (planes, depth) = (planes, depth)
        planes.windows.countsPadding = countsPadding
        planes.windows.divisor = divisor ?? 0
        depth?.windows.countsPadding = countsPadding
        depth?.windows.divisor = divisor == nil ? 0 : 1
        if dimensions == 1 { return planes.average(x.unsqueezed(axes: -2)).squeezed(axes: -2) }
        guard let depth else { return planes.average(x) }
        // The means of planes are not to be rounded to halves.
        let means = planes.average(x.converted(to: x.dtype.accumulator))
        return depth.average(means.flattened(from: -2)).reshaped(output).converted(to: x.dtype)
    }
}

extension WindowAxis {
    /// An axis that each element is a window of.
    fileprivate static func single(_ size: Int) -> WindowAxis {
        last("Pooling", [size], kernel: Size1d(1), stride: 1, padding: 0, dilation: 1)[0]
    }
}
