/// A rate that shrinks as the inverse of the time: `start / (1 + decay * step / every)`. Keras's `InverseTimeDecay`, and the
/// `decay` of its older optimizers.
///
/// ```swift
/// InverseTimeSchedule(from: 0.1, decay: 0.5)[2]    // 0.05
/// ```
public struct InverseTimeSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, decay: Double
    /// The number of updates in which the divisor grows by `decay`; positive.
    public let every: Int
    /// Whether the rate stays as it is in between.
    public let isStaircase: Bool

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - decay: how fast the divisor grows.
    ///   - every: the number of updates in which the divisor grows by `decay`; positive.
    ///   - isStaircase: whether the rate stays as it is in between.
    public init(from start: Double, decay: Double, every: Int = 1, isStaircase: Bool = false) {
        checkPositive(every, "every", "InverseTimeSchedule")
        (self.start, self.decay, self.every, self.isStaircase) = (start, decay, every, isStaircase)
    }

    public subscript(step: Int) -> Double {
        start / (1 + decay * periods(step, every: every, isStaircase: isStaircase))
    }
}
