import TernCore
import TernMetrics

/// Examples that a metric can take: the first axis of all counts them.
struct Examples: Sendable {
    var predictions: Tensor
    var targets: Tensor
    var weights: Tensor

    static let count = 37

    func rows(_ indices: [Int]) -> Examples {
        let rows = Tensor(shape: [indices.count], values: indices)
        return Examples(
            predictions: predictions.selected(rows), targets: targets.selected(rows), weights: weights.selected(rows))
    }

    /// Weights that no binary fraction of few digits has.
    private static func make(_ predictions: Tensor, _ targets: Tensor) -> Examples {
        let generator = Generator(seed: 7)
        let weights = Tensor.uniform([count], in: 0.1..<3, generator: generator)
        return Examples(predictions: predictions, targets: targets, weights: weights)
    }

    private static func integers(_ shape: Shape, below: Int, seed: UInt64) -> Tensor {
        floor(Tensor.uniform(shape, in: 0..<Double(below), generator: Generator(seed: seed))).converted(to: .int64)
    }

    private static func scores(_ shape: Shape, seed: UInt64) -> Tensor {
        // With ties.
        floor(Tensor.uniform(shape, generator: Generator(seed: seed)) * 20) / 20
    }

    /// Probabilities and answers.
    static let binary = make(scores([count], seed: 1), integers([count], below: 2, seed: 2))
    /// Positive scores of 4 classes.
    static let classes = make(scores([count, 4], seed: 3) + 0.05, integers([count], below: 4, seed: 4))
    static let labels = make(scores([count, 3], seed: 5), integers([count, 3], below: 2, seed: 6))
    static let numbers = make(
        Tensor.normal([count], generator: Generator(seed: 8)), Tensor.normal([count], generator: Generator(seed: 9)))
    static let outputs = make(
        Tensor.normal([count, 3], generator: Generator(seed: 10)),
        Tensor.normal([count, 3], generator: Generator(seed: 11)))
    static let positive = make(scores([count, 4], seed: 12) + 0.05, scores([count, 4], seed: 13) + 0.05)
    /// Logits of sequences of 5 tokens out of 6.
    static let tokens = make(
        Tensor.normal([count, 5, 6], generator: Generator(seed: 14)), integers([count, 5], below: 6, seed: 15))
}

/// A metric without its type.
final class Probe {
    let base: any Accumulator
    let update: (Examples, _ isWeighted: Bool) -> Void
    let merge: (Probe) -> Void
    /// All that it tells.
    let values: () -> [Double]

    init<M: Accumulator>(
        _ metric: M, _ update: @escaping (M, Examples, Bool) -> Void, _ values: @escaping (M) -> [Double]
    ) {
        base = metric
        self.update = { update(metric, $0, $1) }
        merge = { metric.merge($0.base as! M) }
        self.values = { values(metric) }
    }
}

struct MetricRow: Sendable {
    let name: String
    let examples: Examples
    let make: @Sendable () -> Probe

    static func of<M: Metric & SendableMetatype>(
        _ name: String, _ examples: Examples, _ make: @escaping @Sendable () -> M,
        _ values: @escaping @Sendable (M) -> [Double]
    ) -> MetricRow {
        MetricRow(name: name, examples: examples) {
            Probe(
                make(),
                { $0.update($1.predictions, $1.targets, sampleWeight: $2 ? $1.weights : nil) }, values)
        }
    }

    static func of<M: Metric<Double> & SendableMetatype>(
        _ name: String, _ examples: Examples, _ make: @escaping @Sendable () -> M
    ) -> MetricRow { of(name, examples, make) { [$0.value] } }

    static func of<M: ClassMetric & SendableMetatype>(
        _ name: String, _ examples: Examples, _ make: @escaping @Sendable () -> M
    ) -> MetricRow { of(name, examples, make) { [$0.value] + $0.perClass.array() } }
}

/// A row for each metric, and for each way in which it counts.
let metricTable: [MetricRow] =
    classificationRows + rankingRows + regressionRows + [
        MetricRow(name: "Mean", examples: .numbers) {
            Probe(Mean(), { $0.update($1.predictions, sampleWeight: $2 ? $1.weights : nil) }, { [$0.value, $0.count] })
        },
        MetricRow(name: "Sum", examples: .numbers) {
            Probe(Sum(), { $0.update($1.predictions, sampleWeight: $2 ? $1.weights : nil) }, { [$0.value] })
        },
        .of(
            "MetricCollection", .classes,
            {
                MetricCollection([
                    "accuracy": Accuracy(), "loss": MeanMetric.crossEntropy(), "auc": ROCAUC(.multiclass(classes: 4)),
                ])
            },
            { $0.value.map(\.value) }),
    ]

private let classificationRows: [MetricRow] = [
    .of("Accuracy", .classes, { Accuracy() }, { [$0.value, $0.correct, $0.total] }),
    .of("Accuracy", .classes) { Accuracy(.topK(2)) },
    .of("Accuracy", .binary) { Accuracy(.binary(threshold: 0.5)) },
    .of("Accuracy", .labels) { Accuracy(.multilabel(threshold: 0.5)) },
    .of("Accuracy", .labels) { Accuracy(.exactMatch(threshold: 0.5)) },
    .of("Precision", .classes) { Precision(.multiclass(classes: 4)) },
    .of("Precision", .labels) { Precision(.topLabels(k: 2, labels: 3)) },
    .of("Recall", .labels) { Recall(.multilabel(labels: 3, threshold: 0.5), average: .micro) },
    .of("Specificity", .binary) { Specificity(.binary(threshold: 0.5)) },
    .of("FBetaScore", .classes) { FBetaScore(.multiclass(classes: 4, ignoring: 2), beta: 2, average: .weighted) },
    .of("IoU", .classes) { IoU(.multiclass(classes: 4), of: [1, 3]) },
    .of("IoU", .binary) { IoU(.binary(threshold: 0.5), of: [0, 1]) },
    .of("OutcomeCount", .binary) { OutcomeCount(.falseNegatives, .binary(threshold: 0.5)) },
    .of(
        "ConfusionMatrix", .classes, { ConfusionMatrix(classes: 4) },
        { $0.counts.array() + $0.precision.array() + $0.recall.array() + $0.f1.array() + [$0.accuracy, $0.total] }),
    .of("ConfusionMatrix", .binary, { ConfusionMatrix(threshold: 0.5) }, { $0.normalized(by: .truth).array() }),
    .of("BalancedAccuracy", .classes) { BalancedAccuracy(ConfusionMatrix(classes: 4)) },
    .of("CohenKappa", .classes) { CohenKappa(ConfusionMatrix(classes: 4), weights: .linear) },
    .of("MatthewsCorrelation", .binary) { MatthewsCorrelation(ConfusionMatrix(threshold: 0.5)) },
]

private let rankingRows: [MetricRow] = [
    .of("ROCAUC", .binary, { ROCAUC() }, { [$0.value] + $0.curve.truePositiveRates + $0.curve.falsePositiveRates }),
    .of("ROCAUC", .classes) { ROCAUC(.multiclass(classes: 4), average: .weightedPairs) },
    .of("ROCAUC", .labels, { ROCAUC(.multilabel(labels: 3)) }, { [$0.value] + $0.perClass.array() }),
    .of("AveragePrecision", .binary, { AveragePrecision() }, { [$0.value] + $0.curve.precisions + $0.curve.recalls }),
    .of("AveragePrecision", .classes) { AveragePrecision(.multiclass(classes: 4), average: .weighted) },
    .of("Calibration", .binary, { Calibration(bins: 5) }, { [$0.value] + $0.curve.sharesOfYes }),
    .of("Calibration", .binary) { Calibration(bins: 5, strategy: .quantile) },
    .of("AUC", .binary) { AUC(.roc) },
    .of("AUC", .binary) { AUC(.precisionRecall, thresholds: 50) },
    .of("SensitivityAtSpecificity", .binary) { SensitivityAtSpecificity(0.6) },
    .of("SpecificityAtSensitivity", .binary) { SpecificityAtSensitivity(0.6) },
    .of("PrecisionAtRecall", .binary) { PrecisionAtRecall(0.6) },
    .of("RecallAtPrecision", .binary) { RecallAtPrecision(0.6) },
]

private let regressionRows: [MetricRow] = [
    .of("MeanMetric", .outputs) { MeanMetric { abs($0 - $1).sum(axes: -1) } },
    .of("meanAbsoluteError", .numbers) { MeanMetric.meanAbsoluteError() },
    .of("meanSquaredError", .outputs) { MeanMetric.meanSquaredError() },
    .of("rootMeanSquaredError", .numbers) { MeanMetric.rootMeanSquaredError() },
    .of("huber", .numbers) { MeanMetric.huber(delta: 0.5) },
    .of("crossEntropy", .tokens) { MeanMetric.crossEntropy(labelSmoothing: 0.1) },
    .of("binaryCrossEntropyWithLogits", .labels) { MeanMetric.binaryCrossEntropyWithLogits() },
    .of("logLoss", .classes) { MeanMetric.logLoss() },
    .of("meanAbsolutePercentageError", .positive) { MeanMetric.meanAbsolutePercentageError() },
    .of("meanSquaredLogarithmicError", .positive) { MeanMetric.meanSquaredLogarithmicError() },
    .of("logCosh", .numbers) { MeanMetric.logCosh() },
    .of("poisson", .positive) { MeanMetric.poisson() },
    .of("cosineSimilarity", .outputs) { MeanMetric.cosineSimilarity() },
    .of("hinge", .labels) { MeanMetric.hinge() },
    .of("squaredHinge", .labels) { MeanMetric.squaredHinge() },
    .of("categoricalHinge", .labels) { MeanMetric.categoricalHinge() },
    .of("klDivergence", .positive) { MeanMetric.klDivergence() },
    .of("correlationWithinExamples", .positive) { MeanMetric.correlationWithinExamples() },
    .of("concordanceWithinExamples", .positive) { MeanMetric.concordanceWithinExamples() },
    .of("Perplexity", .tokens) { Perplexity(ignoring: 3) },
    .of("R2Score", .outputs, { R2Score(outputs: 3, regressors: 2) }, { [$0.value] + $0.perOutput.array() }),
    .of("ExplainedVariance", .numbers) { ExplainedVariance() },
    .of("PearsonCorrelation", .outputs) { PearsonCorrelation(outputs: 3) },
    .of("ConcordanceCorrelation", .numbers) { ConcordanceCorrelation() },
]
