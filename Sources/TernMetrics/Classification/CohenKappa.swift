import TernCore

/// How far two judges agree beyond chance: `1 - sum of w * O / sum of w * E`, with the confusion matrix `O`, what chance
/// would make of its rows and columns `E`, and a weight `w` for each pair of classes. 1 is agreement, 0 chance. Cohen, "A
/// coefficient of agreement for nominal scales", 1960. scikit-learn's `cohen_kappa_score`.
///
/// ```swift
/// let kappa = CohenKappa(ConfusionMatrix(classes: 5), weights: .quadratic)     // for grades
/// ```
public final class CohenKappa: ConfusionMetric {
    /// How much a mistake between two classes counts.
    public enum Weights: Sendable, CaseIterable {
        /// Each the same.
        case none
        /// By the distance of the classes' numbers.
        case linear
        /// By the square of that.
        case quadratic
    }

    public let confusion: ConfusionMatrix
    /// How much a confusion of two classes counts by their distance.
    public let weights: Weights

    /// - Parameters:
    ///   - confusion: says what is told apart; an empty one.
    ///   - weights: how much a confusion of two classes counts by their distance.
    public init(_ confusion: ConfusionMatrix, weights: Weights = .none) {
        (self.confusion, self.weights) = (confusion, weights)
    }

    /// NaN without examples, and where both say the same class always.
    public var value: Double {
        let (rows, columns, counts) = (confusion.examples, confusion.predictions, confusion.sums.values)
        let total = confusion.total
        var (observed, expected) = (0.0, 0.0)
        for row in rows.indices {
            for column in columns.indices where row != column {
                let distance = Double(abs(row - column))
                let weight =
                    switch weights {
                    case .none: 1.0
                    case .linear: distance
                    case .quadratic: distance * distance
                    }
                observed += weight * counts[row * rows.count + column]
                expected += weight * (rows[row] * columns[column] / total)
            }
        }
        return 1 - observed / expected
    }
}

/// ``CohenKappa`` of one batch. scikit-learn's `cohen_kappa_score`.
///
/// - Parameters:
///   - predictions: what the model gave.
///   - labels: what is true.
///   - classes: how many; labels are 0 up to this.
///   - weights: how much a confusion of two classes counts by their distance.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func cohenKappa(
    _ predictions: Tensor, _ labels: Tensor, classes: Int, weights: CohenKappa.Weights = .none,
    sampleWeight: Tensor? = nil
) -> Double {
    CohenKappa(ConfusionMatrix(classes: classes), weights: weights).of(predictions, labels, sampleWeight)
}
