import TernCore

/// Draws a digit with everything about it chosen at random.
struct DigitRenderer: PictureDrawing {
    static let pictureShape = [1, DigitCanvas.side, DigitCanvas.side]
    static let work = 10_000

    private var canvas = DigitCanvas()
    private var points: [SIMD2<Float>] = []

    /// Draws picture `number` of a seed into 28x28 bytes, and returns its digit.
    mutating func draw(number: Int, seed: UInt64, into pixels: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var random = DrawingRandom(generator(seed: seed, epoch: 0, place: number))
        let digit = random.below(10)
        canvas.clear()
        drawDigit(digit, &random)
        drawStrayMark(&random)
        addNoise(&random, into: pixels)
        return digit
    }

    private mutating func drawDigit(_ digit: Int, _ random: inout DrawingRandom) {
        let glyph = DigitGlyph.variants[digit][random.below(DigitGlyph.variants[digit].count)]
        place(glyph, &random)
        let radius = random.uniform(0.7...1.9)
        let intensity = random.uniform(0.65...1)
        let softness = random.uniform(0.9...2)
        for stroke in glyph.strokes {
            let start = radius * random.uniform(0.8...1.2)
            let end = radius * random.uniform(0.8...1.2)
            drawStroke(stroke, startRadius: start, endRadius: end, intensity: intensity, softness: softness)
        }
    }

    /// Moves the glyph's points, each by itself, then all by one affine map, to places on the canvas.
    private mutating func place(_ glyph: DigitGlyph, _ random: inout DrawingRandom) {
        let halfAngleTangent = random.bell(deviation: 0.07)
        let cosine = (1 - halfAngleTangent * halfAngleTangent) / (1 + halfAngleTangent * halfAngleTangent)
        let sine = 2 * halfAngleTangent / (1 + halfAngleTangent * halfAngleTangent)
        let shear = random.bell(deviation: 0.2)
        let height = 21 * random.uniform(0.82...1.08)
        let width = height * (1 + random.bell(deviation: 0.12))
        let middle = Float(DigitCanvas.side - 1) / 2
        let center = SIMD2(middle + random.bell(deviation: 1.4), middle + random.bell(deviation: 1.4))
        points.removeAll(keepingCapacity: true)
        for point in glyph.points {
            let y = point.y - 0.5 + random.bell(deviation: 0.03)
            let x = point.x - 0.5 + random.bell(deviation: 0.03) - shear * y
            let (column, row) = (x * width, y * height)
            points.append(center + SIMD2(cosine * column - sine * row, sine * column + cosine * row))
        }
    }

    /// Draws the Catmull-Rom spline through a stroke's points as short segments.
    private mutating func drawStroke(
        _ stroke: DigitGlyph.Stroke, startRadius: Float, endRadius: Float, intensity: Float, softness: Float
    ) {
        let segmentsPerSpan = 5
        let indices = stroke.points
        let spans = stroke.isClosed ? indices.count : indices.count - 1
        func point(_ i: Int) -> SIMD2<Float> {
            let index = stroke.isClosed ? (i + indices.count) % indices.count : min(max(i, 0), indices.count - 1)
            return points[indices[index]]
        }
        var radius = startRadius
        let growth = (endRadius - startRadius) / Float(spans * segmentsPerSpan)
        for span in 0..<spans {
            let (before, start, end, after) = (point(span - 1), point(span), point(span + 1), point(span + 2))
            let linear = end - before
            let quadratic = 2 * before - 5 * start + 4 * end - after
            let cubic = 3 * (start - end) + after - before
            var last = start
            for step in 1...segmentsPerSpan {
                let t = Float(step) / Float(segmentsPerSpan)
                let next = start + 0.5 * t * (linear + t * (quadratic + t * cubic))
                let segment = DigitCanvas.Segment(
                    start: last, end: next, startRadius: radius, endRadius: radius + growth)
                canvas.draw(segment, intensity: intensity, softness: softness)
                last = next
                radius += growth
            }
        }
    }

    /// Every second picture has a short line that belongs to no digit.
    private mutating func drawStrayMark(_ random: inout DrawingRandom) {
        if random.below(2) == 0 { return }
        let range = 0...Float(DigitCanvas.side - 1)
        let start = SIMD2(random.uniform(range), random.uniform(range))
        let end = start + SIMD2(random.bell(deviation: 3), random.bell(deviation: 3))
        let mark = DigitCanvas.Segment(start: start, end: end, startRadius: 0.5, endRadius: random.uniform(0.4...1))
        canvas.draw(mark, intensity: random.uniform(0.3...0.9), softness: 1.2)
    }

    private func addNoise(_ random: inout DrawingRandom, into pixels: UnsafeMutableBufferPointer<UInt8>) {
        for start in stride(from: 0, to: pixels.count, by: 4) {
            let noise = random.fourBells(deviation: 8)
            for i in 0..<4 {
                let value = canvas.ink[start + i] * 255 + noise[i]
                pixels[start + i] = UInt8(min(max(value, 0), 255))
            }
        }
    }
}
