/// Normalizes groups of neighbouring channels: `(x - mean) / sqrt(variance + epsilon) * weight + bias`, with the mean and the
/// biased variance over the channels of a group and all positions, of each sample by itself (Wu and He, "Group
/// normalization", 2018). PyTorch's `group_norm`; Keras's `GroupNormalization` has 32 groups by default.
///
/// Shapes, with `N` batch and `C` channels: x [N, C, D...] -> [N, C, D...].
///
/// - Parameters:
///   - x: [N, C, D...].
///   - groups: a divisor of `C`. One group is a ``layerNorm(_:normalizedShape:weight:bias:epsilon:)`` with a weight for
///     each channel, `C` groups are an ``instanceNorm(_:weight:bias:epsilon:)``.
///   - weight: [C]; 1 if absent.
///   - bias: [C]; 0 if absent.
///   - epsilon: added to the variance, against a division by zero.
public func groupNorm(
    _ x: Tensor, groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
    let name = "groupNorm"
    checkNormalizable(x, name)
    if x.rank < 2 { mistake(name, "expects an input [N, C] or [N, C, ...], got \(x.shape)") }
    let channels = x.shape[1]
    if groups < 1 || channels % groups != 0 {
        mistake(name, "expects a number of groups that divides \(channels) channels, got \(groups) (input \(x.shape))")
    }
    checkParameter(weight, "weight", [channels], x, name)
    checkParameter(bias, "bias", [channels], x, name)
    let rows = NormalizedRows(
        count: x.shape[0] * groups, groups: groups, segments: channels / groups,
        span: x.shape.dropFirst(2).reduce(1, *), epsilon: epsilon)
    return rows.normalized(
        "groupNorm", x, weight: weight, bias: bias,
        attributes: ["groups": groups, "epsilon": epsilon, "hasWeight": weight != nil, "hasBias": bias != nil]
    ).output
}

/// Normalizes each channel of each sample: `(x - mean) / sqrt(variance + epsilon) * weight + bias`, with the mean and the
/// biased variance over all positions (Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016). PyTorch's
/// `instance_norm`. With given statistics it is ``batchNorm(_:mean:variance:weight:bias:epsilon:activation:)``.
///
/// Shapes, with `N` batch and `C` channels: x [N, C, D...] -> [N, C, D...].
///
/// - Parameters:
///   - x: [N, C, D...].
///   - weight: [C]; 1 if absent.
///   - bias: [C]; 0 if absent.
///   - epsilon: added to the variance, against a division by zero.
/// - Returns: the output, and for running statistics the means over the batch of the means and variances.
public func instanceNorm(
    _ x: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
) -> (output: Tensor, statistics: BatchStatistics) {
    let name = "instanceNorm"
    checkNormalizable(x, name)
    if x.rank < 3 { mistake(name, "expects an input [N, C, ...] with positions, got \(x.shape)") }
    let (batch, channels) = (x.shape[0], x.shape[1])
    let positions = x.shape.dropFirst(2).reduce(1, *)
    if positions == 1 {
        mistake(name, "expects more than one position for each channel in training, got input \(x.shape)")
    }
    checkParameter(weight, "weight", [channels], x, name)
    checkParameter(bias, "bias", [channels], x, name)
    let rows = NormalizedRows(
        count: batch * channels, groups: channels, segments: 1, span: positions, epsilon: epsilon)
    let (output, means, variances) = rows.normalized(
        "instanceNorm", x, weight: weight, bias: bias,
        attributes: ["epsilon": epsilon, "hasWeight": weight != nil, "hasBias": bias != nil])
    let statistics = asOneOperation {
        BatchStatistics(
            mean: means.reshaped([batch, channels]).mean(axes: 0),
            variance: variances.reshaped([batch, channels]).mean(axes: 0), count: positions)
    }
    if Observation.isOn {
        Observation.report("instanceStatistics", [x], [:], [statistics.mean, statistics.variance])
    }
    return (output, statistics)
}
