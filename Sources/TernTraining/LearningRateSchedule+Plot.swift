import TernCore
import TernOptimizers
import TernPlot

extension LearningRateSchedule {
    /// The rates of the first steps, drawn.
    ///
    /// ```swift
    /// let schedule = OneCycleSchedule(maximum: 0.1, steps: 1000)
    /// try schedule.plot(steps: 1000).write(to: "rates.svg")
    /// ```
    ///
    /// A chart is a value: `yScale = .logarithmic` shows small rates. Of very many steps some are drawn.
    ///
    /// - Parameter steps: how many, from step 0 on; positive.
    public func plot(steps: Int) -> Chart {
        Chart(title: "Learning rate", xLabel: "step", yLabel: "learning rate") { line(steps) { self[$0] } }
    }

    /// The momentum of the first steps, drawn; `nil` if the schedule has none.
    public func plotMomentum(steps: Int) -> Chart? {
        let line = line(steps) { momentum(at: $0) ?? .nan }
        if line.y.allSatisfy(\.isNaN) { return nil }
        return Chart(title: "Momentum", xLabel: "step", yLabel: "momentum") { line }
    }

    private func line(_ steps: Int, _ value: (Int) -> Double) -> Line {
        if steps < 1 { mistake("plot", "steps must be positive, got \(steps)") }
        let places = Array(stride(from: 0, to: steps, by: (steps - 1) / 10_000 + 1))
        return Line(places, places.map(value))
    }
}
