import TernCore

/// The correlation of predicted and true classes: of two classes
/// `(TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))`, and Gorodkin's generalization of it for more. 1 is all
/// right, 0 chance. Matthews, 1975; Gorodkin, 2004. scikit-learn's `matthews_corrcoef`.
///
/// ```swift
/// let correlation = MatthewsCorrelation(ConfusionMatrix(threshold: 0.5))
/// ```
public final class MatthewsCorrelation: ConfusionMetric {
    public let confusion: ConfusionMatrix

    /// - Parameter confusion: says what is told apart; an empty one.
    public init(_ confusion: ConfusionMatrix) { self.confusion = confusion }

    /// 0 where all examples are of one class, or all predictions; NaN without examples.
    public var value: Double {
        let (rows, columns) = (confusion.examples, confusion.predictions)
        let (right, total) = (confusion.right.reduce(0, +), confusion.total)
        if total == 0 { return .nan }
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let ofBoth = right * total - product(rows, columns)
        let scale = (total * total - product(rows, rows)) * (total * total - product(columns, columns))
        return scale > 0 ? ofBoth / scale.squareRoot() : 0
    }
}

/// ``MatthewsCorrelation`` of one batch. scikit-learn's `matthews_corrcoef`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - classes: how many; labels are 0 up to this.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func matthewsCorrelation(
    _ predictions: Tensor, _ labels: Tensor, classes: Int, sampleWeight: Tensor? = nil
) -> Double {
    MatthewsCorrelation(ConfusionMatrix(classes: classes)).of(predictions, labels, sampleWeight)
}
