import Foundation
import TernCore

/// What a terminal shows of the text that was written to it: as much of VT100 as Tern uses. Anything else is an error.
struct TerminalEmulator {
    private(set) var columns, rows: Int
    /// The lines that have left the screen at its top.
    private(set) var history: [String] = []
    private(set) var isCursorVisible = true
    private(set) var row = 0
    private(set) var column = 0
    /// The colours of characters that have one.
    private(set) var colors: [String: Set<Character>] = [:]
    private var cells: [[String]]
    private var color = ""
    private(set) var errors: [String] = []

    init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    /// The screen, without spaces at the ends of lines and empty lines at its end.
    var lines: [String] {
        var lines = cells.map { Self.trimmed($0.joined()) }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    mutating func write(_ text: String) {
        var rest = Substring(text)
        // A carriage return and a line feed are one character to Swift.
        while let scalar = rest.unicodeScalars.first {
            if scalar == "\u{1B}" {
                guard let sequence = rest.prefixMatch(of: /\u{1B}\[(\??)([0-9;]*)([A-Za-z])/) else {
                    errors.append("an escape that is no sequence: \(rest.prefix(8).debugDescription)")
                    return
                }
                control(String(sequence.2), String(sequence.3), isPrivate: !sequence.1.isEmpty)
                rest = rest[sequence.range.upperBound...]
            } else if scalar == "\r" {
                column = 0
                rest = Substring(rest.unicodeScalars.dropFirst())
            } else if scalar == "\n" {
                column = 0
                lineFeed()
                rest = Substring(rest.unicodeScalars.dropFirst())
            } else {
                put(String(rest.removeFirst()))
            }
        }
    }

    private mutating func control(_ number: String, _ command: String, isPrivate: Bool) {
        let count = Int(number) ?? 1
        switch (isPrivate, command) {
        case (false, "A"): row = max(0, row - count)
        case (false, "B"): row = min(rows - 1, row + count)
        case (false, "K"): for index in column..<columns { cells[row][index] = " " }
        case (false, "J"):
            for index in column..<columns { cells[row][index] = " " }
            for below in row + 1..<max(rows, row + 1) { cells[below] = Array(repeating: " ", count: columns) }
        case (false, "m"): color = number == "0" ? "" : number
        case (true, "l") where number == "25": isCursorVisible = false
        case (true, "h") where number == "25": isCursorVisible = true
        case (true, "h") where number == "2026", (true, "l") where number == "2026": break
        default: errors.append("an unknown sequence: \(isPrivate ? "?" : "")\(number)\(command)")
        }
    }

    private mutating func put(_ character: String) {
        let width = character.displayWidth
        if column + width > columns {
            errors.append("a line that is too long for \(columns) columns")
            column = 0
            lineFeed()
        }
        cells[row][column] = character
        for index in 1..<max(1, width) { cells[row][column + index] = "" }
        column += width
        if !color.isEmpty { colors[color, default: []].insert(Character(character)) }
    }

    private mutating func lineFeed() {
        if row < rows - 1 {
            row += 1
            return
        }
        history.append(Self.trimmed(cells.removeFirst().joined()))
        cells.append(Array(repeating: " ", count: columns))
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// As most terminals do when a window is resized: lines that do not fit are broken, those below move down.
    mutating func resize(columns: Int, rows: Int) {
        var lines: [String] = []
        for line in cells.prefix(row).map({ $0.joined() }) {
            var rest = Self.trimmed(line)
            repeat {
                lines.append(String(rest.prefix(columns)))
                rest = String(rest.dropFirst(columns))
            } while !rest.isEmpty
        }
        (self.columns, self.rows) = (columns, rows)
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        (row, column) = (0, 0)
        for line in lines {
            for (index, character) in line.enumerated() { cells[row][index] = String(character) }
            lineFeed()
        }
    }
}
