import Foundation
import Testing

@testable import TernPlot

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An SVG or HTML document as its parser sees it.
struct Document {
    struct Element {
        let name: String
        let attributes: [String: String]
        var text = ""

        func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
        var classes: [String] { attributes["class"]?.split(separator: " ").map(String.init) ?? [] }
    }

    let elements: [Element]

    /// Fails the test that calls it if the text is not well-formed XML.
    init(_ text: String) throws {
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        elements = reader.elements
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    /// What the `text` elements say.
    var texts: [String] { all("text").map(\.text) }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(elements.count)
            elements.append(Element(name: name, attributes: attributes))
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) { open.removeLast() }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if let last = open.last { elements[last].text += text }
        }
    }
}

/// A rectangle that a text covers, by the widths that the layout reckons with.
struct Box: CustomStringConvertible {
    let text: String
    let left: Double, right: Double, top: Double, bottom: Double

    /// - Parameter scale: which part of the reckoned width counts; the reserve for wide fonts may overlap.
    init(_ element: Document.Element, scale: Double = 1) {
        let size: TextSize =
            element.classes.contains("title")
            ? .title
            : element.classes.contains("label")
                ? .label
                : element.classes.contains("strong")
                    ? .strongTick
                    : element.classes.contains("small") ? .small : element.classes.contains("tiny") ? .tiny : .tick
        text = element.text
        let width = textWidth(text, size) * scale
        let (x, y) = (element.number("x"), element.number("y"))
        var start = x
        if element.attributes["text-anchor"] == "middle" { start = x - width / 2 }
        if element.attributes["text-anchor"] == "end" { start = x - width }
        // Corners around the anchor, turned if the text is.
        let corners = [
            (start - x, -0.75 * size.points), (start - x + width, -0.75 * size.points), (start - x, 0.2 * size.points),
            (start - x + width, 0.2 * size.points),
        ]
        let angle =
            (element.attributes["transform"]?.split(separator: /[ (]/).dropFirst().first.flatMap { Double($0) } ?? 0)
            * Double.pi / 180
        let turned = corners.map { dx, dy in
            (x + dx * cos(angle) - dy * sin(angle), y + dx * sin(angle) + dy * cos(angle))
        }
        left = turned.map(\.0).min()!
        right = turned.map(\.0).max()!
        top = turned.map(\.1).min()!
        bottom = turned.map(\.1).max()!
    }

    func overlaps(_ other: Box) -> Bool {
        left < other.right - 0.5 && other.left < right - 0.5 && top < other.bottom - 0.5 && other.top < bottom - 0.5
    }

    var description: String { "\"\(text)\" at \(left)...\(right), \(top)...\(bottom)" }
}
