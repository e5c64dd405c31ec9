import TernCore
import TernNN

/// What ``BatchNorm1d``, ``BatchNorm2d`` and ``BatchNorm3d`` have in common: they differ in the ranks they take.
///
/// Each channel is normalized, `(x - mean) / sqrt(variance + epsilon) * weight + bias`: in training with the mean and
/// variance of the batch, which also move the running ones, and in evaluation with those. Ioffe and Szegedy, "Batch
/// normalization", 2015. A batch with one value for each channel has no variance: it stops in training, where
/// `batched(_:dropLast:)` leaves it out, and never in evaluation.
///
/// Parameters: `weight` [C], 1 at first, and `bias` [C], 0 at first. Buffers: `running_mean` [C], 0 at first, `running_var`
/// [C], 1 at first, and `num_batches_tracked`.
public class BatchNorm: ChannelNormalization, ActivationFusing {
    /// The share of a batch in the running statistics (Keras's `momentum` is 1 minus this); `nil` makes them the mean
    /// over all batches.
    public var momentum: Double? { share }

    /// What normalizes with the statistics of more than this input, if anything: the other ranks' too, say.
    package typealias Normalizing = (
        _ input: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double
    ) -> (output: Tensor, statistics: BatchStatistics)
    package var normalizing: Normalizing?

    public func forward(_ input: consuming Tensor, then activation: PiecewiseLinear) -> Tensor {
        output(input, activation: activation)
    }

    override func normalized(_ input: Tensor, activation: PiecewiseLinear?) -> Tensor {
        if isTraining, let normalizing {
            let (output, statistics) = normalizing(input, weight?.value, bias?.value, epsilon)
            track(statistics)
            return activation.map { $0(output) } ?? output
        }
        let (output, statistics) = batchNorm(
            input, weight: weight?.value, bias: bias?.value, epsilon: epsilon, activation: activation,
            takesSingleValues: !isTraining)
        if isTraining { track(statistics) }
        return output
    }

    private func track(_ statistics: BatchStatistics) {
        guard let runningMean, let runningVariance, let batchesTracked else { return }
        batchesTracked.update { $0.withUnsafeMutableBuffer(of: Int64.self) { $0[0] += 1 } }
        let share = momentum ?? 1 / batchesTracked.value.item()
        (runningMean.value, runningVariance.value) = statistics.updating(
            mean: runningMean.value, variance: runningVariance.value, momentum: share)
    }
}

/// Batch normalization of [N, C] or [N, C, L] (`N` batch, `C` channels or features, `L` length), see ``BatchNorm``.
/// PyTorch's `BatchNorm1d`.
public final class BatchNorm1d: BatchNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics; `nil` makes them the mean over all batches.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics; evaluation uses those of the batch otherwise.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        tracksRunningStatistics: Bool = true
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, ranks: 2...3, shapeName: "[N, C] or [N, C, L]")
    }
}

/// Batch normalization of [N, C, H, W] (`N` batch, `C` channels, `H` height, `W` width), see ``BatchNorm``. PyTorch's
/// `BatchNorm2d`.
public final class BatchNorm2d: BatchNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics; `nil` makes them the mean over all batches.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics; evaluation uses those of the batch otherwise.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        tracksRunningStatistics: Bool = true
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, ranks: 4...4, shapeName: "[N, C, H, W]")
    }
}

/// Batch normalization of [N, C, D, H, W] (`N` batch, `C` channels, `D` depth, `H` height, `W` width), see ``BatchNorm``.
/// PyTorch's `BatchNorm3d`.
public final class BatchNorm3d: BatchNorm {
    /// - Parameters:
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - momentum: the share of a batch in the running statistics; `nil` makes them the mean over all batches.
    ///   - affine: whether there are a weight and a bias.
    ///   - tracksRunningStatistics: whether there are running statistics; evaluation uses those of the batch otherwise.
    public init(
        _ channels: Int? = nil, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        tracksRunningStatistics: Bool = true
    ) {
        super.init(
            channels, epsilon: epsilon, momentum: momentum, affine: affine,
            tracksRunningStatistics: tracksRunningStatistics, ranks: 5...5, shapeName: "[N, C, D, H, W]")
    }
}

extension BatchNorm1d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C] or [N, C, L] -> the same", .init("momentum", \.momentum, in: 0...1), BatchNorm1d.init)
}

extension BatchNorm2d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, H, W] -> the same", .init("momentum", \.momentum, in: 0...1), BatchNorm2d.init)
}

extension BatchNorm3d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, D, H, W] -> the same", .init("momentum", \.momentum, in: 0...1), BatchNorm3d.init)
}
