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
public class InstanceNorm: Module, ModeDependent {
    public let epsilon: Double
    /// The share of a batch in the running statistics (Keras's `momentum` is 1 minus this).
    public let momentum: Double
    public let weight: Parameter?
    public let bias: Parameter?
    public let runningMean: Buffer?
    public let runningVariance: Buffer?
    public let batchesTracked: Buffer?
    public var isTraining = true

    /// How many axes of positions there are, and how messages describe the input.
    fileprivate let positions: Int
    fileprivate let shapeName: String
    private var knownChannels = -1

    fileprivate init(
        _ channels: Int?, epsilon: Double, momentum: Double, affine: Bool, tracksRunningStatistics tracks: Bool,
        positions: Int, shapeName: String
    ) {
        let name = "\(Self.self)"
        if let channels { checkPositive(channels, "channels", name) }
        if !(0...1).contains(momentum) { mistake(name, "momentum must be in 0...1, got \(momentum)") }
        self.epsilon = epsilon
        self.momentum = momentum
        weight = affine ? Parameter(pending: [-1], name: "\(name).weight") : nil
        bias = affine ? Parameter(pending: [-1], name: "\(name).bias") : nil
        runningMean = tracks ? Buffer(pending: [-1], name: "\(name).running_mean") : nil
        runningVariance = tracks ? Buffer(pending: [-1], name: "\(name).running_var") : nil
        batchesTracked = tracks ? Buffer(Tensor.zeros([], dtype: .int64)) : nil
        self.positions = positions
        self.shapeName = shapeName
        if let channels { materialize(channels) }
    }

    /// The number of channels; -1 as long as it is not known.
    public var channels: Int { weight?.shape[0] ?? runningMean?.shape[0] ?? knownChannels }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank == positions + 1 { return forward(input.unsqueezed(axes: 0)).squeezed(axes: 0) }
        if input.rank != positions + 2 {
            mistake("\(Self.self)", "expects an input of shape \(shapeName), got \(input.shape)")
        }
        if channels < 0 { materialize(input.shape[1]) }
        if !isTraining, let mean = runningMean, let variance = runningVariance {
            return batchNorm(
                input, mean: mean.value, variance: variance.value, weight: weight?.value, bias: bias?.value,
                epsilon: epsilon)
        }
        let (output, statistics) = instanceNorm(
            input, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
        if isTraining, let runningMean, let runningVariance {
            (runningMean.value, runningVariance.value) = statistics.updating(
                mean: runningMean.value, variance: runningVariance.value, momentum: momentum)
        }
        return output
    }

    private func materialize(_ channels: Int) {
        knownChannels = channels
        weight?.initialize(.ones, shape: [channels])
        bias?.initialize(.zeros, shape: [channels])
        runningMean?.fill(0, shape: [channels])
        runningVariance?.fill(1, shape: [channels])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
        visitor.visit("running_mean", runningMean)
        visitor.visit("running_var", runningVariance)
        visitor.visit("num_batches_tracked", batchesTracked)
    }

    public var settingsDescription: String {
        "\(sizeName(channels)), eps=\(epsilon), momentum=\(momentum), affine=\(pythonName(weight != nil)), "
            + "bias=\(pythonName(bias != nil)), track_running_stats=\(pythonName(runningMean != nil))"
    }
}

/// Instance normalization of [N, C, L] (`N` batch, `C` channels, `L` length), or of one sample [C, L], see
/// ``InstanceNorm``. PyTorch's `InstanceNorm1d`.
public final class InstanceNorm1d: InstanceNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
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

/// Instance normalization of [N, C, D, H, W] (`N` batch, `C` channels, `D` depth, `H` height, `W` width), or of one sample [C, D, H, W], see
/// ``InstanceNorm``. PyTorch's `InstanceNorm3d`.
public final class InstanceNorm3d: InstanceNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
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
