import TernCore

/// What a ``LiveView`` shows, laid out for the size of a terminal.
struct LiveViewLayout {
    let charts: [TerminalChart]
    /// Those of the charts' axis.
    let steps: ClosedRange<Int>
    let progress: ProgressLine
    /// Throughput, time, learning rate.
    let details: [ProgressLine.Field]
    /// The last checkpoints, the newest first.
    let checkpoints: [String]

    private static let gap = 3
    private static let narrowestChart = 36
    private static let chartRows = 7...14

    /// - Parameters:
    ///   - columns: how many a line may have.
    ///   - rows: how many lines there may be.
    func lines(columns: Int, rows: Int, isColored: Bool) -> [String] {
        var lines = progress.lines(columns: columns, isFinished: false, isColored: isColored)
        lines += ProgressLine(count: "", share: nil, fields: details)
            .lines(columns: columns, isFinished: false, isColored: isColored)
            .map { String($0.drop { $0 == " " }) }
        if !checkpoints.isEmpty {
            lines.append(("saved: " + checkpoints.joined(separator: ", ")).shortened(toColumns: columns))
        }
        lines = Array(lines.prefix(max(1, rows)))
        return chartLines(columns: columns, rows: rows - lines.count).map { $0.text(isColored: isColored) } + lines
    }

    /// As many charts beside and below each other as there is room for.
    private func chartLines(columns: Int, rows: Int) -> [StyledText] {
        if charts.isEmpty || columns < TerminalChart.narrowest || rows < Self.chartRows.lowerBound { return [] }
        let beside = min(charts.count, max(1, (columns + Self.gap) / (Self.narrowestChart + Self.gap)))
        let below = min((charts.count + beside - 1) / beside, rows / Self.chartRows.lowerBound)
        let height = min(Self.chartRows.upperBound, rows / below)
        let width = (columns + Self.gap) / beside - Self.gap
        var lines: [StyledText] = []
        for row in 0..<below {
            let drawn = charts[row * beside..<min(charts.count, (row + 1) * beside)]
                .map { $0.lines(columns: width, rows: height, steps: steps) }
            for index in 0..<height {
                var line = StyledText()
                for (place, chart) in drawn.enumerated() {
                    if place > 0 { line.pad(toColumns: place * (width + Self.gap)) }
                    line.append(chart[index])
                }
                lines.append(line)
            }
        }
        return lines
    }
}
