import TernCore

/// What a ``ProgressBar`` says, laid out for a width.
struct ProgressLine {
    /// `12/938`
    let count: String
    /// The part that is done, 0...1; `nil` without a bar.
    let share: Double?
    /// What stands behind the bar.
    let fields: [Field]

    /// A time, or a metric with its name.
    struct Field {
        var name: String?
        let value: String

        /// With what separates it from the field before.
        var text: String { name.map { " - \($0): \(value)" } ?? " " + value }

        /// The field with a name that is short enough, if it has one.
        func text(columns: Int) -> String {
            guard let name else { return text }
            let room = columns - Field(name: "", value: value).text.displayWidth
            return Field(name: name.shortened(toColumns: room), value: value).text
        }
    }

    private static let widestBar = 20
    private static let narrowestBar = 5

    /// The line for a file: all of it, without colours.
    var plain: String {
        let fields = fields.map(\.text).joined()
        guard let share else { return count + fields }
        return count + " " + Self.bar(share, of: Self.widestBar, isColored: false) + fields
    }

    /// The line for a terminal.
    ///
    /// - Parameters:
    ///   - columns: how many a line may have.
    ///   - isFinished: whether fields that have no room go on in further lines; else they are left out.
    func lines(columns: Int, isFinished: Bool, isColored: Bool) -> [String] {
        var text = count.shortened(toColumns: columns)
        var rest = columns - text.displayWidth
        // One long name does not take all that there is.
        let fields = fields.map { $0.text(columns: isFinished ? columns : max(16, columns / 2)) }
        let wanted = fields.reduce(0) { $0 + $1.displayWidth }
        if let share {
            // The metrics say more than the bar does: it gives way to the last of them.
            let isInTheWay = wanted <= rest && wanted + 1 + Self.narrowestBar > rest
            let bar = min(Self.widestBar, max(Self.narrowestBar, rest - 1 - wanted))
            if !isInTheWay && bar + 1 <= rest - (fields.first?.displayWidth ?? 0) {
                text += " " + Self.bar(share, of: bar, isColored: isColored)
                rest -= bar + 1
            }
        }
        var lines: [String] = []
        for (index, field) in fields.enumerated() {
            let width = field.displayWidth
            // Room for the sign that something is missing.
            let reserve = isFinished || index == fields.count - 1 ? 0 : 2
            if width + reserve > rest {
                if !isFinished { return lines + [rest >= 2 ? text + " …" : text] }
                lines.append(text)
                text = ""
                rest = columns
            }
            text += field.shortened(toColumns: rest)
            rest -= width
        }
        return lines + [text]
    }

    private static func bar(_ share: Double, of width: Int, isColored: Bool) -> String {
        let done = Int(share * Double(width) + 1e-9, in: 0...width)
        let parts = [(32, "━", done), (37, isColored ? "━" : "─", width - done)].map { color, sign, count in
            let part = String(repeating: sign, count: count)
            return isColored && count > 0 ? "\u{1B}[\(color)m\(part)\u{1B}[0m" : part
        }
        return parts.joined()
    }
}
