/// A convolution of given shapes, as three operations that are each other's derivatives. With `y = f(x, w)`, linear in
/// both, the gradient of `x` is a function of `dy` and `w`, that of `w` one of `x` and `dy`, and both are linear again.
/// The transposed convolution is the gradient of `x`, and has a bias then.
struct Convolution: Sendable {
    private let geometry: ConvolutionGeometry
    private let inputShape: Shape
    private let outputShape: Shape
    private let weightShape: Shape
    private let dimensions: Int
    private let isTransposed: Bool

    init<let dimensions: Int>(
        _ input: Shape, _ weight: Shape, _ axes: InlineArray<dimensions, WindowAxis>,
        _ settings: ConvolutionSettings<dimensions>
    ) {
        geometry = ConvolutionGeometry(
            images: input[0], groups: settings.groups, inChannels: weight[1], outChannels: weight[0] / settings.groups,
            planes: dimensions > 2 ? axes[dimensions - 3] : .one, rows: dimensions > 1 ? axes[dimensions - 2] : .one,
            columns: axes[dimensions - 1])
        inputShape = input
        var output: Shape = [input[0], weight[0]]
        for axis in axes.indices { output.append(axes[axis].output) }
        outputShape = output
        weightShape = weight
        self.dimensions = dimensions
        isTransposed = settings.isTransposed
    }

    /// - Parameter keepsWeights: whether the weights stay packed for the next call: not where training changes them.
    func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, keepsWeights: Bool = false) -> Tensor {
        let result = correlate(.forward, x, weight, bias, outputShape, keepsWeights)
        return result.output(of: names.forward, from: x, weight, bias, attributes: attributes) { gradient, node in
            let dx = node.needs(0) ? inputGradient(gradient, weight) : nil
            // One pass gives both, but the gradient of the bias as part of a graph is a sum.
            if node.needs(1), node.needs(2), !records(gradient) {
                let bias = Tensor(uninitialized: [weightShape[0]], dtype: x.dtype)
                let dw = weightGradient(x, gradient, bias: bias)
                return InputGradients(dx, dw, bias)
            }
            return InputGradients(
                dx, node.needs(1) ? weightGradient(x, gradient) : nil, node.needs(2) ? biasGradient(gradient) : nil)
        }
    }

    /// The forward pass of bytes, not recorded.
    func quantizedForward(_ x: Tensor, _ weights: QuantizedWeights, _ activation: PiecewiseLinear?) -> Tensor {
        let result = Tensor(uninitialized: outputShape, dtype: weights.output == nil ? .float32 : .uint8)
        x.backend.correlateQuantized(geometry, x, weights, activation, into: result)
        return result
    }

    func inputGradient(
        _ gradient: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, keepsWeights: Bool = false
    ) -> Tensor {
        let result = correlate(.inputGradient, gradient, weight, bias, inputShape, keepsWeights)
        return result.output(of: names.inputGradient, from: gradient, weight, bias, attributes: attributes) {
            upstream, node in
            InputGradients(
                node.needs(0) ? forward(upstream, weight, nil) : nil,
                node.needs(1) ? weightGradient(upstream, gradient) : nil,
                node.needs(2) ? biasGradient(upstream) : nil)
        }
    }

    /// - Parameter bias: gets the gradient of the bias, which is not recorded.
    private func weightGradient(_ x: Tensor, _ gradient: Tensor, bias: Tensor? = nil) -> Tensor {
        let result = Tensor(uninitialized: weightShape, dtype: x.dtype)
        x.backend.correlationWeightGradient(geometry, x.packed, gradient.packed, into: result, bias: bias)
        return result.output(of: names.weightGradient, from: x, gradient, attributes: attributes) { upstream, node in
            InputGradients(
                node.needs(0) ? inputGradient(gradient, upstream) : nil,
                node.needs(1) ? forward(x, upstream, nil) : nil)
        }
    }

    private func biasGradient(_ gradient: Tensor) -> Tensor { gradient.sum(axes: [0] + (2..<gradient.rank)) }

    private func correlate(
        _ pass: CorrelationPass, _ source: Tensor, _ weight: Tensor, _ bias: Tensor?, _ shape: Shape,
        _ keepsWeights: Bool
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: source.dtype)
        source.backend.correlate(
            pass, geometry, source.packed, weight.packed, bias: bias?.packed, into: result,
            keepsWeights: keepsWeights && weight.isContiguous)
        return result
    }

    private var names: ConvolutionNames { ConvolutionNames.all[dimensions - 1 + (isTransposed ? 3 : 0)] }

    var attributes: OperationAttributes {
        let axes = [geometry.planes, geometry.rows, geometry.columns].suffix(dimensions)
        return [
            "kernel": axes.map(\.kernel), "stride": axes.map(\.stride),
            "padding": axes.flatMap { [$0.before, $0.after] }, "dilation": axes.map(\.dilation),
            "groups": geometry.groups,
        ]
    }
}

/// What the three operations of a convolution are called.
struct ConvolutionNames: Sendable {
    let forward: StaticString
    let inputGradient: StaticString
    let weightGradient: StaticString

    /// In one, two and three dimensions, and the same transposed.
    static let all = [
        ConvolutionNames("conv1d", "conv1dInputGradient", "conv1dWeightGradient"),
        ConvolutionNames("conv2d", "conv2dInputGradient", "conv2dWeightGradient"),
        ConvolutionNames("conv3d", "conv3dInputGradient", "conv3dWeightGradient"),
        ConvolutionNames("convTranspose1dInputGradient", "convTranspose1d", "convTranspose1dWeightGradient"),
        ConvolutionNames("convTranspose2dInputGradient", "convTranspose2d", "convTranspose2dWeightGradient"),
        ConvolutionNames("convTranspose3dInputGradient", "convTranspose3d", "convTranspose3dWeightGradient"),
    ]

    private init(_ forward: StaticString, _ inputGradient: StaticString, _ weightGradient: StaticString) {
        self.forward = forward
        self.inputGradient = inputGradient
        self.weightGradient = weightGradient
    }
}

extension Tensor {
    /// These elements as contiguous memory, not recorded.
    var packed: Tensor { isContiguous ? self : copied() }
}
