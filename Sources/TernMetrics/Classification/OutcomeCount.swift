import TernCore

/// How many examples had one of the four outcomes, or the sum of their weights; of several classes or labels, all together.
/// Keras's `TruePositives`, `FalsePositives`, `FalseNegatives` and `TrueNegatives`.
///
/// ```swift
/// let misses = OutcomeCount(.falseNegatives, .binary(threshold: 0.5))
/// misses.update([0.9, 0.1, 0.2], Tensor([1, 1, 0], dtype: .int64))
/// misses.value   // 1.0
/// ```
public final class OutcomeCount: Metric, Summing {
    /// What an example and its prediction are together.
    public enum Outcome: String, Sendable, CaseIterable {
        /// A yes that was found.
        case truePositives
        /// A no that was taken for a yes.
        case falsePositives
        /// A yes that was missed.
        case falseNegatives
        /// A no that was found.
        case trueNegatives
    }

    /// The one that is counted.
    public let outcome: Outcome
    /// What is told apart.
    public let task: Classification
    public var sums: ExactSums

    /// - Parameters:
    ///   - outcome: the one that is counted.
    ///   - task: what is told apart.
    public init(_ outcome: Outcome, _ task: Classification) {
        (self.outcome, self.task) = (outcome, task)
        sums = task.sums("OutcomeCount")
    }

    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        sums.addOutcomes(MetricBatch("OutcomeCount", predictions, labels, sampleWeight), task, "OutcomeCount")
    }

    public var value: Double { perClass.sum().item() }

    /// The number of each class or label: float64 [C].
    public var perClass: Tensor {
        let path: KeyPath<Outcomes, Double> =
            switch outcome {
            case .truePositives: \.truePositives
            case .falsePositives: \.falsePositives
            case .falseNegatives: \.falseNegatives
            case .trueNegatives: \.trueNegatives
            }
        return Tensor(shape: [task.count], values: sums.outcomes.map { $0[keyPath: path] })
    }
}
