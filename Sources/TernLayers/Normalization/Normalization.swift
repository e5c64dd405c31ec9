import TernCore
import TernNN

/// Features brought to mean 0 and variance 1 by the statistics of data: `(x - mean) / sqrt(variance)`. Keras's `Normalization`.
///
/// Not a batch norm: the statistics are those of the data that it was adapted to, or given, and no parameter is trained. They
/// are saved with the model.
///
/// ```swift
/// let normalization = Normalization()
/// normalization.adapt(to: [[0, 10], [2, 30]])
/// normalization([[1, 40]])                     // [[0, 2]]
/// Normalization(mean: Tensor([1]), variance: Tensor([4]))([[5]])   // [[2]]
/// ```
///
/// Shapes: [...] -> [...]; the buffers `mean` and `variance` have the sizes of the features' axes.
public final class Normalization: Module {
    /// The mean that is subtracted, of the sizes of the axes.
    public let mean: Buffer
    /// The variance, by whose root is divided.
    public let variance: Buffer
    /// How many numbers each of the statistics is of; 0 if they were given.
    public let count: Buffer
    /// The axes that have statistics of their own.
    public let axes: [Int]
    /// Whether it goes back: `mean + x * sqrt(variance)`.
    public let isInverse: Bool

    /// A layer that is adapted to data before it is called.
    ///
    /// - Parameters:
    ///   - axes: those that have statistics of their own, the last one unless given; none for one mean and variance of all.
    ///     The axis of the batch, 0, is no such axis.
    ///   - isInverse: whether it goes back: from mean 0 and variance 1 to the data's.
    public convenience init(axes: [Int] = [-1], inverse isInverse: Bool = false) {
        self.init(axes: axes, inverse: isInverse, statistics: Shape(axes.map { _ in -1 }))
    }

    /// - Parameter sizes: of the statistics; -1 for those that the data decides.
    fileprivate init(axes: [Int], inverse isInverse: Bool, statistics sizes: Shape) {
        mean = Buffer(pending: sizes, name: "Normalization.mean")
        variance = Buffer(pending: sizes, name: "Normalization.variance")
        count = Buffer(Tensor.zeros([], dtype: .int64))
        self.axes = axes
        self.isInverse = isInverse
    }

    /// A layer with given statistics, of the sizes of the features' axes, or numbers for all.
    public init(mean: Tensor, variance: Tensor, axes: [Int] = [-1], inverse isInverse: Bool = false) {
        if mean.shape != variance.shape || mean.rank != 0 && mean.rank != axes.count {
            mistake(
                "Normalization",
                "expects a mean and a variance with \(axes.count) axes of one shape, got \(mean.shape) and "
                    + "\(variance.shape)")
        }
        self.mean = Buffer(mean)
        self.variance = Buffer(variance)
        count = Buffer(Tensor.zeros([], dtype: .int64))
        self.axes = axes
        self.isInverse = isInverse
    }

    /// Takes mean and variance of the data, and forgets what it had.
    public func adapt(to data: Tensor) { adapt(to: CollectionOfOne(data)) }

    /// The same of data that comes in batches, each read once. They may have different sizes.
    public func adapt(to batches: some Sequence<Tensor>) {
        var (seen, mean, variance) = (0, Tensor.zeros([]), Tensor.zeros([]))
        withoutGradients {
            for batch in batches where batch.count > 0 {
                // In float64, where small differences of large numbers survive.
                let numbers = batch.converted(to: .float64)
                let places = places(in: batch)
                let others = (0..<batch.rank).filter { !places.contains($0) }
                let number = batch.count / Shape(places.map { batch.shape[$0] }).elements
                let (itsVariance, itsMean) = numbers.varianceAndMean(axes: others, correction: 0)
                if seen == 0 {
                    (mean, variance) = (itsMean, itsVariance)
                } else {
                    if itsMean.shape != mean.shape {
                        mistake("Normalization", "expects features of shape \(mean.shape), got \(itsMean.shape)")
                    }
                    // Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances".
                    let share = Double(number) / Double(seen + number)
                    let step = itsMean - mean
                    variance = variance + (itsVariance - variance) * share + square(step) * (share * (1 - share))
                    mean = mean + step * share
                }
                seen += number
            }
        }
        if seen == 0 { mistake("Normalization", "cannot adapt to no data") }
        self.mean.value = mean.converted(to: self.mean.dtype)
        self.variance.value = variance.converted(to: self.variance.dtype)
        count.value = Tensor.full([], Double(seen), dtype: .int64)
    }

    public func forward(_ input: Tensor) -> Tensor {
        let x = input.dtype.isFloatingPoint ? input : input.converted(to: mean.dtype)
        let (mean, variance) = (placed(mean.value, in: x), placed(variance.value, in: x))
        // As in Keras, so that a feature that is always the same is no division by 0.
        let deviation = maximum(sqrt(variance), 1e-7)
        return isInverse ? x * deviation + mean : (x - mean) / deviation
    }

    /// The axes of the features in rising order.
    private func places(in input: Tensor) -> [Int] {
        let places = axes.map { $0 < 0 ? $0 + input.rank : $0 }
        if Set(places).count < places.count || !places.allSatisfy({ (0..<input.rank).contains($0) }) {
            mistake("Normalization", "has no axes \(axes) in an input of shape \(input.shape)")
        }
        return places.sorted()
    }

    /// A statistic as it stands beside the input.
    private func placed(_ statistic: Tensor, in input: Tensor) -> Tensor {
        let places = places(in: input)
        let converted = statistic.converted(to: input.dtype)
        if statistic.rank == 0 { return converted }
        if places.map({ input.shape[$0] }) != Array(statistic.shape) {
            mistake(
                "Normalization", "expects features of shape \(statistic.shape), got an input of shape \(input.shape)")
        }
        var shape = Shape(Array(repeating: 1, count: input.rank))
        for (place, size) in zip(places, statistic.shape) { shape[place] = size }
        return converted.reshaped(shape)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("mean", mean)
        visitor.visit("variance", variance)
        visitor.visit("count", count)
    }

    public var settingsDescription: String { "axes=\(axes), invert=\(pythonName(isInverse))" }
}

extension Normalization: RebuildableModule {
    public static let blueprint = Blueprint<Normalization>(
        "[N, ...] -> the same", .init("axes", \.axes, in: .axes), .init("invert", \.isInverse),
        .init("statistics_shape", \.mean.shape, in: .sizesFromZero),
        make: { axes, isInverse, shape in
            Normalization(axes: axes, inverse: isInverse, statistics: shape)
        })
}
