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
            let color = "s\(contents.colors[index])"
            switch mark {
            case .line(let line): draw(line, color)
            case .points(let points): draw(points, points.marker ?? contents.shapes[index], color)
            case .bars(let bars): draw(bars, index, color)
            case .histogram: draw(contents.bins[index]!, color, isSeeThrough: histograms > 1)
            }
        }
        if clips { svg.close("svg") }
    }

    /// The positions of points, in pieces without gaps.
    private func pieces(_ xs: [Double], _ ys: [Double]) -> [[(x: Double, y: Double)]] {
        var pieces: [[(x: Double, y: Double)]] = []
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

    private mutating func draw(_ line: Line, _ color: String) {
        let isSmoothed = line.smoothing > 0
        let own = pieces(line.x, line.y)
        drawLine(own, isSmoothed ? "line faint \(color)" : "line \(color)", isDashed: line.isDashed && !isSmoothed)
        if isSmoothed {
            let average = smoothed(
                line.y.map { isPlaceable($0, on: y.kind) ? $0 : .nan }, weight: line.smoothing)
            drawLine(pieces(line.x, average), "line \(color)", isDashed: line.isDashed, isSmooth: true)
        }
        guard let marker = line.marker else { return }
        // A shape on each point, if they are far enough from each other to be told apart.
        let points = own.flatMap { $0 }
        guard let first = points.first, let last = points.last else { return }
        let most = max(2, Int(abs(last.x - first.x) / 12))
        let every = points.count <= max(most, 12) ? 1 : (points.count + most - 1) / most
        var data = ""
        for index in stride(from: 0, to: points.count, by: every) {
            data += marker.path(points[index].x, points[index].y, 3.5)
        }
        if every > 1 && (points.count - 1) % every != 0 { data += marker.path(last.x, last.y, 3.5) }
        svg.path(data, marker.style + color, marker.stroke)
    }

    private mutating func drawLine(
        _ pieces: [[(x: Double, y: Double)]], _ style: String, isDashed: Bool, isSmooth: Bool = false
    ) {
        var data = ""
        var lonely = ""
        // More points than columns of pixels: a thick line that jumps would be a smear.
        let isDense = !isSmooth && Double(pieces.reduce(0) { $0 + $1.count }) > 2 * (right - left)
        for piece in pieces {
            if piece.count == 1 {
                lonely += "\(move(piece[0].x, piece[0].y))h0"
                continue
            }
            let points = thinned(piece, columns: right - left)
            data += move(points[0].x, points[0].y)
            for (index, point) in points.dropFirst().enumerated() {
                data += "\(index == 0 ? "L" : " ")\(coordinate(point.x)) \(coordinate(point.y))"
            }
        }
        let width = isDense ? "stroke-width:\(style.contains("faint") ? ".75" : "1.25")" : ""
        let dashes = isDashed ? "stroke-dasharray:6 4" : ""
        let more = [width, dashes].filter { !$0.isEmpty }.joined(separator: ";")
        svg.path(data, style, more.isEmpty ? "" : "style=\"\(more)\"")
        // A point between two gaps has no line.
        svg.path(lonely, style.replacing("line", with: "dots"), "stroke-width=\"5\"")
    }

    private mutating func draw(_ points: Points, _ marker: Marker, _ color: String) {
        // Many points are small; those in the same pixel are one.
        let isMany = points.x.count > 2000
        let radius = isMany ? 1.25 : points.x.count > 300 ? 2.5 : 4
        var taken: Set<Int> = []
        var data = ""
        for (xValue, yValue) in zip(points.x, points.y) {
            guard isPlaceable(xValue, on: x.kind), isPlaceable(yValue, on: y.kind) else { continue }
            let (px, py) = (x.position(xValue), y.position(yValue))
            // Those that a given range leaves out.
            if px < left - 8 || px > right + 8 || py < top - 8 || py > bottom + 8 { continue }
            if isMany {
                if taken.insert(Int(px) * 100_000 + Int(py)).inserted { data += "\(move(px, py))h0" }
            } else {
                data += marker.path(px, py, radius)
            }
        }
        if isMany {
            svg.path(data, "dots \(color)", "stroke-width=\"\(coordinate(2 * radius))\"")
        } else {
            svg.path(data, marker.style + color, marker.stroke.isEmpty ? "fill-opacity=\".8\"" : marker.stroke)
        }
    }

    private mutating func draw(_ bars: Bars, _ index: Int, _ color: String) {
        let groups = chart.marks.enumerated().compactMap { index, mark in
            if case .bars(let bars) = mark { (index: index, values: bars.values) } else { nil }
        }
        let group = groups.firstIndex { $0.index == index }!
        let band = (right - left) / Double(contents.categories.count)
        let gap = band > 12 ? band * 0.2 : 0
        let width = (band - gap) / Double(groups.count)
        let base = y.kind == .logarithmic ? bottom : y.position(0)
        var data = ""
        let position = Dictionary(uniqueKeysWithValues: contents.categories.enumerated().map { ($1, Double($0)) })
        // All series are written alike, and all show their values or none does.
        let allTexts = shortTexts(groups.flatMap(\.values))
        let texts = allTexts.dropFirst(groups[..<group].reduce(0) { $0 + $1.values.count })
        let showsValues = chart.yRange == nil && allTexts.allSatisfy { textWidth($0) <= width + gap / 2 }
        for (index, value) in bars.values.enumerated() where isPlaceable(value, on: y.kind) {
            let name = bars.names[index]
            let start = left + band * position[name]! + gap / 2 + width * Double(group) + (width > 4 ? 0.5 : 0)
            let end = y.position(value)
            data += "\(move(start, base))V\(coordinate(end))h\(coordinate(width - (width > 4 ? 1 : 0)))"
            data += "V\(coordinate(base))z"
            if showsValues {
                let center = start + width / 2 - 0.5
                let isBelow = value < 0
                svg.text(
                    texts[texts.startIndex + index], center, isBelow ? end + 13 : end - 4, "muted", anchor: .middle)
            }
        }
        svg.path(data, "fill \(color)")
    }

    private mutating func draw(_ bins: Bins, _ color: String, isSeeThrough: Bool) {
        let base = y.kind == .logarithmic ? bottom : y.position(0)
        var data = ""
        for (index, count) in bins.counts.enumerated() where isPlaceable(count, on: y.kind) && count != 0 {
            guard isPlaceable(bins.edges[index], on: x.kind) else { continue }
            let (start, end) = (x.position(bins.edges[index]), x.position(bins.edges[index + 1]))
            let gap = end - start > 4 ? 0.5 : 0
            data += "\(move(start + gap, base))V\(coordinate(y.position(count)))H\(coordinate(end - gap))"
            data += "V\(coordinate(base))z"
        }
        svg.path(data, isSeeThrough ? "fill see-through \(color)" : "fill \(color)")
    }
}
