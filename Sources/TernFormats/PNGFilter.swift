/// What PNG does to a row before it is compressed: each byte becomes its difference from a prediction out of its
/// neighbours to the left (`a`), above (`b`) and above left (`c`), modulo 256.
///
/// Source: <https://www.w3.org/TR/png-3/#9Filters>.
enum PNGFilter: UInt8, CaseIterable {
    case none, sub, up, average, paeth

    /// The neighbour that is nearest to `a + b - c`; ties go to a, then b.
    @inline(__always)
    static func paeth(_ a: Int, _ b: Int, _ c: Int) -> Int {
        let (toA, toB, toC) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c
    }

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
        var sum = 0
        for i in 0..<count {
            let a = i >= pixel ? Int(row[i - pixel]) : 0
            let b = Int(above[i])
            let prediction =
                switch self {
                case .none: 0
                case .sub: a
                case .up: b
                case .average: (a + b) / 2
                case .paeth: Self.paeth(a, b, i >= pixel ? Int(above[i - pixel]) : 0)
                }
            let difference = row[i] &- UInt8(truncatingIfNeeded: prediction)
            out[i] = difference
            sum += Int(Int8(bitPattern: difference).magnitude)
        }
        return sum
    }

    /// Puts the bytes of a row back, in place.
    func undo(_ row: UnsafeMutablePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int, pixel: Int) {
        switch self {
        case .none: break
        case .sub:
            var i = pixel
            while i < count {
                row[i] &+= row[i - pixel]
                i += 1
            }
        case .up:
            for i in 0..<count { row[i] &+= above[i] }
        case .average:
            for i in 0..<count {
                let a = i >= pixel ? Int(row[i - pixel]) : 0
                row[i] &+= UInt8(truncatingIfNeeded: (a + Int(above[i])) / 2)
            }
        case .paeth:
            for i in 0..<count {
                let a = i >= pixel ? Int(row[i - pixel]) : 0
                let c = i >= pixel ? Int(above[i - pixel]) : 0
                row[i] &+= UInt8(truncatingIfNeeded: Self.paeth(a, Int(above[i]), c))
            }
        }
    }
}
