import TernCore
import TernPlot

/// Curves of training and validation over steps, drawn with characters: the one a line of dots, eight to a character, the
/// other an `o` at each of its places.
struct TerminalChart {
    let name: String
    var training = TerminalCurve()
    var validation = TerminalCurve()

    static let narrowest = 24
    /// What stands above and below the curves: the title, the axis and its numbers.
    static let frame = 3

    /// The chart in so many columns, the last of which a curve may reach, and rows.
    ///
    /// - Parameter steps: those of the axis.
    func lines(columns: Int, rows: Int, steps: ClosedRange<Int>) -> [StyledText] {
        let first = Double(steps.lowerBound)
        return Self.lines(
            title(columns: columns), curves: [training.points], marks: [validation.points],
            x: Domain(low: first, high: max(Double(steps.upperBound), first + 1)), xLabel: "step", isWhole: true,
            columns: columns, rows: rows)
    }

    /// Curves and marks between two axes, below a title.
    ///
    /// - Parameters:
    ///   - x: what the horizontal axis shows.
    ///   - isWhole: whether its numbers are.
    static func lines(
        _ title: StyledText, curves: [[(step: Double, value: Double)]], marks: [[(step: Double, value: Double)]],
        x: Domain, xLabel: String, isWhole: Bool, columns: Int, rows: Int
    ) -> [StyledText] {
        let rows = max(1, rows - frame)
        let values = (curves + marks).joined().map(\.value).filter(\.isFinite)
        let extent = values.isEmpty ? nil : values.min()!...values.max()!
        let domain = rounded(Domain(around: extent, .linear, padding: 0, prefersZero: true), rows: rows)
        let ticks = Ticks(from: domain.low, to: domain.high, atMost: max(1, rows / 2))
        let margin = min(10, ticks.labels.map(\.displayWidth).max() ?? 0)

        var canvas = Canvas(columns: max(1, columns - margin - 2), rows: rows, steps: x, values: domain)
        for curve in curves { canvas.draw(curve) }
        for points in marks { canvas.mark(points) }

        var labels = [String?](repeating: nil, count: rows)
        for (value, label) in zip(ticks.values, ticks.labels) {
            labels[canvas.dotRow(value) / 4] = label.shortened(toColumns: margin)
        }
        var lines = [title]
        for row in 0..<rows {
            let label = labels[row] ?? ""
            let indent = String(repeating: " ", count: margin - label.displayWidth)
            var line = StyledText(indent + label + (label.isEmpty ? " │" : " ┤"), .gray)
            line.append(canvas.line(row))
            lines.append(line)
        }
        return lines + axis(x, xLabel, isWhole: isWhole, margin: margin, columns: canvas.columns)
    }

    /// From one mark of the axis to another, so that curves move only now and then.
    private static func rounded(_ domain: Domain, rows: Int) -> Domain {
        let marks = Ticks(from: domain.low, to: domain.high, atMost: max(1, rows / 2)).values
        guard marks.count > 1 else { return domain }
        let step = marks[1] - marks[0]
        let low = (domain.low / step + 1e-9).rounded(.down) * step
        let high = (domain.high / step - 1e-9).rounded(.up) * step
        return (high - low).isFinite ? Domain(low: low, high: high) : domain
    }

    /// The name, what the signs mean, and the last values; with fewer words where there is no room.
    private func title(columns: Int) -> StyledText {
        let long = title(gap: "  ", sign: "⠒⠒", "training ")
        return long.width <= columns
            ? long : title(gap: " ", sign: "⠒", "").shortened(toColumns: columns)
    }

    private func title(gap: String, sign: String, _ trainingWord: String) -> StyledText {
        var title = StyledText(name)
        if let last = training.last {
            title.append(gap)
            title.append(sign + " ", .cyan)
            title.append(trainingWord + ProgressText.metric(last))
        }
        if let last = validation.last {
            title.append(gap)
            title.append("o ", .yellow)
            title.append("validation " + ProgressText.metric(last))
        }
        return title
    }

    private static func axis(
        _ domain: Domain, _ label: String, isWhole: Bool, margin: Int, columns: Int
    ) -> [StyledText] {
        let ticks = Ticks(from: domain.low, to: domain.high, atMost: max(1, columns / 16), isWhole: isWhole)
        var axis = [Character](repeating: "─", count: columns)
        var numbers = ""
        for (value, label) in zip(ticks.values, ticks.labels) {
            let place = share(of: value, from: domain.low, to: domain.high) * Double(columns)
            let column = Int(place, in: 0...columns - 1)
            axis[column] = "┴"
            // Under its mark, unless the end or the number before is in the way.
            let start = max(0, min(column - label.displayWidth / 2, columns - label.displayWidth))
            if start > numbers.displayWidth || numbers.isEmpty {
                numbers = numbers.padded(toColumns: start) + label
            }
        }
        let unit = (label.displayWidth <= margin ? label : "").padded(toColumns: margin)
        return [
            StyledText(String(repeating: " ", count: margin) + " └" + String(axis), .gray),
            StyledText(unit + "  " + numbers, .gray),
        ]
    }
}

/// Characters of 2 x 4 dots (Braille patterns), and marks that take a whole one.
private struct Canvas {
    let columns, rows: Int
    private let steps, values: Domain
    private var dots: [UInt8]
    private var isMarked: [Bool]

    init(columns: Int, rows: Int, steps: Domain, values: Domain) {
        (self.columns, self.rows, self.steps, self.values) = (columns, rows, steps, values)
        dots = [UInt8](repeating: 0, count: columns * rows)
        isMarked = [Bool](repeating: false, count: columns * rows)
    }

    func dotRow(_ value: Double) -> Int {
        let place = 1 - share(of: value, from: values.low, to: values.high)
        return Int(place * Double(rows * 4), in: 0...rows * 4 - 1)
    }

    private func dotColumn(_ step: Double) -> Int {
        Int(share(of: step, from: steps.low, to: steps.high) * Double(columns * 2), in: 0...columns * 2 - 1)
    }

    /// A line through the mean of each column of dots.
    mutating func draw(_ points: [(step: Double, value: Double)]) {
        var means = [(sum: Double, count: Int, isGap: Bool)](repeating: (0, 0, false), count: columns * 2)
        for (step, value) in points {
            let column = dotColumn(step)
            if value.isNaN {
                means[column].isGap = true
            } else {
                // Halves: a sum of the largest numbers is infinite.
                means[column].sum += value / 2
                means[column].count += 1
            }
        }
        var last: (column: Int, row: Int)?
        for (column, mean) in means.enumerated() {
            if mean.count == 0 {
                if mean.isGap { last = nil }
                continue
            }
            let row = dotRow(mean.sum / Double(mean.count) * 2)
            if let last {
                connect(last, (column, row))
            } else {
                set(column, row)
            }
            last = (column, row)
        }
    }

    /// Dots from behind one to another, without holes.
    private mutating func connect(_ a: (column: Int, row: Int), _ b: (column: Int, row: Int)) {
        var row = a.row
        for column in a.column + 1...b.column {
            let next = a.row + (b.row - a.row) * (column - a.column) / (b.column - a.column)
            // The dot of the column before is there already.
            let way = next > row ? row + 1...next : next < row ? next...row - 1 : row...row
            for dot in way { set(column, dot) }
            row = next
        }
    }

    private mutating func set(_ column: Int, _ row: Int) {
        let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
        dots[row / 4 * columns + column / 2] |= bits[row % 4 * 2 + column % 2]
    }

    mutating func mark(_ points: [(step: Double, value: Double)]) {
        for (step, value) in points where !value.isNaN {
            isMarked[dotRow(value) / 4 * columns + dotColumn(step) / 2] = true
        }
    }

    func line(_ row: Int) -> StyledText {
        var line = StyledText()
        for index in row * columns..<(row + 1) * columns {
            if isMarked[index] {
                line.append("o", .yellow)
            } else if dots[index] == 0 {
                line.append(" ")
            } else {
                line.append(String(Unicode.Scalar(0x2800 + UInt32(dots[index]))!), .cyan)
            }
        }
        return line
    }
}
