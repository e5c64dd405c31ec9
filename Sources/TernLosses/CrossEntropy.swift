import TernCore

/// The cross-entropy of the softmax of logits with class labels or class probabilities, see
/// ``crossEntropy(_:_:weight:ignoreIndex:labelSmoothing:reduction:)``. PyTorch's `CrossEntropyLoss`, Keras's
/// `SparseCategoricalCrossentropy(from_logits=True)` and `CategoricalCrossentropy(from_logits=True)`.
public struct CrossEntropyLoss: Loss {
    /// [C], a factor for each class.
    public var weight: Tensor?
    /// A label whose examples count for nothing.
    public var ignoreIndex: Int
    /// In 0...1, the share of a uniform distribution in the target.
    public var labelSmoothing: Double
    public var reduction: Reduction

    public init(
        weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0, reduction: Reduction = .mean
    ) {
        self.weight = weight
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
        self.reduction = reduction
    }

    public func callAsFunction(_ logits: Tensor, _ labels: Tensor) -> Tensor {
        crossEntropy(
            logits, labels, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
            reduction: reduction)
    }
}
