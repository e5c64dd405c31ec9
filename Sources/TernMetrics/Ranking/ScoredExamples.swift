import TernCore

/// Whom scores are for, in metrics that rank examples by them.
public enum Ranking: Sendable, Equatable {
    /// Yes or no: scores of shape [N...] or [N..., 1], the higher the surer, labels of 0 and 1 in any type.
    case binary
    /// One of `classes` classes: scores [N..., C], labels [N...] or one-hot.
    case multiclass(classes: Int)
    /// Any number of `labels` labels: both of shape [N..., L].
    case multilabel(labels: Int)

    /// The number of scores of each example.
    var count: Int {
        switch self {
        case .binary: 1
        case .multiclass(let classes): classes
        case .multilabel(let labels): labels
        }
    }
}

/// The scores, labels and weights of all examples of all batches: what metrics remember that are no function of sums.
///
/// An example takes 16 bytes and 8 more for each score.
public struct ScoredExamples: Sendable {
    let ranking: Ranking
    /// [N, L] for L scores each, row by row.
    private(set) var scores: [Double] = []
    /// The class of each example, [N]; of multi-label 0 or 1 for each, [N, L].
    private(set) var labels: [Int] = []
    private(set) var weights: [Double] = []

    /// The number of examples.
    public var count: Int { weights.count }

    init(_ ranking: Ranking, _ operation: String) {
        let least = if case .multiclass = ranking { 2 } else { 1 }
        if ranking.count < least || ranking.count > 1 << 24 {
            mistake(operation, "expects at least \(least) classes or labels, got \(ranking.count)")
        }
        self.ranking = ranking
    }

    mutating func add(_ batch: MetricBatch, _ operation: String) {
        if !batch.predictions.dtype.isFloatingPoint {
            mistake(
                operation, "expects floating-point scores, got \(batch.predictions.dtype) \(batch.predictions.shape)")
        }
        let count = ranking.count
        switch ranking {
        case .binary:
            let (_, expected) = answers(batch.predictions, batch.targets, threshold: 0, isBinary: true, operation)
            labels += expected.array(of: Int.self)
            append(batch, examplesOf: expected)
        case .multiclass:
            let (_, expected, _) = checkedClasses(batch, count: count, operation)
            labels += expected
            append(batch, examplesOf: Tensor.zeros([expected.count]))
        case .multilabel:
            if batch.predictions.shape.last != count {
                mistake(operation, "expects scores [N..., \(count)] of \(count) labels, got \(batch.predictions.shape)")
            }
            let (_, expected) = answers(batch.predictions, batch.targets, threshold: 0, isBinary: false, operation)
            labels += expected.array(of: Int.self)
            append(batch, examplesOf: Tensor.zeros([expected.count / count]))
        }
    }

    private mutating func append(_ batch: MetricBatch, examplesOf examples: Tensor) {
        scores += batch.predictions.array(of: Double.self)
        weights += batch.weights(of: examples) ?? [Double](repeating: 1, count: examples.count)
    }

    mutating func add(_ other: ScoredExamples, _ operation: String) {
        if other.ranking != ranking { mistake(operation, "expects \(ranking) to merge, got \(other.ranking)") }
        scores += other.scores
        labels += other.labels
        weights += other.weights
    }

    mutating func reset() { (scores, labels, weights) = ([], [], []) }

    /// How the examples of class or label `index` are ranked above the others; of all examples, or those in `subset`.
    func ranked(_ index: Int, among subset: [Int]? = nil) -> RankedOutcomes {
        let width = ranking.count
        let isMulticlass = if case .multiclass = ranking { true } else { false }
        if width == 1, subset == nil { return RankedOutcomes(scores, labels.map { $0 == 1 }, weights) }
        let places = subset ?? Array(0..<count)
        return RankedOutcomes(
            places.map { scores[$0 * width + index] },
            places.map { isMulticlass ? labels[$0] == index : labels[$0 * width + index] == 1 },
            places.map { weights[$0] })
    }

    /// The sum of the weights of the examples of each class or label.
    func positives() -> [Double] {
        var sums = ExactSums(count: ranking.count)
        switch ranking {
        case .binary, .multilabel:
            for (place, label) in labels.enumerated() where label == 1 {
                sums.add(weights[place / ranking.count], at: place % ranking.count)
            }
        case .multiclass: for (label, weight) in zip(labels, weights) { sums.add(weight, at: label) }
        }
        return sums.values
    }

    // MARK: State

    var state: [String: StateValue] {
        let (count, width) = (count, ranking.count)
        return [
            "scores": .tensor(Tensor(shape: [count, width], values: scores)),
            "labels": .tensor(Tensor(shape: [count, labelWidth], values: labels)),
            "weights": .tensor(Tensor(shape: [count], values: weights)),
        ]
    }

    private var labelWidth: Int { if case .multilabel(let labels) = ranking { labels } else { 1 } }

    func restored(from reader: inout StateReader) -> ScoredExamples {
        let scores = reader.tensor("scores", dtype: .float64, shape: [-1, ranking.count])
        let count = scores.rank == 2 ? scores.shape[0] : 0
        let labels = reader.tensor("labels", dtype: .int64, shape: [count, labelWidth])
        let weights = reader.tensor("weights", dtype: .float64, shape: [count])
        var result = self
        (result.scores, result.labels, result.weights) = (scores.array(), labels.array(), weights.array())
        let limit = if case .multiclass(let classes) = ranking { classes } else { 2 }
        if result.labels.contains(where: { $0 < 0 || $0 >= limit }) {
            reader.complain("labels: expects numbers in 0..<\(limit)")
        }
        if result.weights.contains(where: { !($0 >= 0 && $0.isFinite) }) {
            reader.complain("weights: expects finite numbers of at least 0")
        }
        return result
    }
}

/// A metric over the ranks of all examples, which it remembers; the value of a NaN among scores is NaN.
public protocol RankingMetric: Metric<Double> {
    /// All that is remembered.
    var examples: ScoredExamples { get set }
}

extension RankingMetric {
    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        examples.add(MetricBatch("\(Self.self)", predictions, labels, sampleWeight), "\(Self.self)")
    }

    public func merge(_ other: Self) { examples.add(other.examples, "\(Self.self)") }

    public func reset() { examples.reset() }

    public var savedState: [String: StateValue] { examples.state }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let examples = examples.restored(from: &reader)
        return { self.examples = examples }
    }
}
