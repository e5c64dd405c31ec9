import Foundation
import TernCore

/// Half periods of the cosine, one after the other: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm
/// restarts", 2017.
///
/// The restart number `i` has the length `l = steps * stretch^i`; with `t` of its steps done, the rate is
/// `end + (start - end) * scale^i * (1 + cos(pi * t / l)) / 2`. PyTorch's `CosineAnnealingWarmRestarts`, whose `T_mult` is
/// `stretch`; Keras's `CosineDecayRestarts`, whose `t_mul` is `stretch` (2 unless said otherwise), `m_mul` is `scale` and
/// `alpha` is `end / start`.
///
/// ```swift
/// let schedule = CosineRestartsSchedule(from: 0.1, steps: 10, stretch: 2)    // restarts at 10, 30, 70 ...
/// schedule[30]    // 0.1
/// ```
public struct CosineRestartsSchedule: LearningRateSchedule {
    /// The rate at the beginning of each period, but for `scale`.
    public let start, end: Double
    /// The number of updates up to the first restart; positive.
    public let steps: Int
    /// How many times longer than the one before each period is; at least 1.
    public let stretch, scale: Double

    /// - Parameters:
    ///   - start: the rate at the beginning of each period, but for `scale`.
    ///   - end: the lowest rate.
    ///   - steps: the number of updates up to the first restart; positive.
    ///   - stretch: how many times longer than the one before each period is; at least 1.
    ///   - scale: what the height of each period is multiplied with from the one before.
    public init(from start: Double, to end: Double = 0, steps: Int, stretch: Double = 1, scale: Double = 1) {
        checkPositive(steps, "steps", "CosineRestartsSchedule")
        if !(stretch >= 1) { mistake("CosineRestartsSchedule", "stretch must be at least 1, got \(stretch)") }
        (self.start, self.end, self.steps, self.stretch, self.scale) = (start, end, steps, stretch, scale)
    }

    public subscript(step: Int) -> Double {
        var (restarts, done, length) = (0.0, Double(max(step, 0)), Double(steps))
        if stretch == 1 {
            restarts = (done / length).rounded(.down)
            done = done.truncatingRemainder(dividingBy: length)
        }
        // Lengths grow by a factor: there are few.
        while done >= length {
            done -= length
            length *= stretch
            restarts += 1
        }
        let height = (start - end) * pow(scale, restarts)
        return Annealing.cosine.value(from: end + height, to: end, at: done / length)
    }
}
