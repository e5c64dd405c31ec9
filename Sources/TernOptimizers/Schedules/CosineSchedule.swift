/// From one rate to another along half a period of the cosine: `end + (start - end) * (1 + cos(pi * step / steps)) / 2`, and
/// `end` from the step `steps` on. Loshchilov and Hutter, "SGDR", 2017, without restarts.
///
/// PyTorch's `CosineAnnealingLR`, which goes up again after `T_max`, where this stays; Keras's `CosineDecay`, whose `alpha`
/// is `end / start`, and whose warm-up is ``LearningRateSchedule/warmedUp(steps:_:)``.
///
/// ```swift
/// CosineSchedule(from: 0.1, steps: 1000)[500]    // 0.05
/// ```
public struct CosineSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, end: Double
    /// The number of updates; positive.
    public let steps: Int

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - end: the rate from the last step on.
    ///   - steps: the number of updates; positive.
    public init(from start: Double, to end: Double = 0, steps: Int) {
        checkPositive(steps, "steps", "CosineSchedule")
        (self.start, self.end, self.steps) = (start, end, steps)
    }

    public subscript(step: Int) -> Double { Annealing.cosine.value(from: start, to: end, at: share(step, of: steps)) }
}
