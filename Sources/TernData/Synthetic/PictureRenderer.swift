import TernCore

/// Draws a picture in colour with everything about it chosen at random.
struct PictureRenderer: PictureDrawing {
    static let side = 32
    static let pictureShape = [3, side, side]
    static let work = 60_000

    private var canvas = [SIMD3<Float>](repeating: .zero, count: side * side)

    mutating func draw(number: Int, seed: UInt64, into pixels: UnsafeMutableBufferPointer<UInt8>) -> Int {
        // A stream of its own: pictures shall not share the numbers of the digits with the same seed.
        var random = DrawingRandom(generator(seed: seed, epoch: 1, place: number))
        let label = random.below(PictureOutline.all.count)
        let ground = colour(hue: random.uniform(0...6), &random)
        drawGround(ground, &random)
        for _ in 0..<2 + random.below(3) { drawScrap(&random) }
        drawThing(label, ground, &random)
        // One that may hide a part of the thing.
        if random.below(3) == 0 { drawScrap(&random) }
        expose(&random, into: pixels)
        return label
    }

    private mutating func drawGround(_ ground: SIMD3<Float>, _ random: inout DrawingRandom) {
        let kind = PicturePattern.Kind.allCases[random.below(4)]
        let other = colour(hue: random.uniform(0...6), &random)
        let share = random.uniform(0.15...0.5)
        let pattern = pattern(kind, ground, ground + share * (other - ground), period: random.uniform(5...12), &random)
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                canvas[row * Self.side + column] = pattern.colour(SIMD2(Float(column), Float(row)))
            }
        }
    }

    private mutating func drawThing(_ label: Int, _ ground: SIMD3<Float>, _ random: inout DrawingRandom) {
        // Half of the time the colour and the pattern of its kind.
        let hue =
            random.below(2) == 0 ? Float(label) * 0.6 + random.uniform(-0.4...0.4) + 0.4 : random.uniform(0...6)
        let own = PicturePattern.Kind.allCases[label % 4]
        let kind = random.below(2) == 0 ? own : PicturePattern.Kind.allCases[random.below(4)]
        var first = colour(hue: hue, &random)
        // Not so like the ground that nothing can be seen.
        var attempts = 0
        while contrast(first, ground) < 0.3, attempts < 8 {
            first = colour(hue: hue + random.uniform(-0.5...0.5), &random)
            attempts += 1
        }
        let other = colour(hue: random.uniform(0...6), &random)
        let second = first + random.uniform(0.25...0.6) * (other - first)
        let pattern = pattern(kind, first, second, period: random.uniform(3...7), &random)
        let radius = random.uniform(6.5...11.5)
        let middle = Float(Self.side - 1) / 2
        let center = SIMD2(middle + random.uniform(-6...6), middle + random.uniform(-6...6))
        let turn = Turn(halfAngleTangent: random.bell(deviation: 0.14))
        let stretch = 1 + random.bell(deviation: 0.12)
        draw(PictureOutline.all[label], center, radius, turn, stretch, pattern)
    }

    /// A small round, square or long thing of one colour.
    private mutating func drawScrap(_ random: inout DrawingRandom) {
        let outline = PictureOutline.all[[0, 2, 2, 3][random.below(4)]]
        let limit = Float(Self.side - 1)
        let center = SIMD2(random.uniform(0...limit), random.uniform(0...limit))
        let turn = Turn(halfAngleTangent: random.uniform(-1...1))
        let radius = random.uniform(1.2...3.5)
        let stretch = random.uniform(0.5...2.2)
        let colour = colour(hue: random.uniform(0...6), &random)
        let pattern = PicturePattern(
            kind: .plain, first: colour, second: colour, right: .zero, down: .zero, start: .zero)
        draw(outline, center, radius, turn, stretch, pattern)
    }

    private mutating func draw(
        _ outline: PictureOutline, _ center: SIMD2<Float>, _ radius: Float, _ turn: Turn, _ stretch: Float,
        _ pattern: PicturePattern
    ) {
        let limit = Float(Self.side - 1)
        let reach = radius * max(stretch, 1) * 1.5 + 1
        let low = pointwiseMax(center - reach, .zero)
        let high = pointwiseMin(center + reach, SIMD2(limit, limit))
        guard low.x <= high.x, low.y <= high.y else { return }
        let columns = Int(low.x)...Int(high.x)
        let (scaleX, scaleY) = (1 / (radius * stretch), 1 / radius)
        for row in Int(low.y)...Int(high.y) {
            for column in columns {
                let place = turn.undone(SIMD2(Float(column), Float(row)) - center)
                let depth = outline.depth(SIMD2(place.x * scaleX, place.y * scaleY))
                let coverage = min(max(0.5 + depth * radius, 0), 1)
                if coverage == 0 { continue }
                let index = row * Self.side + column
                canvas[index] += coverage * (pattern.colour(place) - canvas[index])
            }
        }
    }

    /// Light that changes over the picture, and noise.
    private func expose(_ random: inout DrawingRandom, into pixels: UnsafeMutableBufferPointer<UInt8>) {
        let gain = random.uniform(0.75...1.15) * 255
        let slope = SIMD2(random.bell(deviation: 0.006), random.bell(deviation: 0.006))
        let middle = Float(Self.side - 1) / 2
        let area = Self.side * Self.side
        for start in stride(from: 0, to: area, by: 4) {
            let row = Float(start / Self.side) - middle
            let columns = SIMD4<Float>(0, 1, 2, 3) + (Float(start % Self.side) - middle)
            let light = gain * (1 + slope.x * columns + slope.y * row)
            for channel in 0..<3 {
                let noise = random.fourBells(deviation: 10)
                for i in 0..<4 {
                    let value = canvas[start + i][channel] * light[i] + noise[i]
                    pixels[channel * area + start + i] = UInt8(min(max(value, 0), 255))
                }
            }
        }
    }

    private func pattern(
        _ kind: PicturePattern.Kind, _ first: SIMD3<Float>, _ second: SIMD3<Float>, period: Float,
        _ random: inout DrawingRandom
    ) -> PicturePattern {
        let turn = Turn(halfAngleTangent: random.uniform(-1...1))
        return PicturePattern(
            kind: kind, first: first, second: second,
            right: SIMD2(turn.cosine, turn.sine) / period, down: SIMD2(-turn.sine, turn.cosine) / period,
            start: SIMD2(random.uniform(0...1), random.uniform(0...1)))
    }

    /// A colour of a hue, 0 to 6 around the circle from red to red, of random depth and brightness.
    private func colour(hue: Float, _ random: inout DrawingRandom) -> SIMD3<Float> {
        let turned = hue - 6 * (hue / 6).rounded(.down)
        let pure = SIMD3(
            min(max(abs(turned - 3) - 1, 0), 1), min(max(2 - abs(turned - 2), 0), 1),
            min(max(2 - abs(turned - 4), 0), 1))
        let depth = random.uniform(0.25...1)
        let brightness = random.uniform(0.25...1)
        return (1 - depth + depth * pure) * brightness
    }

    private func contrast(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
        let difference = a - b
        return (difference * difference).sum().squareRoot()
    }
}

/// A rotation, given by the tangent of half its angle: so it takes no cosine, whose last bit differs from machine to
/// machine.
private struct Turn {
    let cosine, sine: Float

    init(halfAngleTangent t: Float) {
        cosine = (1 - t * t) / (1 + t * t)
        sine = 2 * t / (1 + t * t)
    }

    func undone(_ p: SIMD2<Float>) -> SIMD2<Float> {
        SIMD2(cosine * p.x + sine * p.y, cosine * p.y - sine * p.x)
    }
}
