/// What batch normalization found in one batch, for running statistics. Not differentiable.
public struct BatchStatistics: Sendable {
    /// [C]
    public let mean: Tensor
    /// [C]; the biased one, which normalizes.
    public let variance: Tensor
    /// Values in each channel: `N` times the sizes of the further axes.
    public let count: Int

    package init(mean: Tensor, variance: Tensor, count: Int) {
        (self.mean, self.variance, self.count) = (mean, variance, count)
    }

    /// [C]; PyTorch's running variance is an average of these.
    public var unbiasedVariance: Tensor { variance * (Double(count) / Double(count - 1)) }

    /// Running statistics moved towards this batch: `(1 - momentum) * running + momentum * batch`, with the unbiased
    /// variance.
    public func updating(mean: Tensor, variance: Tensor, momentum: Double = 0.1) -> (mean: Tensor, variance: Tensor) {
        asOneOperation {
            (
                mean * (1 - momentum) + self.mean * momentum,
                variance * (1 - momentum) + unbiasedVariance * momentum
            )
        }
    }
}

/// Normalizes each channel with the mean and variance of this batch:
/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` (Ioffe and Szegedy, 2015). PyTorch's `batch_norm` in training.
///
/// Shapes, with `N` batch and `C` channels: the input and the output are [N, C] or [N, C, D...], statistics are over all
/// axes but the second. The input and the statistics are saved for the derivative.
///
/// - Parameters:
///   - x: [N, C] or [N, C, D...].
///   - weight: [C]; 1 if absent.
///   - bias: [C]; 0 if absent.
///   - epsilon: added to the variance, against a division by zero.
///   - activation: of the output, in the same pass over memory in both directions; the bits are those of a call of its own.
/// - Returns: the output, and the statistics of the batch.
public func batchNorm(
    _ x: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
    activation: PiecewiseLinear? = nil
) -> (output: Tensor, statistics: BatchStatistics) {
    batchNorm(x, weight: weight, bias: bias, epsilon: epsilon, activation: activation, takesSingleValues: false)
}

/// - Parameter takesSingleValues: whether a channel may have one value, whose deviation is 0: so in evaluation.
package func batchNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double, activation: PiecewiseLinear?, takesSingleValues: Bool
) -> (output: Tensor, statistics: BatchStatistics) {
    let layout = ChannelLayout(x, weight, bias)
    if let activation, !layout.fuses(activation, x) {
        let (output, statistics) = batchNorm(
            x, weight: weight, bias: bias, epsilon: epsilon, activation: nil, takesSingleValues: takesSingleValues)
        return (activation(output), statistics)
    }
    if layout.count <= 1, !takesSingleValues {
        mistake(
            "batchNorm",
            "expects more than one value for each channel in training, got input \(x.shape): if it is the last batch of an "
                + "epoch, batched(_:dropLast: true) leaves it out")
    }
    // Statistics and parameters of halves are float32.
    let type = x.dtype.accumulator
    let mean = Tensor(uninitialized: [layout.channels], dtype: type)
    let variance = Tensor(uninitialized: [layout.channels], dtype: type)
    let source = x.contiguous()
    let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
    let (w, b) = (weight?.converted(to: type).contiguous(), bias?.converted(to: type).contiguous())
    let normalization = BatchNormalization(
        x: source, mean: mean, variance: variance, weight: w, bias: b, epsilon: epsilon, activation: activation,
        training: true)
    x.backend.normalizeBatch(normalization, into: result)
    let output = normalization.recorded(result, layout)
    if Observation.isOn { Observation.report("batchStatistics", [source], [:], [mean, variance]) }
    return (output, BatchStatistics(mean: mean, variance: variance, count: layout.count))
}

/// Normalizes each channel with a given mean and variance, the running ones say. PyTorch's `batch_norm` in evaluation.
///
/// - Parameters:
///   - x: [N, C] or [N, C, D...]; given away, its memory takes the result where nothing is recorded.
///   - mean: [C]; no gradient flows to it.
///   - variance: [C], the same.
///   - weight: [C]; 1 if absent.
///   - bias: [C]; 0 if absent.
///   - epsilon: added to the variance, against a division by zero.
///   - activation: of the output, in the same pass over memory in both directions; the bits are those of a call of its own.
public func batchNorm(
    _ x: consuming Tensor, mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil,
    epsilon: Double = 1e-5, activation: PiecewiseLinear? = nil
) -> Tensor {
    let layout = ChannelLayout(copy x, weight, bias)
    layout.check(mean, "mean", x)
    layout.check(variance, "variance", x)
    if let activation, !layout.fuses(activation, x) {
        return activation(
            batchNorm(x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon))
    }
    let type = x.dtype.accumulator
    let (mean, variance) = (
        mean.detached.converted(to: type).contiguous(), variance.detached.converted(to: type).contiguous()
    )
    let isRecorded = records(x) || records(mean, variance) || weight.map(records) ?? false || bias.map(records) ?? false
    let result = isRecorded ? Tensor(uninitialized: x.shape, dtype: x.dtype) : x.reusedPlace()
    let source = x.contiguous()
    let (w, b) = (weight?.converted(to: type).contiguous(), bias?.converted(to: type).contiguous())
    let normalization = BatchNormalization(
        x: source, mean: mean, variance: variance, weight: w, bias: b, epsilon: epsilon, activation: activation,
        training: false)
    x.backend.normalize(normalization, into: result)
    return normalization.recorded(result, layout)
}

/// What a batch normalization read. All are contiguous; what is of channels is of the type that is computed in.
struct BatchNormalization {
    let x: Tensor
    let mean: Tensor
    let variance: Tensor
    let weight: Tensor?
    let bias: Tensor?
    let epsilon: Double
    /// Of the output.
    let activation: PiecewiseLinear?
    /// Whether the statistics are those of the batch.
    let training: Bool

    fileprivate func recorded(_ result: Tensor, _ layout: ChannelLayout) -> Tensor {
        let inputs = [x] + [weight, bias].compactMap { $0 } + (training ? [] : [mean, variance])
        return result.output(
            of: "batchNorm", from: inputs,
            attributes: [
                "epsilon": epsilon, "training": training, "hasWeight": weight != nil, "hasBias": bias != nil,
            ]
        ) { [self] g, node in
            ThreadState.current.isRecording ? recordedBackward(g, node, layout) : fusedBackward(g, node)
        }
    }

    private func fusedBackward(_ g: consuming Tensor, _ node: Node) -> InputGradients {
        g = g.contiguous()
        // A channel's gradient is read once more where that of the input is written: in its place there is one tensor
        // less to pass through the caches.
        let gradient = node.needs(0) ? g.reusedPlace() : nil
        let weightGradient = mean.zerosLike
        let biasGradient = mean.zerosLike
        x.backend.normalizeBackward(self, g, into: gradient, weight: weightGradient, bias: biasGradient)
        if Observation.isOn {
            let outputs = [gradient, weightGradient, biasGradient].compactMap { $0 }
            Observation.report("batchNormBackward", [g, x, mean, variance], ["training": training], outputs)
        }
        return inputGradients(node, gradient, weight: weightGradient, bias: biasGradient)
    }

    /// The gradients of the inputs that there are.
    private func inputGradients(
        _ node: Node, _ gradient: Tensor?, weight weightGradient: @autoclosure () -> Tensor,
        bias biasGradient: @autoclosure () -> Tensor
    ) -> InputGradients {
        var gradients = [gradient]
        if weight != nil { gradients.append(node.needs(1) ? weightGradient() : nil) }
        if bias != nil { gradients.append(node.needs(gradients.count) ? biasGradient() : nil) }
        return InputGradients(gradients)
    }

    /// The same in tensor operations, for gradients of gradients.
    private func recordedBackward(_ g: Tensor, _ node: Node, _ layout: ChannelLayout) -> InputGradients {
        let axes = (0..<x.rank).filter { $0 != 1 }
        let shape = layout.parameterShape
        let type = x.dtype
        let (x, upstream) = (x.converted(to: mean.dtype), g.converted(to: mean.dtype))
        let deviation = x - (training ? x.mean(axes: axes, keepAxes: true) : mean.reshaped(shape))
        let spread = training ? square(deviation).mean(axes: axes, keepAxes: true) : variance.reshaped(shape)
        let inverse = rsqrt(spread + epsilon)
        let normalized = deviation * inverse
        let g = activation.map { $0.gradient(upstream, at: values) } ?? upstream
        var gradient: Tensor?
        if node.needs(0) {
            var scaled = weight.map { g * $0.reshaped(shape) } ?? g
            if training {
                scaled =
                    scaled - scaled.mean(axes: axes, keepAxes: true)
                    - normalized * (scaled * normalized).mean(axes: axes, keepAxes: true)
            }
            gradient = (scaled * inverse).converted(to: type)
        }
        return inputGradients(
            node, gradient, weight: (g * normalized).sum(axes: axes), bias: g.sum(axes: axes))
    }

    /// What the activation was of.
    private var values: Tensor {
        withoutGradients {
            batchNorm(x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
        }
    }
}

/// The channels of a tensor [N, C, D...], checked.
private struct ChannelLayout {
    let channels: Int
    /// Values in each channel.
    let count: Int
    /// [C, 1...], which broadcasts against the tensor.
    let parameterShape: Shape

    init(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) {
        if x.rank < 2 || !x.dtype.isFloatingPoint {
            mistake("batchNorm", "expects a floating-point input [N, C] or [N, C, ...], got \(x.dtype) \(x.shape)")
        }
        channels = x.shape[1]
        count = x.shape[2...].reduce(x.shape[0], *)
        var shape = Shape(repeating: 1, count: x.rank - 1)
        shape[0] = channels
        parameterShape = shape
        if let weight { check(weight, "weight", x) }
        if let bias { check(bias, "bias", x) }
    }

    /// Whether the kernel applies the activation: not to rows of features, and not to halves, which would be rounded once
    /// where they are rounded twice apart.
    func fuses(_ activation: PiecewiseLinear, _ x: Tensor) -> Bool {
        activation.check()
        return count > x.shape[0] && x.dtype.accumulator == x.dtype && fusesOperations
    }

    func check(_ parameter: Tensor, _ name: String, _ x: Tensor) {
        let isOfType = parameter.dtype == x.dtype || parameter.dtype == x.dtype.accumulator
        if parameter.shape != [channels] || !isOfType {
            mistake(
                "batchNorm",
                "expects a \(name) of shape [\(channels)] and type \(x.dtype), got \(parameter.dtype) "
                    + "\(parameter.shape) (input \(x.shape))")
        }
    }
}
