/// Curves, points, bars and histograms between two axes.
///
/// ```swift
/// let chart = Chart(title: "Training loss", xLabel: "step", yLabel: "loss") {
///     Line(steps, losses, name: "train", marker: .circle)
///     if let validation { Line(steps, validation, name: "validation", isDashed: true) }
/// }
/// try chart.write(to: "train.svg")
/// chart.svg(theme: .dark)   // <svg xmlns=...
/// ```
///
/// A chart is a value: marks can be added later, and everything can be changed.
///
/// ```swift
/// var chart = Chart(title: "Activations", xLabel: "x")
/// chart.marks.append(.line(Line(x, relu(x), name: "ReLU")))
/// chart.yScale = .logarithmic
/// ```
///
/// The axes reach as far as the values, unless a range is given; numbers that have no place (NaN, infinities, and what is
/// not above 0 on a logarithmic axis) are left out, and counted under the chart. Series with a name are in the legend.
public struct Chart: Plot {
    public var title: String
    /// Below the horizontal axis.
    public var xLabel: String
    /// Beside the vertical axis.
    public var yLabel: String
    /// Linear or logarithmic.
    public var xScale: AxisScale
    /// Linear or logarithmic.
    public var yScale: AxisScale
    /// What the axis shows, whatever the values are.
    public var xRange: ClosedRange<Double>?
    /// What the axis shows, whatever the values are.
    public var yRange: ClosedRange<Double>?
    /// In pixels. A long legend makes the picture higher.
    public var width: Double
    /// In pixels.
    public var height: Double
    /// What is drawn, the first at the bottom.
    public var marks: [Mark]

    /// - Parameters:
    ///   - title: above the chart.
    ///   - xLabel: at the axis.
    ///   - yLabel: at the axis.
    ///   - xScale: linear or logarithmic.
    ///   - yScale: linear or logarithmic.
    ///   - xRange: what is shown; all that is drawn unless given.
    ///   - yRange: what is shown; all that is drawn unless given.
    ///   - width: in pixels, at least 160.
    ///   - height: in pixels, at least 120.
    ///   - marks: what is drawn, the first at the bottom.
    public init(
        title: String = "", xLabel: String = "", yLabel: String = "", xScale: AxisScale = .linear,
        yScale: AxisScale = .linear, xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil,
        width: Double = 640, height: Double = 400, @ChartBuilder marks: () -> [Mark] = { [] }
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.xScale = xScale
        self.yScale = yScale
        self.xRange = xRange
        self.yRange = yRange
        self.width = width
        self.height = height
        self.marks = marks()
    }

    public func drawn() -> SVGPicture {
        var drawing = ChartDrawing(self)
        return SVGPicture(svg: drawing.picture(), title: title)
    }
}

/// Gathers the marks of a ``Chart`` that are written one below the other, with `if` and `for`.
@resultBuilder
public enum ChartBuilder {
    /// A line.
    public static func buildExpression(_ line: Line) -> [Mark] { [.line(line)] }
    /// Points.
    public static func buildExpression(_ points: Points) -> [Mark] { [.points(points)] }
    /// Bars.
    public static func buildExpression(_ bars: Bars) -> [Mark] { [.bars(bars)] }
    /// A histogram.
    public static func buildExpression(_ histogram: Histogram) -> [Mark] { [.histogram(histogram)] }
    /// A mark of any kind.
    public static func buildExpression(_ mark: Mark) -> [Mark] { [mark] }
    /// Several marks.
    public static func buildExpression(_ marks: [Mark]) -> [Mark] { marks }
    /// The lines of a block, one above the other in the drawing.
    public static func buildBlock(_ parts: [Mark]...) -> [Mark] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [Mark]?) -> [Mark] { part ?? [] }
    /// The first branch of an `if`.
    public static func buildEither(first part: [Mark]) -> [Mark] { part }
    /// The second branch of an `if`.
    public static func buildEither(second part: [Mark]) -> [Mark] { part }
    /// The rounds of a `for`.
    public static func buildArray(_ parts: [[Mark]]) -> [Mark] { parts.flatMap { $0 } }
}
