import Foundation

/// The standard normal distribution.
enum NormalDistribution {
    /// The probability of a value below `z`.
    static func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The value that a number falls below with probability `p`, to about 16 digits: the inverse of ``below(_:)``.
    ///
    /// Wichura, "Algorithm AS 241: The percentage points of the normal distribution", 1988.
    static func quantile(_ p: Double) -> Double {
        let q = p - 0.5
        if Swift.abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, central)
        }
        let tail = q < 0 ? p : 1 - p
        if tail <= 0 { return q < 0 ? -.infinity : .infinity }
        let r = (-log(tail)).squareRoot()
        let z = r <= 5 ? ratio(r - 1.6, middle) : ratio(r - 5, far)
        return q < 0 ? -z : z
    }

    private typealias Coefficients = (above: InlineArray<8, Double>, below: InlineArray<8, Double>)

    @inline(__always)
    private static func ratio(_ r: Double, _ coefficients: Coefficients) -> Double {
        var above = coefficients.above[7]
        var below = coefficients.below[7]
        for power in stride(from: 6, through: 0, by: -1) {
            above = above * r + coefficients.above[power]
            below = below * r + coefficients.below[power]
        }
        return above / below
    }

    private static let central: Coefficients = (
        [
            3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
        ],
        [
            1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
            3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
        ]
    )

    private static let middle: Coefficients = (
        [
            1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
            1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
        ],
        [
            1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
            1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
        ]
    )

    private static let far: Coefficients = (
        [
            6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
        ],
        [
            1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4,
            1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
        ]
    )
}

/// The standard normal distribution between two bounds.
struct TruncatedNormalDistribution {
    /// Bounds above 0 are mirrored: there probabilities are near 1 and have no digits left.
    private let isMirrored: Bool
    private let bounds: ClosedRange<Double>
    /// The probabilities of values below the bounds.
    private let low: Double
    private let high: Double
    /// The probability of a value below the lower bound, as a part of that below the upper one.
    private let ratio: Double

    init(_ bounds: ClosedRange<Double>) {
        isMirrored = bounds.lowerBound > 0
        self.bounds = isMirrored ? -bounds.upperBound ... -bounds.lowerBound : bounds
        low = NormalDistribution.below(self.bounds.lowerBound)
        high = NormalDistribution.below(self.bounds.upperBound)
        ratio = exp(TruncatedNormalDistribution.logRatio(-self.bounds.lowerBound, -self.bounds.upperBound))
    }

    /// The value that a part `u` of the distribution is below.
    func quantile(_ u: Double) -> Double {
        let part = isMirrored ? 1 - u : u
        let z = high > 1e-290 ? NormalDistribution.quantile(low + (high - low) * part) : farQuantile(part)
        let inside = Swift.min(Swift.max(z, bounds.lowerBound), bounds.upperBound)
        return isMirrored ? -inside : inside
    }

    /// Where probabilities underflow: by Newton's method, on the logarithm of the probability above `x = -z`.
    private func farQuantile(_ part: Double) -> Double {
        let start = -bounds.upperBound
        let wanted = log(Swift.max(ratio + (1 - ratio) * part, 0x1p-54))
        // The derivative of the logarithm is about -x.
        var x = start - 2 * wanted / (start + (start * start - 2 * wanted).squareRoot())
        for _ in 0..<3 {
            x += (TruncatedNormalDistribution.logRatio(x, start) - wanted) * TruncatedNormalDistribution.mills(x)
        }
        return -x
    }

    /// The logarithm of the probability above `x` as a part of that above `y`, both far above 0.
    private static func logRatio(_ x: Double, _ y: Double) -> Double {
        x == .infinity ? -x : (y - x) * (x + y) / 2 + log(mills(x) / mills(y))
    }

    /// The probability above `x`, divided by the density there: Laplace's continued fraction, for `x` far above 0.
    private static func mills(_ x: Double) -> Double {
        1 / stride(from: 8.0, through: 1, by: -1).reduce(x) { fraction, n in x + n / fraction }
    }
}
