// What text takes on a terminal, where a character has no, one or two columns.

extension Unicode.Scalar {
    /// Whether an East Asian character or a pictograph: two columns of a terminal, a square in print (UAX #11, wide and
    /// fullwidth).
    package var isWide: Bool {
        if value < 0x1100 { return false }
        // Pairs of these make a flag of two columns.
        if (0x1F1E6...0x1F1FF).contains(value) { return false }
        return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) }
    }

    /// Those that are not shown as pictures by default, as these are.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x1B2FF, 0x1F200...0x1F320, 0x1F5A4...0x1F5A4, 0x1F90C...0x1F93A, 0x1F93C...0x1F945,
        0x1F947...0x1F9FF,
        0x20000...0x3FFFD,
    ]

    /// Whether it moves the cursor, rings, or turns the order of what is around it, rather than being text.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }

    fileprivate var columns: Int {
        if value >= 0x20 && value < 0x7F { return 1 }
        // The sign that makes a picture of the character before it, and so wider.
        if value == 0xFE0F { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return 0
        case .format: return value == 0xAD ? 1 : 0
        // The vowels and final consonants of a Korean syllable stand in its first.
        default: return (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) ? 0 : isWide ? 2 : 1
        }
    }
}

extension StringProtocol {
    /// How many columns of a terminal the text takes; where terminals disagree (joined pictographs), the most.
    ///
    /// ```swift
    /// "loss".displayWidth       // 4
    /// "損失".displayWidth       // 4
    /// ```
    package var displayWidth: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// The text on one line without control characters, which could clear a terminal or move its cursor: spaces for those
    /// that are white, U+FFFD for others.
    package var printable: String {
        if !unicodeScalars.contains(where: \.isControl) { return String(self) }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            result.append(!scalar.isControl ? scalar : scalar.properties.isWhitespace ? " " : "\u{FFFD}")
        }
        return String(result)
    }

    /// The text with spaces behind it, so that it takes so many columns of a terminal.
    package func padded(toColumns columns: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, columns - displayWidth))
    }

    /// As much of the text as so many columns hold, with an ellipsis at its end if that is not all.
    package func shortened(toColumns columns: Int) -> String {
        if displayWidth <= columns { return String(self) }
        var result = ""
        var rest = columns - 1
        for character in self {
            rest -= String(character).displayWidth
            if rest < 0 { break }
            result.append(character)
        }
        return columns > 0 ? result + "…" : ""
    }
}
