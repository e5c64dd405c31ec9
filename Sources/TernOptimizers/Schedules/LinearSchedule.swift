/// From one rate to another in a straight line: `start + (end - start) * step / steps`, and `end` from the step `steps` on.
/// PyTorch's `LinearLR`, whose factors the rates are multiplied with here.
///
/// ```swift
/// LinearSchedule(from: 0.1, to: 0.2, steps: 10)[5]    // 0.15
/// ```
public struct LinearSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, end: Double
    /// The number of updates; positive.
    public let steps: Int

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - end: the rate from the last step on.
    ///   - steps: the number of updates; positive.
    public init(from start: Double, to end: Double, steps: Int) {
        checkPositive(steps, "steps", "LinearSchedule")
        (self.start, self.end, self.steps) = (start, end, steps)
    }

    public subscript(step: Int) -> Double { Annealing.linear.value(from: start, to: end, at: share(step, of: steps)) }
}
