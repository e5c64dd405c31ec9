import TernFormats

/// A picture as SVG: a ``Chart``, a ``HeatMap`` or an ``ImageGrid``. Equal pictures have equal bytes, on every system.
public protocol Plot: Sendable {
    /// What the picture shows; stands above it.
    var title: String { get }

    /// The picture without its style sheet, for a page that has it.
    func drawn() -> SVGPicture
}

/// A drawn picture: what ``Plot/drawn()`` gives and ``Plot/svg(theme:)`` makes a document of.
public struct SVGPicture: Sendable {
    let svg: SVG
    let title: String
}

extension Plot {
    /// The picture as the text of an SVG document.
    ///
    /// - Parameter theme: the colours; `.automatic` follows the reader's system in browsers.
    public func svg(theme: Theme = .light) -> String {
        let picture = drawn()
        return picture.svg.document(style: StyleSheet.css(theme), title: picture.title)
    }

    /// The text of an `svg` element for a page that holds ``StyleSheet``.
    func inlineSVG() -> String {
        let picture = drawn()
        return picture.svg.document(style: nil, title: picture.title)
    }

    /// Writes the picture to a file, whole or not at all: a file of the name stays as it was if something goes wrong.
    ///
    /// ```swift
    /// try chart.write(to: "train.svg")
    /// ```
    public func write(to path: String, theme: Theme = .light) throws(FormatError) {
        try writeText(svg(theme: theme), to: path)
    }
}

func writeText(_ text: String, to path: String) throws(FormatError) {
    var text = text
    let file = try OutputFile(path)
    var failure: FormatError?
    text.withUTF8 { bytes in
        do throws(FormatError) { try file.append(UnsafeRawBufferPointer(bytes)) } catch { failure = error }
    }
    if let failure { throw failure }
    try file.commit()
}
