import TernCore

/// Lines at the lower end of a terminal that are drawn again in place: what changed of them. The cursor rests below them.
///
/// Each frame is one text, which hides the cursor at its begin and shows it at its end: a process that is stopped between
/// two of them leaves nothing to be put right. Terminals that can do so show a frame at once.
struct TerminalBlock {
    private var shown: [String] = []
    private var columns = 0

    /// What brings these lines onto the screen; `nil` if they are there.
    ///
    /// - Parameters:
    ///   - lines: none wider than the terminal.
    ///   - above: lines that stay above, in the terminal's memory; they may be wider.
    mutating func frame(_ lines: [String], above: [String] = [], columns: Int) -> String? {
        var text = ""
        if !above.isEmpty || lines.count != shown.count || columns != self.columns {
            // A window that became narrower has broken those lines that do not fit.
            let rows = shown.reduce(0) { $0 + max(1, (Self.width($1) + columns - 1) / columns) }
            text += Self.up(rows) + "\r\u{1B}[J"
            for line in above + lines { text += line + "\n" }
        } else {
            var row = lines.count
            for (index, line) in lines.enumerated() where line != shown[index] {
                text += index < row ? Self.up(row - index) : Self.down(index - row)
                text += "\r" + line + "\u{1B}[K"
                row = index
            }
            if text.isEmpty { return nil }
            text += Self.down(lines.count - row) + "\r"
        }
        // What a key or another library has written behind the block.
        text += "\u{1B}[J"
        (shown, self.columns) = (lines, columns)
        return "\u{1B}[?2026h\u{1B}[?25l" + text + "\u{1B}[?25h\u{1B}[?2026l"
    }

    private static func up(_ rows: Int) -> String { rows == 0 ? "" : "\u{1B}[\(rows)A" }

    private static func down(_ rows: Int) -> String { rows == 0 ? "" : "\u{1B}[\(rows)B" }

    /// In columns, without colours.
    private static func width(_ line: String) -> Int {
        let parts = line.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        let rest = parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }
        return parts[0].displayWidth + rest.reduce(0) { $0 + $1.displayWidth }
    }
}
