import Foundation
import TernCore

/// Names beside the bands of an axis, under bars or along a heat map: flat if they fit, else turned, and only every n-th
/// where the bands are narrower than the text is high.
struct BandLabels {
    let names: [String]
    /// Degrees.
    let angle: Double
    let every: Int
    /// How far they reach from the axis.
    let extent: Double

    private static let lineHeight = TextSize.tick.lineHeight
    private static let longest = 130.0

    /// Names along the horizontal axis.
    ///
    /// - Parameters:
    ///   - band: the width of a band.
    ///   - first: where the middle of the first band is.
    init(below names: [String], band: Double, first: Double) {
        let widest = names.map { textWidth($0) }.max() ?? 0
        if widest <= band - 6 {
            (self.names, angle, every, extent) = (names, 0, 1, names.isEmpty ? 0 : Self.lineHeight)
        } else if band >= 26 {
            // Names go down to the left, as far as there is room.
            let slope = Double.pi * 35 / 180
            self.names = names.enumerated().map { index, name in
                let room = (first + band * Double(index) - 4) / cos(slope)
                return shortened(name, to: min(Self.longest, room))
            }
            let reach = self.names.map { textWidth($0) }.max() ?? 0
            (angle, every, extent) = (-35, 1, reach * sin(slope) + 12)
        } else {
            every = Self.stride(band)
            let names = names.map { shortened($0, to: Self.longest) }
            let shown = Swift.stride(from: 0, to: names.count, by: every).map { textWidth(names[$0]) }.max() ?? 0
            (self.names, angle, extent) = (names, -90, shown + 4)
        }
    }

    /// Names along the vertical axis.
    init(beside names: [String], band: Double) {
        self.names = names.map { shortened($0, to: Self.longest) }
        angle = 0
        every = Self.stride(band)
        extent = self.names.map { textWidth($0) }.max() ?? 0
    }

    /// Of how many bands one has its name, where lines of text are higher than bands.
    private static func stride(_ band: Double) -> Int {
        Int((lineHeight / max(band, 0)).rounded(.up), in: 1...1_000_000_000)
    }

    /// Draws the names under an axis at height `y`, those whose bands' middles are on it.
    ///
    /// - Parameters:
    ///   - first: the middle of the first band.
    ///   - axis: from where to where the axis goes.
    func drawBelow(_ y: Double, first: Double, band: Double, axis: ClosedRange<Double>, in svg: inout SVG) {
        for index in Swift.stride(from: 0, to: names.count, by: every) {
            let center = first + band * Double(index)
            if !axis.contains(center) { continue }
            switch angle {
            case 0:
                // The name of a band that a given range cuts stays in the picture.
                let half = textWidth(names[index]) / 2
                let place = max(half, min(center, svg.width - half))
                svg.text(names[index], place, y + 14, "muted", anchor: .middle)
            case -90: svg.text(names[index], center + 4, y + 4, "muted", anchor: .end, angle: -90)
            default: svg.text(names[index], center + 4, y + 12, "muted", anchor: .end, angle: angle)
            }
        }
    }

    /// Draws the names left of an axis at `x` whose first band begins at height `y`.
    func drawBeside(_ x: Double, _ y: Double, band: Double, in svg: inout SVG) {
        for index in Swift.stride(from: 0, to: names.count, by: every) {
            svg.text(names[index], x - 6, y + band * (Double(index) + 0.5) + 4, "muted", anchor: .end)
        }
    }
}
