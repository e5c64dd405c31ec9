/// What stands above a picture: the title and, if series have names, the legend.
struct Header {
    /// A series in the legend.
    struct Entry {
        let name: String
        let color: Int
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
    private let rows: [[(entry: Entry, text: String, x: Double)]]

    static let margin = 16.0
    private static let symbolWidth = 24.0
    private static let rowHeight = 20.0
    private static let longestName = 260.0

    init(title: String, entries: [Entry] = [], width: Double) {
        let room = width - 2 * Self.margin
        self.title = wrapped(title, to: room, .title, lines: 2)
        var rows: [[(Entry, String, Double)]] = []
        var x = Double.infinity
        for entry in entries {
            let text = shortened(entry.name, to: Self.longestName, .label)
            let needed = Self.symbolWidth + textWidth(text, .label)
            if x + needed > Self.margin + room {
                rows.append([])
                x = Self.margin
            }
            rows[rows.count - 1].append((entry, text, x))
            x += needed + 18
        }
        self.rows = rows
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
            for (entry, text, x) in row {
                draw(entry, x, y + 8, in: &svg)
                svg.text(text, x + Self.symbolWidth, y + 12.5, "label")
            }
            y += Self.rowHeight
        }
    }

    private func draw(_ entry: Entry, _ x: Double, _ y: Double, in svg: inout SVG) {
        let color = "s\(entry.color)"
        switch entry.symbol {
        case .line(let marker, let isDashed):
            svg.path(
                "\(move(x, y))h18", "line \(color)", isDashed ? "stroke-dasharray=\"5 4\"" : "")
            if let marker { svg.path(marker.path(x + 9, y, 4), marker.style + color, marker.stroke) }
        case .marker(let marker): svg.path(marker.path(x + 9, y, 4.5), marker.style + color, marker.stroke)
        case .box: svg.rectangle(x + 3, y - 6, 12, 12, "fill \(color)", rounded: 2)
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
