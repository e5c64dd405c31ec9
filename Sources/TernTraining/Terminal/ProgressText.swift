import Foundation
import TernCore

/// How numbers are written beside a progress.
enum ProgressText {
    static func metric(_ value: Double) -> String {
        // Numbers of twenty digits are read by nobody.
        abs(value) > 1e-3 && (abs(value) < 1e9 || value.isInfinite) ? number(value, 4) : scientific(value)
    }

    /// `42s`, `1:40`, `1:06:40`.
    static func duration(_ seconds: Double) -> String {
        let s = Int(seconds, in: 0...Int.max)
        if s > 3600 { return "\(s / 3600):" + String(format: "%02d:%02d", s % 3600 / 60, s % 60) }
        if s > 60 { return "\(s / 60):" + String(format: "%02d", s % 60) }
        return "\(s)s"
    }

    static func stepTime(_ seconds: Double) -> String {
        if seconds >= 1 || seconds == 0 { return number(seconds, 0) + "s/step" }
        if seconds >= 1e-3 { return number(seconds * 1e3, 0) + "ms/step" }
        return number(seconds * 1e6, 0) + "us/step"
    }

    /// `12/938`, as wide for every step; `12/Unknown`.
    static func count(_ current: Int, of total: Int?) -> String {
        guard let total else { return "\(current)/Unknown" }
        let indent = String(repeating: " ", count: max(0, "\(total)".count - "\(current)".count))
        return indent + "\(current)/\(total)"
    }

    /// The part that is done.
    static func share(_ current: Int, of total: Int) -> Double {
        total == 0 ? 1 : min(1, Double(current) / Double(total))
    }

    static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    static func scientific(_ value: Double) -> String { String(format: "%.4e", value) }
}
