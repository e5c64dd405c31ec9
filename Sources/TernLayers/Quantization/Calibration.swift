import Foundation
import TernCore

/// How the range that bytes share out is chosen from the numbers that calibration has seen. What lies outside is cut off.
public enum CalibrationMethod: Sendable, Hashable {
    /// From the least number to the largest. PyTorch's `MinMaxObserver`.
    case minMax
    /// Without the largest and the least: as much of each as is above this share of all numbers, such as 0.9999.
    case percentile(Double)
    /// The range with the least mean squared error of the bytes. PyTorch's `HistogramObserver`.
    case leastSquares
}

/// What was seen of the numbers that a layer reads: a histogram whose range grows with them.
final class Calibration {
    private static let half = 2048
    private var counts = [Double](repeating: 0, count: 2 * half)
    /// Bins share out -limit...limit.
    private var limit = 0.0
    private var (low, high) = (0.0, 0.0)
    private(set) var sawNumbers = false
    private(set) var isFinite = true

    func observe(_ x: Tensor) {
        if x.count == 0 { return }
        withoutGradients {
            let (least, most) = (x.min().item(), x.max().item())
            sawNumbers = true
            guard least.isFinite, most.isFinite else {
                isFinite = false
                return
            }
            (low, high) = (min(low, least), max(high, most))
            let size = max(-least, most)
            if size == 0 { return }
            if limit == 0 { limit = exp2(ceil(log2(size))) }
            while limit < size { widen() }
            let seen = histogram(x, bins: counts.count, range: -limit...limit).counts.array(of: Float.self)
            for (bin, count) in seen.enumerated() where count > 0 { counts[bin] += Double(count) }
        }
    }

    /// Two bins become one.
    private func widen() {
        var wide = [Double](repeating: 0, count: counts.count)
        for (bin, count) in counts.enumerated() {
            wide[((bin - Calibration.half) >> 1) + Calibration.half] += count
        }
        (counts, limit) = (wide, 2 * limit)
    }

    func parameters(by method: CalibrationMethod) -> QuantizationParameters {
        QuantizationParameters(range: range(by: method))
    }

    private func range(by method: CalibrationMethod) -> ClosedRange<Double> {
        // In the order of the numbers: the middle of a bin, and how many it has.
        let bins = counts.enumerated().lazy.filter { $0.element > 0 }.map { (self.middle($0.offset), $0.element) }
        switch method {
        case .minMax: return low...high
        case .percentile(let share):
            let outside = (1 - share) * bins.reduce(0) { $0 + $1.1 }
            let half = limit / Double(counts.count)
            let (lower, upper) = (edge(bins, outside) - half, edge(bins.reversed(), outside) + half)
            return max(low, min(0, lower))...min(high, max(0, upper))
        case .leastSquares: return leastSquaresRange(Array(bins))
        }
    }

    private func middle(_ bin: Int) -> Double {
        (Double(bin - Calibration.half) + 0.5) * limit / Double(Calibration.half)
    }

    /// Where so many numbers have been passed.
    private func edge(_ bins: some Sequence<(Double, Double)>, _ outside: Double) -> Double {
        var passed = 0.0
        for (middle, count) in bins {
            passed += count
            if passed > outside { return middle }
        }
        return 0
    }

    /// Shares of the upper end are tried first, then of the lower.
    private func leastSquaresRange(_ bins: [(middle: Double, count: Double)]) -> ClosedRange<Double> {
        func error(_ low: Double, _ high: Double) -> Double {
            let step = (high - low) / 255
            let rounding = step * step / 12
            return bins.reduce(0) { sum, bin in
                let outside = max(low - bin.middle, bin.middle - high, 0)
                return sum + bin.count * (outside * outside + rounding)
            }
        }
        func best(_ candidates: [Double], _ error: (Double) -> Double) -> Double {
            candidates.map { ($0, error($0)) }.min { $0.1 < $1.1 }!.0
        }
        // The whole range comes first: it stays where all are equal.
        let shares = (0..<90).map { 1 - Double($0) / 100 }
        let upper = high == 0 ? 0 : best(shares.map { $0 * high }) { error(low, $0) }
        let lower = low == 0 ? 0 : best(shares.map { $0 * low }) { error($0, upper) }
        return lower...upper
    }
}
