import TernCore
import TernNN

/// What ``InstanceNorm1d``, ``InstanceNorm2d`` and ``InstanceNorm3d`` have in common: they differ in the ranks they take.
///
/// Each channel of each sample is normalized, `(x - mean) / sqrt(variance + epsilon) * weight + bias`, with the mean and variance
/// over its positions; in evaluation with the running ones, if there are such. Ulyanov, Vedaldi and Lempitsky, "Instance
/// normalization", 2016.
///
/// Parameters, if `affine`: `weight` [C], 1 at first, and `bias` [C], 0 at first. Buffers, if statistics are tracked:
/// `running_mean` [C], 0 at first, `running_var` [C], 1 at first, and `num_batches_tracked`, which stays 0 as in PyTorch. What
/// one batch adds to the running statistics are the means over its samples.
public class InstanceNorm: ChannelNormalization {
    /// The share of a batch in the running statistics (Keras's `momentum` is 1 minus this).
    public var momentum: Double { share! }

    /// How many axes of positions there are.
    private let positions: Int
    private var knownChannels = -1

    fileprivate init(
        _ channels: Int?, epsilon: Double, momentum: Double, affine: Bool, tracksRunningStatistics: Bool,
        positions: Int, shapeName: String
    ) {
        self.positions = positions
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, ranks: positions + 2...positions + 2,
            shapeName: shapeName)
    }

    /// The number of channels; -1 as long as it is not known.
    public override var channels: Int { weight?.shape[0] ?? runningMean?.shape[0] ?? knownChannels }

    /// Normalizes each channel of each sample, with the running statistics in evaluation if they are tracked.
    public override func forward(_ input: consuming Tensor) -> Tensor {
        if input.rank == positions + 1 { return forward(input.unsqueezed(axes: 0)).squeezed(axes: 0) }
        return super.forward(input)
    }

    override func normalized(_ input: Tensor, activation: PiecewiseLinear?) -> Tensor {
        let (output, statistics) = instanceNorm(
            input, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
        if isTraining, let runningMean, let runningVariance {
            (runningMean.value, runningVariance.value) = statistics.updating(
                mean: runningMean.value, variance: runningVariance.value, momentum: momentum)
        }
        return output
    }

    override func materialize(_ channels: Int) {
        knownChannels = channels
        super.materialize(channels)
    }
}

/// Instance normalization of [N, C, L] (`N` batch, `C` channels, `L` length), or of one sample [C, L], see
/// ``InstanceNorm``. PyTorch's `InstanceNorm1d`.
public final class InstanceNorm1d: InstanceNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics, which evaluation uses.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
        tracksRunningStatistics: Bool = false
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, positions: 1, shapeName: "[N, C, L] or [C, L]")
    }
}

/// Instance normalization of [N, C, H, W] (`N` batch, `C` channels, `H` height, `W` width), or of one sample [C, H, W], see
/// ``InstanceNorm``. PyTorch's `InstanceNorm2d`.
public final class InstanceNorm2d: InstanceNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics, which evaluation uses.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
        tracksRunningStatistics: Bool = false
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, positions: 2, shapeName: "[N, C, H, W] or [C, H, W]")
    }
}

/// Instance normalization of [N, C, D, H, W] (`N` batch, `C` channels, `D` depth, `H` height, `W` width), or of one sample
/// [C, D, H, W], see ``InstanceNorm``. PyTorch's `InstanceNorm3d`.
public final class InstanceNorm3d: InstanceNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics, which evaluation uses.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
        tracksRunningStatistics: Bool = false
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, positions: 3, shapeName: "[N, C, D, H, W] or [C, D, H, W]"
        )
    }
}

extension InstanceNorm1d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, L] or [C, L] -> the same", .init("momentum", \.momentum, in: 0...1), InstanceNorm1d.init)
}

extension InstanceNorm2d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, H, W] or [C, H, W] -> the same", .init("momentum", \.momentum, in: 0...1), InstanceNorm2d.init)
}

extension InstanceNorm3d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, D, H, W] or [C, D, H, W] -> the same", .init("momentum", \.momentum, in: 0...1), InstanceNorm3d.init)
}
