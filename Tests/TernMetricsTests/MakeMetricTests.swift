import TernCore
import TernMetrics
import Testing

@Suite("Metrics by name")
struct MakeMetricTests {
    /// Settings that a name cannot do without.
    static let needed: [String: [String: StateValue]] = [
        "fBeta": ["beta": 2], "sensitivityAtSpecificity": ["specificity": 0.5],
        "specificityAtSensitivity": ["sensitivity": 0.5], "precisionAtRecall": ["recall": 0.5],
        "recallAtPrecision": ["precision": 0.5],
    ]

    @Test("every name makes a metric, in any capitals, and an unknown setting is an error", arguments: metricNames)
    func names(name: String) throws {
        let settings = Self.needed[name] ?? [:]
        #expect(try makeMetric(name, settings: settings).savedState.isEmpty == false)
        #expect(try makeMetric(name.uppercased(), settings: settings).savedState.isEmpty == false)
        let error = #expect(throws: ConfigurationError.self) {
            try makeMetric(name, settings: settings.merging(["nonsense": 1]) { $1 })
        }
        #expect(error?.description.contains("nonsense") == true)
        if !settings.isEmpty {
            let error = #expect(throws: ConfigurationError.self) { try makeMetric(name) }
            #expect(error?.description == "\(name): needs a setting \(settings.keys.first!)")
        }
    }

    @Test("settings are those of the metric")
    func settings() throws {
        let f1 = try #require(
            try makeMetric("f1", settings: ["classes": 3, "average": "weighted", "zeroDivision": 1]) as? FBetaScore)
        #expect(f1.task == .multiclass(classes: 3) && f1.average == .weighted && f1.zeroDivision == 1)
        let iou = try #require(try makeMetric("iou", settings: ["classes": 21, "ignoring": 255]) as? IoU)
        #expect(iou.task == .multiclass(classes: 21, ignoring: 255) && iou.zeroDivision.isNaN)
        let recall = try #require(try makeMetric("recall", settings: ["labels": 4, "threshold": 0]) as? Recall)
        #expect(recall.task == .multilabel(labels: 4, threshold: 0))
        let auc = try #require(try makeMetric("auc", settings: ["curve": "precisionRecall", "thresholds": 50]) as? AUC)
        #expect(auc.curve == .precisionRecall && auc.thresholds == 50)
        let kappa = try #require(
            try makeMetric("kappa", settings: ["classes": 5, "weights": "quadratic"]) as? CohenKappa)
        #expect(kappa.weights == .quadratic && kappa.confusion.classCount == 5)
    }

    static let wrong: [(String, [String: StateValue], String)] = [
        ("acuracy", [:], "there is no metric 'acuracy', only \(metricNames.joined(separator: ", "))"),
        ("mse", ["k": 1], "mse: has no setting k, there are none"),
        ("topKAccuracy", ["classes": 10], "topKAccuracy: has no setting classes, only k"),
        ("topKAccuracy", ["k": 0], "topKAccuracy: k: expects an integer in 1...16777216, got 0"),
        ("topKAccuracy", ["k": 1.5], "topKAccuracy: k: expects an integer in 1...16777216, got 1.5"),
        ("f1", ["average": "mean"], "f1: average: expects one of micro, macro, weighted, got the text \"mean\""),
        ("f1", ["threshold": "high"], "f1: threshold: expects a number, got the text \"high\""),
        ("fBeta", ["beta": 0], "fBeta: beta: expects more than 0.0, got 0.0"),
        ("rocAUC", ["average": "pairs"], "rocAUC: average: expects classes for pairs of them"),
        ("precisionAtRecall", ["recall": 1.5], "precisionAtRecall: recall: expects a number in 0...1, got 1.5"),
        ("kappa", ["classes": 20000], "kappa: classes: expects at most 10000, got 20000"),
    ]

    @Test("what is wrong is an error that says so", arguments: wrong.indices)
    func errors(_ index: Int) {
        let (name, settings, message) = Self.wrong[index]
        let error = #expect(throws: ConfigurationError.self) { try makeMetric(name, settings: settings) }
        #expect(error?.description == message)
    }
}
