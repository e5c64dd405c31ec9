import TernCore

/// A dataset that knows the class of each example without reading it.
///
/// ```swift
/// digits.train.labels[..<3]          // [8, 2, 7]
/// digits.train.classCounts           // ten numbers, of about 6,000
/// CIFAR10.classes[3]                 // "cat", as is cifar.train.classNames[3]
/// ```
public protocol ClassifiedDataset<Element, Failure>: Dataset {
    /// The class of each example, from 0 on.
    var labels: [Int] { get }
    /// What the classes are called; empty if they have no names.
    var classNames: [String] { get }
}

extension ClassifiedDataset {
    public var classNames: [String] { [] }

    /// How many examples each class has: of the named classes, or of those up to the largest label. NumPy's `bincount`.
    public var classCounts: [Int] {
        let labels = labels
        if let wrong = labels.first(where: { $0 < 0 }) {
            mistake("classCounts", "expects labels from 0 on, got \(wrong)")
        }
        var counts = [Int](repeating: 0, count: max(classNames.count, (labels.max() ?? -1) + 1))
        for label in labels { counts[label] += 1 }
        return counts
    }

    /// The examples of some classes, in their order; labels stay as they are.
    ///
    /// ```swift
    /// let binary = digits.train.ofClasses([3, 8])
    /// ```
    public func ofClasses(_ classes: Set<Int>) -> SubsetDataset<Self> {
        let labels = labels
        return subset(labels.indices.filter { classes.contains(labels[$0]) })
    }
}
