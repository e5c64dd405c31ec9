/// Lines of a table for a terminal: names begin in one column, numbers end in one.
package struct TextTable {
    package let width: Int
    package let lines: [String]

    /// - Parameters:
    ///   - titles: of the columns.
    ///   - rows: as many cells each.
    ///   - names: how many of the first columns are names; the others are numbers.
    package init(_ titles: [String], _ rows: [[String]], names: Int) {
        let cells = ([titles] + rows).map { $0.map(\.printable) }
        let gap = 3
        let widths = titles.indices.map { column in cells.map { $0[column].displayWidth }.max()! + gap }
        width = widths.reduce(0, +)
        lines = cells.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                let spaces = String(repeating: " ", count: widths[column] - cell.displayWidth)
                line += column < names ? cell + spaces : spaces + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The lines, with rules around the titles and below the rows.
    package var framed: [String] {
        let (rule, doubleRule) = (String(repeating: "-", count: width), String(repeating: "=", count: width))
        return [rule, lines[0], doubleRule] + lines.dropFirst() + [doubleRule]
    }
}
