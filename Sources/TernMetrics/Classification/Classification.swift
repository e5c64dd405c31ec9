import TernCore

/// What is told apart, for metrics that count by class.
///
/// - Classes: predictions are scores [N..., C], the largest of which is the prediction, or predicted classes, integers
///   [N...]; labels are classes [N...], or one-hot vectors [N..., C].
/// - Binary: predictions are scores [N...] or [N..., 1], or answers 0 and 1 in a type without fractions; labels are 0 or 1
///   in any type.
/// - Multi-label: both are [N..., L], otherwise as binary.
public enum Classification: Sendable, Equatable {
    /// Yes or no: yes if a score is above `threshold`, which is 0 for logits and 0.5 for probabilities.
    case binary(threshold: Double)
    /// One of `classes` classes; examples with the label `ignoring` (255 for the edges of segmented pictures, say) are left
    /// out.
    case multiclass(classes: Int, ignoring: Int? = nil)
    /// Any number of `labels` labels, each by a score that is a yes above `threshold`.
    case multilabel(labels: Int, threshold: Double)
    /// Any number of `labels` labels, of which the `k` with the largest scores (the first of equal ones) are a yes.
    case topLabels(k: Int, labels: Int)

    /// The number of classes that are counted: the yes of binary, and each class or label otherwise.
    var count: Int {
        switch self {
        case .binary: 1
        case .multiclass(let classes, _): classes
        case .multilabel(let labels, _), .topLabels(_, let labels): labels
        }
    }

    func check(_ operation: String) {
        switch self {
        case .binary: break
        case .multiclass(let classes, _):
            if classes < 2 || classes > 1 << 24 { mistake(operation, "expects at least 2 classes, got \(classes)") }
        case .multilabel(let labels, _):
            if labels < 1 || labels > 1 << 24 { mistake(operation, "expects at least 1 label, got \(labels)") }
        case .topLabels(let k, let labels):
            if labels < 1 || labels > 1 << 24 { mistake(operation, "expects at least 1 label, got \(labels)") }
            if k < 1 || k > labels { mistake(operation, "expects k in 1...\(labels), got \(k)") }
        }
    }
}

/// How the values of several classes become one.
public enum ClassAverage: Sendable, CaseIterable {
    /// Of the outcomes of all classes added up.
    case micro
    /// The mean over classes.
    case macro
    /// The mean over classes by their numbers of true examples.
    case weighted
}

/// How a class was told from the others: counts, or sums of weights.
public struct Outcomes: Equatable, Sendable {
    /// Of the class, and taken for it.
    public var truePositives = 0.0
    /// Not of the class, and taken for it.
    public var falsePositives = 0.0
    /// Of the class, and not taken for it.
    public var falseNegatives = 0.0
    /// Not of the class, and not taken for it.
    public var trueNegatives = 0.0

    /// No examples yet.
    public init() {}

    /// The examples of the class.
    public var positives: Double { truePositives + falseNegatives }

    /// The classes exchanged: what was a yes is a no.
    var mirrored: Outcomes {
        var other = Outcomes()
        (other.truePositives, other.trueNegatives) = (trueNegatives, truePositives)
        (other.falsePositives, other.falseNegatives) = (falseNegatives, falsePositives)
        return other
    }

    static func + (a: Outcomes, b: Outcomes) -> Outcomes {
        var sum = a
        sum.truePositives += b.truePositives
        sum.falsePositives += b.falsePositives
        sum.falseNegatives += b.falseNegatives
        sum.trueNegatives += b.trueNegatives
        return sum
    }
}

/// A metric that is a ratio of outcomes for each class, brought together by an average: precision, recall and their like.
///
/// The value of binary is that of the yes. A class without a ratio (of 0 to 0) has the value `zeroDivision`; if that is NaN,
/// averages leave it out. NaN scores are a no above no threshold, and of several classes the largest.
public protocol ClassMetric: Metric<Double>, Summing {
    /// What is told apart: yes and no, classes, or labels.
    var task: Classification { get }
    /// How the values of classes become one.
    var average: ClassAverage { get }
    /// The value of a class whose ratio is 0 to 0; NaN leaves it out of averages.
    var zeroDivision: Double { get }

    /// The outcomes of each class or label that the value is of; of binary, those of the yes.
    var outcomes: [Outcomes] { get }

    /// What the value is the ratio of.
    func ratio(_ outcomes: Outcomes) -> (part: Double, whole: Double)
}

extension ClassMetric {
    public func update(_ predictions: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let name = "\(Self.self)"
        sums.addOutcomes(MetricBatch(name, predictions, labels, sampleWeight), task, name)
    }

    public var outcomes: [Outcomes] { sums.outcomes }

    /// The value of each class or label: float64 [C].
    public var perClass: Tensor {
        Tensor(shape: [outcomes.count], values: outcomes.map(value))
    }

    /// The average of the classes' ratios; of binary that of the yes.
    public var value: Double {
        let outcomes = outcomes
        if average == .micro { return value(outcomes.reduce(Outcomes(), +)) }
        let pairs = outcomes.map { (value: value($0), weight: average == .macro ? 1 : $0.positives) }
        let kept = pairs.filter { !$0.value.isNaN }
        let whole = kept.reduce(0) { $0 + $1.weight }
        return whole == 0 ? zeroDivision : kept.reduce(0) { $0 + $1.value * $1.weight } / whole
    }

    func value(_ outcomes: Outcomes) -> Double {
        let (part, whole) = ratio(outcomes)
        return whole == 0 ? zeroDivision : part / whole
    }
}

extension Classification {
    /// The sums for ``ExactSums/outcomes``.
    func sums(_ operation: String) -> ExactSums {
        check(operation)
        return ExactSums(count: 3 * count + 1)
    }
}

extension ExactSums {
    /// Adds the examples of a batch. There are three sums for each of C classes: of what was taken for it rightly, at `c`,
    /// of what was taken for it, at `C + c`, and of what was of it, at `2 C + c`; and last the sum of all.
    mutating func addOutcomes(_ batch: MetricBatch, _ task: Classification, _ operation: String) {
        let count = task.count
        switch task {
        case .binary(let threshold):
            let (given, expected) = answers(
                batch.predictions, batch.targets, threshold: threshold, isBinary: true, operation)
            addAnswers(given.reshaped([given.count, 1]), expected.reshaped([given.count, 1]), batch)
        case .multiclass(_, let ignored):
            let (predicted, expected, weights) = checkedClasses(batch, count: count, ignoring: ignored, operation)
            addClasses(predicted, expected, weights, count)
        case .multilabel(_, let threshold):
            checkLabels(batch, count, operation)
            let (given, expected) = answers(
                batch.predictions, batch.targets, threshold: threshold, isBinary: false, operation)
            addAnswers(
                given.reshaped([given.count / count, count]), expected.reshaped([given.count / count, count]), batch)
        case .topLabels(let k, _):
            checkLabels(batch, count, operation)
            let largest = batch.predictions.topK(k).indices
            let ones = Tensor.zeros(batch.predictions.shape, dtype: .uint8).scattered(1, at: largest, axis: -1)
            let given = ones.converted(to: .bool)
            let (_, expected) = answers(given, batch.targets, threshold: 0, isBinary: false, operation)
            addAnswers(
                given.reshaped([given.count / count, count]), expected.reshaped([given.count / count, count]), batch)
        }
    }

    private func checkLabels(_ batch: MetricBatch, _ count: Int, _ operation: String) {
        if batch.predictions.rank > 0, batch.predictions.shape.last == count { return }
        mistake(operation, "expects predictions [N..., \(count)] of \(count) labels, got \(batch.predictions.shape)")
    }

    private mutating func addClasses(_ predicted: [Int], _ expected: [Int], _ weights: [Double]?, _ count: Int) {
        guard let weights else {
            addOnes(at: expected.indices.filter { expected[$0] == predicted[$0] }.map { expected[$0] })
            addOnes(at: predicted.map { count + $0 })
            addOnes(at: expected.map { 2 * count + $0 })
            return add(Double(expected.count), at: 3 * count)
        }
        for (index, weight) in weights.enumerated() {
            if predicted[index] == expected[index] { add(weight, at: expected[index]) }
            add(weight, at: count + predicted[index])
            add(weight, at: 2 * count + expected[index])
            add(weight, at: 3 * count)
        }
    }

    /// - Parameters:
    ///   - given: bool [N, L].
    ///   - expected: bool [N, L].
    private mutating func addAnswers(_ given: Tensor, _ expected: Tensor, _ batch: MetricBatch) {
        let (rows, count) = (given.shape[0], given.shape[1])
        let parts = [given.logicalAnd(expected), given, expected]
        guard let weights = batch.weights(of: Tensor.zeros([rows])) else {
            for (place, part) in parts.enumerated() {
                let counts = part.sum(axes: 0).array(of: Int.self)
                for index in 0..<count { add(Double(counts[index]), at: place * count + index) }
            }
            return add(Double(rows), at: 3 * count)
        }
        for (place, part) in parts.enumerated() {
            let part = part.array(of: Bool.self)
            for index in part.indices where part[index] {
                add(weights[index / count], at: place * count + index % count)
            }
        }
        add(weights, at: 3 * count)
    }

    /// The outcomes of each class, from the sums of ``addOutcomes(_:_:_:)``.
    var outcomes: [Outcomes] {
        let classes = count / 3
        return (0..<classes).map { index in
            let (right, taken, true_, all) = (index, classes + index, 2 * classes + index, 3 * classes)
            var outcomes = Outcomes()
            outcomes.truePositives = self[right]
            outcomes.falsePositives = combined(plus: [taken], minus: [right])
            outcomes.falseNegatives = combined(plus: [true_], minus: [right])
            outcomes.trueNegatives = combined(plus: [all, right], minus: [taken, true_])
            return outcomes
        }
    }
}
