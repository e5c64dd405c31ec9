import Foundation

/// From one rate to another along a power: `end + (start - end) * (1 - step / steps)^power`, and `end` from the step `steps`
/// on. PyTorch's `PolynomialLR`; Keras's `PolynomialDecay`, which is `isCyclic` with its `cycle`.
///
/// ```swift
/// PolynomialSchedule(from: 0.1, power: 2, steps: 10)[5]    // 0.025
/// ```
public struct PolynomialSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, end, power: Double
    /// The number of updates; positive.
    public let steps: Int
    /// Whether the rate, once it has come to the end, goes back on a curve of `2 * steps`, then on one of `3 * steps`,
    /// and so on, each of which ends where the next one begins.
    public let isCyclic: Bool

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - end: the rate from the last step on.
    ///   - power: of the share of the steps that is left; 1 is a line.
    ///   - steps: the number of updates; positive.
    ///   - isCyclic: whether the rate, once it has come to the end, goes back on a curve of `2 * steps`, then on one of
    ///     `3 * steps`, and so on, each of which ends where the next one begins.
    public init(from start: Double, to end: Double = 0, power: Double = 1, steps: Int, isCyclic: Bool = false) {
        checkPositive(steps, "steps", "PolynomialSchedule")
        (self.start, self.end, self.power, self.steps, self.isCyclic) = (start, end, power, steps, isCyclic)
    }

    public subscript(step: Int) -> Double {
        var done = share(step, of: steps)
        if isCyclic, step > steps {
            let curves = Double(step) / Double(steps)
            done = curves / curves.rounded(.up)
        }
        return end + (start - end) * pow(1 - done, power)
    }
}
