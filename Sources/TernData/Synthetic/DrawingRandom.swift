import TernCore

/// Random numbers in the forms that drawing needs, each from one step of the generator. Bell-shaped ones are sums of
/// uniform ones: no logarithm or cosine, whose last bit differs from machine to machine.
struct DrawingRandom {
    private let generator: Generator

    init(_ generator: Generator) { self.generator = generator }

    mutating func below(_ count: Int) -> Int {
        Int(((generator.next() >> 32) * UInt64(count)) >> 32)
    }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * (Float(generator.next() >> 40) * 0x1p-24)
    }

    /// The sum of four, of mean 0.
    mutating func bell(deviation: Float) -> Float {
        let bits = generator.next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
        let rootOfThree: Float = 1.7320508
        return (Float(sum) * 0x1p-16 - 2) * (rootOfThree * deviation)
    }

    /// Four sums of two, of mean 0.
    mutating func fourBells(deviation: Float) -> SIMD4<Float> {
        let bits = generator.next()
        let bytes = unsafeBitCast(bits, to: SIMD8<UInt8>.self)
        let sums = SIMD4<Float>(
            SIMD4<UInt16>(truncatingIfNeeded: bytes.lowHalf) &+ SIMD4<UInt16>(truncatingIfNeeded: bytes.highHalf))
        let rootOfSix: Float = 2.4494897
        return (sums * 0x1p-8 - 1) * (rootOfSix * deviation)
    }
}
