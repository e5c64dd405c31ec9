import Tern
import TernTestSupport
import Testing

@Suite("Charts of schedules")
struct ScheduleChartTests {
    private static func line(_ chart: Chart) throws -> Line {
        guard case .line(let line) = try #require(chart.marks.first) else { throw CancellationError() }
        return line
    }

    @Test("show the rate of every step, and the momentum where there is one")
    func rates() throws {
        let schedule = OneCycleSchedule(maximum: 1, steps: 20)
        let chart = schedule.plot(steps: 20)
        let line = try Self.line(chart)
        #expect(line.x == (0..<20).map(Double.init) && line.y == (0..<20).map { schedule[$0] })
        #expect(chart.title == "Learning rate" && chart.xLabel == "step" && chart.yLabel == "learning rate")
        let momentum = try #require(schedule.plotMomentum(steps: 20))
        #expect(try Self.line(momentum).y == (0..<20).map { schedule.momentum(at: $0)! })
        #expect(momentum.title == "Momentum" && ConstantSchedule(1).plotMomentum(steps: 20) == nil)
        // The momentum begins behind the warm-up.
        let warm = try Self.line(#require(schedule.warmedUp(steps: 5).plotMomentum(steps: 7)))
        #expect(warm.y.prefix { $0.isNaN }.count == 5 && warm.y[5...] == [0.95, schedule.momentum(at: 1)!])
        #expect(chart.svg().contains("<polyline") || chart.svg().contains("<path"))
    }

    @Test("of very many steps show some of them")
    func manySteps() throws {
        let line = try Self.line(ExponentialSchedule(from: 1, factor: 0.999).plot(steps: 1_000_000))
        #expect(line.x.count == 10_000 && line.x[1] == 100 && line.x.last == 999_900)
    }

    @Test("need a step")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ConstantSchedule(1).plot(steps: 0)
        }.expectMessage("plot: steps must be positive, got 0")
    }
}

@Test("a chart in characters has its lines as dots and its points as marks, between axes with numbers")
func chartText() {
    let chart = Chart(title: "Line", xLabel: "x") {
        Line([0, 10], [0, 8], name: "fitted")
        Points([0, 5], [0, 8], name: "given")
        Bars(["a"], [3])
    }
    #expect(
        chart.text(columns: 24, rows: 7) == """
            Line  ⠒⠒ fitted  o given
            10 ┤          o        ⢀
               │             ⣀⣀⠤⠔⠒⠉⠁
             5 ┤      ⢀⣀⡠⠤⠒⠊⠉       
             0 ┤o⣀⠤⠔⠒⠉⠁             
               └┴──────────────────┴
            x   0                 10
            """)
    #expect(Chart().text(columns: 24, rows: 4).split(separator: "\n", omittingEmptySubsequences: false).count == 4)
}

@Test("a chart in characters needs some room")
func chartTextMistake() async {
    await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Chart().text(columns: 23, rows: 3)
    }.expectMessage("Chart.text: expects at least 24 columns and 4 rows, got 23 and 3")
}
