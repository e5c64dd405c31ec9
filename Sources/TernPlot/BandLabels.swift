import Foundation

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
    ///   - left: how much room there is left of the first band.
    init(below names: [String], band: Double, left: Double) {
        let widest = names.map { textWidth($0) }.max() ?? 0
        if widest <= band - 6 {
            (self.names, angle, every, extent) = (names, 0, 1, names.isEmpty ? 0 : Self.lineHeight)
        } else if band >= 26 {
            // Names go down to the left, as far as there is room.
            let slope = Double.pi * 35 / 180
            self.names = names.enumerated().map { index, name in
                let room = (left + band * (Double(index) + 0.5) - 4) / cos(slope)
                return shortened(name, to: min(Self.longest, room))
            }
            let reach = self.names.map { textWidth($0) }.max() ?? 0
            (angle, every, extent) = (-35, 1, reach * sin(slope) + 12)
        } else {
            every = max(1, Int((Self.lineHeight / band).rounded(.up)))
            let names = names.map { shortened($0, to: Self.longest) }
            let shown = stride(from: 0, to: names.count, by: every).map { textWidth(names[$0]) }.max() ?? 0
            (self.names, angle, extent) = (names, -90, shown + 4)
        }
    }

    /// Names along the vertical axis.
    init(beside names: [String], band: Double) {
        self.names = names.map { shortened($0, to: Self.longest) }
        angle = 0
        every = max(1, Int((Self.lineHeight / band).rounded(.up)))
        extent = self.names.map { textWidth($0) }.max() ?? 0
    }

    /// Draws the names under an axis at height `y` whose first band begins at `x`.
    func drawBelow(_ x: Double, _ y: Double, band: Double, in svg: inout SVG) {
        for index in stride(from: 0, to: names.count, by: every) {
            let center = x + band * (Double(index) + 0.5)
            switch angle {
            case 0: svg.text(names[index], center, y + 14, "muted", anchor: .middle)
            case -90: svg.text(names[index], center + 4, y + 4, "muted", anchor: .end, angle: -90)
            default: svg.text(names[index], center + 4, y + 12, "muted", anchor: .end, angle: angle)
            }
        }
    }

    /// Draws the names left of an axis at `x` whose first band begins at height `y`.
    func drawBeside(_ x: Double, _ y: Double, band: Double, in svg: inout SVG) {
        for index in stride(from: 0, to: names.count, by: every) {
            svg.text(names[index], x - 6, y + band * (Double(index) + 0.5) + 4, "muted", anchor: .end)
        }
    }
}
