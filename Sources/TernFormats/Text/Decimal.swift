/// A number in decimal notation, as text has it: `-12.5e3`.
struct Decimal {
    var isNegative = false
    /// The digits without the point: exact if there are at most 19 from the first that is not 0.
    var digits: UInt64 = 0
    var hasTooManyDigits = false
    /// The value is `digits` times ten to this power.
    var exponent = 0
    /// Neither a point nor an exponent is written.
    var isInteger = true

    /// Reads `[+-] digits [. digits] [eE [+-] digits]`, with at least one digit before or after the point, as far as it
    /// goes.
    ///
    /// - Returns: nil, and `position` is moved somewhere, if there is no number.
    @inline(__always)
    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) {
        var p = position
        defer { position = p }
        if p < end && (text[p] == UInt8(ascii: "-") || text[p] == UInt8(ascii: "+")) {
            isNegative = text[p] == UInt8(ascii: "-")
            p += 1
        }
        let start = p
        p = appendDigits(text, p, end)
        var count = p - start
        if p < end && text[p] == UInt8(ascii: ".") {
            isInteger = false
            let point = p + 1
            p = appendDigits(text, point, end)
            exponent = point - p
            count += p - point
        }
        if count == 0 { return nil }
        if count > 19 { hasTooManyDigits = Decimal.significantCount(text, start, p) > 19 }
        if p < end && text[p] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            p += 1
            let isDown = p < end && text[p] == UInt8(ascii: "-")
            if p < end && (isDown || text[p] == UInt8(ascii: "+")) { p += 1 }
            let first = p
            var value = 0
            while p < end, case let digit = text[p] &- UInt8(ascii: "0"), digit < 10 {
                // Beyond this all is 0 or infinite, or was written with as many zeros: left to the standard library.
                if value < 100_000_000 { value = value * 10 + Int(digit) }
                p += 1
            }
            if p == first { return nil }
            exponent += isDown ? -value : value
        }
    }

    @inline(__always)
    private mutating func appendDigits(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var p = start
        while p < end, case let digit = text[p] &- UInt8(ascii: "0"), digit < 10 {
            digits = digits &* 10 &+ UInt64(digit)
            p += 1
        }
        return p
    }

    /// The number of digits from the first that is not 0.
    @inline(never)
    private static func significantCount(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var p = start
        while p < end && (text[p] == UInt8(ascii: "0") || text[p] == UInt8(ascii: ".")) { p += 1 }
        var count = 0
        while p < end {
            if text[p] != UInt8(ascii: ".") { count += 1 }
            p += 1
        }
        return count
    }
}

extension Decimal {
    /// The nearest `Double`, ties to even: nil if that is not found by what is fast.
    ///
    /// Up to 2^53 the digits, and up to 10^22 the power, are doubles themselves, so that one operation rounds once (W.
    /// Clinger, "How to read floating point numbers accurately", 1990); ``rounded(toBits:)`` goes further.
    @inline(__always)
    var double: Double? {
        if digits <= 1 << 53 && !hasTooManyDigits && exponent >= -22 && exponent <= 22 {
            let value = Decimal.scaled(Double(digits), exponent)
            return isNegative ? -value : value
        }
        return rounded(toBits: 53).map { isNegative ? -$0 : $0 }
    }

    /// The nearest `Float`, ties to even: nil if that is not found by what is fast.
    @inline(__always)
    var float: Float? {
        if digits <= 1 << 53 && !hasTooManyDigits && exponent >= -22 && exponent <= 22 {
            let value = Decimal.scaled(Double(digits), exponent)
            // Rounding a second time is wrong only where the first time gave what lies halfway between two floats.
            if value.bitPattern & 0x1FFF_FFFF != 0x1000_0000 { return Float(isNegative ? -value : value) }
        }
        return rounded(toBits: 24).map { Float(isNegative ? -$0 : $0) }
    }

    @inline(__always)
    private static func scaled(_ digits: Double, _ exponent: Int) -> Double {
        powersOfTen.withUnsafeBufferPointer {
            exponent < 0 ? digits / $0[-exponent] : digits * $0[exponent]
        }
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// 5^0 ... 5^27: those that fit 64 bits.
    private static let powersOfFive: [UInt64] = (0...27).map { power in (0..<power).reduce(1) { five, _ in five * 5 } }

    /// The magnitude rounded to this many bits, ties to even, for up to 19 digits and powers of ten up to 27: `digits *
    /// 5^e` is exact in 128 bits, and `digits / 5^e` is divided into 64 bits and a remainder.
    @inline(never)
    private func rounded(toBits bits: Int) -> Double? {
        if hasTooManyDigits || exponent < -27 || exponent > 27 { return digits == 0 && !hasTooManyDigits ? 0 : nil }
        if digits == 0 { return 0 }
        let five = Decimal.powersOfFive[abs(exponent)]
        // The magnitude is (quotient + a fraction that is 0 only if `isExact`) * 2^power, and the quotient has at least
        // 63 bits.
        var quotient: UInt64
        var power = exponent
        let isExact: Bool
        if exponent >= 0 {
            let (high, low) = digits.multipliedFullWidth(by: five)
            if high == 0 {
                (quotient, isExact) = (low, true)
            } else {
                let shift = high.leadingZeroBitCount
                quotient = shift == 0 ? high : high << shift | low >> (64 - shift)
                isExact = low << shift == 0
                power += 64 - shift
            }
        } else {
            let (shift, fiveShift) = (digits.leadingZeroBitCount, five.leadingZeroBitCount)
            let (numerator, divisor) = (digits << shift, five << fiveShift)
            let isLarge = numerator >= divisor
            let (high, low) = isLarge ? (numerator >> 1, numerator << 63) : (numerator, 0)
            let (result, remainder) = divisor.dividingFullWidth((high, low))
            (quotient, isExact) = (result, remainder == 0)
            power += fiveShift - shift - (isLarge ? 63 : 64)
        }
        let shift = quotient.leadingZeroBitCount
        quotient <<= shift
        power -= shift
        let dropped = 64 - bits
        let half = UInt64(1) << (dropped - 1)
        let rest = quotient & (half << 1 - 1)
        var kept = quotient >> dropped
        if rest > half || rest == half && (!isExact || kept & 1 == 1) { kept += 1 }
        // Powers of two from 2^-128 to 2^156: far from the ends of the doubles.
        return Double(kept) * Double(bitPattern: UInt64(1023 + power + dropped) << 52)
    }
}
