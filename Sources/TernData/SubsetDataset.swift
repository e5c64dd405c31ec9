import TernCore

/// Some examples of a dataset, in an order of their own: see `Dataset.subset(_:)`.
public struct SubsetDataset<Base: Dataset>: Dataset {
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
        checkIndex(index)
        return try base.element(at: indices[index])
    }

    public func batch(at indices: ArraySlice<Int>) throws(Base.Failure) -> Base.Batch {
        try base.batch(
            at: indices.map { index in
                checkIndex(index)
                return self.indices[index]
            }[...])
    }

    private func checkIndex(_ index: Int) {
        if index < 0 || index >= count { mistake("SubsetDataset", "expects an index in 0..<\(count), got \(index)") }
    }
}

extension Dataset {
    /// The examples at these indices, which may repeat, in their order. PyTorch's `Subset`.
    ///
    /// ```swift
    /// let first = digits.train.subset(Array(0..<1000))
    /// ```
    public func subset(_ indices: [Int]) -> SubsetDataset<Self> { SubsetDataset(self, indices) }

    /// The examples, after a permutation that depends on the seed alone, as one part to train on and one to validate with.
    /// PyTorch's `random_split`, scikit-learn's `train_test_split`.
    ///
    /// ```swift
    /// let (training, validation) = digits.train.split(validation: 0.3, seed: 1)
    /// let loader = training.shuffled(seed: 1).batched(64)
    /// ```
    ///
    /// - Parameters:
    ///   - fraction: the share of the examples that is kept apart, in 0...1; their number is rounded.
    ///   - labels: the class of each example, integers of shape [N]: both parts then have the same share of each class, as
    ///     nearly as whole numbers allow (`stratify`).
    public func split(
        validation fraction: Double, seed: UInt64 = 0, stratifiedBy labels: Tensor? = nil
    ) -> (training: SubsetDataset<Self>, validation: SubsetDataset<Self>) {
        if !(0...1).contains(fraction) { mistake("split", "expects a fraction in 0...1, got \(fraction)") }
        var numbers = generator(seed: seed, epoch: 0)
        let order = Array(0..<count).shuffled(using: &numbers)
        let wanted = Int((fraction * Double(count)).rounded())
        guard let labels else {
            return (subset(Array(order[wanted...])), subset(Array(order[..<wanted])))
        }
        if labels.shape != [count] || !labels.dtype.isInteger {
            mistake("split", "expects integer labels [\(count)], got \(labels.dtype) \(labels.shape)")
        }
        let isKeptApart = stratified(order, labels.array(of: Int.self), fraction, wanted)
        return (subset(order.filter { !isKeptApart[$0] }), subset(order.filter { isKeptApart[$0] }))
    }
}

/// Which examples are kept apart: of each class the first ones in the order. Each class gives the whole part of its share; what
/// lacks then is of the classes with the largest rests.
private func stratified(_ order: [Int], _ labels: [Int], _ fraction: Double, _ wanted: Int) -> [Bool] {
    let sizes = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
    let classes = sizes.keys.sorted()
    var places = sizes.mapValues { Int((fraction * Double($0)).rounded(.down)) }
    func rest(_ label: Int) -> Double { fraction * Double(sizes[label]!) - Double(places[label]!) }
    let byRest = classes.sorted { rest($0) > rest($1) || rest($0) == rest($1) && $0 < $1 }
    let lacking = max(0, wanted - places.values.reduce(0, +))
    for label in byRest.prefix(lacking) { places[label]! += 1 }
    var isKeptApart = [Bool](repeating: false, count: order.count)
    for index in order where places[labels[index]]! > 0 {
        places[labels[index]]! -= 1
        isKeptApart[index] = true
    }
    return isKeptApart
}
