import TernCore

/// The share of examples that were classified right, over all batches that were added.
///
/// ```swift
/// let accuracy = Accuracy()
/// for (images, labels) in testBatches { accuracy.update(model(images), labels) }
/// accuracy.value   // 0.9826
/// ```
///
/// What the scores mean is said, never guessed from their shape:
///
/// ```swift
/// Accuracy(.binary(threshold: 0))        // yes or no from one logit: [N] or [N, 1]
/// Accuracy(.multilabel(threshold: 0.5))  // any of L labels, from probabilities: [N, L]
/// ```
public final class Accuracy {
    /// What is told apart.
    public enum Task: Sendable, Equatable {
        /// One of C classes, C at least 2. Keras's `SparseCategoricalAccuracy`.
        case multiclass
        /// Yes or no, by one score for each example: yes if it is above `threshold`, which is 0 for logits and 0.5 for
        /// probabilities. Keras's `BinaryAccuracy`.
        case binary(threshold: Double)
        /// Any number of L labels for each example, by a score for each: each counts for itself.
        case multilabel(threshold: Double)
    }

    public let task: Task
    public private(set) var correct = 0
    public private(set) var total = 0

    public init(_ task: Task = .multiclass) { self.task = task }

    /// Adds a batch.
    ///
    /// Of **classes**: `predictions` are scores, such as logits, of shape [N..., C], the largest of which is the prediction
    /// (the first of equal ones), or predicted classes, integers of the labels' shape; `labels` are classes, integers of
    /// shape [N...], or scores of the predictions' shape, such as one-hot vectors.
    ///
    /// **Binary**: `predictions` are scores of shape [N...] or [N..., 1], or answers, 0 or 1 in a type without fractions;
    /// `labels` are 0 or 1 in any type, of shape [N...] or [N..., 1].
    ///
    /// **Multi-label**: both of shape [N..., L], otherwise as binary.
    public func update(_ predictions: Tensor, _ labels: Tensor) {
        let (predicted, expected) =
            switch task {
            case .multiclass: classes(predictions, labels, "Accuracy")
            case .binary(let threshold): answers(predictions, labels, threshold, isBinary: true)
            case .multilabel(let threshold): answers(predictions, labels, threshold, isBinary: false)
            }
        correct += predicted.equal(to: expected).sum().item(as: Int.self)
        total += expected.count
    }

    /// NaN as long as there is no example.
    public var value: Double { Double(correct) / Double(total) }

    public func reset() { (correct, total) = (0, 0) }
}

extension Accuracy: Stateful {
    public var savedState: [String: StateValue] { ["correct": .integer(correct), "total": .integer(total)] }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let (correct, total) = (reader.integer("correct"), reader.integer("total"))
        return { (self.correct, self.total) = (correct, total) }
    }
}

/// The answers that were given and the true ones, as bool.
private func answers(
    _ predictions: Tensor, _ labels: Tensor, _ threshold: Double, isBinary: Bool
) -> (Tensor, Tensor) {
    let (given, expected) =
        isBinary
        ? (withoutLastAxisOfOne(predictions, besides: labels), withoutLastAxisOfOne(labels, besides: predictions))
        : (predictions, labels)
    if given.shape != expected.shape || !isBinary && given.rank == 0 {
        mistake(
            "Accuracy",
            (isBinary
                ? "expects binary predictions and labels [N...] or [N..., 1]"
                : "expects multi-label predictions and labels [N..., L]")
                + ", got \(predictions.dtype) \(predictions.shape) and \(labels.dtype) \(labels.shape)")
    }
    let predicted =
        given.dtype.isFloatingPoint
        ? given.detached .> threshold
        : zeroOrOne(given, "predictions")
    return (predicted, zeroOrOne(expected, "labels"))
}

/// [N..., 1] as [N...], where the other tensor has no such axis.
private func withoutLastAxisOfOne(_ tensor: Tensor, besides other: Tensor) -> Tensor {
    tensor.rank == other.rank + 1 && tensor.shape.last == 1 ? tensor.squeezed(axes: -1) : tensor
}

private func zeroOrOne(_ tensor: Tensor, _ name: String) -> Tensor {
    let values = tensor.detached
    if let wrong = values.array(of: Double.self).first(where: { $0 != 0 && $0 != 1 }) {
        mistake("Accuracy", "expects \(name) of 0 or 1, got \(wrong)")
    }
    return values.converted(to: .bool)
}
