import Foundation
import TernCore
import TernFormats

/// The layout of a heat map: cells, names beside and below them, and a bar that says what the colours mean.
struct HeatMapDrawing {
    private let map: HeatMap
    private let header: Header
    private let cell: Double
    private let rowLabels: BandLabels
    private let columnLabels: BandLabels
    private let left: Double
    private let top: Double
    private let textSize: (size: TextSize, style: String)?
    private var svg: SVG

    private var right: Double { left + cell * Double(map.columnNames.count) }
    private var bottom: Double { top + cell * Double(map.rowNames.count) }
    private static let shades = 50.0
    private static let largest = 560.0
    /// From here on a PNG: as paths, so many cells take up to 0.3 MB, a million of them 27 MB.
    private static let mostPaths = 10_000

    /// Whether cells are large enough for the smallest text.
    static func hasRoomForTexts(_ shape: Shape) -> Bool {
        Double(max(shape[0], shape[1])) * (TextSize.tiny.points + 4) <= largest
    }

    init(_ map: HeatMap) {
        self.map = map
        let (rows, columns) = (map.rowNames.count, map.columnNames.count)
        let most = Double(max(rows, columns, 1))
        // As large as the values in them need, within a picture that fits a page.
        let widest = map.showsValues ? map.texts.map { textWidth($0) }.max() ?? 0 : 0
        let wanted = max(most <= 4 ? 72 : most <= 12 ? 44 : 26, widest + 10)
        // Pixels are enlarged by a whole number, so that all are equally large.
        cell =
            map.shares.count > Self.mostPaths
            ? max(1, (Self.largest / most).rounded()) : max(1.5, min(wanted, 96, Self.largest / most))
        let fits = { [cell] (size: TextSize) in
            cell >= size.points + 4
                && map.texts.allSatisfy { textWidth($0, size) * 0.92 <= cell - 3 }
        }
        textSize =
            !map.showsValues || map.texts.isEmpty
            ? nil
            : fits(.tick) ? (.tick, "") : fits(.small) ? (.small, "small") : fits(.tiny) ? (.tiny, "tiny") : nil

        rowLabels = BandLabels(beside: map.rowNames, band: cell)
        left = Header.margin + rowLabels.extent + 8 + (map.yLabel.isEmpty ? 0 : TextSize.label.lineHeight + 4)
        columnLabels = BandLabels(below: map.columnNames, band: cell, first: left + cell / 2)
        let scale = 28 + (map.isConfusion ? 40 : max(40, 8 + Self.scaleWidth(map.range)))
        let titleWidth = min(480, textWidth(map.title, .title) + 2 * Header.margin)
        let width = max(left + cell * Double(columns) + 20 + scale, titleWidth)
        header = Header(title: map.title, width: width)
        top = header.height
        var below = columnLabels.extent + 8 + Header.margin - 4
        if !map.xLabel.isEmpty { below += TextSize.label.lineHeight + 2 }
        svg = SVG(width: width, height: top + max(cell * Double(rows), 24) + below)
    }

    private static func scaleTicks(_ range: ClosedRange<Double>) -> Ticks {
        Ticks(from: range.lowerBound, to: range.upperBound, atMost: 5)
    }

    private static func scaleWidth(_ range: ClosedRange<Double>) -> Double {
        scaleTicks(range).labels.map { textWidth($0) }.max() ?? 0
    }

    mutating func picture() -> SVG {
        header.draw(in: &svg)
        let (rows, columns) = (map.rowNames.count, map.columnNames.count)
        if rows == 0 || columns == 0 {
            svg.text("no data", left, top + 16, "muted")
            return svg
        }
        svg.rectangle(left, top, right - left, bottom - top, "grid", "fill=\"none\"")
        if map.shares.count > Self.mostPaths { drawPixels(rows, columns) } else { drawCells(columns) }
        if textSize != nil { drawTexts(columns) }
        rowLabels.drawBeside(left, top, band: cell, in: &svg)
        columnLabels.drawBelow(bottom + 2, first: left + cell / 2, band: cell, axis: left...right, in: &svg)
        drawScale()
        if !map.xLabel.isEmpty {
            let y = bottom + columnLabels.extent + 8 + TextSize.label.lineHeight - 3
            let text = shortened(map.xLabel, to: svg.width - 2 * Header.margin, .label)
            let half = textWidth(text, .label) / 2
            let center = min(max((left + right) / 2, Header.margin + half), svg.width - Header.margin - half)
            svg.text(text, center, y, "label", anchor: .middle)
        }
        if !map.yLabel.isEmpty {
            let text = shortened(map.yLabel, to: svg.height - header.height - 8, .label)
            let half = textWidth(text, .label) / 2
            let center = min(max((top + bottom) / 2, header.height + half), svg.height - 4 - half)
            svg.text(text, Header.margin + 8, center, "label", anchor: .middle, angle: -90)
        }
        return svg
    }

    /// The faintest of what is there is still seen.
    private static func shade(_ share: Double) -> Int {
        share > 0 ? Int((share * shades).rounded(), in: 1...Int(shades)) : 0
    }

    /// All cells of a shade are one path.
    private mutating func drawCells(_ columns: Int) {
        var paths = [String](repeating: "", count: Int(Self.shades) + 1)
        let gap = cell >= 12 ? 0.5 : 0
        let side = coordinate(cell - 2 * gap)
        var missing = ""
        for (index, share) in map.shares.enumerated() where share != 0 {
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            let start = move(left + Double(column) * cell + gap, top + Double(row) * cell + gap)
            let path = "\(start)h\(side)v\(side)h-\(side)z"
            if share.isNaN { missing += path } else { paths[Self.shade(share)] += path }
        }
        svg.path(missing, "missing")
        for (shade, path) in paths.enumerated() {
            svg.path(path, "heat", "fill-opacity=\"\(coordinate(Double(shade) / Self.shades))\"")
        }
    }

    /// Each cell is a pixel of a picture, one for each theme.
    private mutating func drawPixels(_ rows: Int, _ columns: Int) {
        for (palette, style) in [(Palette.light, "in-light"), (.dark, "in-dark")] {
            var planes = palette.heat.bytes.map { [UInt8](repeating: $0, count: map.shares.count) }
            var opacity = [UInt8](repeating: 0, count: map.shares.count)
            for (index, share) in map.shares.enumerated() where share != 0 {
                opacity[index] = UInt8(share.isNaN ? 255 : Self.shade(share) * 255 / Int(Self.shades))
                if share.isNaN { for channel in 0..<3 { planes[channel][index] = Palette.missing.bytes[channel] } }
            }
            let pixels = Tensor(shape: [4, rows, columns], values: Array(planes.joined()) + opacity)
            svg.image(left, top, right - left, bottom - top, PNG.encode(pixels, level: 9), "pixels \(style)")
        }
    }

    private mutating func drawTexts(_ columns: Int) {
        guard let (size, style) = textSize else { return }
        for (index, text) in map.texts.enumerated() where !text.isEmpty {
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            let share = Double(Self.shade(map.shares[index])) / Self.shades
            let y = top + (Double(row) + 0.5) * cell + size.points * 0.36
            let color = map.shares[index].isNaN ? "bb" : Self.textStyle(onHeat: share)
            svg.text(
                text, left + (Double(column) + 0.5) * cell, y,
                [style, color].filter { !$0.isEmpty }.joined(separator: " "), anchor: .middle)
        }
    }

    /// The class of readable text on a cell: each theme has its own limit from which it is white, or black.
    static func textStyle(onHeat share: Double) -> String {
        (Palette.light.wantsWhiteText(onHeat: share) ? "w" : "b")
            + (Palette.dark.wantsWhiteText(onHeat: share) ? "w" : "b")
    }

    private mutating func drawScale() {
        // Whole pixels, so that there are no seams.
        let step = 4.0
        let height = (min(bottom - top, 180) / step).rounded(.down) * step
        let (x, low, high) = (right + 20, map.range.lowerBound, map.range.upperBound)
        if low == high || height < 40 { return }
        for y in stride(from: 0, to: height, by: step) {
            let share = 1 - (y + step / 2) / height
            svg.rectangle(x, top + y, 12, step, "heat", "fill-opacity=\"\(coordinate(share))\"")
        }
        svg.rectangle(x, top, 12, height, "axis", "fill=\"none\"")
        let place = Scale(Domain(low: low, high: high), .linear, from: top + height, to: top)
        var marks: [(value: Double, label: String)]
        if map.isConfusion {
            marks = [(0, "0%"), (0.1, "1%"), (0.1.squareRoot(), "10%"), (0.5.squareRoot(), "50%"), (1, "100%")]
            if height < 90 { marks.removeAll { $0.label == "1%" || $0.label == "50%" } }
        } else {
            let ticks = Ticks(from: low, to: high, atMost: height < 90 ? 2 : 5)
            marks = Array(zip(ticks.values, ticks.labels))
        }
        for mark in marks {
            let y = place.position(mark.value)
            svg.line(x + 12, y, x + 15, y, "axis")
            svg.text(mark.label, x + 18, y + 4, "muted")
        }
    }
}
