import Foundation

/// A rate that shrinks by the same factor all the time: `start * factor^(step / every)`. PyTorch's `ExponentialLR`, and with
/// `every` Keras's `ExponentialDecay`.
///
/// ```swift
/// ExponentialSchedule(from: 0.1, factor: 0.5, every: 100)[200]    // 0.025
/// ```
public struct ExponentialSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, factor: Double
    /// The number of updates in which the rate is multiplied with the factor once; positive.
    public let every: Int
    /// Whether the rate stays as it is in between, as in a ``StepSchedule``.
    public let isStaircase: Bool

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - factor: what the rate is multiplied with in `every` updates.
    ///   - every: the number of updates in which the rate is multiplied with the factor once; positive.
    ///   - isStaircase: whether the rate stays as it is in between, as in a ``StepSchedule``.
    public init(from start: Double, factor: Double, every: Int = 1, isStaircase: Bool = false) {
        checkPositive(every, "every", "ExponentialSchedule")
        (self.start, self.factor, self.every, self.isStaircase) = (start, factor, every, isStaircase)
    }

    public subscript(step: Int) -> Double { start * pow(factor, periods(step, every: every, isStaircase: isStaircase)) }
}
