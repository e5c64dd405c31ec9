import TernCore

/// Examples by index: what a training loop's batches are drawn from.
///
/// ```swift
/// let loader = TensorDataset(images, labels).shuffled(seed: 1).batched(64).map { (scaled($0), $1) }.prefetched()
/// for epoch in 0..<5 {
///     for (images, labels) in loader { ... }      // another order each epoch, the same ones each run
/// }
/// ```
public protocol Dataset<Element, Failure>: Sendable {
    /// One example.
    associatedtype Element
    /// Several examples as one value. For examples that are tensors, declare it as these, to get them stacked.
    associatedtype Batch = [Element]
    /// What reading an example can throw.
    associatedtype Failure: Error = Never

    var count: Int { get }

    /// The example at an index in `0..<count`. Called from any thread.
    func element(at index: Int) throws(Failure) -> Element

    /// The examples at these indices. Called from any thread.
    func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch

    /// The order in which an epoch visits the examples: their indices, which may repeat or leave some out, and are as
    /// many in each epoch. The default is `0..<count`.
    func order(epoch: Int) -> [Int]
}

extension Dataset {
    public func order(epoch: Int) -> [Int] { Array(0..<count) }

    /// The order of an epoch, which must have as many indices as the first one.
    func checkedOrder(epoch: Int, count: Int) -> [Int] {
        let order = order(epoch: epoch)
        if order.count != count {
            mistake(
                "\(Self.self).order",
                "expects \(count) indices in each epoch, as in the first, got \(order.count) in epoch \(epoch)")
        }
        return order
    }

    func elements(at indices: ArraySlice<Int>) throws(Failure) -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(indices.count)
        for index in indices { result.append(try element(at: index)) }
        return result
    }
}

extension Dataset where Batch == [Element] {
    public func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch { try elements(at: indices) }
}

extension Dataset where Element == Tensor, Batch == Tensor {
    public func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch { collated(try elements(at: indices)) }
}

extension Dataset where Element == (Tensor, Tensor), Batch == (Tensor, Tensor) {
    public func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch { collated(try elements(at: indices)) }
}

extension Dataset {
    /// The examples one by one, each changed by `transform`.
    public func map<T>(_ transform: @escaping @Sendable (Element) throws(Failure) -> T) -> Pipeline<T, Failure> {
        Pipeline(self).map(transform)
    }

    /// The examples one by one, each changed at random: see `Pipeline.map(seed:_:)`.
    public func map<T>(
        seed: UInt64, _ transform: @escaping @Sendable (Element, TernCore.Generator) throws(Failure) -> T
    ) -> Pipeline<T, Failure> {
        Pipeline(self).map(seed: seed, transform)
    }

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

    public func order(epoch: Int) -> [Int] {
        var numbers = generator(seed: seed, epoch: epoch)
        return base.order(epoch: epoch).shuffled(using: &numbers)
    }
}
