import TernCore

/// The share of examples that were classified right, over all batches that were added.
///
/// ```swift
/// let accuracy = Accuracy()
/// for (images, labels) in testBatches { accuracy.update(model(images), labels) }
/// accuracy.value   // 0.9826
/// ```
public final class Accuracy {
    public package(set) var correct = 0
    public package(set) var total = 0

    public init() {}

    /// Adds a batch.
    ///
    /// - Parameters:
    ///   - predictions: class scores, such as logits, of shape [N..., C], the largest of which is the prediction (the first
    ///     of equal ones); or predicted classes, integers of the labels' shape.
    ///   - labels: classes, integers of shape [N...]; or scores of shape [N..., C], such as one-hot vectors.
    public func update(_ predictions: Tensor, _ labels: Tensor) {
        let (predicted, expected) = classes(predictions, labels, "Accuracy")
        correct += predicted.equal(to: expected).sum().item(as: Int.self)
        total += expected.count
    }

    /// NaN as long as there is no example.
    public var value: Double { Double(correct) / Double(total) }

    public func reset() { (correct, total) = (0, 0) }
}
