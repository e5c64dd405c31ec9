/// A 28x28 picture of ink from 0 to 1, drawn by the distance of each pixel's centre to a pen's path.
struct DigitCanvas {
    static let side = 28
    private(set) var ink = [Float](repeating: 0, count: side * side)

    /// A segment of a path in pixels, with the pen's radius at both ends.
    struct Segment {
        var start, end: SIMD2<Float>
        var startRadius, endRadius: Float
    }

    mutating func clear() {
        for i in ink.indices { ink[i] = 0 }
    }

    /// Draws with an edge `softness` pixels wide; where strokes meet, the darker one stays.
    mutating func draw(_ segment: Segment, intensity: Float, softness: Float) {
        let side = Self.side
        let reach = max(segment.startRadius, segment.endRadius) + softness / 2
        let low = pointwiseMin(segment.start, segment.end) - reach
        let high = pointwiseMax(segment.start, segment.end) + reach
        let limit = Float(side - 1)
        guard high.x >= 0, high.y >= 0, low.x <= limit, low.y <= limit else { return }
        let columns = Int(max(low.x, 0))...Int(min(high.x, limit))
        let rows = Int(max(low.y, 0))...Int(min(high.y, limit))

        let direction = segment.end - segment.start
        let lengthSquared = max((direction * direction).sum(), 1e-6)
        let along = direction / lengthSquared
        let radiusGrowth = segment.endRadius - segment.startRadius
        let sharpness = 1 / softness
        ink.withUnsafeMutableBufferPointer { ink in
            for row in rows {
                let dy = Float(row) - segment.start.y
                for column in columns {
                    let dx = Float(column) - segment.start.x
                    let t = min(max(dx * along.x + dy * along.y, 0), 1)
                    let x = dx - t * direction.x
                    let y = dy - t * direction.y
                    let radius = segment.startRadius + t * radiusGrowth
                    let distance = (x * x + y * y).squareRoot()
                    let coverage = min(max(0.5 + (radius - distance) * sharpness, 0), 1)
                    let index = row * side + column
                    ink[index] = max(ink[index], coverage * intensity)
                }
            }
        }
    }
}
