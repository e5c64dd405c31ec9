import TernCore

/// The examples of one dataset and then those of another: see `Dataset.concatenated(with:)`.
public struct ConcatenatedDataset<First: Dataset, Second: Dataset>: Dataset
where First.Element == Second.Element, First.Batch == Second.Batch, First.Failure == Second.Failure {
    /// The examples in front.
    public let first: First
    /// The examples behind them.
    public let second: Second

    public var count: Int { first.count + second.count }

    public func element(at index: Int) throws(First.Failure) -> First.Element {
        checkIndex(index, "ConcatenatedDataset")
        return index < first.count
            ? try first.element(at: index) : try second.element(at: index - first.count)
    }

    public func batch(at indices: ArraySlice<Int>) throws(First.Failure) -> First.Batch {
        let limit = first.count
        if indices.allSatisfy({ $0 < limit }) { return try first.batch(at: indices) }
        if indices.allSatisfy({ $0 >= limit }) { return try second.batch(at: indices.map { $0 - limit }[...]) }
        var elements: [First.Element] = []
        elements.reserveCapacity(indices.count)
        for index in indices { elements.append(try element(at: index)) }
        return batch(of: elements)
    }

    public func batch(of elements: [First.Element]) -> First.Batch { first.batch(of: elements) }
}

extension ConcatenatedDataset: ClassifiedDataset where First: ClassifiedDataset, Second: ClassifiedDataset {
    public var labels: [Int] { first.labels + second.labels }
    /// Those of the first dataset, or of the second if it has none.
    public var classNames: [String] { first.classNames.isEmpty ? second.classNames : first.classNames }
}

extension Dataset {
    /// The examples of this dataset, and behind them those of another with the same kind of examples. PyTorch's
    /// `ConcatDataset`.
    ///
    /// ```swift
    /// let all = digits.train.concatenated(with: digits.test)      // 70,000 examples
    /// ```
    public func concatenated<Other: Dataset>(with other: Other) -> ConcatenatedDataset<Self, Other>
    where Other.Element == Element, Other.Batch == Batch, Other.Failure == Failure {
        ConcatenatedDataset(first: self, second: other)
    }
}
