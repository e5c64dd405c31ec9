/// The 16-bit floating-point types as bits: both widen to `Float` without loss.
enum HalfFloat {
    /// IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits.
    static func widenFloat16(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF) << 13
        if magnitude >= 0x0F80_0000 {
            return Float(bitPattern: sign | magnitude | 0x7F80_0000)  // infinity or NaN
        }
        // The exponents' biases are 15 and 127. Multiplying also makes subnormal halves, which are normal as floats,
        // right.
        return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p112).bitPattern)
    }

    /// The upper half of a `Float`.
    static func widenBFloat16(_ bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }
}
