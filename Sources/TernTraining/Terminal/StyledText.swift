import TernCore

/// A line of a terminal, in parts with colours.
struct StyledText: Equatable {
    /// The colours of a terminal, by the numbers that set them.
    enum Color: Int {
        case yellow = 33
        case cyan = 36
        case gray = 90
    }

    private(set) var parts: [(text: String, color: Color?)] = []
    /// In columns.
    private(set) var width = 0

    init() {}

    init(_ text: String, _ color: Color? = nil) { append(text, color) }

    mutating func append(_ text: String, _ color: Color? = nil) {
        if text.isEmpty { return }
        width += text.displayWidth
        if let last = parts.indices.last, parts[last].color == color {
            parts[last].text += text
        } else {
            parts.append((text, color))
        }
    }

    mutating func append(_ other: StyledText) {
        for (text, color) in other.parts { append(text, color) }
    }

    mutating func pad(toColumns columns: Int) {
        append(String(repeating: " ", count: max(0, columns - width)))
    }

    /// As much as so many columns hold, with an ellipsis at its end if that is not all.
    func shortened(toColumns columns: Int) -> StyledText {
        if width <= columns { return self }
        var result = StyledText()
        for (text, color) in parts {
            let rest = columns - result.width
            // The ellipsis stands in the part that goes on where there is no room.
            if text.displayWidth < rest {
                result.append(text, color)
            } else {
                result.append((text + "…").shortened(toColumns: rest), color)
                break
            }
        }
        return result
    }

    func text(isColored: Bool) -> String {
        parts.map { text, color in
            guard isColored, let color else { return text }
            return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
        }.joined()
    }

    static func == (a: StyledText, b: StyledText) -> Bool {
        a.parts.elementsEqual(b.parts) { $0.text == $1.text && $0.color == $1.color }
    }
}
