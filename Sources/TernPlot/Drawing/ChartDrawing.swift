import TernCore

/// The layout of a chart: what goes where around the rectangle in which the marks are.
struct ChartDrawing {
    let chart: Chart
    let contents: ChartContents
    private let header: Header
    private let xTicks: Ticks
    private let yTicks: Ticks
    private let bands: BandLabels?
    let x: Scale
    let y: Scale
    // The rectangle of the marks.
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
    private let pictureHeight: Double
    var svg: SVG

    init(_ chart: Chart) {
        if !(chart.width >= 160 && chart.width <= 10_000) {
            mistake("Chart", "expects a width of 160 to 10000 pixels, got \(shortText(chart.width))")
        }
        if !(chart.height >= 120 && chart.height <= 10_000) {
            mistake("Chart", "expects a height of 120 to 10000 pixels, got \(shortText(chart.height))")
        }
        self.chart = chart
        contents = ChartContents(chart)
        header = Header(
            title: chart.title, entries: contents.entries, width: chart.width,
            mostRows: Int(chart.height / 50, in: 2...100))
        // A title and two rows of a legend are part of the height that was asked for; more makes the picture higher.
        let plain = Header(title: chart.title, width: chart.width).height
        pictureHeight = chart.height + max(0, header.height - plain - 40)

        let yDomain = Self.domain(
            chart.yRange, contents.yExtent, chart.yScale, padding: contents.categories.isEmpty ? 0.05 : 0.08, "yRange",
            wantsZero: contents.standsOnZero, prefersZero: true)
        let yLimit = Int((chart.height - plain - 60) / 48, in: 2...1000)
        let hasData = contents.yExtent != nil
        right = chart.width - Header.margin - 6
        let beside = Header.margin + 8 + (chart.yLabel.isEmpty ? 0 : TextSize.label.lineHeight + 4)
        yTicks =
            hasData
            ? Self.ticks(yDomain, chart.yScale, atMost: yLimit).shortened(to: right - beside - 40) : Ticks()
        var left = beside + (yTicks.labels.map { textWidth($0) }.max() ?? 0)

        let xDomain: Domain
        if contents.categories.isEmpty {
            xDomain = Self.domain(
                chart.xRange, contents.xExtent, chart.xScale, padding: contents.standsOnZero ? 0 : 0.02, "xRange")
            xTicks =
                hasData
                ? Self.ticks(xDomain, chart.xScale, width: right - left, isWhole: contents.hasWholeX) : Ticks()
        } else {
            let count = Double(contents.categories.count)
            let whole = -0.5...count - 0.5
            let reached = contents.xExtent.map { min($0.lowerBound, -0.5)...max($0.upperBound, count - 0.5) } ?? whole
            // Lines over bars may go beyond them.
            xDomain = Self.domain(
                chart.xRange, reached, .linear, padding: reached == whole ? 0 : 0.02, "xRange")
            xTicks = Ticks()
            // Turned names begin left of their band.
            let first = min(130, textWidth(contents.categories[0]))
            let roughBand = (right - left) * share(of: 1, from: 0, to: xDomain.high - xDomain.low)
            if roughBand >= 26 && contents.categories.contains(where: { textWidth($0) > roughBand - 6 }) {
                left = max(left, min(first * 0.82 - roughBand / 2 + 6, chart.width / 4))
            }
        }
        x = Scale(xDomain, contents.xScale, from: left, to: right)
        bands =
            contents.categories.isEmpty
            ? nil
            : BandLabels(below: contents.categories, band: x.position(1) - x.position(0), first: x.position(0))
        self.left = left
        var below = Header.margin - 4
        if let bands { below += bands.extent + 6 } else if hasData { below += TextSize.tick.lineHeight + 4 }
        if !chart.xLabel.isEmpty { below += TextSize.label.lineHeight + 4 }
        if contents.footnote != nil { below += TextSize.tick.lineHeight + 4 }
        top = header.height + (chart.yLabel.isEmpty && chart.title.isEmpty ? 0 : 2)
        bottom = max(top + 40, pictureHeight - below)
        y = Scale(yDomain, chart.yScale, from: bottom, to: top)
        svg = SVG(width: chart.width, height: max(pictureHeight, bottom + below))
    }

    private static func domain(
        _ range: ClosedRange<Double>?, _ extent: ClosedRange<Double>?, _ scale: AxisScale, padding: Double,
        _ name: String, wantsZero: Bool = false, prefersZero: Bool = false
    ) -> Domain {
        guard let range else {
            return Domain(around: extent, scale, padding: padding, wantsZero: wantsZero, prefersZero: prefersZero)
        }
        let (low, high) = (range.lowerBound, range.upperBound)
        if !isPlaceable(low, on: scale) || !isPlaceable(high, on: scale) || high <= low {
            let kind = scale == .logarithmic ? "finite numbers above 0 for a logarithmic axis" : "finite numbers"
            mistake("Chart", "\(name) expects two different \(kind), got \(low)...\(high)")
        }
        return Domain(low: low, high: high)
    }

    private static func ticks(_ domain: Domain, _ scale: AxisScale, atMost limit: Int, isWhole: Bool = false) -> Ticks {
        scale == .logarithmic
            ? Ticks(logarithmicFrom: domain.low, to: domain.high, atMost: limit)
            : Ticks(from: domain.low, to: domain.high, atMost: limit, isWhole: isWhole)
    }

    /// As many ticks along the horizontal axis as have room for their labels.
    private static func ticks(_ domain: Domain, _ scale: AxisScale, width: Double, isWhole: Bool) -> Ticks {
        var limit = Int(width / 64, in: 1...1000)
        while true {
            let ticks = ticks(domain, scale, atMost: limit, isWhole: isWhole)
            let place = Scale(domain, scale, from: 0, to: width)
            var end = -Double.infinity
            let fits = zip(ticks.values, ticks.labels).allSatisfy { value, label in
                let half = textWidth(label) / 2
                let center = place.position(value)
                defer { end = center + half + 8 }
                return center - half >= end
            }
            if fits || limit == 1 { return ticks.shortened(to: width) }
            limit -= 1
        }
    }

    mutating func picture() -> SVG {
        header.draw(in: &svg)
        drawAxes()
        if contents.yExtent == nil {
            svg.text("no data", (left + right) / 2, (top + bottom) / 2 + 4, "muted", anchor: .middle)
        } else {
            drawMarks()
        }
        return svg
    }

    private mutating func drawAxes() {
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            let position = y.position(value)
            svg.line(left, crisp(position), right, crisp(position), "grid")
            svg.text(label, left - 8, position + 4, "muted", anchor: .end)
        }
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            let position = x.position(value)
            svg.line(crisp(position), bottom, crisp(position), bottom + 5, "axis")
            // The first and the last label may reach beyond the axis, but not beyond the picture.
            let half = textWidth(label) / 2
            let center = max(4 + half, min(position, chart.width - 4 - half))
            svg.text(label, center, bottom + 18, "muted", anchor: .middle)
        }
        for value in yTicks.minor { svg.line(left - 3, y.position(value), left, y.position(value), "axis") }
        for value in xTicks.minor { svg.line(x.position(value), bottom, x.position(value), bottom + 3, "axis") }
        // Bars that go below 0 stand on a line of their own.
        let base = contents.standsOnZero && y.kind == .linear ? min(max(y.position(0), top), bottom) : bottom
        svg.line(left, crisp(base), right, crisp(base), "axis")
        var below = bottom + 18
        if let bands {
            let (first, second) = (x.position(0), x.position(1))
            bands.drawBelow(bottom + 2, first: first, band: second - first, axis: left...right, in: &svg)
            below = bottom + bands.extent + 4
        } else if contents.yExtent == nil {
            below = bottom
        }
        if !chart.xLabel.isEmpty {
            below += TextSize.label.lineHeight + 2
            let text = shortened(chart.xLabel, to: chart.width - 2 * Header.margin, .label)
            let half = textWidth(text, .label) / 2
            let center = min(max((left + right) / 2, Header.margin + half), chart.width - Header.margin - half)
            svg.text(text, center, below, "label", anchor: .middle)
        }
        if let footnote = contents.footnote {
            let text = shortened(footnote, to: chart.width - 2 * Header.margin)
            svg.text(text, Header.margin, svg.height - 10, "muted")
        }
        if !chart.yLabel.isEmpty {
            let text = shortened(chart.yLabel, to: svg.height - header.height - Header.margin, .label)
            let half = textWidth(text, .label) / 2
            let center = min(max((top + bottom) / 2, header.height + half), svg.height - 8 - half)
            svg.text(text, Header.margin + 8, center, "label", anchor: .middle, angle: -90)
        }
    }
}
