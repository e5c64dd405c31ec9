import TernCore
import TernLayers
import TernNN

/// Makes the batch norms of a model normalize, in training, with the statistics of all ranks' inputs together instead of their
/// own. PyTorch's `SyncBatchNorm.convert_sync_batchnorm`.
///
/// ```swift
/// synchronizeBatchNorms(of: model, among: group)
/// ```
///
/// The layers stay what they are, in files too; `nil` ends it. With a micro-batch on each rank, N ranks compute what one rank
/// computes with the whole batch, but for the last bits: the statistics are put together from those of the ranks (Chan, Golub and
/// LeVeque's formula, in the order of the ranks). With several on a rank, those that are computed at the same time belong
/// together. Every rank needs examples in every step. Two small exchanges for each layer and step.
///
/// - Parameters:
///   - model: those of its modules that are batch norms.
///   - group: the ranks.
public func synchronizeBatchNorms(of model: any Module, among group: Communicator?) {
    for case let layer as BatchNorm in model.modules {
        guard let group, !group.isAlone else {
            layer.normalizing = nil
            continue
        }
        layer.normalizing = { input, weight, bias, epsilon in
            stoppingOnError("SyncBatchNorm") { () throws(CommunicationError) in
                try batchNorm(input, weight: weight, bias: bias, epsilon: epsilon, among: group)
            }
        }
    }
}

/// Batch normalization with the statistics of all ranks, see `batchNorm` of TernCore.
private func batchNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double, among group: Communicator
) throws(CommunicationError) -> (output: Tensor, statistics: BatchStatistics) {
    let statistics = try statistics(of: x, among: group)
    let type = x.dtype.accumulator
    let (mean, variance) = (statistics.mean.converted(to: type), statistics.variance.converted(to: type))
    let output = withoutGradients {
        TernCore.batchNorm(x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
    }
    let inputs = [x] + [weight, bias].compactMap { $0 }
    let result = output.asOutput(of: "syncBatchNorm", from: inputs, attributes: ["epsilon": epsilon]) { gradient, _ in
        stoppingOnError("SyncBatchNorm.backward") { () throws(CommunicationError) in
            let input = try SynchronizedInput(x, statistics, epsilon, gradient, group)
            return [try input.gradient(weight)]
                + (weight == nil ? [] : [input.weightGradient]) + (bias == nil ? [] : [input.biasGradient])
        }
    }
    return (result, BatchStatistics(mean: mean, variance: variance, count: statistics.count))
}

/// In `float64`, the same on all ranks.
private func statistics(of x: Tensor, among group: Communicator) throws(CommunicationError) -> BatchStatistics {
    let axes = (0..<x.rank).filter { $0 != 1 }
    let own = withoutGradients {
        let (variance, mean) = x.detached.converted(to: .float64).varianceAndMean(axes: axes, correction: 0)
        return concatenated([mean, variance, Tensor([Double(x.count / max(x.shape[1], 1))])]).reshaped([1, -1])
    }
    let all = try group.allGather(own)
    let channels = x.shape[1]
    var (count, mean, variance) = (0.0, Tensor.zeros([channels]), Tensor.zeros([channels]))
    for rank in 0..<group.size {
        let row = all[rank]
        let (itsMean, itsVariance) = (row[..<channels], row[channels..<(2 * channels)])
        let itsCount = row[2 * channels].item()
        if itsCount == 0 { continue }
        if count == 0 {
            (mean, variance) = (itsMean, itsVariance)
        } else {
            let share = itsCount / (count + itsCount)
            let step = itsMean - mean
            variance = variance + (itsVariance - variance) * share + square(step) * (share * (1 - share))
            mean = mean + step * share
        }
        count += itsCount
    }
    return BatchStatistics(mean: mean, variance: variance, count: Int(count))
}

/// What the derivatives are made of.
private struct SynchronizedInput {
    private let group: Communicator
    private let axes: [Int]
    private let shape: Shape
    private let count: Double
    private let dtype: DType
    private let upstream: Tensor
    /// 1 / sqrt(variance + epsilon), and the normalized input.
    private let inverse, normalized: Tensor

    init(
        _ x: Tensor, _ statistics: BatchStatistics, _ epsilon: Double, _ gradient: Tensor, _ group: Communicator
    ) throws(CommunicationError) {
        self.group = group
        axes = (0..<x.rank).filter { $0 != 1 }
        var shape = Shape(repeating: 1, count: x.rank)
        shape[1] = x.shape[1]
        self.shape = shape
        (count, dtype) = (Double(statistics.count), x.dtype)
        let type = x.dtype.accumulator
        upstream = gradient.converted(to: type)
        let input = x.converted(to: type)
        var (mean, variance) = (statistics.mean.converted(to: type), statistics.variance.converted(to: type))
        // A view shows whether operations are recorded: then these are functions of the input, for gradients of gradients.
        if input[..<0].requiresGradient {
            mean = try group.allReduce(input.sum(axes: axes)) / count
            variance = try group.allReduce(square(input - mean.reshaped(shape)).sum(axes: axes)) / count
        }
        inverse = rsqrt(variance.reshaped(shape) + epsilon)
        normalized = (input - mean.reshaped(shape)) * inverse
    }

    var weightGradient: Tensor { (upstream * normalized).sum(axes: axes) }
    var biasGradient: Tensor { upstream.sum(axes: axes) }

    func gradient(_ weight: Tensor?) throws(CommunicationError) -> Tensor {
        let scaled = weight.map { upstream * $0.converted(to: upstream.dtype).reshaped(shape) } ?? upstream
        let sums =
            try group.allReduce(
                stacked([scaled.sum(axes: axes), (scaled * normalized).sum(axes: axes)])) / count
        let result = (scaled - sums[0].reshaped(shape) - normalized * sums[1].reshaped(shape)) * inverse
        return result.converted(to: dtype)
    }
}
