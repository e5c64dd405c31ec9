/// The weights of a layer as bytes, with all that its products need: worked out once, as long as nothing of it changes.
package struct QuantizedWeights: @unchecked Sendable {
    // Unchecked: its tensors are values that nobody changes.

    /// `int8` [O, ...] in -127...127; each output has a scale of its own, whose zero is 0.
    let weight: Tensor
    let input: QuantizationParameters
    /// Of bytes that are the result; `float32` otherwise.
    let output: QuantizationParameters?
    /// `float32` [O]: what the sum of an output is multiplied by.
    let factors: Tensor
    /// `int32` [O]: what it starts from.
    let biases: Tensor?

    /// - Parameters:
    ///   - weight: `int8` [O, ...].
    ///   - scales: [O].
    ///   - bias: [O].
    ///   - input: of the activations.
    ///   - output: of the results if they are to be bytes.
    package init(
        _ weight: Tensor, scales: Tensor, bias: Tensor?, input: QuantizationParameters, output: QuantizationParameters?
    ) {
        let scales = scales.converted(to: .float32).array(of: Float.self)
        let products = scales.map { input.scale * $0 }
        let divisor = output?.scale ?? 1
        self.weight = weight.packed
        self.input = input
        self.output = output
        factors = Tensor(products.map { $0 / divisor })
        biases = bias.map { bias in
            Tensor(zip(bias.converted(to: .float32).array(of: Float.self), products).map { Int32(nearestTo: $0 / $1) })
        }
    }

    /// The weight as bytes, and a scale for each output: `max(abs(weight)) / 127` of its weights.
    ///
    /// - Parameter weight: [O, ...], finite.
    package static func quantized(_ weight: Tensor) -> (weight: Tensor, scales: Tensor) {
        let rows = weight.detached.converted(to: .float32).flattened(from: 1)
        let largest = abs(rows).max(axes: 1)
        let scales = maximum(largest / 127, Double(Float.ulpOfOne))
        let bytes = clamp(round(rows / scales.unsqueezed(axes: 1)), min: -127, max: 127)
        return (bytes.converted(to: .int8).reshaped(weight.shape), scales)
    }
}

extension Int32 {
    /// The integer nearest to a number, of those that there are; 0 for NaN.
    fileprivate init(nearestTo number: Float) {
        let range = Int(Int32.min)...Int(Int32.max)
        self = number.isNaN ? 0 : Int32(Int(Double(number).rounded(.toNearestOrEven), in: range))
    }
}

/// `x W^T + bias` of bytes: sums in 32 bits, then a `float32` or, by the output's parameters, a byte again.
///
/// - Parameters:
///   - x: [..., I]; bytes that mean what the weights' `input` says, or floats, which become such.
///   - weights: [O, I].
///   - activation: of the sums, before they become bytes.
package func quantizedLinear(_ x: Tensor, _ weights: QuantizedWeights, activation: PiecewiseLinear?) -> Tensor {
    let (outputs, inputs) = (weights.weight.shape[0], weights.weight.shape[1])
    guard let features = x.shape.last, features == inputs else {
        mistake(
            "quantizedLinear",
            "expects \(inputs) input features, got \(x.shape.last.map { "\($0)" } ?? "a scalar") "
                + "(input \(x.shape), weight \(weights.weight.shape))")
    }
    let source = quantizedSource(x, "quantizedLinear")
    var shape = x.shape
    shape[x.rank - 1] = outputs
    let result = Tensor(uninitialized: shape, dtype: weights.output == nil ? .float32 : .uint8)
    source.backend.multiplyQuantized(source, weights, activation, into: result)
    return result.quantizedOutput(of: "quantizedLinear", from: x, weights, [:])
}

/// The cross-correlation of bytes with filters, see ``quantizedLinear(_:_:activation:)``.
///
/// - Parameters:
///   - x: [N, C, D...] or [C, D...]; bytes or floats.
///   - weights: [O, C / groups, K...].
package func quantizedConvolution<let dimensions: Int>(
    _ x: Tensor, _ weights: QuantizedWeights, stride: SpatialSize<dimensions>, padding: SpatialPadding<dimensions>,
    dilation: SpatialSize<dimensions>, groups: Int, paddingMode: Padding,
    activation: PiecewiseLinear?
) -> Tensor {
    let name = quantizedNames[dimensions - 1]
    let settings = ConvolutionSettings(
        operation: "\(name)", stride: stride, padding: padding, dilation: dilation, groups: groups)
    settings.checkShapes(x, weights.weight, nil)
    let axes = WindowAxis.last(
        settings.operation, x.shape, kernel: settings.kernel(weights.weight), stride: stride, padding: padding,
        dilation: dilation)
    if paddingMode != .zeros, axes.indices.contains(where: { axes[$0].before + axes[$0].after > 0 }) {
        let padded = x.padded(axes.indices.map { (axes[$0].before, axes[$0].after) }, with: paddingMode)
        return quantizedConvolution(
            padded, weights, stride: stride, padding: 0, dilation: dilation, groups: groups, paddingMode: .zeros,
            activation: activation)
    }
    let hasBatch = x.rank == dimensions + 2
    let batch = hasBatch ? x : x.unsqueezed(axes: 0)
    let convolution = Convolution(batch.shape, weights.weight.shape, axes, settings)
    let result = convolution.quantizedForward(quantizedSource(batch, name), weights, activation)
    let output = result.quantizedOutput(of: name, from: x, weights, convolution.attributes)
    return hasBatch ? output : output.squeezed(axes: 0)
}

private let quantizedNames: [StaticString] = ["quantizedConv1d", "quantizedConv2d", "quantizedConv3d"]

/// Contiguous bytes or `float32`.
private func quantizedSource(_ x: Tensor, _ name: StaticString) -> Tensor {
    if x.dtype == .uint8 || x.dtype == .float32 { return x.packed }
    if !x.dtype.isFloatingPoint {
        mistake("\(name)", "expects floating-point numbers or the bytes of another quantized layer, got \(x.dtype)")
    }
    return asOneOperation { x.converted(to: .float32).packed }
}

extension Tensor {
    /// Without a derivative: what is rounded has none.
    fileprivate consuming func quantizedOutput(
        of name: StaticString, from x: Tensor, _ weights: QuantizedWeights,
        _ attributes: @autoclosure () -> OperationAttributes
    ) -> Tensor {
        output(
            of: name, from: [x, weights.weight, weights.factors] + (weights.biases.map { [$0] } ?? []),
            attributes: attributes())
    }
}
