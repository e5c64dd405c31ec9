import TernCore

/// A dataset whose examples are drawn at random, with replacement: see `Dataset.sampled(_:by:seed:)`.
public struct SampledDataset<Base: Dataset>: Dataset, CountsPasses {
    /// The dataset whose examples are drawn.
    public let base: Base
    let draws: Int
    let seed: UInt64
    /// The sum of the weights up to each example; nil if all are equally likely.
    let sums: [Double]?
    let passes: Passes

    init(_ base: Base, draws: Int, weights: [Double]?, seed: UInt64) {
        if draws < 0 { mistake("sampled", "expects a count of at least 0, got \(draws)") }
        if draws > 0 && base.count == 0 { mistake("sampled", "expects a dataset with examples, got an empty one") }
        sums = weights.map { weights in
            if weights.count != base.count {
                mistake("sampled", "expects \(base.count) weights, one for each example, got \(weights.count)")
            }
            if let wrong = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
                mistake("sampled", "expects weights of at least 0, got \(wrong)")
            }
            var sum = 0.0
            let sums = weights.map { weight in
                sum += weight
                return sum
            }
            if draws > 0 && !(sum > 0 && sum.isFinite) {
                mistake("sampled", "expects weights with a sum above 0 that is finite, got \(sum)")
            }
            return sums
        }
        (self.base, self.draws, self.seed, passes) = (base, draws, seed, base.sharedPasses)
    }

    /// The number of examples there are to draw from; the order has as many as are drawn.
    public var count: Int { base.count }

    public func element(at index: Int) throws(Base.Failure) -> Base.Element { try base.element(at: index) }

    public func batch(at indices: ArraySlice<Int>) throws(Base.Failure) -> Base.Batch { try base.batch(at: indices) }

    public func batch(of elements: [Base.Element]) -> Base.Batch { base.batch(of: elements) }

    public func order(epoch: Int) -> [Int] {
        var numbers = generator(seed: seed, epoch: epoch)
        guard let sums, let total = sums.last else {
            return (0..<draws).map { _ in Int.random(in: 0..<base.count, using: &numbers) }
        }
        return (0..<draws).map { _ in
            let place = Double(numbers.next() >> 11) * 0x1p-53 * total
            // The first whose sum is above the place: examples without weight share it with the one before them.
            // Rounded up to the total, the place would be behind all of them.
            return firstIndex(in: sums, above: min(place, total.nextDown))
        }
    }

    private func firstIndex(in sums: [Double], above place: Double) -> Int {
        var (low, high) = (0, sums.count)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > place { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension SampledDataset: ClassifiedDataset where Base: ClassifiedDataset {
    public var labels: [Int] { base.labels }
    public var classNames: [String] { base.classNames }
}

extension Dataset {
    /// Examples drawn with replacement, others in each epoch, which depend on the seed and the epoch's number alone.
    /// PyTorch's `WeightedRandomSampler`, and `RandomSampler` with replacement.
    ///
    /// Indices stay as they are: it is which are visited that changes.
    ///
    /// ```swift
    /// let loader = digits.train.sampled(10_000, seed: 1).batched(64)      // 157 batches an epoch
    /// ```
    ///
    /// - Parameters:
    ///   - count: how many are drawn in an epoch; as many as there are by default.
    ///   - weights: a number of at least 0 for each example, to which its probability is proportional. They need not
    ///     sum to 1.
    ///   - seed: of what is drawn.
    public func sampled(_ count: Int? = nil, by weights: [Double]? = nil, seed: UInt64 = 0) -> SampledDataset<Self> {
        SampledDataset(self, draws: count ?? self.count, weights: weights, seed: seed)
    }
}

extension ClassifiedDataset {
    /// Examples drawn with replacement so that each class that has any is equally likely, however many it has; see
    /// ``Dataset/sampled(_:by:seed:)``. The weight of an example is 1 / (the number of its class).
    public func balanced(_ count: Int? = nil, seed: UInt64 = 0) -> SampledDataset<Self> {
        let (labels, counts) = (labels, classCounts)
        return sampled(count, by: labels.map { 1 / Double(counts[$0]) }, seed: seed)
    }
}
