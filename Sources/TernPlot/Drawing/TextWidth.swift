import TernCore

/// How wide text will be, at most: nobody knows the reader's fonts here, so this is the width in DejaVu Sans, which is the
/// widest of those that are asked for. Places that are made this wide hold the text in any of them.
func textWidth(_ text: String, _ size: TextSize = .tick) -> Double {
    var thousandths = 0
    for character in text { thousandths += width(of: character, size.isBold ? bold : regular) }
    return Double(thousandths) / 1000 * size.points
}

/// In thousandths of the font's size.
private func width(of character: Character, _ widths: [Int]) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    // Written as a space, or as the sign for a character that cannot be.
    if scalar.value < 32 { return character.isWhitespace ? widths[0] : 1030 }
    if scalar.value < 127 { return widths[Int(scalar.value) - 32] }
    // Pictographs are wider than they are high.
    if scalar.isWide || character.unicodeScalars.contains("\u{FE0F}") { return scalar.value < 0x1F000 ? 1000 : 1300 }
    switch scalar {
    case "…": return 1000
    case "−": return widths[Int(("+" as Unicode.Scalar).value) - 32]
    // As wide as most letters of other alphabets are, in proportion to the Latin ones.
    case _ where scalar.properties.isLowercase: return widths[Int(("h" as Unicode.Scalar).value) - 32]
    default: return widths[Int(("O" as Unicode.Scalar).value) - 32] * 21 / 20
    }
}

/// Widths of the characters from the space to the tilde in DejaVu Sans.
private let regular = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557,
    863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550,
    635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525,
    636, 337, 636, 838,
]

/// The same in DejaVu Sans Bold.
private let bold = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775,
    637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675,
    716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924,
    645, 652, 582, 712, 365, 712, 838,
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
