import TernCore

/// How often each class was taken for which, over all batches that were added.
///
/// ```swift
/// let confusion = ConfusionMatrix(classes: 10)
/// for (images, labels) in testBatches { confusion.update(model(images), labels) }
/// confusion.counts[4, 9].item()   // how many fours were taken for nines
/// confusion.accuracy              // 0.9826
/// confusion.recall                // of each class
/// ```
///
/// scikit-learn's `confusion_matrix`: rows are the true classes, columns the predicted ones.
public final class ConfusionMatrix {
    /// The number of classes, C.
    public let classCount: Int
    private var numbers: [Int]

    /// - Parameter classes: how many there are; labels and predictions are in `0..<classes`.
    public init(classes: Int) {
        if classes < 2 || classes > 10_000 { mistake("ConfusionMatrix", "expects 2 to 10000 classes, got \(classes)") }
        classCount = classes
        numbers = [Int](repeating: 0, count: classes * classes)
    }

    /// Adds a batch.
    ///
    /// - Parameters:
    ///   - predictions: class scores, such as logits, of shape [N..., C], the largest of which is the prediction (the first
    ///     of equal ones); or predicted classes, integers of the labels' shape.
    ///   - labels: classes, integers of shape [N...]; or scores of shape [N..., C], such as one-hot vectors.
    public func update(_ predictions: Tensor, _ labels: Tensor) {
        for (tensor, name) in [(predictions, "predictions"), (labels, "labels")]
        where tensor.dtype.isFloatingPoint && tensor.rank > 0 && tensor.shape.last != classCount {
            mistake("ConfusionMatrix", "expects \(name) [N..., \(classCount)] of scores, got \(tensor.shape)")
        }
        let (predicted, expected) = classes(predictions, labels, "ConfusionMatrix")
        let rows = expected.array(of: Int.self)
        let columns = predicted.array(of: Int.self)
        for (values, name) in [(rows, "labels"), (columns, "predictions")] {
            if let index = values.firstIndex(where: { $0 < 0 || $0 >= classCount }) {
                mistake(
                    "ConfusionMatrix", "expects \(name) in 0..<\(classCount), got \(values[index]) at element \(index)")
            }
        }
        for (row, column) in zip(rows, columns) { numbers[row * classCount + column] += 1 }
    }

    /// The counts by true class (rows) and predicted class (columns): int64 [C, C].
    public var counts: Tensor { Tensor(shape: [classCount, classCount], values: numbers) }

    /// The number of examples so far.
    public var total: Int { numbers.reduce(0, +) }

    /// The share of examples that were classified right; NaN as long as there is none.
    public var accuracy: Double { Double(right.reduce(0, +)) / Double(total) }

    /// Of the examples that were taken for each class, the share that is of it: float64 [C]. NaN for a class that was never
    /// predicted.
    public var precision: Tensor { ratio(right, predictions) }

    /// Of the examples of each class, the share that was found: float64 [C]. NaN for a class without examples.
    public var recall: Tensor { ratio(right, examples) }

    /// The harmonic mean of precision and recall of each class, `2 right / (examples + predictions)`: float64 [C]. NaN for
    /// a class that has no examples and was never predicted.
    public var f1: Tensor { ratio(right.map { 2 * $0 }, zip(examples, predictions).map(+)) }

    /// Forgets all batches.
    public func reset() { numbers = [Int](repeating: 0, count: numbers.count) }

    private var right: [Int] { (0..<classCount).map { numbers[$0 * (classCount + 1)] } }

    private var examples: [Int] {
        (0..<classCount).map { numbers[($0 * classCount)..<(($0 + 1) * classCount)].reduce(0, +) }
    }

    private var predictions: [Int] {
        (0..<classCount).map { column in
            stride(from: column, to: numbers.count, by: classCount).reduce(0) { $0 + numbers[$1] }
        }
    }

    private func ratio(_ parts: [Int], _ wholes: [Int]) -> Tensor {
        Tensor(shape: [classCount], values: zip(parts, wholes).map { Double($0) / Double($1) })
    }
}

extension ConfusionMatrix: Stateful {
    public var savedState: [String: StateValue] { ["counts": .tensor(counts)] }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let numbers = reader.tensor("counts", dtype: .int64, shape: [classCount, classCount]).array(of: Int.self)
        if numbers.contains(where: { $0 < 0 }) { reader.complain("counts: expects numbers of at least 0") }
        return { self.numbers = numbers }
    }
}
