import Foundation

/// A rate that is multiplied with a factor after every so many steps: `start * factor^floor(step / every)`. PyTorch's
/// `StepLR`.
///
/// ```swift
/// StepSchedule(from: 0.1, every: 30)[60]    // 0.001
/// ```
public struct StepSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, factor: Double
    /// The number of updates between two changes; positive.
    public let every: Int

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - factor: what the rate is multiplied with at each change.
    ///   - every: the number of updates between two changes; positive.
    public init(from start: Double, factor: Double = 0.1, every: Int) {
        checkPositive(every, "every", "StepSchedule")
        (self.start, self.factor, self.every) = (start, factor, every)
    }

    public subscript(step: Int) -> Double { start * pow(factor, periods(step, every: every, isStaircase: true)) }
}
