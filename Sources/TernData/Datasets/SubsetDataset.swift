import TernCore

/// Some examples of a dataset, in an order of their own: see `Dataset.subset(_:)`.
public struct SubsetDataset<Base: Dataset>: Dataset {
    /// The dataset whose examples these are.
    public let base: Base
    /// Where in `base` each example stands.
    public let indices: [Int]

    init(_ base: Base, _ indices: [Int]) {
        if let wrong = indices.first(where: { $0 < 0 || $0 >= base.count }) {
            mistake("subset", "expects indices in 0..<\(base.count), got \(wrong)")
        }
        (self.base, self.indices) = (base, indices)
    }

    public var count: Int { indices.count }

    public func element(at index: Int) throws(Base.Failure) -> Base.Element {
        checkIndex(index, "SubsetDataset")
        return try base.element(at: indices[index])
    }

    public func batch(at indices: ArraySlice<Int>) throws(Base.Failure) -> Base.Batch {
        try base.batch(
            at: indices.map { index in
                checkIndex(index, "SubsetDataset")
                return self.indices[index]
            }[...])
    }

    public func batch(of elements: [Base.Element]) -> Base.Batch { base.batch(of: elements) }
}

extension SubsetDataset: ClassifiedDataset where Base: ClassifiedDataset {
    public var labels: [Int] {
        let labels = base.labels
        return indices.map { labels[$0] }
    }

    public var classNames: [String] { base.classNames }
}

extension Dataset {
    /// The examples at these indices, which may repeat, in their order. PyTorch's `Subset`.
    ///
    /// ```swift
    /// let odd = digits.train.subset(stride(from: 1, to: 1000, by: 2))
    /// ```
    public func subset(_ indices: some Sequence<Int>) -> SubsetDataset<Self> { SubsetDataset(self, Array(indices)) }

    /// The examples of a range of indices, counted from 0 in what is returned.
    ///
    /// ```swift
    /// let few = digits.test[0..<10]
    /// let (images, labels) = digits.test[..<10].batch()      // all ten at once
    /// ```
    public subscript(range: some RangeExpression<Int>) -> SubsetDataset<Self> {
        // Relative to all numbers, so that bounds outside of the dataset are seen as they were written.
        let found = range.relative(to: Int.min..<Int.max)
        let start = found.lowerBound == .min ? 0 : found.lowerBound
        let end = found.upperBound == .max ? count : found.upperBound
        if start < 0 || end > count || start > end {
            mistake("Dataset[range]", "expects a range in 0..<\(count), got \(start)..<\(end)")
        }
        return subset(start..<end)
    }

    /// The first examples: as many as there are, if that is less.
    public func prefix(_ maximumCount: Int) -> SubsetDataset<Self> {
        if maximumCount < 0 { mistake("Dataset.prefix", "expects a count of at least 0, got \(maximumCount)") }
        return subset(0..<min(maximumCount, count))
    }
}
