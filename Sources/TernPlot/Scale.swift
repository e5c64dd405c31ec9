import Foundation

/// How an axis places its numbers.
public enum AxisScale: Sendable {
    /// Equal differences are equal distances.
    case linear
    /// Equal ratios are equal distances; numbers that are not above 0 have no place.
    case logarithmic
}

/// Which numbers an axis shows: `low < high`, both above 0 on a logarithmic axis.
struct Domain: Equatable {
    var low: Double
    var high: Double

    /// The domain around all that there is to show.
    ///
    /// - Parameters:
    ///   - extent: the smallest and the largest number; `nil` without any.
    ///   - padding: the share of the axis that stays free at each end.
    ///   - wantsZero: whether bars stand on 0.
    ///   - prefersZero: whether 0 is to be shown if it is near.
    init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

    init(
        around extent: ClosedRange<Double>?, _ scale: AxisScale, padding: Double, wantsZero: Bool = false,
        prefersZero: Bool = false
    ) {
        guard let extent else {
            (low, high) = scale == .logarithmic ? (0.1, 10) : (0, 1)
            return
        }
        (low, high) = (extent.lowerBound, extent.upperBound)
        if scale == .logarithmic {
            let isConstant = high / low < 1 + 1e-9
            let factor = isConstant ? 2 : pow(high / low, padding)
            low = max(low / factor, Double.leastNormalMagnitude)
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
        let largest = max(abs(low), abs(high))
        if high - low <= 1e-12 * largest || largest < 1e-300 {
            // One number: some room around it.
            let room = largest < 1e-300 ? 1 : largest * 0.1
            (low, high) = (hasFloor ? low : low - room, hasCeiling ? high : high + room)
            return
        }
        let room = (high - low) * padding
        if !hasFloor { low = low >= 0 && low < room ? 0 : low - room }
        if !hasCeiling { high = high <= 0 && -high < room ? 0 : high + room }
    }
}

/// From the numbers of a domain to positions in the picture.
struct Scale {
    let domain: Domain
    let kind: AxisScale
    private let start: Double
    private let factor: Double
    private let origin: Double

    /// - Parameters:
    ///   - from: the position of the domain's lower end.
    ///   - to: the position of its upper end.
    init(_ domain: Domain, _ kind: AxisScale, from: Double, to: Double) {
        self.domain = domain
        self.kind = kind
        start = from
        let isLog = kind == .logarithmic
        origin = isLog ? log10(domain.low) : domain.low
        factor = (to - from) / ((isLog ? log10(domain.high) : domain.high) - origin)
    }

    func position(_ value: Double) -> Double {
        start + ((kind == .logarithmic ? log10(value) : value) - origin) * factor
    }
}

/// Whether a number has a place on an axis. Numbers beyond 10^300 are taken for infinite: sums of them are.
func isPlaceable(_ value: Double, on scale: AxisScale) -> Bool {
    scale == .logarithmic ? value > 1e-300 && value < 1e300 : abs(value) < 1e300
}
