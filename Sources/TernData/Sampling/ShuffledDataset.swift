import TernCore

extension Dataset {
    /// The same examples in an order that is another one in each epoch, and depends on the seed and the epoch's number
    /// alone.
    ///
    /// Indices stay as they are: it is the order of visits that changes.
    public func shuffled(seed: UInt64 = 0) -> ShuffledDataset<Self> {
        ShuffledDataset(base: self, seed: seed, passes: sharedPasses)
    }
}

/// A dataset that is visited in a random order: see `Dataset.shuffled(seed:)`.
public struct ShuffledDataset<Base: Dataset>: Dataset, CountsPasses {
    let base: Base
    let seed: UInt64
    let passes: Passes

    public var count: Int { base.count }

    public func element(at index: Int) throws(Base.Failure) -> Base.Element { try base.element(at: index) }

    public func batch(at indices: ArraySlice<Int>) throws(Base.Failure) -> Base.Batch { try base.batch(at: indices) }

    public func batch(of elements: [Base.Element]) -> Base.Batch { base.batch(of: elements) }

    public func order(epoch: Int) -> [Int] {
        var numbers = generator(seed: seed, epoch: epoch)
        return base.order(epoch: epoch).shuffled(using: &numbers)
    }
}

extension ShuffledDataset: ClassifiedDataset where Base: ClassifiedDataset {
    public var labels: [Int] { base.labels }
    public var classNames: [String] { base.classNames }
}
