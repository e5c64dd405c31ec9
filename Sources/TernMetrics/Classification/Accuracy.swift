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
/// Accuracy(.topK(5))                     // the class is among the five with the largest scores
/// Accuracy(.binary(threshold: 0))        // yes or no from one logit: [N] or [N, 1]
/// Accuracy(.multilabel(threshold: 0.5))  // any of L labels, from probabilities: [N, L]
/// ```
///
/// scikit-learn's `accuracy_score` and `top_k_accuracy_score`; Keras's `Accuracy` (of predicted classes),
/// `SparseCategoricalAccuracy`, `CategoricalAccuracy` (of one-hot labels), `TopKCategoricalAccuracy`,
/// `SparseTopKCategoricalAccuracy` and `BinaryAccuracy`. A NaN among scores of classes is the largest, as in `argmax`, and
/// above no threshold.
public final class Accuracy: Metric, Summing {
    /// What is told apart.
    public enum Task: Sendable, Equatable {
        /// One of C classes, C at least 2.
        case multiclass
        /// One of C classes, which counts as right if fewer than `k` others have larger scores. A NaN is never right.
        case topK(Int)
        /// Yes or no, by one score for each example: yes if it is above `threshold`, which is 0 for logits and 0.5 for
        /// probabilities. Keras's `BinaryAccuracy`.
        case binary(threshold: Double)
        /// Any number of L labels for each example, by a score for each: each counts for itself.
        case multilabel(threshold: Double)
        /// Any number of L labels for each example, which is right if all of them are. scikit-learn's `accuracy_score`.
        case exactMatch(threshold: Double)
    }

    /// What is told apart.
    public let task: Task
    /// Of what was right and of all.
    public var sums = ExactSums(count: 2)

    /// - Parameter task: what is told apart: classes, yes and no, several labels, or all labels at once.
    public init(_ task: Task = .multiclass) {
        if case .topK(let k) = task, k < 1 { mistake("Accuracy", "expects a k of at least 1, got \(k)") }
        self.task = task
    }

    /// How many examples, or labels, were right; of weighted ones, the sum of their weights.
    public var correct: Double { sums[0] }
    /// How many there were; of weighted ones, the sum of their weights.
    public var total: Double { sums[1] }

    /// Adds a batch.
    ///
    /// Of **classes**: `predictions` are scores, such as logits, of shape [N..., C], the largest of which is the prediction
    /// (the first of equal ones), or predicted classes, integers of the labels' shape; `labels` are classes, integers of
    /// shape [N...], or one-hot vectors or scores of the predictions' shape.
    ///
    /// **Binary**: `predictions` are scores of shape [N...] or [N..., 1], or answers, 0 or 1 in a type without fractions;
    /// `labels` are 0 or 1 in any type, of shape [N...] or [N..., 1].
    ///
    /// **Multi-label** and exact match: both of shape [N..., L], otherwise as binary.
    ///
    /// - Parameters:
    ///   - predictions: what the model gave.
    ///   - labels: what is true.
    ///   - sampleWeight: see ``Metric/update(_:_:sampleWeight:)``.
    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("Accuracy", predictions, labels, sampleWeight)
        func right(_ threshold: Double, isBinary: Bool = false) -> Tensor {
            let (given, expected) = answers(
                batch.predictions, batch.targets, threshold: threshold, isBinary: isBinary, "Accuracy")
            return given.equal(to: expected)
        }
        let hits: Tensor
        switch task {
        case .multiclass:
            let (predicted, expected) = classes(batch.predictions, batch.targets, "Accuracy")
            hits = predicted.equal(to: expected)
        case .topK(let k): hits = isAmongLargest(k, batch)
        case .binary(let threshold): hits = right(threshold, isBinary: true)
        case .multilabel(let threshold): hits = right(threshold)
        case .exactMatch(let threshold): hits = right(threshold).all(axes: -1)
        }
        sums.add(hits, weights: batch, at: 0)
        sums.add(weightsOf: batch, for: hits, at: 1)
    }

    /// NaN as long as there is no example.
    public var value: Double { sums[0] / sums[1] }

    /// Whether fewer than `k` scores are larger than that of the label: bool [N...].
    private func isAmongLargest(_ k: Int, _ batch: MetricBatch) -> Tensor {
        let scores = batch.predictions
        if !scores.dtype.isFloatingPoint {
            mistake(
                "Accuracy", "expects predictions [N..., C] of scores for a top k, got \(scores.dtype) \(scores.shape)")
        }
        let expected = classes(scores, batch.targets, "Accuracy").expected.converted(to: .int64)
        let count = scores.shape.last!
        if expected.count > 0 {
            let range = expected.minMax()
            for label in [range.min, range.max].map({ $0.item(as: Int.self) }) where label < 0 || label >= count {
                mistake("Accuracy", "expects labels in 0..<\(count), got \(label)")
            }
        }
        let own = scores.gathered(expected.unsqueezed(axes: -1), axis: -1)
        let larger = (scores .> own).sum(axes: -1)
        return (larger .< k).logicalAnd(own.squeezed(axes: -1).isNaN().logicalNot())
    }
}

/// The share of examples that are classified right: ``Accuracy`` of one batch. scikit-learn's `accuracy_score`.
///
/// ```
/// accuracy([[0.1, 0.9], [2, 1]], Tensor([1, 1], dtype: .int64))   // 0.5
/// ```
///
/// - Parameters:
///   - predictions: scores or classes, see ``Accuracy``.
///   - labels: classes, or one-hot vectors.
///   - task: what is told apart.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func accuracy(
    _ predictions: Tensor, _ labels: Tensor, _ task: Accuracy.Task = .multiclass, sampleWeight: Tensor? = nil
) -> Double {
    Accuracy(task).of(predictions, labels, sampleWeight)
}
