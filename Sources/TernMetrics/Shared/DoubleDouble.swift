/// A number as an unevaluated sum of two `Double`s, of about 106 bits: enough for differences of sums that nearly cancel,
/// such as those in variances. Dekker, "A floating-point technique for extending the available precision", 1971.
struct DoubleDouble {
    let high: Double
    let low: Double

    init(_ high: Double, _ low: Double = 0) { (self.high, self.low) = (high, low) }

    var rounded: Double { high + low }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let product = a.high * b.high
        let error = (-product).addingProduct(a.high, b.high) + (a.high * b.low + a.low * b.high)
        return normalized(product, error)
    }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let difference = a.high - b.high
        let part = difference - a.high
        let error = (a.high - (difference - part)) - (b.high + part)
        return normalized(difference, error + (a.low - b.low))
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let first = a.high / b.high
        let rest = a - DoubleDouble(first) * b
        return normalized(first, rest.rounded / b.high)
    }

    private static func normalized(_ high: Double, _ low: Double) -> DoubleDouble {
        let sum = high + low
        return DoubleDouble(sum, low - (sum - high))
    }
}
