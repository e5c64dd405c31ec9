import Foundation
import TernCore

/// The text of an SVG document as it grows: elements, with everything escaped and numbers written the same everywhere.
struct SVG {
    let width: Double
    let height: Double
    private(set) var body = ""

    /// What stands in the middle of, or at the end of, a position.
    enum Anchor: String { case start, middle, end }

    init(width: Double, height: Double) {
        (self.width, self.height) = (width, height)
        rectangle(0, 0, width, height, "paper")
    }

    /// The whole document.
    ///
    /// - Parameters:
    ///   - style: the rules, or `nil` where the page around it has them.
    ///   - title: what a screen reader says.
    func document(style: String?, title: String) -> String {
        let size = "\(coordinate(width)) \(coordinate(height))"
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tern\" width=\"\(coordinate(width))\" "
        text += "height=\"\(coordinate(height))\" viewBox=\"0 0 \(size)\" role=\"img\""
        if !title.isEmpty { text += " aria-label=\"\(escaped(title))\"" }
        text += ">\n"
        if let style { text += "<style>\n\(style)</style>\n" }
        return text + body + "</svg>\n"
    }

    /// An element; `attributes` are written as they are, in their order.
    mutating func element(_ name: String, _ attributes: String) { body += "<\(name) \(attributes)/>\n" }

    mutating func open(_ name: String, _ attributes: String) { body += "<\(name) \(attributes)>\n" }

    mutating func close(_ name: String) { body += "</\(name)>\n" }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, rounded radius: Double = 0,
        _ more: String = ""
    ) {
        var attributes = "class=\"\(style)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
        attributes += "width=\"\(coordinate(width))\" height=\"\(coordinate(height))\""
        if radius > 0 { attributes += " rx=\"\(coordinate(radius))\"" }
        element("rect", attributes + (more.isEmpty ? "" : " " + more))
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        element("path", "class=\"\(style)\" d=\"\(move(x1, y1))L\(coordinate(x2)) \(coordinate(y2))\"")
    }

    mutating func path(_ data: String, _ style: String, _ more: String = "") {
        if !data.isEmpty { element("path", "class=\"\(style)\" d=\"\(data)\"" + (more.isEmpty ? "" : " " + more)) }
    }

    /// A PNG file as a part of the picture.
    mutating func image(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ png: [UInt8], _ style: String
    ) {
        let place = "x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
        let size = "width=\"\(coordinate(width))\" height=\"\(coordinate(height))\""
        element("image", "class=\"\(style)\" \(place)\(size) href=\"\(pngAddress(png))\"")
    }

    /// One line of text on the base line `y`.
    ///
    /// - Parameter angle: degrees by which it is turned around its anchor, clockwise.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, _ style: String = "", anchor: Anchor = .start, angle: Double = 0
    ) {
        if text.isEmpty { return }
        body += "<text"
        if !style.isEmpty { body += " class=\"\(style)\"" }
        body += " x=\"\(coordinate(x))\" y=\"\(coordinate(y))\""
        if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
        if angle != 0 { body += " transform=\"rotate(\(coordinate(angle)) \(coordinate(x)) \(coordinate(y)))\"" }
        body += ">\(escaped(text))</text>\n"
    }
}

/// A PNG file as an address that holds it.
func pngAddress(_ png: [UInt8]) -> String { "data:image/png;base64," + Data(png).base64EncodedString() }

/// `M12.5 40`: the start of a path.
func move(_ x: Double, _ y: Double) -> String { "M\(coordinate(x)) \(coordinate(y))" }

/// The middle of the pixel at a position: a line of one pixel is sharp there.
func crisp(_ position: Double) -> Double { position.rounded(.down) + 0.5 }

/// A position in a picture with at most two decimals, the same on every system and in every language: `12.5`, `-3`.
/// What is no number, which no picture should ask for, lies far outside, as do numbers that viewers could not hold.
func coordinate(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded(), in: -10_000_000...10_000_000)
    var text = hundredths < 0 ? "-" : ""
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    text += String(whole)
    if rest % 10 != 0 {
        text += rest < 10 ? ".0\(rest)" : ".\(rest)"
    } else if rest != 0 {
        text += ".\(rest / 10)"
    }
    return text
}

/// Text as the contents of an element or of an attribute in XML and HTML. Characters that XML cannot hold become U+FFFD.
func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar == "\r" ? " " : scalar)
        case _ where scalar.value < 32 || scalar.value & 0xFFFE == 0xFFFE: result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
