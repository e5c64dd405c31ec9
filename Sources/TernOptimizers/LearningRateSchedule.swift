import Foundation
import TernCore

/// A learning rate that depends on the step: `optimizer.learningRate = schedule[step]`, or by a ``LearningRateScheduler``.
public protocol LearningRateSchedule: Sendable {
    /// The rate of the update number `step`, which counts from 0.
    subscript(step: Int) -> Double { get }
}

/// The same rate at all steps.
public struct ConstantSchedule: LearningRateSchedule {
    public var rate: Double

    public init(_ rate: Double) { self.rate = rate }

    public subscript(step: Int) -> Double { rate }
}

/// From one rate to another along half a period of the cosine: `to + (from - to) * (1 + cos(pi * step / steps)) / 2`, and
/// `to` from the step `steps` on. Loshchilov and Hutter, "SGDR", 2017, without restarts. PyTorch's `CosineAnnealingLR`.
public struct CosineSchedule: LearningRateSchedule {
    public var start: Double
    public var end: Double
    public var steps: Int

    /// - Parameter steps: the number of updates; positive.
    public init(from start: Double, to end: Double = 0, steps: Int) {
        if steps < 1 { mistake("CosineSchedule", "steps must be positive, got \(steps)") }
        self.start = start
        self.end = end
        self.steps = steps
    }

    public subscript(step: Int) -> Double {
        let progress = Double(min(max(step, 0), steps)) / Double(steps)
        return end + (start - end) * (1 + cos(.pi * progress)) / 2
    }
}
