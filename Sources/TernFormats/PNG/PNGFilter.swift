/// What PNG does to a row before it is compressed: each byte becomes its difference from a prediction out of its
/// neighbours to the left (`a`), above (`b`) and above left (`c`), modulo 256.
///
/// Source: <https://www.w3.org/TR/png-3/#9Filters>.
enum PNGFilter: UInt8, CaseIterable {
    case none, sub, up, average, paeth

    /// The neighbour that is nearest to `a + b - c`; ties go to a, then b. (Without branches and overflow checks, so that
    /// several bytes are done at once; the numbers are far from any overflow.)
    @inline(__always)
    private static func paeth(_ a: Int16, _ b: Int16, _ c: Int16) -> Int16 {
        let (x, y) = (b &- c, a &- c)
        let (toA, toB, toC) = (magnitude(x), magnitude(y), magnitude(x &+ y))
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c
    }

    @inline(__always)
    private static func magnitude(_ x: Int16) -> Int16 { max(x, 0 &- x) }

    /// Writes the differences of `row` to `out`, and returns the sum of their magnitudes as signed bytes: the smaller,
    /// the better they compress, as a rule.
    ///
    /// - Parameters:
    ///   - above: the row above; zeros for the first one.
    ///   - pixel: the bytes of a pixel: how far left the left neighbour is.
    func apply(
        to row: UnsafePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int, pixel: Int,
        out: UnsafeMutablePointer<UInt8>
    ) -> Int {
        @inline(__always)
        func subtract(_ prediction: (_ a: Int16, _ b: Int16, _ c: Int16) -> Int16) {
            let first = min(pixel, count)
            for i in 0..<first {
                out[i] = row[i] &- UInt8(truncatingIfNeeded: prediction(0, Int16(above[i]), 0))
            }
            let (left, aboveLeft) = (row - pixel, above - pixel)
            for i in first..<count {
                let value = prediction(Int16(left[i]), Int16(above[i]), Int16(aboveLeft[i]))
                out[i] = row[i] &- UInt8(truncatingIfNeeded: value)
            }
        }
        switch self {
        case .none: subtract { _, _, _ in 0 }
        case .sub: subtract { a, _, _ in a }
        case .up: subtract { _, b, _ in b }
        case .average: subtract { a, b, _ in (a &+ b) >> 1 }
        case .paeth: subtract(Self.paeth)
        }
        var sum: UInt = 0
        for i in 0..<count { sum &+= UInt(Int8(bitPattern: out[i]).magnitude) }
        return Int(sum)
    }

    /// Puts the bytes of a row back, in place.
    func undo(_ row: UnsafeMutablePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int, pixel: Int) {
        @inline(__always)
        func add(_ prediction: (_ a: Int16, _ b: Int16, _ c: Int16) -> Int16) {
            let first = min(pixel, count)
            for i in 0..<first {
                row[i] &+= UInt8(truncatingIfNeeded: prediction(0, Int16(above[i]), 0))
            }
            for i in first..<count {
                let value = prediction(Int16(row[i - pixel]), Int16(above[i]), Int16(above[i - pixel]))
                row[i] &+= UInt8(truncatingIfNeeded: value)
            }
        }
        switch self {
        case .none: break
        case .sub: add { a, _, _ in a }
        case .up: add { _, b, _ in b }
        case .average: add { a, b, _ in (a &+ b) >> 1 }
        case .paeth: add(Self.paeth)
        }
    }
}
