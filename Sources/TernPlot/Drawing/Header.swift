/// What stands above a picture: the title and, if series have names, the legend.
struct Header {
    /// A series in the legend.
    struct Entry {
        let name: String
        let style: SeriesStyle
        let symbol: Symbol
    }

    enum Symbol {
        case line(Marker?, isDashed: Bool)
        case marker(Marker)
        case box
    }

    /// Where the part below begins.
    let height: Double
    private let title: [String]
    private let rows: [[Place]]

    /// A name in the legend; without a series, it says how many there are that have no place.
    private struct Place {
        let entry: Entry?
        let text: String
        let x: Double
        let textX: Double
        var end: Double { textX + textWidth(text, .label) }
    }

    static let margin = 16.0
    /// How long lines are in the legend: so that dashes are seen, if there are some that tell series apart.
    private let symbol: Double
    private static let rowHeight = 20.0
    private static let longestName = 260.0

    /// - Parameter mostRows: of the legend; it does not grow larger than what it is about.
    init(title: String, entries: [Entry] = [], width: Double, mostRows: Int = 1) {
        let room = width - 2 * Self.margin
        self.title = wrapped(title, to: room, .title, lines: 2)
        let symbol = entries.contains { $0.style.round > 0 } ? 34.0 : 18
        /// `nil` if there is no room in the row.
        func place(_ entry: Entry?, _ text: String, behind last: Place?) -> Place? {
            let x = last.map { $0.end + 18 } ?? Self.margin
            let textX = x + (entry == nil ? 0 : symbol + 6)
            let place = Place(entry: entry, text: shortened(text, to: Self.longestName, .label), x: x, textX: textX)
            if place.end <= Self.margin + room { return place }
            if last != nil { return nil }
            let rest = Self.margin + room - textX
            return Place(entry: entry, text: shortened(text, to: rest, .label), x: x, textX: textX)
        }
        var rows: [[Place]] = []
        for (index, entry) in entries.enumerated() {
            if let next = rows.last.flatMap({ place(entry, entry.name, behind: $0.last) }) {
                rows[rows.count - 1].append(next)
            } else if rows.count < mostRows {
                rows.append([place(entry, entry.name, behind: nil)!])
            } else {
                // The last names give way to the number of those that are missing.
                var row = rows.removeLast()
                var missing = entries.count - index
                var end = place(nil, "and \(missing) more", behind: row.last)
                while end == nil {
                    row.removeLast()
                    missing += 1
                    end = place(nil, "and \(missing) more", behind: row.last)
                }
                rows.append(row + [end!])
                break
            }
        }
        (self.rows, self.symbol) = (rows, symbol)
        var height = Self.margin - 2
        if !self.title.isEmpty { height += Double(self.title.count) * TextSize.title.lineHeight + 6 }
        if !rows.isEmpty { height += Double(rows.count) * Self.rowHeight + 4 }
        self.height = height + 6
    }

    func draw(in svg: inout SVG) {
        var y = Self.margin - 2
        for line in title {
            svg.text(line, Self.margin, y + 15, "title")
            y += TextSize.title.lineHeight
        }
        if !title.isEmpty { y += 6 }
        for row in rows {
            for place in row {
                if let entry = place.entry { draw(entry, place.x, y + 8, in: &svg) }
                svg.text(place.text, place.textX, y + 12.5, place.entry == nil ? "label muted" : "label")
            }
            y += Self.rowHeight
        }
    }

    private func draw(_ entry: Entry, _ x: Double, _ y: Double, in svg: inout SVG) {
        let color = entry.style.name
        switch entry.symbol {
        case .line(let marker, let isDashed):
            // Shorter where there is little to tell apart.
            let dashes = entry.style.round == 0 && isDashed ? "5 4" : entry.style.dashes(isDashed: isDashed)
            let line = "\(move(x, y))h\(coordinate(symbol))"
            svg.path(line, "line \(color)", dashes.map { "stroke-dasharray=\"\($0)\"" } ?? "")
            if let marker { svg.path(marker.path(x + symbol / 2, y, 4), marker.style + color, marker.stroke) }
        case .marker(let marker):
            svg.path(marker.path(x + symbol / 2, y, 4.5), marker.style + color, marker.stroke)
        case .box: svg.rectangle(x + symbol / 2 - 6, y - 6, 12, 12, "fill \(color)", rounded: 2, entry.style.fill)
        }
    }
}

extension Marker {
    /// The shape around a point.
    func path(_ x: Double, _ y: Double, _ radius: Double) -> String {
        let r = coordinate(radius)
        let d = coordinate(2 * radius)
        switch self {
        case .circle: return "\(move(x - radius, y))a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0-\(d) 0z"
        case .square:
            let side = coordinate(1.8 * radius)
            return "\(move(x - 0.9 * radius, y - 0.9 * radius))h\(side)v\(side)h-\(side)z"
        case .triangle:
            let half = coordinate(1.1 * radius)
            let height = coordinate(1.9 * radius)
            return "\(move(x, y - 1.15 * radius))l\(half) \(height)h-\(coordinate(2.2 * radius))z"
        case .diamond:
            let s = coordinate(1.25 * radius)
            return "\(move(x, y - 1.25 * radius))l\(s) \(s)l-\(s) \(s)l-\(s)-\(s)z"
        case .cross:
            let s = coordinate(1.8 * radius)
            let (left, top) = (x - 0.9 * radius, y - 0.9 * radius)
            return "\(move(left, top))l\(s) \(s)\(move(left, top + 1.8 * radius))l\(s)-\(s)"
        }
    }

    /// Crosses are drawn, the others are filled.
    var style: String { self == .cross ? "outline " : "fill " }
    var stroke: String { self == .cross ? "stroke-width=\"2\"" : "" }
}
