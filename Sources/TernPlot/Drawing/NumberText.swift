import Foundation
import TernCore

/// A number as a whole number of decimal units: `digits * 10^exponent`. Labels are written from these digits, so they are
/// exact, and the same on every system and in every language.
struct Decimal10: Equatable {
    let digits: Int
    let exponent: Int

    /// More than a Double tells apart.
    static let mostDigits = 1_000_000_000_000_000_000

    init(_ digits: Int, exponent: Int) { (self.digits, self.exponent) = (digits, exponent) }

    /// A finite number rounded to so many significant digits.
    init(rounding value: Double, significant count: Int) {
        guard value != 0, value.isFinite else {
            self.init(0, exponent: 0)
            return
        }
        var exponent = decimalMagnitude(of: value) - count + 1
        var digits = Int(scaled(abs(value), by: -exponent).rounded(), in: 0...Self.mostDigits)
        while digits != 0 && digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        self.init(value < 0 ? -digits : digits, exponent: exponent)
    }

    var value: Double { scaled(Double(digits), by: exponent) }

    /// The exponent of the first digit: 2 for 150.
    var magnitude: Int { digits == 0 ? 0 : String(digits.magnitude).count - 1 + exponent }

    /// `1,500`, `−0.25`.
    var plain: String {
        var text = String(digits.magnitude)
        var fraction = ""
        if digits == 0 {
            text = "0"
        } else if exponent >= 0 {
            text += String(repeating: "0", count: exponent)
        }
        if exponent < 0 {
            text = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
            fraction = "." + text.suffix(-exponent)
            text = String(text.dropLast(-exponent))
        }
        if text.count > 4 {
            var grouped = ""
            for (index, digit) in text.enumerated() {
                if index > 0 && (text.count - index) % 3 == 0 { grouped += "," }
                grouped.append(digit)
            }
            text = grouped
        }
        return (digits < 0 ? "−" : "") + text + fraction
    }

    /// `1.5e6`, `−2e−7`; `0` and `1`.
    var scientific: String {
        var text = String(digits.magnitude)
        while text.count > 1 && text.last == "0" { text.removeLast() }
        if text == "0" { return "0" }
        if text.count > 1 { text.insert(".", at: text.index(after: text.startIndex)) }
        if magnitude == 0 { return (digits < 0 ? "−" : "") + text }
        return (digits < 0 ? "−" : "") + text + "e" + (magnitude < 0 ? "−" : "") + String(magnitude.magnitude)
    }
}

/// The exponent of the power of ten below a number's size: 2 for 150. Those of Double are -324 to 308.
func decimalMagnitude(of value: Double) -> Int { Int(log10(abs(value)).rounded(.down), in: -324...308) }

/// `value * 10^exponent`, rounded once where that is possible.
private func scaled(_ value: Double, by exponent: Int) -> Double {
    // Powers of ten are exact up to 10^22; beyond the range of Double they are applied in two parts.
    if exponent > 300 { return value * 1e300 * pow(10, Double(exponent - 300)) }
    if exponent < -300 { return value / 1e300 / pow(10, Double(-exponent - 300)) }
    return exponent < 0 ? value / pow(10, Double(-exponent)) : value * pow(10, Double(exponent))
}

/// Numbers that stand along one axis, all written in the same way: plainly unless that is long.
func labels(of numbers: [Decimal10], isLogarithmic: Bool = false) -> [String] {
    let magnitude = numbers.filter { $0.digits != 0 }.map(\.magnitude).max() ?? 0
    let smallest = numbers.filter { $0.digits != 0 }.map(\.exponent).min() ?? 0
    let isScientific =
        isLogarithmic
        ? smallest < -4 || magnitude >= 7
        : magnitude < -4 || magnitude >= 16 || magnitude >= 7 && magnitude - smallest <= 4
    return numbers.map { isScientific ? $0.scientific : $0.plain }
}

/// A value beside what it stands for: up to four significant digits, whole numbers in full. `0.9826`, `12,345`, `1.2e−7`.
func shortText(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "−∞" : "∞" }
    if value == value.rounded() && abs(value) < 1e9 {
        return Decimal10(Int(value, in: -1_000_000_000...1_000_000_000), exponent: 0).plain
    }
    let decimal = Decimal10(rounding: value, significant: 4)
    return (-4...6).contains(decimal.magnitude) ? decimal.plain : decimal.scientific
}

/// Values beside each other, with the same number of decimals: as many as give the largest `significant` digits, unless
/// that would hide a small one and small ones count.
func shortTexts(_ values: [Double], significant: Int = 4, keepsSmall: Bool = true) -> [String] {
    let rounded = values.filter { isPlaceable($0, on: .linear) && $0 != 0 }
        .map { Decimal10(rounding: $0, significant: significant) }
    let largest = rounded.map(\.magnitude).max() ?? 0
    let smallest = rounded.map(\.magnitude).min() ?? 0
    let needed = rounded.map { -$0.exponent }.max() ?? 0
    let decimals = max(0, min(needed, significant - 1 - largest))
    guard (-3...5).contains(largest), !keepsSmall || smallest >= -decimals else { return values.map(shortText) }
    let unit = Decimal10(1, exponent: -decimals).value
    return values.map { value in
        guard isPlaceable(value, on: .linear) else { return shortText(value) }
        let digits = Int((value / unit).rounded(), in: -Decimal10.mostDigits...Decimal10.mostDigits)
        return Decimal10(digits, exponent: -decimals).plain
    }
}
