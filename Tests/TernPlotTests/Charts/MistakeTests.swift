import TernCore
import TernTestSupport
import Testing

@testable import TernPlot

/// A wrong use, and what is said about it.
private struct Mistake: Sendable {
    let message: String
    let body: @Sendable () -> Void

    init(_ message: String, _ body: @escaping @Sendable () -> Void) {
        self.message = message
        self.body = body
    }

    static let all: [Mistake] = [
        .init("Line: expects as many x as y, got 3 and 2") { _ = Line([1, 2, 3], [1, 2]) },
        .init("Points: expects tensors of shape [N], got [2, 3]") {
            _ = Points(Tensor.ones([2, 3]), Tensor.ones([3]))
        },
        .init("Line: smoothing must be in 0..<1, got 1.0") { _ = Line([1, 2], smoothing: 1) },
        .init("Line: color must be at least 1, got 0") { _ = Line([1, 2], color: 0) },
        .init("Bars: expects as many names as values, got 1 and 2") { _ = Bars(["a"], [1, 2]) },
        .init("Bars: got the name \"a\" twice") { _ = Bars(["a", "a"], [1, 2]) },
        .init("Histogram: bins must be in 1...100000, got 0") { _ = Histogram([1, 2], bins: 0) },
        .init("Histogram: expects one edge more than counts, got 2 and 2") {
            _ = Histogram(counts: [1, 2], edges: [0, 1])
        },
        .init("Histogram: expects finite edges that rise, got 1.0 before 1.0") {
            _ = Histogram(counts: [1, 2], edges: [0, 1, 1])
        },
        .init("Chart: yRange expects two different finite numbers, got 1.0...1.0") { _ = Chart(yRange: 1...1).svg() },
        .init("Chart: xRange expects two different finite numbers above 0 for a logarithmic axis, got 0.0...1.0") {
            _ = Chart(xScale: .logarithmic, xRange: 0...1).svg()
        },
        .init("Chart: expects a width of 160 to 10000 pixels, got 100") { _ = Chart(width: 100).svg() },
        .init("Chart: expects a height of 120 to 10000 pixels, got NaN") { _ = Chart(height: .nan).svg() },
        .init("HeatMap: expects values of shape [R, C], got [4]") { _ = HeatMap(values: Tensor.ones([4])) },
        .init("HeatMap: expects confusion counts of shape [C, C], got [2, 3]") {
            _ = HeatMap(confusion: Tensor.ones([2, 3]))
        },
        .init("HeatMap: expects counts of at least 0, got −1") { _ = HeatMap(confusion: Tensor([[1, -1], [0, 1]])) },
        .init("HeatMap: expects a name for each of 2 rows or columns, got 1") {
            _ = HeatMap(confusion: Tensor.ones([2, 2]), classNames: ["a"])
        },
        .init("ImageGrid: columns must be at least 1, got 0") { _ = ImageGrid(columns: 0, pictures: []) },
        .init("Picture: expects pixels of shape [H, W] or [C, H, W] with 1, 3 or 4 channels, got [2, 5, 5]") {
            _ = Picture(Tensor.ones([2, 5, 5]))
        },
        .init("Picture: expects a range of two different finite numbers, got 1.0...1.0") {
            _ = Picture(Tensor.ones([2, 2]), range: 1...1)
        },
        .init("Report: expects 2 cells in each row, got 1 in row 0") {
            _ = Report.Section.table("t", columns: ["a", "b"], rows: [["1"]])
        },
    ]
}

@Suite("Wrong use")
struct MistakeTests {
    @Test("stops with a message that says what was wrong", arguments: Mistake.all.indices)
    func message(_ index: Int) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
            Mistake.all[index].body()
        }.expectMessage(Mistake.all[index].message)
    }
}
