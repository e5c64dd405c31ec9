/// How wide text will be, about. Nobody knows the reader's fonts here, so this is the width of Helvetica with a sixth
/// more, which Verdana and DejaVu Sans do not exceed: places that are made this wide hold the text in any of them.
func textWidth(_ text: String, _ size: TextSize = .tick) -> Double {
    var thousandths = 0
    for character in text { thousandths += width(of: character) }
    return Double(thousandths) / 1000 * size.points * (size.isBold ? 1.25 : 1.16)
}

/// In thousandths of the font's size.
private func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    let value = Int(scalar.value)
    if value >= 32 && value < 127 { return helvetica[value - 32] }
    if value < 32 { return 0 }
    // East Asian characters and pictographs are squares.
    let isSquare =
        (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value) || (0xAC00...0xD7A3).contains(value)
        || (0xF900...0xFAFF).contains(value) || (0xFE30...0xFE6F).contains(value) || (0xFF00...0xFF60).contains(value)
        || value >= 0x1F000
    return isSquare ? 1000 : 700
}

/// Widths of the characters from the space to the tilde (Adobe's metrics of Helvetica).
private let helvetica = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
]

/// The text on one line, its end replaced by an ellipsis if it is wider than `limit`.
func shortened(_ text: String, to limit: Double, _ size: TextSize = .tick) -> String {
    let line = text.replacing(/\s+/, with: " ")
    if textWidth(line, size) <= limit { return line }
    var kept = ""
    var width = textWidth("…", size)
    for character in line {
        width += textWidth(String(character), size)
        if width > limit { break }
        kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
}

/// The text in lines of at most `limit`, broken at spaces where there are some; the last of `lines` lines is shortened.
func wrapped(_ text: String, to limit: Double, _ size: TextSize, lines: Int) -> [String] {
    var result: [String] = []
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    while let first = words.first {
        if result.count == lines - 1 {
            result.append(shortened(words.joined(separator: " "), to: limit, size))
            break
        }
        var line = String(first)
        words.removeFirst()
        while let next = words.first, textWidth(line + " " + next, size) <= limit {
            line += " " + next
            words.removeFirst()
        }
        result.append(shortened(line, to: limit, size))
    }
    return result
}
