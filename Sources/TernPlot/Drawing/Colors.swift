import Foundation
import TernCore
import TernFormats

/// A colour of the screen: red, green and blue, each 0...1, in the sRGB encoding.
struct Color: Equatable, Sendable {
    var red: Double, green: Double, blue: Double

    /// `0x1d6ce5` is `#1d6ce5`.
    init(_ hex: Int) {
        red = Double(hex >> 16 & 255) / 255
        green = Double(hex >> 8 & 255) / 255
        blue = Double(hex & 255) / 255
    }

    /// `share` of this colour painted over another.
    func over(_ other: Color, _ share: Double) -> Color {
        var result = self
        result.red = share * red + (1 - share) * other.red
        result.green = share * green + (1 - share) * other.green
        result.blue = share * blue + (1 - share) * other.blue
        return result
    }

    /// The components as amounts of light.
    var linear: [Double] {
        [red, green, blue].map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    }

    /// Relative luminance, 0 for black and 1 for white (WCAG 2.2).
    var luminance: Double {
        let light = linear
        return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    }

    /// The contrast ratio of WCAG 2.2: 1 for equal colours, 21 for black on white.
    func contrast(with other: Color) -> Double {
        let (low, high) = (min(luminance, other.luminance), max(luminance, other.luminance))
        return (high + 0.05) / (low + 0.05)
    }

    /// As the screen has it: 0...255.
    var bytes: [UInt8] { [red, green, blue].map { UInt8(Int(($0 * 255).rounded(), in: 0...255)) } }

    /// `#1d6ce5`.
    var css: String {
        "#" + bytes.map { digits($0, 2, radix: 16) }.joined()
    }
}
