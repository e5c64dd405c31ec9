import TernCore

/// Checks a metric over batches of predictions and labels: its value is the same for all batches at once, in another order, with
/// other layouts, after its state was saved half-way and loaded into another one, and after a reset; and it keeps no tensor of a
/// graph.
///
/// ```swift
/// try checkMetric(
///     batches, making: { Accuracy() }, update: { $0.update($1, $2) }, reset: { $0.reset() }, value: { [$0.value] })
/// ```
///
/// - Parameters:
///   - batches: two or more, with examples along the first axis.
///   - make: a new metric.
///   - update: adds a batch.
///   - reset: sets it back to what a new one is.
///   - value: the numbers that it tells.
///   - tolerance: of a value that is summed in another order.
/// - Throws: ``CheckFailure`` with all findings.
public func checkMetric<Metric: Stateful>(
    _ batches: [(Tensor, Tensor)], making make: () -> Metric, update: (Metric, Tensor, Tensor) -> Void,
    reset: (Metric) -> Void, value: (Metric) -> [Double], tolerance: Tolerance = .of(.float64)
) throws(CheckFailure) {
    let report = CheckReport()
    func total(_ batches: [(Tensor, Tensor)], _ metric: Metric? = nil) -> [Double] {
        let metric = metric ?? make()
        for (prediction, label) in batches { update(metric, prediction, label) }
        return value(metric)
    }
    func expect(_ actual: [Double], _ expected: [Double], _ tolerance: Tolerance, _ what: String) {
        report.expectClose(
            Tensor(actual, dtype: .float64), Tensor(expected, dtype: .float64), tolerance, "the value \(what)")
    }
    let exact = Tolerance(relative: 0, absolute: 0)
    let expected = total(batches)
    report.run("batches") {
        let whole = (
            concatenated(batches.map(\.0), axis: 0), concatenated(batches.map(\.1), axis: 0)
        )
        expect(total([whole]), expected, tolerance, "of all batches as one")
        expect(total(batches.reversed()), expected, tolerance, "of the batches in reverse order")
    }
    report.run("layouts") {
        for layout in TensorLayout.allCases {
            let moved = batches.map { (layout.of($0.0), layout.of($0.1)) }
            expect(total(moved), expected, tolerance, "of \(layout) batches")
        }
    }
    report.run("reset") {
        let metric = make()
        _ = total(batches, metric)
        reset(metric)
        expect(value(metric), value(make()), exact, "after a reset")
        expect(total(batches, metric), expected, exact, "of the batches after a reset")
    }
    report.run("resumes") {
        let (metric, other) = (make(), make())
        let half = batches.count / 2
        _ = total(Array(batches[..<half]), metric)
        do {
            try other.restore(metric.savedState)
        } catch {
            return report.add("its state does not load: \(error)")
        }
        expect(total(Array(batches[half...]), other), expected, exact, "of a metric that goes on from a saved state")
    }
    report.run("leaks") {
        let variable = Variable(batches[0].0.dtype.isFloatingPoint ? batches[0].0 : Tensor([0]))
        func use() {
            let metric = make()
            let prediction = batches[0].0.dtype.isFloatingPoint ? variable.value * 1.0 : batches[0].0
            update(metric, prediction, batches[0].1)
            _ = value(metric)
        }
        use()
        let left = storagesLeft(by: use)
        report.expect(left.count == 0, "\(Leak(storages: left.count, bytes: left.bytes))")
    }
    try report.finish("\(Metric.self)")
}
