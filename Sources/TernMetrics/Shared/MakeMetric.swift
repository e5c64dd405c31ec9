import TernCore

/// A metric by its name, for configuration files.
///
/// ```swift
/// let accuracy = try makeMetric("accuracy")
/// let f1 = try makeMetric("f1", settings: ["classes": 10, "average": "weighted"])
/// ```
///
/// - Parameters:
///   - name: one of ``metricNames``; capitals make no difference.
///   - settings: those of the metric, with the same defaults. What is told apart is `classes`, `labels` with a `threshold`, or
///     else yes and no with a `threshold`, which is 0.5 by default.
/// - Throws: ``/TernCore/ConfigurationError`` for an unknown name, for which it lists those that there are, and for
///   settings that are unknown, missing, of another kind or out of range.
public func makeMetric(
    _ name: String, settings: [String: StateValue] = [:]
) throws(ConfigurationError) -> any Metric<Double> {
    guard let (title, make) = makers[name.lowercased()] else {
        throw ConfigurationError("there is no metric '\(name)', only \(metricNames.joined(separator: ", "))")
    }
    var reader = MetricSettings(settings)
    let metric = make(&reader)
    if let problem = reader.problem { throw ConfigurationError("\(title): \(problem)") }
    return metric()
}

/// The names that ``makeMetric(_:settings:)`` takes, sorted.
public var metricNames: [String] { makers.values.map(\.title).sorted() }

/// Reads the settings; what it gives makes the metric, if there was no problem.
private typealias Maker = @Sendable (inout MetricSettings) -> () -> any Metric<Double>

/// By their titles in small letters.
private let makers: [String: (title: String, make: Maker)] = {
    let makers: [String: Maker] = [
        "accuracy": { reader in
            if reader.has("labels") { reader.complain("labels: multilabelAccuracy has them") }
            return { Accuracy() }
        },
        "binaryAccuracy": { reader in
            let threshold = reader.number("threshold", 0.5)
            return { Accuracy(.binary(threshold: threshold)) }
        },
        "multilabelAccuracy": { reader in
            let threshold = reader.number("threshold", 0.5)
            return { Accuracy(.multilabel(threshold: threshold)) }
        },
        "exactMatch": { reader in
            let threshold = reader.number("threshold", 0.5)
            return { Accuracy(.exactMatch(threshold: threshold)) }
        },
        "topKAccuracy": { reader in
            let k = reader.count("k", 5)
            return { Accuracy(.topK(k)) }
        },
        "precision": { reader in
            let (task, average, zero) = reader.classMetric()
            return { Precision(task, average: average, zeroDivision: zero) }
        },
        "recall": { reader in
            let (task, average, zero) = reader.classMetric()
            return { Recall(task, average: average, zeroDivision: zero) }
        },
        "specificity": { reader in
            let (task, average, zero) = reader.classMetric()
            return { Specificity(task, average: average, zeroDivision: zero) }
        },
        "f1": { reader in
            let (task, average, zero) = reader.classMetric()
            return { FBetaScore(task, average: average, zeroDivision: zero) }
        },
        "fBeta": { reader in
            let (task, average, zero) = reader.classMetric()
            let beta = reader.number("beta", above: 0)
            return { FBetaScore(task, beta: beta, average: average, zeroDivision: zero) }
        },
        "iou": { reader in
            let (task, average, zero) = reader.classMetric(zeroDivision: .nan)
            return { IoU(task, average: average, zeroDivision: zero) }
        },
        "balancedAccuracy": { reader in
            let confusion = reader.confusion()
            return { BalancedAccuracy(confusion()) }
        },
        "kappa": { reader in
            let confusion = reader.confusion()
            let weights = reader.word("weights", CohenKappa.Weights.none)
            return { CohenKappa(confusion(), weights: weights) }
        },
        "matthews": { reader in
            let confusion = reader.confusion()
            return { MatthewsCorrelation(confusion()) }
        },
        "rocAUC": { reader in
            let ranking = reader.ranking()
            let average = reader.word("average", ROCAUC.Average.macro)
            if average == .pairs || average == .weightedPairs, !reader.has("classes") {
                reader.complain("average: expects classes for pairs of them")
            }
            return { ROCAUC(ranking, average: average) }
        },
        "averagePrecision": { reader in
            let ranking = reader.ranking()
            let average = reader.word("average", AveragePrecision.Average.macro)
            return { AveragePrecision(ranking, average: average) }
        },
        "auc": { reader in
            let curve = reader.word("curve", AUC.Curve.roc)
            let summation = reader.word("summation", AUC.Summation.interpolation)
            let thresholds = reader.count("thresholds", 200, atLeast: 2)
            return { AUC(curve, thresholds: thresholds, summation: summation) }
        },
        "sensitivityAtSpecificity": { reader in
            let (rate, thresholds) = (reader.share("specificity"), reader.count("thresholds", 200, atLeast: 2))
            return { SensitivityAtSpecificity(rate, thresholds: thresholds) }
        },
        "specificityAtSensitivity": { reader in
            let (rate, thresholds) = (reader.share("sensitivity"), reader.count("thresholds", 200, atLeast: 2))
            return { SpecificityAtSensitivity(rate, thresholds: thresholds) }
        },
        "precisionAtRecall": { reader in
            let (rate, thresholds) = (reader.share("recall"), reader.count("thresholds", 200, atLeast: 2))
            return { PrecisionAtRecall(rate, thresholds: thresholds) }
        },
        "recallAtPrecision": { reader in
            let (rate, thresholds) = (reader.share("precision"), reader.count("thresholds", 200, atLeast: 2))
            return { RecallAtPrecision(rate, thresholds: thresholds) }
        },
        "calibrationError": { reader in
            let bins = reader.count("bins", 10)
            let strategy = reader.word("strategy", Calibration.Strategy.uniform)
            return { Calibration(bins: bins, strategy: strategy) }
        },
        "logLoss": { _ in { MeanMetric.logLoss() } },
        "crossEntropy": { _ in { MeanMetric.crossEntropy() } },
        "perplexity": { reader in
            let ignored = reader.has("ignoring") ? reader.count("ignoring", atLeast: 0) : nil
            return { Perplexity(ignoring: ignored) }
        },
        "meanAbsoluteError": { _ in { MeanMetric.meanAbsoluteError() } },
        "mae": { _ in { MeanMetric.meanAbsoluteError() } },
        "meanSquaredError": { _ in { MeanMetric.meanSquaredError() } },
        "mse": { _ in { MeanMetric.meanSquaredError() } },
        "rootMeanSquaredError": { _ in { MeanMetric.rootMeanSquaredError() } },
        "rmse": { _ in { MeanMetric.rootMeanSquaredError() } },
        "meanAbsolutePercentageError": { _ in { MeanMetric.meanAbsolutePercentageError() } },
        "mape": { _ in { MeanMetric.meanAbsolutePercentageError() } },
        "meanSquaredLogarithmicError": { _ in { MeanMetric.meanSquaredLogarithmicError() } },
        "msle": { _ in { MeanMetric.meanSquaredLogarithmicError() } },
        "logCosh": { _ in { MeanMetric.logCosh() } },
        "poisson": { _ in { MeanMetric.poisson() } },
        "cosineSimilarity": { _ in { MeanMetric.cosineSimilarity() } },
        "hinge": { _ in { MeanMetric.hinge() } },
        "squaredHinge": { _ in { MeanMetric.squaredHinge() } },
        "categoricalHinge": { _ in { MeanMetric.categoricalHinge() } },
        "klDivergence": { _ in { MeanMetric.klDivergence() } },
        "r2": { reader in
            let (outputs, average) = reader.outputs()
            return { R2Score(outputs: outputs, average: average) }
        },
        "explainedVariance": { reader in
            let (outputs, average) = reader.outputs()
            return { ExplainedVariance(outputs: outputs, average: average) }
        },
        "pearsonCorrelation": { reader in
            let outputs = reader.count("outputs", 1)
            return { PearsonCorrelation(outputs: outputs) }
        },
        "concordanceCorrelation": { reader in
            let outputs = reader.count("outputs", 1)
            return { ConcordanceCorrelation(outputs: outputs) }
        },
    ]
    return Dictionary(uniqueKeysWithValues: makers.map { ($0.lowercased(), (title: $0, make: $1)) })
}()

/// Reads settings and keeps the first problem.
private struct MetricSettings {
    private let values: [String: StateValue]
    private var wasRead: Set<String> = []
    private var complaint: String?

    init(_ values: [String: StateValue]) { self.values = values }

    /// The first thing that is wrong.
    var problem: String? {
        if let complaint { return complaint }
        let unknown = Set(values.keys).subtracting(wasRead).sorted()
        if unknown.isEmpty { return nil }
        let known = wasRead.isEmpty ? "there are none" : "only \(wasRead.sorted().joined(separator: ", "))"
        return "has no setting \(unknown.joined(separator: ", ")), \(known)"
    }

    mutating func complain(_ problem: String) { complaint = complaint ?? problem }

    mutating func has(_ name: String) -> Bool { values[name] != nil }

    /// - Parameter fallback: nil if the setting must be there.
    mutating func number(_ name: String, _ fallback: Double? = nil, above least: Double = -.infinity) -> Double {
        wasRead.insert(name)
        guard let value = values[name] else {
            if fallback == nil { complain("needs a setting \(name)") }
            return fallback ?? 1
        }
        guard let number = value.number ?? value.integer.map(Double.init), !number.isNaN || fallback?.isNaN == true
        else {
            complain("\(name): expects a number, got \(value.kind)")
            return 1
        }
        if number <= least { complain("\(name): expects more than \(least), got \(number)") }
        return number
    }

    mutating func share(_ name: String) -> Double {
        let value = number(name)
        if !(0...1).contains(value) { complain("\(name): expects a number in 0...1, got \(value)") }
        return value
    }

    mutating func count(_ name: String, _ fallback: Int? = nil, atLeast least: Int = 1) -> Int {
        wasRead.insert(name)
        guard let value = values[name] else {
            if fallback == nil { complain("needs a setting \(name)") }
            return fallback ?? least
        }
        guard let count = value.integer ?? value.number.flatMap({ Int(exactly: $0) }), count >= least, count <= 1 << 24
        else {
            complain("\(name): expects an integer in \(least)...\(1 << 24), got \(value.plain)")
            return least
        }
        return count
    }

    mutating func word<Word: CaseIterable>(_ name: String, _ fallback: Word) -> Word {
        wasRead.insert(name)
        guard let value = values[name] else { return fallback }
        if let found = Word.allCases.first(where: { "\($0)" == value.text }) { return found }
        let words = Word.allCases.map { "\($0)" }.joined(separator: ", ")
        complain("\(name): expects one of \(words), got \(value.kind)")
        return fallback
    }

    mutating func task() -> Classification {
        if has("classes") {
            let ignored = has("ignoring") ? count("ignoring", atLeast: -1 << 24) : nil
            return .multiclass(classes: count("classes", atLeast: 2), ignoring: ignored)
        }
        let threshold = number("threshold", 0.5)
        return has("labels")
            ? .multilabel(labels: count("labels"), threshold: threshold) : .binary(threshold: threshold)
    }

    mutating func classMetric(zeroDivision: Double = 0) -> (Classification, ClassAverage, Double) {
        (task(), word("average", ClassAverage.macro), number("zeroDivision", zeroDivision))
    }

    mutating func ranking() -> Ranking {
        if has("classes") { return .multiclass(classes: count("classes", atLeast: 2)) }
        return has("labels") ? .multilabel(labels: count("labels")) : .binary
    }

    mutating func confusion() -> () -> ConfusionMatrix {
        if has("classes") {
            let classes = count("classes", atLeast: 2)
            if classes > 10_000 { complain("classes: expects at most 10000, got \(classes)") }
            return { ConfusionMatrix(classes: classes) }
        }
        let threshold = number("threshold", 0.5)
        return { ConfusionMatrix(threshold: threshold) }
    }

    mutating func outputs() -> (Int, OutputAverage) {
        (count("outputs", 1), word("average", OutputAverage.uniform))
    }
}
