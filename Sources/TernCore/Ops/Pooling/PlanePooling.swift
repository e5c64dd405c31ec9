/// A pooling of planes of given sizes. Each operation is linear, once the places of the maxima are known, and has its
/// transpose as derivative.
struct PlanePooling: Sendable {
    var windows: PoolingWindows
    private let inputShape: Shape
    private let outputShape: Shape

    /// - Parameter layout: of the last two axes; adaptive without one.
    init(_ input: Shape, _ outSize: Size2d, _ layout: (rows: WindowAxis, columns: WindowAxis)?) {
        let (rows, columns) = (input.count - 2, input.count - 1)
        inputShape = input
        var output = input
        (output[rows], output[columns]) = (outSize.height, outSize.width)
        outputShape = output
        windows = PoolingWindows(inSize: Size2d(input[rows], input[columns]), outSize: outSize, layout: layout)
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
