import TernCore

/// Pictures in rows, with captions: samples with what was predicted for them, or the filters of a layer.
///
/// ```swift
/// let samples = (0..<10).map { i in
///     Picture(images[i], predicted: names[predicted[i]], truth: names[labels[i]])
/// }
/// try ImageGrid(title: "Ten test images", pictures: samples).write(to: "samples.svg")
/// ```
public struct ImageGrid: Plot {
    public var title: String
    /// Row by row.
    public var pictures: [Picture]
    /// How many stand in a row; by default as many as fit into 640 pixels.
    public var columns: Int?

    /// - Parameters:
    ///   - title: above the grid.
    ///   - columns: how many pictures stand in a row; as suits their number if absent.
    ///   - pictures: row by row.
    public init(title: String = "", columns: Int? = nil, pictures: [Picture]) {
        if let columns, columns < 1 { mistake("ImageGrid", "columns must be at least 1, got \(columns)") }
        (self.title, self.columns, self.pictures) = (title, columns, pictures)
    }

    public func drawn() -> SVGPicture { SVGPicture(svg: ImageGridDrawing(self).picture(), title: title) }
}

/// The layout of a grid: all places are equal, as wide as the pictures and their captions need.
private struct ImageGridDrawing {
    let grid: ImageGrid
    /// The longest side of a picture.
    private let side: Double
    private let placeWidth: Double
    private let columns: Int
    private let captions: [[String]]
    private let captionLines: Int

    private static let gap = 16.0
    private static let line = TextSize.tick.lineHeight
    private static let widestCaption = 128.0
    private static let symbol = 16.0

    init(_ grid: ImageGrid) {
        self.grid = grid
        side = Picture.shownSide(grid.pictures.map { max($0.width, $0.height) }.max() ?? 1)
        var widest = side
        for picture in grid.pictures {
            if let verdict = picture.verdict {
                widest = max(widest, textWidth(verdict.predicted, .strongTick) + Self.symbol)
                widest = max(widest, textWidth("true: " + verdict.truth))
            } else {
                widest = max(widest, textWidth(picture.caption))
            }
        }
        placeWidth = min(widest, max(side, Self.widestCaption))
        let count = max(1, grid.pictures.count)
        if let columns = grid.columns {
            self.columns = min(columns, count)
        } else {
            // As many rows as are needed, all about equally long.
            let most = Int((640 - 2 * Header.margin + Self.gap) / (placeWidth + Self.gap), in: 1...640)
            let rows = (count + most - 1) / most
            columns = (count + rows - 1) / rows
        }
        captions = grid.pictures.map { [placeWidth] in
            $0.verdict == nil ? wrapped($0.caption, to: placeWidth, .tick, lines: 2) : []
        }
        captionLines = grid.pictures.contains { $0.verdict != nil } ? 2 : captions.map(\.count).max() ?? 0
    }

    func picture() -> SVG {
        let count = grid.pictures.count
        let rows = (count + columns - 1) / columns
        let inside = Double(columns) * (placeWidth + Self.gap) - Self.gap
        let width = max(inside + 2 * Header.margin, min(textWidth(grid.title, .title) + 2 * Header.margin, 480))
        let header = Header(title: grid.title, width: width)
        let placeHeight = side + (captionLines == 0 ? 0 : Double(captionLines) * Self.line + 6)
        let height = header.height + Double(max(rows, 1)) * (placeHeight + Self.gap) - Self.gap + Header.margin
        var svg = SVG(width: width, height: height)
        header.draw(in: &svg)
        if count == 0 { svg.text("no pictures", Header.margin, header.height + 16, "muted") }
        for (index, picture) in grid.pictures.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            let x = Header.margin + Double(column) * (placeWidth + Self.gap)
            let y = header.height + Double(row) * (placeHeight + Self.gap)
            draw(picture, captions[index], x, y, in: &svg)
        }
        return svg
    }

    private func draw(_ picture: Picture, _ caption: [String], _ x: Double, _ y: Double, in svg: inout SVG) {
        let scale = side / Double(max(picture.width, picture.height))
        let (width, height) = (max(1, Double(picture.width) * scale), max(1, Double(picture.height) * scale))
        let left = x + (placeWidth - width) / 2
        let top = y + (side - height) / 2
        svg.image(left, top, width, height, picture.png, "pixels")
        let style = picture.isWrong ? "outline wrong" : "axis"
        let outset = picture.isWrong ? 1.5 : 0.5
        svg.rectangle(
            left - outset, top - outset, width + 2 * outset, height + 2 * outset, style,
            picture.isWrong ? "stroke-width=\"3\"" : "fill=\"none\"")

        let center = x + placeWidth / 2
        var line = y + side + 6 + 12
        guard let verdict = picture.verdict else {
            for text in caption {
                svg.text(text, center, line, anchor: .middle)
                line += Self.line
            }
            return
        }
        let predicted = shortened(verdict.predicted, to: placeWidth - Self.symbol, .strongTick)
        let total = textWidth(predicted, .strongTick) + Self.symbol
        drawSymbol(picture.isWrong, center - total / 2, line - 4, in: &svg)
        svg.text(
            predicted, center - total / 2 + Self.symbol, line, picture.isWrong ? "strong wrong" : "strong")
        svg.text(
            shortened("true: " + verdict.truth, to: placeWidth), center, line + Self.line, "muted", anchor: .middle)
    }

    /// A tick or a cross, so that right and wrong differ in more than their colour.
    private func drawSymbol(_ isWrong: Bool, _ x: Double, _ y: Double, in svg: inout SVG) {
        let path =
            isWrong
            ? "\(move(x + 1.5, y - 4))l8 8\(move(x + 1.5, y + 4))l8-8" : "\(move(x + 0.5, y))l3.5 4l7-8"
        svg.path(path, isWrong ? "outline wrong" : "outline right", "stroke-width=\"2\"")
    }
}
