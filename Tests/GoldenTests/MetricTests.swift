import Tern
import Testing

/// What `cases_metrics.py` calls a metric, computed by Tern.
@Suite("Metrics against scikit-learn and Keras")
struct MetricTests {
    typealias Values = @Sendable (_ predictions: Tensor, _ targets: Tensor, _ weight: Tensor?) -> [Double]
    static let goldens = Goldens("metrics")

    private static func metric<M: Metric & SendableMetatype>(
        _ make: @escaping @Sendable () -> M, _ read: @escaping @Sendable (M) -> [Double]
    )
        -> Values
    {
        { predictions, targets, weight in
            let metric = make()
            metric.update(predictions, targets, sampleWeight: weight)
            return read(metric)
        }
    }

    private static func value<M: Metric<Double> & SendableMetatype>(_ make: @escaping @Sendable () -> M) -> Values {
        metric(make) { [$0.value] }
    }

    private static func perClass<M: ClassMetric & SendableMetatype>(_ make: @escaping @Sendable () -> M) -> Values {
        metric(make) { $0.perClass.array() }
    }

    /// - Parameter threshold: of scores, for a yes.
    private static func binary(_ threshold: Double) -> [String: Values] {
        let task = Classification.binary(threshold: threshold)
        let confusion = { @Sendable in ConfusionMatrix(threshold: threshold) }
        return [
            "accuracy": { [accuracy($0, $1, .binary(threshold: threshold), sampleWeight: $2)] },
            "precision": { [precision($0, $1, task, sampleWeight: $2)] },
            "precision-one": { [precision($0, $1, task, zeroDivision: 1, sampleWeight: $2)] },
            "recall": { [recall($0, $1, task, sampleWeight: $2)] },
            "specificity": { [specificity($0, $1, task, sampleWeight: $2)] },
            "f1": { [f1Score($0, $1, task, sampleWeight: $2)] },
            "f2": { [fBetaScore($0, $1, task, beta: 2, sampleWeight: $2)] },
            "f0.5": value { FBetaScore(task, beta: 0.5) },
            "jaccard": { [intersectionOverUnion($0, $1, task, zeroDivision: 0, sampleWeight: $2)] },
            "confusion": metric(confusion) { $0.counts.array() },
            "balancedAccuracy": value { BalancedAccuracy(confusion()) },
            "kappa": value { CohenKappa(confusion()) },
            "matthews": value { MatthewsCorrelation(confusion()) },
            "rocAUC": { [rocAUC($0, $1, sampleWeight: $2)] },
            "averagePrecision": { [averagePrecision($0, $1, sampleWeight: $2)] },
            "rocCurve": {
                let curve = rocCurve($0, $1, sampleWeight: $2)
                return curve.falsePositiveRates + curve.truePositiveRates + curve.thresholds
            },
            "precisionRecallCurve": {
                let curve = precisionRecallCurve($0, $1, sampleWeight: $2)
                return curve.precisions + curve.recalls + curve.thresholds
            },
        ]
    }

    private static let probabilities: [String: Values] = {
        var table = binary(0.5)
        let task = Classification.binary(threshold: 0.5)
        table["logLoss"] = { [logLoss($0, $1, sampleWeight: $2)] }
        for (name, strategy) in [("uniform", Calibration.Strategy.uniform), ("quantile", .quantile)] {
            table["calibration-\(name)"] = {
                let curve = calibrationCurve($0, $1, bins: 6, strategy: strategy, sampleWeight: $2)
                return curve.sharesOfYes + curve.meanProbabilities
            }
        }
        table["keras.BinaryAccuracy"] = value { Accuracy(.binary(threshold: 0.3)) }
        table["keras.Precision"] = value { Precision(task) }
        table["keras.Recall"] = value { Recall(task) }
        table["keras.BinaryIoU"] = value { IoU(task, of: [0, 1]) }
        table["keras.BinaryCrossentropy"] = value { MeanMetric.logLoss(epsilon: 1e-7) }
        table["keras.PrecisionAtRecall"] = value { PrecisionAtRecall(0.6) }
        table["keras.RecallAtPrecision"] = value { RecallAtPrecision(0.7) }
        table["keras.SensitivityAtSpecificity"] = value { SensitivityAtSpecificity(0.7) }
        table["keras.SpecificityAtSensitivity"] = value { SpecificityAtSensitivity(0.7, thresholds: 11) }
        table["keras.TruePositives"] = value { OutcomeCount(.truePositives, task) }
        table["keras.FalsePositives"] = value { OutcomeCount(.falsePositives, task) }
        table["keras.TrueNegatives"] = value { OutcomeCount(.trueNegatives, task) }
        table["keras.FalseNegatives"] = value { OutcomeCount(.falseNegatives, task) }
        for (name, curve) in [("ROC", AUC.Curve.roc), ("PR", .precisionRecall)] {
            for summation in AUC.Summation.allCases {
                table["keras.AUC-\(name)-\(summation)"] = value { AUC(curve, summation: summation) }
            }
            table["keras.AUC-\(name)-11"] = value { AUC(curve, thresholds: 11) }
        }
        return table
    }()

    /// Labels as one-hot vectors of float32.
    private static func oneHot<M: Metric<Double> & SendableMetatype>(_ make: @escaping @Sendable () -> M) -> Values {
        { [value(make)($0, Tern.oneHot($1, classes: 4), $2)[0]] }
    }

    private static let multiclass: [String: Values] = {
        let task = Classification.multiclass(classes: 4)
        let confusion = { @Sendable in ConfusionMatrix(classes: 4) }
        var table: [String: Values] = [
            "accuracy": { [accuracy($0, $1, sampleWeight: $2)] },
            "topK": { [accuracy($0, $1, .topK(2), sampleWeight: $2)] },
            "balancedAccuracy": { [balancedAccuracy($0, $1, classes: 4, sampleWeight: $2)] },
            "balancedAccuracy-adjusted": { [balancedAccuracy($0, $1, classes: 4, adjusted: true, sampleWeight: $2)] },
            "kappa": { [cohenKappa($0, $1, classes: 4, sampleWeight: $2)] },
            "kappa-linear": { [cohenKappa($0, $1, classes: 4, weights: .linear, sampleWeight: $2)] },
            "kappa-quadratic": { [cohenKappa($0, $1, classes: 4, weights: .quadratic, sampleWeight: $2)] },
            "matthews": { [matthewsCorrelation($0, $1, classes: 4, sampleWeight: $2)] },
            "averagePrecision-macro": value { AveragePrecision(.multiclass(classes: 4)) },
            "averagePrecision-weighted": value { AveragePrecision(.multiclass(classes: 4), average: .weighted) },
            "rocAUC-ovr-macro": classAUC(.macro),
            "rocAUC-ovr-weighted": classAUC(.weighted),
            "rocAUC-ovo-macro": classAUC(.pairs),
            "rocAUC-ovo-weighted": classAUC(.weightedPairs),
            "logLoss": { [logLoss($0, $1, sampleWeight: $2)] },
            "confusion-None": { confusionMatrix($0, $1, classes: 4, sampleWeight: $2).array() },
            "confusion-true": metric(confusion) { $0.normalized(by: .truth).array() },
            "confusion-pred": metric(confusion) { $0.normalized(by: .predictions).array() },
            "confusion-all": metric(confusion) { $0.normalized(by: .all).array() },
            "keras.SparseCategoricalAccuracy": value { Accuracy() },
            "keras.CategoricalAccuracy": oneHot { Accuracy() },
            "keras.SparseTopKCategoricalAccuracy": value { Accuracy(.topK(2)) },
            "keras.TopKCategoricalAccuracy": oneHot { Accuracy(.topK(2)) },
            "keras.MeanIoU": value { IoU(task) },
            "keras.MeanIoU-ignoring": value { IoU(.multiclass(classes: 4, ignoring: 1)) },
            "keras.IoU": value { IoU(task, of: [0, 2]) },
            "keras.OneHotIoU": oneHot { IoU(task, of: [0, 3]) },
            "keras.OneHotMeanIoU": oneHot { IoU(task) },
            "keras.CategoricalCrossentropy": oneHot { MeanMetric.logLoss(epsilon: 1e-7) },
            "keras.SparseCategoricalCrossentropy": value { MeanMetric.logLoss(epsilon: 1e-7) },
            "keras.SparseCategoricalCrossentropy-logits": value { MeanMetric.crossEntropy() },
        ]
        for average in ClassAverage.allCases {
            table["precision-\(average)"] = value { Precision(task, average: average) }
            table["recall-\(average)"] = value { Recall(task, average: average) }
            table["f1-\(average)"] = value { FBetaScore(task, average: average) }
            table["f2-\(average)"] = value { FBetaScore(task, beta: 2, average: average) }
            table["jaccard-\(average)"] = value { IoU(task, average: average, zeroDivision: 0) }
            table["recall-nan-\(average)"] = value { Recall(task, average: average, zeroDivision: .nan) }
            table["precision-one-\(average)"] = value { Precision(task, average: average, zeroDivision: 1) }
        }
        table["precision-None"] = perClass { Precision(task) }
        table["recall-None"] = perClass { Recall(task) }
        table["f1-None"] = perClass { FBetaScore(task) }
        table["f2-None"] = perClass { FBetaScore(task, beta: 2) }
        table["jaccard-None"] = perClass { IoU(task, zeroDivision: 0) }
        table["recall-nan-None"] = perClass { Recall(task, zeroDivision: .nan) }
        table["precision-one-None"] = perClass { Precision(task, zeroDivision: 1) }
        return table
    }()

    /// Of probabilities that add up to 1, as scikit-learn wants them.
    private static func classAUC(_ average: ROCAUC.Average) -> Values {
        { scores, labels, weight in
            let exact = scores.converted(to: .float64)
            let shares = exact / exact.sum(axes: -1, keepAxes: true)
            return [rocAUC(shares, labels, .multiclass(classes: 4), average: average, sampleWeight: weight)]
        }
    }

    private static let multilabel: [String: Values] = {
        let task = Classification.multilabel(labels: 3, threshold: 0.5)
        var table: [String: Values] = [
            "exactMatch": value { Accuracy(.exactMatch(threshold: 0.5)) },
            "accuracy": value { Accuracy(.multilabel(threshold: 0.5)) },
            "averagePrecision-macro": value { AveragePrecision(.multilabel(labels: 3)) },
            "averagePrecision-weighted": value { AveragePrecision(.multilabel(labels: 3), average: .weighted) },
            "rocAUC": metric({ ROCAUC(.multilabel(labels: 3)) }, { $0.perClass.array() }),
            "keras.F1Score": value { FBetaScore(task) },
            "keras.FBetaScore": value { FBetaScore(task, beta: 2, average: .weighted) },
            "keras.FBetaScore-micro": value { FBetaScore(task, beta: 2, average: .micro) },
            "keras.Precision-top2": value { Precision(.topLabels(k: 2, labels: 3), average: .micro) },
            "precision-None": perClass { Precision(task) },
            "recall-None": perClass { Recall(task) },
            "f1-None": perClass { FBetaScore(task) },
        ]
        for average in ClassAverage.allCases {
            table["precision-\(average)"] = value { Precision(task, average: average) }
            table["recall-\(average)"] = value { Recall(task, average: average) }
            table["f1-\(average)"] = value { FBetaScore(task, average: average) }
        }
        return table
    }()

    private static func regression(_ outputs: Int) -> [String: Values] {
        [
            "meanAbsoluteError": { [meanAbsoluteError($0, $1, sampleWeight: $2)] },
            "meanSquaredError": { [meanSquaredError($0, $1, sampleWeight: $2)] },
            "rootMeanSquaredError": { [rootMeanSquaredError($0, $1, sampleWeight: $2)] },
            "r2": { [r2Score($0, $1, sampleWeight: $2)] },
            "r2-variance": { [r2Score($0, $1, average: .varianceWeighted, sampleWeight: $2)] },
            "r2-raw": metric({ R2Score(outputs: outputs) }, { $0.perOutput.array() }),
            "explainedVariance": { [explainedVariance($0, $1, sampleWeight: $2)] },
            "explainedVariance-variance": value { ExplainedVariance(outputs: outputs, average: .varianceWeighted) },
            "pearson": metric({ PearsonCorrelation(outputs: outputs) }, { $0.perOutput.array() }),
            "concordance": metric({ ConcordanceCorrelation(outputs: outputs) }, { $0.perOutput.array() }),
        ]
    }

    /// What Keras's cases make of positive predictions and targets.
    private static let signs: @Sendable (Tensor, Tensor) -> (Tensor, Tensor) = { ($0 - 1, sign($1 - 1)) }
    private static let shares: @Sendable (Tensor, Tensor) -> (Tensor, Tensor) = {
        ($0 / $0.sum(axes: -1, keepAxes: true), $1 / $1.sum(axes: -1, keepAxes: true))
    }
    private static let largest: @Sendable (Tensor, Tensor) -> (Tensor, Tensor) = {
        ($0, Tern.oneHot($1.argmax(axis: -1), classes: 4))
    }

    private static func value(
        of convert: @escaping @Sendable (Tensor, Tensor) -> (Tensor, Tensor),
        _ make: @escaping @Sendable () -> MeanMetric
    ) -> Values {
        {
            let (predictions, targets) = convert($0, $1)
            return value(make)(predictions, targets, $2)
        }
    }

    private static let kerasRegression: [String: Values] = [
        "keras.MeanAbsolutePercentageError": value { MeanMetric.meanAbsolutePercentageError() },
        "keras.MeanSquaredLogarithmicError": value { MeanMetric.meanSquaredLogarithmicError() },
        "keras.LogCoshError": value { MeanMetric.logCosh() },
        "keras.Poisson": value { MeanMetric.poisson() },
        "keras.CosineSimilarity": value { MeanMetric.cosineSimilarity() },
        "keras.Hinge": value(of: signs) { MeanMetric.hinge() },
        "keras.SquaredHinge": value(of: signs) { MeanMetric.squaredHinge() },
        "keras.CategoricalHinge": value(of: largest) { MeanMetric.categoricalHinge() },
        "keras.KLDivergence": value(of: shares) { MeanMetric.klDivergence() },
        "keras.MeanAbsoluteError": value { MeanMetric.meanAbsoluteError() },
        "keras.MeanSquaredError": value { MeanMetric.meanSquaredError() },
        "keras.RootMeanSquaredError": value { MeanMetric.rootMeanSquaredError() },
        "keras.R2Score": value { R2Score(outputs: 4) },
        "keras.R2Score-variance": value { R2Score(outputs: 4, average: .varianceWeighted) },
        "keras.R2Score-adjusted": value { R2Score(outputs: 4, average: .varianceWeighted, regressors: 3) },
        "keras.PearsonCorrelation": value { MeanMetric.correlationWithinExamples() },
        "keras.ConcordanceCorrelation": value { MeanMetric.concordanceWithinExamples() },
    ]

    static let tables: [String: [String: Values]] = [
        "binary": probabilities, "binary-fine": probabilities, "binary-all-no": binary(0.5),
        "binary-all-yes": binary(0.5), "binary-extreme": binary(0), "multiclass": multiclass,
        "multiclass-absent": multiclass, "multilabel": multilabel, "regression": regression(1),
        "regression-outputs": regression(3), "regression-far": regression(1), "regression-large": regression(1),
        "regression-constant": regression(1), "regression-positive": kerasRegression,
    ]

    @Test("values are those of the other library, with weights and without", arguments: tables.keys.sorted())
    func agrees(name: String) throws {
        let group = try #require(Self.goldens.cases[name])
        let (predictions, targets) = (group["predictions"]!, group["targets"]!)
        for (metric, values) in Self.tables[name]! {
            for (key, weight) in [(metric, nil), (metric + ".weighted", group["weights"]!)] {
                guard let expected = group[key]?.array(of: Double.self) else {
                    if weight == nil { Issue.record("\(name) has no \(key)") }
                    continue
                }
                let actual = values(predictions, targets, weight)
                // Keras computes in float32.
                let tolerance = key.hasPrefix("keras.") ? 3e-6 : 1e-10
                let isSame =
                    actual.count == expected.count
                    && zip(actual, expected).allSatisfy {
                        $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance * max(abs($1), 1e-3)
                    }
                #expect(isSame, "\(name), \(key): \(actual), expected \(expected)")
            }
        }
    }

    @Test("every golden value of a metric is tested")
    func complete() {
        #expect(Set(Self.goldens.cases.keys) == Set(Self.tables.keys))
        for (name, group) in Self.goldens.cases {
            let names = Set(group.keys.map { $0.hasSuffix(".weighted") ? String($0.dropLast(9)) : $0 })
            let tested = Set(Self.tables[name]?.keys ?? [:].keys)
            #expect(names.subtracting(["predictions", "targets", "weights"]) == tested, "\(name)")
        }
    }
}
