import TernCore
import TernPlot

extension Chart {
    /// The chart in characters, for a terminal: lines of dots, eight to a character, and an `o` at each of the points.
    ///
    /// ```swift
    /// print(chart.text())
    /// ```
    ///
    /// ```
    /// Training loss  ⠒⠒ training
    /// 0.6 ┤⡆
    ///     │⢣
    /// 0.4 ┤⠘⡄
    ///     │ ⠱⡀
    /// 0.2 ┤  ⠈⠢⢄⣀
    ///     │      ⠉⠒⠤⠤⣀⣀⣀⣀⡠⣀⣀
    /// 0.0 ┤
    ///     └┴─────────┴───────────
    /// step 0       1,000
    /// ```
    ///
    /// Both axes are linear. Of a line that goes back and forth the mean of each column is drawn; bars and histograms are left
    /// out.
    ///
    /// - Parameters:
    ///   - columns: how many characters a line has, at least 24.
    ///   - rows: how many lines there are, at least 4.
    public func text(columns: Int = 72, rows: Int = 18) -> String {
        if columns < TerminalChart.narrowest || rows <= TerminalChart.frame {
            mistake(
                "Chart.text",
                "expects at least \(TerminalChart.narrowest) columns and \(TerminalChart.frame + 1) rows, got \(columns) "
                    + "and \(rows)")
        }
        var title = StyledText(self.title.printable)
        var (curves, points): ([[(step: Double, value: Double)]], [[(step: Double, value: Double)]]) = ([], [])
        for mark in marks {
            let sign: String
            switch mark {
            case .line(let line):
                sign = "⠒⠒"
                curves.append(Self.pairs(line.x, line.y))
            case .points(let mark):
                sign = "o"
                points.append(Self.pairs(mark.x, mark.y))
            case .bars, .histogram: continue
            }
            if let name = mark.name { title.append("  \(sign) \(name.printable)") }
        }
        let places = (curves + points).joined().map(\.step)
        let extent = xRange ?? places.min().map { $0...places.max()! }
        let lines = TerminalChart.lines(
            title.shortened(toColumns: columns), curves: curves, marks: points,
            x: Domain(around: extent, .linear, padding: 0), xLabel: xLabel.printable, isWhole: false, columns: columns,
            rows: rows)
        return lines.map { $0.text(isColored: false) }.joined(separator: "\n")
    }

    /// The points that have a place.
    private static func pairs(_ x: [Double], _ y: [Double]) -> [(step: Double, value: Double)] {
        zip(x, y).filter { $0.0.isFinite }.map { (step: $0, value: $1.isFinite ? $1 : .nan) }
    }
}
