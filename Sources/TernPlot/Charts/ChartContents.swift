import TernCore

/// What a chart has to place: its marks with colours, shapes, bins and names resolved, the numbers that its axes must
/// reach, and those that have no place.
struct ChartContents {
    let marks: [Mark]
    /// For each mark, how it is told from the others.
    let styles: [SeriesStyle]
    /// For each mark, the shape that its points have unless it says otherwise.
    let shapes: [Marker]
    /// For each mark, its bins if it is a histogram.
    let bins: [Bins?]
    /// The names under bars, in the order in which they first appear.
    let categories: [String]
    /// Names are under equal bands, whatever the chart's scale is: the first has its middle at 0, the second at 1.
    let xScale: AxisScale
    private(set) var xExtent: ClosedRange<Double>?
    private(set) var yExtent: ClosedRange<Double>?
    /// Whether all x are whole numbers.
    private(set) var hasWholeX = true
    /// Whether something stands on 0.
    let standsOnZero: Bool
    private(set) var notFinite = 0
    private(set) var notPositive = 0

    init(_ chart: Chart) {
        marks = chart.marks
        var next = 0
        var nextShape = 0
        var styles: [SeriesStyle] = []
        var shapes: [Marker] = []
        for mark in marks {
            if mark.color == nil { next += 1 }
            styles.append(SeriesStyle(mark.color ?? next))
            shapes.append(Marker.allCases[nextShape % Marker.allCases.count])
            if case .points = mark { nextShape += 1 }
        }
        (self.styles, self.shapes) = (styles, shapes)

        var histograms = Bins.of(
            marks.compactMap { if case .histogram(let histogram) = $0 { histogram } else { nil } })[...]
        bins = marks.map { if case .histogram = $0 { histograms.removeFirst() } else { nil } }

        var categories: [String] = []
        var known: Set<String> = []
        for case .bars(let bars) in marks {
            for name in bars.names where known.insert(name).inserted { categories.append(name) }
        }
        self.categories = categories
        xScale = categories.isEmpty ? chart.xScale : .linear
        standsOnZero = marks.contains {
            switch $0 {
            case .bars, .histogram: true
            default: false
            }
        }
        for (index, mark) in marks.enumerated() { measure(mark, bins[index], chart) }
    }

    private mutating func measure(_ mark: Mark, _ bins: Bins?, _ chart: Chart) {
        switch mark {
        case .line(let line): measure(line.x, line.y, chart)
        case .points(let points): measure(points.x, points.y, chart)
        case .bars(let bars):
            for value in bars.values where canPlace(value, chart.yScale) { Self.extend(&yExtent, value) }
        case .histogram(let histogram):
            notFinite += histogram.leftOut
            guard let bins, !bins.counts.isEmpty else { return }
            hasWholeX = false
            for (index, count) in bins.counts.enumerated() {
                let edges = [bins.edges[index], bins.edges[index + 1]]
                if !edges.allSatisfy({ isPlaceable($0, on: xScale) }) {
                    // Each value that is counted there has no place.
                    notPositive += Int(count, in: 0...1_000_000_000_000)
                } else if count == 0 || canPlace(count, chart.yScale) {
                    for edge in edges { Self.extend(&xExtent, edge) }
                    if isPlaceable(count, on: chart.yScale) { Self.extend(&yExtent, count) }
                }
            }
        }
    }

    private mutating func measure(_ x: [Double], _ y: [Double], _ chart: Chart) {
        for (x, y) in zip(x, y) where canPlace(x, xScale) && canPlace(y, chart.yScale) {
            // What lies outside of a given range of x does not stretch the axis of y.
            if let range = chart.xRange, !range.contains(x) { continue }
            Self.extend(&xExtent, x)
            Self.extend(&yExtent, y)
            if hasWholeX && x != x.rounded() { hasWholeX = false }
        }
    }

    /// Whether a number has a place; counts it if not.
    private mutating func canPlace(_ value: Double, _ scale: AxisScale) -> Bool {
        if isPlaceable(value, on: scale) { return true }
        if isPlaceable(value, on: .linear) { notPositive += 1 } else { notFinite += 1 }
        return false
    }

    private static func extend(_ extent: inout ClosedRange<Double>?, _ value: Double) {
        extent = extent.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
    }

    /// The series that have a name, as they stand in the legend.
    var entries: [Header.Entry] {
        marks.enumerated().compactMap { index, mark in
            guard let name = mark.name, !name.isEmpty else { return nil }
            let symbol: Header.Symbol =
                switch mark {
                case .line(let line): .line(line.marker, isDashed: line.isDashed)
                case .points(let points): .marker(points.marker ?? shapes[index])
                case .bars, .histogram: .box
                }
            return Header.Entry(name: name, style: styles[index], symbol: symbol)
        }
    }

    /// What is said under the chart about numbers that are not in it; `nil` if all are.
    var footnote: String? {
        func values(_ count: Int) -> String { count == 1 ? "1 value that is" : "\(count) values that are" }
        var parts: [String] = []
        if notFinite > 0 { parts.append("\(values(notFinite)) NaN or infinite") }
        if notPositive > 0 { parts.append("\(values(notPositive)) not above 0 (logarithmic axis)") }
        return parts.isEmpty ? nil : "Not shown: " + parts.joined(separator: ", ")
    }
}
