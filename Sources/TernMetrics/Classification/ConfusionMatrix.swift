import TernCore

/// How often each class was taken for which, over all batches that were added.
///
/// ```swift
/// let confusion = ConfusionMatrix(classes: 10)
/// for (images, labels) in testBatches { confusion.update(model(images), labels) }
/// confusion.counts[4, 9].item()        // how many fours were taken for nines
/// confusion.normalized(by: .truth)     // shares of each class's examples
/// confusion.accuracy                   // 0.9826
/// confusion.recall                     // of each class
/// ```
///
/// scikit-learn's `confusion_matrix`: rows are the true classes, columns the predicted ones.
public final class ConfusionMatrix: Metric, Summing {
    /// What the counts are divided by.
    public enum Normalization: Sendable, CaseIterable {
        /// The examples of the true class: rows add up to 1. scikit-learn's `normalize="true"`.
        case truth
        /// What was taken for the class: columns add up to 1.
        case predictions
        /// All examples.
        case all
    }

    /// The number of classes, C.
    public let classCount: Int
    /// The label whose examples are left out.
    public let ignored: Int?
    private let threshold: Double?
    public var sums: ExactSums

    /// - Parameters:
    ///   - classes: how many there are; labels and predictions are in `0..<classes`.
    ///   - ignored: a label whose examples are left out.
    public init(classes: Int, ignoring ignored: Int? = nil) {
        if classes < 2 || classes > 10_000 { mistake("ConfusionMatrix", "expects 2 to 10000 classes, got \(classes)") }
        (classCount, self.ignored, threshold) = (classes, ignored, nil)
        sums = ExactSums(count: classes * classes)
    }

    /// Of yes (1) and no (0): [2, 2].
    ///
    /// - Parameter threshold: a score above it is a yes; 0 for logits, 0.5 for probabilities.
    public init(threshold: Double) {
        (classCount, ignored, self.threshold) = (2, nil, threshold)
        sums = ExactSums(count: 4)
    }

    /// Adds a batch.
    ///
    /// - Parameters:
    ///   - predictions: class scores, such as logits, of shape [N..., C], the largest of which is the prediction (the first
    ///     of equal ones, and that of a NaN); or predicted classes, integers of the labels' shape. Of yes and no: scores
    ///     [N...] or [N..., 1], a NaN being a no, or 0 and 1 in a type without fractions.
    ///   - labels: classes, integers of shape [N...]; or scores of shape [N..., C], such as one-hot vectors. Of yes and no: 0
    ///     and 1 in any type.
    ///   - sampleWeight: see ``Metric/update(_:_:sampleWeight:)``.
    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("ConfusionMatrix", predictions, labels, sampleWeight)
        let (predicted, expected, weights) = pairs(batch)
        let places = expected.indices.map { expected[$0] * classCount + predicted[$0] }
        guard let weights else { return sums.addOnes(at: places) }
        for (place, weight) in zip(places, weights) { sums.add(weight, at: place) }
    }

    private func pairs(_ batch: MetricBatch) -> (predicted: [Int], expected: [Int], weights: [Double]?) {
        guard let threshold else {
            return checkedClasses(batch, count: classCount, ignoring: ignored, "ConfusionMatrix")
        }
        let (given, expected) = answers(
            batch.predictions, batch.targets, threshold: threshold, isBinary: true, "ConfusionMatrix")
        return (given.array(of: Int.self), expected.array(of: Int.self), batch.weights(of: expected))
    }

    /// The counts by true class (rows) and predicted class (columns): int64 [C, C], or the sums of weights in float64 where
    /// these have fractions.
    public var counts: Tensor {
        let values = sums.values
        return sums.areWhole
            ? Tensor(shape: [classCount, classCount], values: values.map { Int64($0) })
            : Tensor(shape: [classCount, classCount], values: values)
    }

    public var value: Tensor { counts }

    /// The counts as shares: float64 [C, C], 0 where there is nothing to divide by.
    public func normalized(by normalization: Normalization) -> Tensor {
        let counts = counts.converted(to: .float64)
        let wholes =
            switch normalization {
            case .truth: counts.sum(axes: 1, keepAxes: true)
            case .predictions: counts.sum(axes: 0, keepAxes: true)
            case .all: counts.sum()
            }
        return which(wholes .== 0, 0, counts / wholes)
    }

    /// The number of examples so far, or the sum of their weights.
    public var total: Double { sums.combined(plus: Array(0..<sums.count)) }

    /// The share of examples that were classified right; NaN as long as there is none.
    public var accuracy: Double { sums.combined(plus: diagonal) / total }

    /// Of the examples that were taken for each class, the share that is of it: float64 [C]. NaN for a class that was never
    /// predicted.
    public var precision: Tensor { ratio(right, predictions) }

    /// Of the examples of each class, the share that was found: float64 [C]. NaN for a class without examples.
    public var recall: Tensor { ratio(right, examples) }

    /// The harmonic mean of precision and recall of each class, `2 right / (examples + predictions)`: float64 [C]. NaN for
    /// a class that has no examples and was never predicted.
    public var f1: Tensor { ratio(right.map { 2 * $0 }, zip(examples, predictions).map(+)) }

    private var diagonal: [Int] { (0..<classCount).map { $0 * (classCount + 1) } }

    /// How many of each class were told right.
    var right: [Double] { diagonal.map { sums[$0] } }

    /// How many examples each class has.
    var examples: [Double] {
        (0..<classCount).map { sums.combined(plus: Array(($0 * classCount)..<(($0 + 1) * classCount))) }
    }

    /// How many were taken for each class.
    var predictions: [Double] {
        (0..<classCount).map { sums.combined(plus: Array(stride(from: $0, to: sums.count, by: classCount))) }
    }

    private func ratio(_ parts: [Double], _ wholes: [Double]) -> Tensor {
        Tensor(shape: [classCount], values: zip(parts, wholes).map { $0 / $1 })
    }
}

/// ``ConfusionMatrix`` of one batch: int64 [C, C], or float64 of weights with fractions. scikit-learn's `confusion_matrix`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - classes: how many; labels are 0 up to this.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func confusionMatrix(
    _ predictions: Tensor, _ labels: Tensor, classes: Int, sampleWeight: Tensor? = nil
) -> Tensor {
    ConfusionMatrix(classes: classes).of(predictions, labels, sampleWeight)
}

/// A metric that is a function of a confusion matrix.
public protocol ConfusionMetric: Metric<Double> {
    /// The counts that the value follows from.
    var confusion: ConfusionMatrix { get }
}

extension ConfusionMetric {
    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        confusion.update(predictions, labels, sampleWeight: sampleWeight)
    }

    public func merge(_ other: Self) { confusion.merge(other.confusion) }

    public func reset() { confusion.reset() }

    public var savedState: [String: StateValue] { confusion.savedState }

    public func restoring(from reader: inout StateReader) -> () -> Void { confusion.restoring(from: &reader) }
}
