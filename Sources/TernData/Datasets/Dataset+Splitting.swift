import TernCore

extension Dataset {
    /// The examples, after a permutation that depends on the seed alone, as one part to train on and one to validate
    /// with. PyTorch's `random_split`, scikit-learn's `train_test_split`.
    ///
    /// ```swift
    /// let (training, validation) = digits.train.split(0.3, seed: 1)       // 70% and 30%
    /// let loader = training.shuffled(seed: 1).batched(64)
    /// ```
    ///
    /// - Parameters:
    ///   - fraction: the share of the examples that is kept apart for validation, in 0...1; their number is rounded.
    ///   - seed: of the permutation.
    ///   - labels: the class of each example, integers of shape [N]: both parts then have the same share of each class,
    ///     as nearly as whole numbers allow (`stratify`).
    public func split(
        _ fraction: Double, seed: UInt64 = 0, stratifiedBy labels: Tensor? = nil
    ) -> (training: SubsetDataset<Self>, validation: SubsetDataset<Self>) {
        split(fraction, seed, classes: labels.map { checkedLabels($0, "split") })
    }

    /// The examples in `count` parts that are as large as each other or by one smaller, after a permutation that
    /// depends on the seed alone: each is once the validation part, and the others together then are the training part.
    /// scikit-learn's `KFold`, with the same sizes.
    ///
    /// ```swift
    /// for (training, validation) in digits.train.folds(5, seed: 1) { ... }
    /// ```
    ///
    /// - Parameters:
    ///   - count: at least 2, and at most the number of examples.
    ///   - seed: of the permutation.
    ///   - labels: the class of each example, integers of shape [N]: the parts then have as many of each class, or one
    ///     less (`StratifiedKFold`, with the same numbers).
    public func folds(
        _ count: Int, seed: UInt64 = 0, stratifiedBy labels: Tensor? = nil
    ) -> [(training: SubsetDataset<Self>, validation: SubsetDataset<Self>)] {
        folds(count, seed, classes: labels.map { checkedLabels($0, "folds") })
    }

    private func checkedLabels(_ labels: Tensor, _ operation: String) -> [Int] {
        if labels.shape != [count] || !labels.dtype.isInteger {
            mistake(operation, "expects integer labels [\(count)], got \(labels.dtype) \(labels.shape)")
        }
        return labels.array(of: Int.self)
    }
}

extension ClassifiedDataset {
    /// As ``Dataset/split(_:seed:stratifiedBy:)``, by the dataset's own labels.
    ///
    /// ```swift
    /// let (training, validation) = digits.train.split(0.3, seed: 1, stratified: true)
    /// ```
    public func split(
        _ fraction: Double, seed: UInt64 = 0, stratified: Bool
    ) -> (training: SubsetDataset<Self>, validation: SubsetDataset<Self>) {
        split(fraction, seed, classes: stratified ? labels : nil)
    }

    /// As ``Dataset/folds(_:seed:stratifiedBy:)``, by the dataset's own labels.
    public func folds(
        _ count: Int, seed: UInt64 = 0, stratified: Bool
    ) -> [(training: SubsetDataset<Self>, validation: SubsetDataset<Self>)] {
        folds(count, seed, classes: stratified ? labels : nil)
    }
}

extension Dataset {
    fileprivate func split(
        _ fraction: Double, _ seed: UInt64, classes: [Int]?
    ) -> (training: SubsetDataset<Self>, validation: SubsetDataset<Self>) {
        if !(0...1).contains(fraction) { mistake("split", "expects a fraction in 0...1, got \(fraction)") }
        let order = permutation(seed)
        let wanted = Int((fraction * Double(count)).rounded())
        guard let classes else { return (subset(order[wanted...]), subset(order[..<wanted])) }
        let isKeptApart = stratified(order, classes, fraction, wanted)
        return (subset(order.filter { !isKeptApart[$0] }), subset(order.filter { isKeptApart[$0] }))
    }

    fileprivate func folds(
        _ parts: Int, _ seed: UInt64, classes: [Int]?
    ) -> [(training: SubsetDataset<Self>, validation: SubsetDataset<Self>)] {
        if parts < 2 || parts > count {
            mistake("folds", "expects a count in 2...\(count), the number of examples, got \(parts)")
        }
        let order = permutation(seed)
        let fold = stratifiedFolds(order, classes ?? Array(repeating: 0, count: count), parts)
        return (0..<parts).map { part in
            (subset(order.filter { fold[$0] != part }), subset(order.filter { fold[$0] == part }))
        }
    }

    private func permutation(_ seed: UInt64) -> [Int] {
        var numbers = generator(seed: seed, epoch: 0)
        return Array(0..<count).shuffled(using: &numbers)
    }
}

/// Which examples are kept apart: of each class the first ones in the order. Each class gives the whole part of its
/// share; what lacks then is of the classes with the largest rests.
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

/// The part of each example. The examples, class behind class (in the order in which `labels` names them first), are
/// dealt to the parts in turn, as scikit-learn does: so the sizes of the parts are even too. Which ones of a class go
/// where follows from the order.
private func stratifiedFolds(_ order: [Int], _ labels: [Int], _ parts: Int) -> [Int] {
    var members: [Int: [Int]] = [:]
    for index in order { members[labels[index], default: []].append(index) }
    var seen: Set<Int> = []
    let classes = labels.filter { seen.insert($0).inserted }
    var fold = [Int](repeating: 0, count: order.count)
    var dealt = 0
    for label in classes {
        for index in members[label]! {
            fold[index] = dealt % parts
            dealt += 1
        }
    }
    return fold
}
