import Foundation
import TernCore

/// The marked places of an axis.
package struct Ticks: Equatable {
    package var values: [Double] = []
    package var labels: [String] = []
    /// Places of small marks without labels, on a logarithmic axis.
    var minor: [Double] = []

    init() {}

    /// Multiples of 1, 2 or 5 times a power of ten in `low...high`, at most `limit` + 1 of them.
    ///
    /// - Parameter isWhole: whether only whole numbers make sense, such as epochs.
    package init(from low: Double, to high: Double, atMost limit: Int, isWhole: Bool = false) {
        guard low < high, low.isFinite, high.isFinite else { return }
        let count = Double(max(1, limit))
        let raw = max(high / count - low / count, Double.leastNonzeroMagnitude)
        var exponent = decimalMagnitude(of: raw) - 1
        var mantissa = 1
        // The first of 1, 2, 5, 10, 20 ... that is no smaller than the distance asked for, but for rounding.
        while Decimal10(mantissa, exponent: exponent).value < raw * (1 - 1e-9) || isWhole && exponent < 0 {
            if mantissa == 5 { exponent += 1 }
            mantissa = mantissa == 1 ? 2 : mantissa == 2 ? 5 : 1
        }
        let step = Decimal10(mantissa, exponent: exponent).value
        let first = (low / step - 1e-6).rounded(.up)
        let last = (high / step + 1e-6).rounded(.down)
        guard first <= last, abs(first) < 1e15, abs(last) < 1e15 else { return }
        let most = 1_000_000_000_000_000
        let numbers = (Int(first, in: -most...most)...Int(last, in: -most...most))
            .map { Decimal10($0 * mantissa, exponent: exponent) }
            // The smallest numbers that there are have no multiples of a power of ten between them.
            .filter { (-1e-5...1 + 1e-5).contains(share(of: $0.value, from: low, to: high)) }
        values = numbers.map(\.value)
        labels = TernPlot.labels(of: numbers)
    }

    /// The places for a logarithmic axis: powers of ten, every n-th if there are many, with 2 and 5 times them if there
    /// are few.
    init(logarithmicFrom low: Double, to high: Double, atMost limit: Int) {
        self.init()
        guard low > 0, high > low, high.isFinite else { return }
        let decades = decimalMagnitude(of: low)...decimalMagnitude(of: high) + 1
        func isInside(_ number: Decimal10) -> Bool {
            number.value >= low * (1 - 1e-9) && number.value <= high * (1 + 1e-9) && number.value.isFinite
        }
        let powers = decades.map { Decimal10(1, exponent: $0) }.filter(isInside)
        var numbers = powers
        if powers.count > limit {
            let stride = (powers.count + limit - 1) / limit
            numbers = powers.filter { $0.exponent % stride == 0 }
        } else if powers.count * 3 <= limit {
            numbers = decades.flatMap { e in [1, 2, 5].map { Decimal10($0, exponent: e) } }.filter(isInside)
        }
        if numbers.count < 3 && powers.count < 2 {
            self = Ticks(from: low, to: high, atMost: limit)
            return
        }
        values = numbers.map(\.value)
        labels = TernPlot.labels(of: numbers, isLogarithmic: true)
        if numbers.count >= powers.count && powers.count <= 8 {
            let fine = decades.flatMap { e in (2...9).map { Decimal10($0, exponent: e) } }
            minor = fine.filter { isInside($0) && !values.contains($0.value) }.map(\.value)
        }
    }

    /// The ticks with labels that are no wider than there is room.
    func shortened(to limit: Double) -> Ticks {
        var result = self
        result.labels = labels.map { TernPlot.shortened($0, to: max(limit, 0)) }
        return result
    }
}
