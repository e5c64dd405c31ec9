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

    /// How many examples there are.
    var count: Int { get }

    /// The example at an index in `0..<count`. Called from any thread.
    func element(at index: Int) throws(Failure) -> Element

    /// The examples at these indices. Called from any thread.
    ///
    /// The default reads one after the other.
    func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch

    /// Examples as one value, PyTorch's `collate_fn`. There are defaults for batches that are arrays, and for examples
    /// of one, two or three tensors, which are stacked along a new first axis.
    func batch(of elements: [Element]) -> Batch

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

    public func batch(at indices: ArraySlice<Int>) throws(Failure) -> Batch {
        var elements: [Element] = []
        elements.reserveCapacity(indices.count)
        for index in indices { elements.append(try element(at: index)) }
        return batch(of: elements)
    }

    /// All examples as one batch.
    ///
    /// ```swift
    /// let (images, labels) = digits.test[..<10].batch()      // uint8 [10, 1, 28, 28], int64 [10]
    /// ```
    public func batch() throws(Failure) -> Batch { try batch(at: Array(0..<count)[...]) }

    /// Stops if there is no example of this number.
    func checkIndex(_ index: Int, _ name: StaticString) {
        if index < 0 || index >= count { mistake("\(name)", "expects an index in 0..<\(count), got \(index)") }
    }
}

extension Dataset where Batch == [Element] {
    public func batch(of elements: [Element]) -> Batch { elements }
}

extension Dataset where Element == Tensor, Batch == Tensor {
    public func batch(of elements: [Element]) -> Batch { collated(elements) }
}

extension Dataset where Element == (Tensor, Tensor), Batch == (Tensor, Tensor) {
    public func batch(of elements: [Element]) -> Batch { collated(elements) }
}

extension Dataset where Element == (Tensor, Tensor, Tensor), Batch == (Tensor, Tensor, Tensor) {
    public func batch(of elements: [Element]) -> Batch {
        (collated(elements.map(\.0)), collated(elements.map(\.1)), collated(elements.map(\.2)))
    }
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
}
