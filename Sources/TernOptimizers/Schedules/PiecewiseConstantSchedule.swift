import TernCore

/// One rate after the other: `rates[n]`, where `n` of the boundaries are below `step`. Keras's `PiecewiseConstantDecay`.
///
/// ```swift
/// let schedule = PiecewiseConstantSchedule(rates: [1, 0.5, 0.1], boundaries: [1000, 1100])
/// schedule[1000]    // 1.0
/// schedule[1001]    // 0.5
/// ```
public struct PiecewiseConstantSchedule: LearningRateSchedule {
    /// The rates, one after the other.
    public let rates: [Double]
    /// The last step of each rate but the last one's, in ascending order.
    public let boundaries: [Int]

    /// - Parameters:
    ///   - rates: one more than there are boundaries.
    ///   - boundaries: the last step of each rate but the last one's, in ascending order.
    public init(rates: [Double], boundaries: [Int]) {
        if rates.count != boundaries.count + 1 {
            mistake(
                "PiecewiseConstantSchedule",
                "expects one rate more than there are boundaries, got \(rates.count) and \(boundaries.count)")
        }
        checkAscending(boundaries, "boundaries", "PiecewiseConstantSchedule")
        (self.rates, self.boundaries) = (rates, boundaries)
    }

    public subscript(step: Int) -> Double { rates[boundaries.count { $0 < step }] }
}
