extension Report {
    /// The page.
    public func html() -> String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width,initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(escaped(title))</title>
            <style>
            \(Self.style)</style>
            </head>
            <body>
            <main>
            <header>
            <h1>\(escaped(title))</h1>

            """
        if !subtitle.isEmpty { page += "<p>\(escaped(subtitle))</p>\n" }
        page += "</header>\n"
        for section in sections { page += section.html }
        return page + "</main>\n</body>\n</html>\n"
    }
}

extension Report.Section {
    fileprivate var html: String {
        switch content {
        case .results(let fields):
            // No box around: the numbers have their own.
            return "<dl class=\"results\">\n"
                + fields.pairs.map { "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd></div>\n" }.joined()
                + "</dl>\n"
        case .fields(let fields):
            let rows = fields.pairs.map {
                "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>\n"
            }
            return section(
                "<div class=\"wide\"><table class=\"fields\">\n<tbody>\n\(rows.joined())</tbody>\n</table></div>\n")
        case .table(let columns, let rows): return section(Self.table(columns, rows))
        case .plots(let plots):
            let figures = plots.map { "<figure>\n\($0.inlineSVG())</figure>\n" }.joined()
            return plots.count == 1 ? section(figures) : section("<div class=\"plots\">\n\(figures)</div>\n", "whole")
        case .pictures(let pictures):
            return section("<div class=\"pictures\">\n\(pictures.map(\.html).joined())</div>\n", "whole")
        case .text(let text):
            let paragraphs = text.split(separator: /\n\s*\n/).map { "<p>\(escaped(String($0)))</p>\n" }
            return section(paragraphs.joined(), "whole")
        case .preformatted(let text): return section("<pre>\(escaped(text))</pre>\n", "whole")
        }
    }

    /// - Parameter style: `whole` for what takes a row of the page.
    private func section(_ contents: String, _ style: String = "") -> String {
        (style.isEmpty ? "<section>\n" : "<section class=\"\(style)\">\n")
            + (title.isEmpty ? "" : "<h2>\(escaped(title))</h2>\n") + contents + "</section>\n"
    }

    private static func table(_ columns: [String], _ rows: [[String]]) -> String {
        let isNumber = columns.indices.map { column in
            column > 0 && rows.contains { !$0[column].isEmpty } && rows.allSatisfy { isNumeric($0[column]) }
        }
        func cells(_ row: [String], _ name: String, _ attributes: String = "") -> String {
            zip(row, isNumber).map { text, isNumber in
                "<\(name)\(attributes)\(isNumber ? " class=\"number\"" : "")>\(escaped(text))</\(name)>"
            }.joined()
        }
        let head = cells(columns, "th", " scope=\"col\"")
        let body = rows.map { "<tr>\(cells($0, "td"))</tr>\n" }.joined()
        return
            "<div class=\"wide\"><table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table></div>\n"
    }

    /// Whether a cell begins as a number does, or has nothing to say.
    private static func isNumeric(_ text: String) -> Bool {
        ["", "-", "–", "NaN"].contains(text)
            || text.wholeMatch(of: /[-−+]?[0-9][0-9.,eE−+-]*\s?(%|s|ms|min|h|MB|kB|GB)?/) != nil
    }
}

extension Picture {
    fileprivate var html: String {
        let longest = max(width, height)
        let scale = Self.shownSide(longest) / Double(longest)
        let size = "width=\"\(coordinate(Double(width) * scale))\" height=\"\(coordinate(Double(height) * scale))\""
        var text = escaped(caption)
        if let verdict {
            let sign = isWrong ? "✗" : "✓"
            text = "<b><i>\(sign)</i> \(escaped(verdict.predicted))</b><br/>true: \(escaped(verdict.truth))"
        }
        let style = verdict == nil ? "" : isWrong ? " class=\"wrong\"" : " class=\"right\""
        let words = verdict.map { "predicted \($0.predicted), true \($0.truth)" } ?? caption
        return "<figure\(style)><img src=\"\(address)\" \(size) alt=\"\(escaped(words))\"/>"
            + "<figcaption>\(text)</figcaption></figure>\n"
    }
}
