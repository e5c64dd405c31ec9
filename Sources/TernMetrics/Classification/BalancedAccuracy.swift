import TernCore

/// The mean over the classes that have examples of the share that was found of each: classes count the same, however rare.
/// scikit-learn's `balanced_accuracy_score`.
///
/// ```swift
/// let balanced = BalancedAccuracy(ConfusionMatrix(classes: 2))
/// balanced.update(Tensor([0, 0, 0, 0], dtype: .int64), Tensor([0, 0, 0, 1], dtype: .int64))
/// balanced.value   // 0.5
/// ```
public final class BalancedAccuracy: ConfusionMetric {
    public let confusion: ConfusionMatrix
    /// Whether chance has the value 0, and 1 stays the best.
    public let isAdjusted: Bool

    /// - Parameters:
    ///   - confusion: says what is told apart; an empty one.
    ///   - adjusted: whether chance is 0 and all right 1: `(b - 1 / C) / (1 - 1 / C)`.
    public init(_ confusion: ConfusionMatrix, adjusted: Bool = false) {
        (self.confusion, isAdjusted) = (confusion, adjusted)
    }

    /// NaN as long as there is no example.
    public var value: Double {
        let recalls = confusion.recall.array(of: Double.self).filter { !$0.isNaN }
        let mean = recalls.reduce(0, +) / Double(recalls.count)
        let chance = 1 / Double(recalls.count)
        return isAdjusted ? (mean - chance) / (1 - chance) : mean
    }
}

/// ``BalancedAccuracy`` of one batch. scikit-learn's `balanced_accuracy_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - classes: how many; labels are 0 up to this.
///   - adjusted: whether chance has the value 0, and 1 stays the best.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func balancedAccuracy(
    _ predictions: Tensor, _ labels: Tensor, classes: Int, adjusted: Bool = false, sampleWeight: Tensor? = nil
) -> Double {
    BalancedAccuracy(ConfusionMatrix(classes: classes), adjusted: adjusted).of(predictions, labels, sampleWeight)
}
