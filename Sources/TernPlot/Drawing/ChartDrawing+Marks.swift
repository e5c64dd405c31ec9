import TernCore

extension ChartDrawing {
    mutating func drawMarks() {
        // A range that was given may cut marks: an inner `svg` clips what is in it.
        let clips = chart.xRange != nil || chart.yRange != nil
        if clips {
            let size = "\(coordinate(right - left)) \(coordinate(bottom - top))"
            let place = "x=\"\(coordinate(left))\" y=\"\(coordinate(top))\" width=\"\(coordinate(right - left))\" "
            svg.open(
                "svg",
                place + "height=\"\(coordinate(bottom - top))\" "
                    + "viewBox=\"\(coordinate(left)) \(coordinate(top)) \(size)\"")
        }
        let histograms = contents.bins.count { $0 != nil }
        for (index, mark) in chart.marks.enumerated() {
            let style = contents.styles[index]
            switch mark {
            case .line(let line): draw(line, style)
            case .points(let points):
                drawPoints(
                    positions(points.x, points.y).flatMap { $0 }, points.marker ?? contents.shapes[index], style.name)
            case .bars(let bars): draw(bars, index, style)
            case .histogram: draw(contents.bins[index]!, style, isSeeThrough: histograms > 1)
            }
        }
        if clips { svg.close("svg") }
    }

    /// Where marks are drawn: the rectangle between the axes, and a little more, that the clipping hides.
    private var area: Rectangle { Rectangle(left: left - 4, top: top - 4, right: right + 4, bottom: bottom + 4) }

    /// The positions of points, in pieces without gaps.
    private func positions(_ xs: [Double], _ ys: [Double]) -> [[Position]] {
        var pieces: [[Position]] = []
        var isOpen = false
        for (xValue, yValue) in zip(xs, ys) {
            if !isPlaceable(xValue, on: x.kind) || !isPlaceable(yValue, on: y.kind) {
                isOpen = false
                continue
            }
            if !isOpen { pieces.append([]) }
            isOpen = true
            pieces[pieces.count - 1].append((x.position(xValue), y.position(yValue)))
        }
        return pieces
    }

    private mutating func draw(_ line: Line, _ style: SeriesStyle) {
        let own = positions(line.x, line.y)
        let dashes = style.dashes(isDashed: line.isDashed)
        if line.smoothing > 0 {
            drawLine(own, "line faint \(style.name)", dots: "fill faint \(style.name)")
            let average = smoothed(line.y.map { isPlaceable($0, on: y.kind) ? $0 : .nan }, weight: line.smoothing)
            drawLine(
                positions(line.x, average), "line \(style.name)", dots: "fill \(style.name)", dashes: dashes,
                isSmooth: true)
        } else {
            drawLine(own, "line \(style.name)", dots: line.marker == nil ? "fill \(style.name)" : nil, dashes: dashes)
        }
        guard let marker = line.marker else { return }
        // A shape on each point, if they are far enough from each other to be told apart.
        let points = own.flatMap { $0 }
        guard let first = points.first, let last = points.last else { return }
        let most = Int(abs(last.x - first.x) / 12, in: 2...10_000)
        let every = points.count <= max(most, 12) ? 1 : (points.count + most - 1) / most
        var shown = stride(from: 0, to: points.count, by: every).map { points[$0] }
        if every > 1 && (points.count - 1) % every != 0 { shown.append(last) }
        let radius = points.count == 1 ? 5 : 3.5
        let data = shown.filter(area.contains).map { marker.path($0.x, $0.y, radius) }.joined()
        svg.path(data, marker.style + style.name, marker.stroke)
    }

    /// - Parameter dots: how a point is drawn that has no line, between two gaps; `nil` if there is a marker on it.
    private mutating func drawLine(
        _ pieces: [[Position]], _ style: String, dots: String?, dashes: String? = nil, isSmooth: Bool = false
    ) {
        var data = ""
        var lonely: [Position] = []
        // More points than columns of pixels: a thick line that jumps would be a smear.
        let isDense = !isSmooth && Double(pieces.reduce(0) { $0 + $1.count }) > 2 * (right - left)
        for piece in pieces.flatMap(area.pieces) {
            // A line to the same pixel is no more than a point.
            if piece.allSatisfy({ abs($0.x - piece[0].x) < 1 && abs($0.y - piece[0].y) < 1 }) {
                lonely.append(piece[0])
                continue
            }
            let points = thinned(piece, columns: right - left)
            data += move(points[0].x, points[0].y)
            for (index, point) in points.dropFirst().enumerated() {
                data += "\(index == 0 ? "L" : " ")\(coordinate(point.x)) \(coordinate(point.y))"
            }
        }
        let width = isDense ? "stroke-width:\(style.contains("faint") ? ".75" : "1.25")" : ""
        let rules = [width, dashes.map { "stroke-dasharray:\($0)" } ?? ""].filter { !$0.isEmpty }
        svg.path(data, style, rules.isEmpty ? "" : "style=\"\(rules.joined(separator: ";"))\"")
        if let dots, !lonely.isEmpty { drawDots(lonely, dots) }
    }

    private mutating func drawDots(_ points: [Position], _ style: String) {
        let radius = points.count == 1 ? 5.0 : points.count <= 300 ? 2.5 : 1.25
        svg.path(distinct(points).map { Marker.circle.path($0.x, $0.y, radius) }.joined(), style)
    }

    /// One point of those in the same pixel.
    private func distinct(_ points: [Position]) -> [Position] {
        var taken: Set<[Int]> = []
        return points.filter { point in
            taken.insert([Int(point.x, in: -1...10_000), Int(point.y, in: -1...100_000)]).inserted
        }
    }

    private mutating func drawPoints(_ points: [Position], _ marker: Marker, _ color: String) {
        // Many points are small; those in the same pixel are one.
        let isMany = points.count > 2000
        let radius = isMany ? 1.25 : points.count > 300 ? 2.5 : points.count == 1 ? 5 : 4
        // Without those that a given range leaves out.
        let points = points.filter(area.contains)
        if isMany {
            let data = distinct(points).map { "\(move($0.x, $0.y))h0" }.joined()
            svg.path(data, "dots \(color)", "stroke-width=\"\(coordinate(2 * radius))\"")
        } else {
            let data = points.map { marker.path($0.x, $0.y, radius) }.joined()
            svg.path(data, marker.style + color, marker.stroke.isEmpty ? "fill-opacity=\".8\"" : marker.stroke)
        }
    }

    private mutating func draw(_ bars: Bars, _ index: Int, _ style: SeriesStyle) {
        let groups = chart.marks.enumerated().compactMap { index, mark in
            if case .bars(let bars) = mark { (index: index, values: bars.values) } else { nil }
        }
        let group = groups.firstIndex { $0.index == index }!
        let band = x.position(1) - x.position(0)
        let gap = band > 12 ? band * 0.2 : 0
        let width = (band - gap) / Double(groups.count)
        let position = Dictionary(uniqueKeysWithValues: contents.categories.enumerated().map { ($1, Double($0)) })
        // All series are written alike, and all show their values or none does.
        let allTexts = shortTexts(groups.flatMap(\.values))
        let texts = allTexts.dropFirst(groups[..<group].reduce(0) { $0 + $1.values.count })
        let hasRange = chart.xRange != nil || chart.yRange != nil
        let showsValues = !hasRange && allTexts.allSatisfy { textWidth($0) <= width + gap / 2 }
        var columns: [Column] = []
        for (index, value) in bars.values.enumerated() where isPlaceable(value, on: y.kind) {
            let place = x.position(position[bars.names[index]]!)
            let start = place - band / 2 + gap / 2 + width * Double(group) + (width > 4 ? 0.5 : 0)
            let end = y.position(value)
            columns.append(Column(start: start, end: start + width - (width > 4 ? 1 : 0), y: end))
            if showsValues {
                let center = start + width / 2 - 0.5
                let isBelow = value < 0
                svg.text(
                    texts[texts.startIndex + index], center, isBelow ? end + 13 : end - 4, "muted", anchor: .middle)
            }
        }
        draw(columns, "fill \(style.name)", style.fill)
    }

    private mutating func draw(_ bins: Bins, _ style: SeriesStyle, isSeeThrough: Bool) {
        var columns: [Column] = []
        for (index, count) in bins.counts.enumerated() where isPlaceable(count, on: y.kind) && count != 0 {
            let (low, high) = (bins.edges[index], bins.edges[index + 1])
            guard isPlaceable(low, on: x.kind), isPlaceable(high, on: x.kind) else { continue }
            let (start, end) = (x.position(low), x.position(high))
            let gap = end - start > 4 ? 0.5 : 0
            columns.append(Column(start: start + gap, end: end - gap, y: y.position(count)))
        }
        draw(
            columns, isSeeThrough && style.round == 0 ? "fill see-through \(style.name)" : "fill \(style.name)",
            style.fill)
    }

    /// A bar from the axis to a height.
    private struct Column {
        var start: Double
        var end: Double
        var y: Double
    }

    private mutating func draw(_ columns: [Column], _ style: String, _ more: String) {
        let base = y.kind == .logarithmic ? bottom : area.nearest((left, y.position(0))).y
        // More bars than columns of pixels: each column has its highest and its lowest.
        var columns = columns
        if Double(columns.count) > 4 * (right - left) {
            var shown: [Int: (low: Column, high: Column)] = [:]
            for column in columns {
                let pixel = Int(column.start, in: -1...10_001)
                let (low, high) = shown[pixel] ?? (column, column)
                shown[pixel] = (column.y < low.y ? column : low, column.y > high.y ? column : high)
            }
            columns = shown.sorted { $0.key < $1.key }.flatMap { [$0.value.low, $0.value.high] }
        }
        var data = ""
        for column in columns where column.end >= left && column.start <= right {
            let (start, y) = area.nearest((column.start, column.y))
            let end = area.nearest((column.end, column.y)).x
            data += "\(move(start, base))V\(coordinate(y))H\(coordinate(end))V\(coordinate(base))z"
        }
        svg.path(data, style, more)
    }
}
