import Foundation

/// How an axis places its numbers.
public enum AxisScale: Sendable {
    /// Equal differences are equal distances.
    case linear
    /// Equal ratios are equal distances; numbers that are not above 0 have no place.
    case logarithmic
}

/// Which numbers an axis shows: `low < high`, both above 0 on a logarithmic axis.
package struct Domain: Equatable {
    package var low: Double
    package var high: Double

    /// The domain around all that there is to show.
    ///
    /// - Parameters:
    ///   - extent: the smallest and the largest number; `nil` without any.
    ///   - padding: the share of the axis that stays free at each end.
    ///   - wantsZero: whether bars stand on 0.
    ///   - prefersZero: whether 0 is to be shown if it is near.
    package init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

    package init(
        around extent: ClosedRange<Double>?, _ scale: AxisScale, padding: Double, wantsZero: Bool = false,
        prefersZero: Bool = false
    ) {
        guard let extent else {
            (low, high) = scale == .logarithmic ? (0.1, 10) : (0, 1)
            return
        }
        (low, high) = (extent.lowerBound, extent.upperBound)
        if scale == .logarithmic {
            // The ratio of the largest and the smallest number is infinite, not so that of their logarithms.
            let factor = high / low < 1 + 1e-9 ? 2 : pow(10, (log10(high) - log10(low)) * padding)
            low = max(low / factor, Double.leastNonzeroMagnitude)
            high = min(high * factor, Double.greatestFiniteMagnitude)
            return
        }
        var hasFloor = false
        var hasCeiling = false
        if wantsZero || prefersZero {
            if low >= 0 && (wantsZero || low <= 0.4 * high) {
                (low, hasFloor) = (0, true)
            } else if high <= 0 && (wantsZero || high >= 0.4 * low) {
                (high, hasCeiling) = (0, true)
            }
        }
        // Sums and differences of the largest numbers are infinite: halves are reckoned with.
        let largest = max(abs(low), abs(high))
        let half = high / 2 - low / 2
        let isConstant = low == high || half <= 0.5e-12 * largest
        let room = isConstant ? (largest < 1e-300 ? 1 : largest * 0.1) : half * padding * 2
        if !hasFloor { low = !isConstant && low >= 0 && low < room ? 0 : low - room }
        if !hasCeiling { high = !isConstant && high <= 0 && -high < room ? 0 : high + room }
        low = max(low, -Double.greatestFiniteMagnitude)
        high = min(high, Double.greatestFiniteMagnitude)
    }
}

/// Where a number lies between two others: 0 at the first, 1 at the second. Always a number, a million at most: what is
/// reckoned from it is finite, and can be an integer.
package func share(of value: Double, from low: Double, to high: Double) -> Double {
    let distance = high - low
    let share = distance.isFinite ? (value - low) / distance : (value / 2 - low / 2) / (high / 2 - low / 2)
    return share.isNaN ? 0.5 : min(max(share, -1e6), 1e6)
}

/// The number at a share of the way from one to another.
func number(at share: Double, from low: Double, to high: Double) -> Double {
    let distance = high - low
    return distance.isFinite ? low + share * distance : low * (1 - share) + high * share
}

/// From the numbers of a domain to positions in the picture.
struct Scale {
    let domain: Domain
    let kind: AxisScale
    private let low: Double
    private let high: Double
    private let start: Double
    private let length: Double

    /// - Parameters:
    ///   - from: the position of the domain's lower end.
    ///   - to: the position of its upper end.
    init(_ domain: Domain, _ kind: AxisScale, from: Double, to: Double) {
        self.domain = domain
        self.kind = kind
        (start, length) = (from, to - from)
        (low, high) = kind == .logarithmic ? (log10(domain.low), log10(domain.high)) : (domain.low, domain.high)
    }

    /// Finite for every number.
    func position(_ value: Double) -> Double {
        start + share(of: kind == .logarithmic ? log10(value) : value, from: low, to: high) * length
    }
}

/// Whether a number has a place on an axis.
func isPlaceable(_ value: Double, on scale: AxisScale) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
}
