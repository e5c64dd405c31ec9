/// The style sheet of all pictures: pictures name classes, this is the one place that gives them colours.
enum StyleSheet {
    static let fontFamily =
        "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','DejaVu Sans',sans-serif"

    /// The rules for a theme. They begin with `.tern`, the class of every picture's root, so that they change nothing
    /// else in a page.
    static func css(_ theme: Theme) -> String {
        switch theme {
        case .light: shared + colors(.light)
        case .dark: shared + colors(.dark)
        case .automatic:
            shared + colors(.light) + "@media screen and (prefers-color-scheme:dark){\n" + colors(.dark) + "}\n"
        }
    }

    private static let shared = """
        .tern text{font-family:\(fontFamily);font-size:\(TextSize.tick.css)px}
        .tern .title{font-size:\(TextSize.title.css)px;font-weight:600}
        .tern .label{font-size:\(TextSize.label.css)px}
        .tern .strong{font-weight:600}
        .tern .small{font-size:\(TextSize.small.css)px}
        .tern .tiny{font-size:\(TextSize.tiny.css)px}
        .tern .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .tern .faint{stroke-width:1;opacity:.35}
        .tern .dots{fill:none;stroke:currentColor;stroke-linecap:round}
        .tern .fill{fill:currentColor}
        .tern .see-through{fill-opacity:.55}
        .tern .outline{fill:none;stroke:currentColor}
        .tern .missing{fill:\(Palette.missing.css)}
        .tern .pixels{image-rendering:optimizeSpeed;image-rendering:pixelated}

        """

    private static func colors(_ palette: Palette) -> String {
        var css = """
            .tern .paper{fill:\(palette.paper.css)}
            .tern text,.tern .ink{fill:\(palette.ink.css)}
            .tern .muted{fill:\(palette.muted.css)}
            .tern .grid{stroke:\(palette.grid.css)}
            .tern .axis{stroke:\(palette.axis.css)}
            .tern .heat{fill:\(palette.heat.css)}
            .tern .wrong{color:\(palette.wrong.css)}
            .tern .right{color:\(palette.right.css)}
            .tern text.wrong{fill:\(palette.wrong.css)}

            """
        for (index, color) in palette.series.enumerated() { css += ".tern .s\(index + 1){color:\(color.css)}\n" }
        // Text on a heat map's cells, by what the light and the dark theme want it to be: black or white.
        let isLight = palette.paper.luminance > 0.5
        // Pictures of which there is one for each theme.
        css += ".tern .in-\(isLight ? "light" : "dark"){display:inline}\n"
        css += ".tern .in-\(isLight ? "dark" : "light"){display:none}\n"
        css += ".tern .bb,.tern .\(isLight ? "bw" : "wb"){fill:#000}\n"
        css += ".tern .ww,.tern .\(isLight ? "wb" : "bw"){fill:#fff}\n"
        return css
    }
}

/// The sizes of text, in pixels.
struct TextSize: Sendable {
    let points: Double
    var isBold = false

    static let title = TextSize(points: 16, isBold: true)
    static let label = TextSize(points: 13)
    static let tick = TextSize(points: 12)
    static let small = TextSize(points: 10.5)
    static let tiny = TextSize(points: 9)
    static let strongTick = TextSize(points: 12, isBold: true)

    /// The distance of two lines of text.
    var lineHeight: Double { (points * 1.35).rounded() }

    var css: String { coordinate(points) }
}
