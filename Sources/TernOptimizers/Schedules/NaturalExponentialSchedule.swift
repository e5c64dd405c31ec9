import Foundation

/// A rate that shrinks as a power of e: `start * exp(-decay * step / every)`. PaddlePaddle's `NaturalExpDecay`.
///
/// ```swift
/// NaturalExponentialSchedule(from: 1, decay: 0.5)[2]    // 0.36787944117144233
/// ```
public struct NaturalExponentialSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, decay: Double
    /// The number of updates in which the exponent falls by `decay`; positive.
    public let every: Int
    /// Whether the rate stays as it is in between.
    public let isStaircase: Bool

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - decay: how fast the exponent falls.
    ///   - every: the number of updates in which the exponent falls by `decay`; positive.
    ///   - isStaircase: whether the rate stays as it is in between.
    public init(from start: Double, decay: Double, every: Int = 1, isStaircase: Bool = false) {
        checkPositive(every, "every", "NaturalExponentialSchedule")
        (self.start, self.decay, self.every, self.isStaircase) = (start, decay, every, isStaircase)
    }

    public subscript(step: Int) -> Double {
        start * exp(-decay * periods(step, every: every, isStaircase: isStaircase))
    }
}
