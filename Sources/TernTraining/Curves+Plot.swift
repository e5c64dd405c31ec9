import TernMetrics
import TernPlot

extension ROCCurve {
    /// The curve, beside that of chance.
    ///
    /// ```swift
    /// try rocCurve(scores, labels).plot().write(to: "roc.svg")
    /// ```
    public func plot(title: String = "ROC") -> Chart {
        square(title, "false positive rate", "true positive rate") {
            Line([0, 1], [0, 1], name: "chance", isDashed: true)
            Line(falsePositiveRates, truePositiveRates, name: "AUC \(rounded(area))")
        }
    }
}

extension PrecisionRecallCurve {
    /// Precision over recall.
    public func plot(title: String = "Precision and recall") -> Chart {
        square(title, "recall", "precision") { Line(recalls, precisions, name: "area \(rounded(area))") }
    }
}

extension CalibrationCurve {
    /// How often probabilities come true, beside where they should.
    public func plot(title: String = "Calibration") -> Chart {
        square(title, "mean probability", "share of yes") {
            Line([0, 1], [0, 1], name: "calibrated", isDashed: true)
            Line(meanProbabilities, sharesOfYes, name: "predicted", marker: .circle)
        }
    }
}

private func square(_ title: String, _ xLabel: String, _ yLabel: String, @ChartBuilder _ marks: () -> [Mark]) -> Chart {
    Chart(
        title: title, xLabel: xLabel, yLabel: yLabel, xRange: 0...1, yRange: 0...1, width: 480, height: 480,
        marks: marks)
}

/// With three digits behind the point.
private func rounded(_ value: Double) -> String {
    if !value.isFinite { return "\(value)" }
    let thousandths = Int((value * 1000).rounded())
    let digits = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
}
