import Foundation

/// How a schedule goes from one rate to another.
public enum Annealing: String, CaseIterable, Sendable {
    /// Along half a period of the cosine: slowly at both ends.
    case cosine
    /// Along a line.
    case linear

    /// The value after a share of the way: `start` at 0, `end` at 1, both to the bit.
    func value(from start: Double, to end: Double, at share: Double) -> Double {
        if share <= 0 { return start }
        if share >= 1 { return end }
        return switch self {
        case .cosine: end + (start - end) * (1 + cos(.pi * share)) / 2
        case .linear: start + (end - start) * share
        }
    }
}
