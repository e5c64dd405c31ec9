import TernCore

/// Up to a high rate and down to a very low one, in a single cycle, while the momentum goes the other way: Smith and Topin,
/// "Super-convergence: very fast training of neural networks using large learning rates", 2018. PyTorch's `OneCycleLR`.
///
/// The rate goes from `maximum / divisor` to `maximum` in `risingShare` of the steps, then to
/// `maximum / divisor / finalDivisor`, and stays there. With three phases, as in the paper, it goes back to where it began
/// in as many steps as it rose, and down from there in the rest. The momentum falls from its upper to its lower bound while
/// the rate rises, and rises while the rate falls; in the third phase it stays.
///
/// ```swift
/// let scheduler = LearningRateScheduler(optimizer, OneCycleSchedule(maximum: 0.01, steps: epochs * batches))
/// ```
public struct OneCycleSchedule: LearningRateSchedule {
    /// The highest rate.
    public let maximum: Double
    /// The number of updates; positive.
    public let steps: Int
    /// The share of the steps in which the rate rises; 0...1.
    public let risingShare: Double
    /// The curve between two rates.
    public let annealing: Annealing
    /// What the highest rate is divided by for the rate at the start.
    public let divisor, finalDivisor: Double
    /// Whether the rate falls as fast as it rose, and then to its end, instead of all the way at once.
    public let isThreePhase: Bool
    /// The bounds of the momentum, or of the first beta of ``Adam`` and its kind. `nil` leaves it alone.
    public let momentum: ClosedRange<Double>?

    /// - Parameters:
    ///   - maximum: the highest rate.
    ///   - steps: the number of updates; positive.
    ///   - risingShare: the share of the steps in which the rate rises; 0...1.
    ///   - annealing: the curve between two rates.
    ///   - divisor: of the highest rate, for the rate at the start.
    ///   - finalDivisor: of the rate at the start, for the rate at the end.
    ///   - isThreePhase: whether the rate falls as fast as it rose, and then to its end, instead of all the way at
    ///     once.
    ///   - momentum: the bounds of the momentum, or of the first beta of ``Adam`` and its kind. `nil` leaves it alone.
    public init(
        maximum: Double, steps: Int, risingShare: Double = 0.3, annealing: Annealing = .cosine, divisor: Double = 25,
        finalDivisor: Double = 1e4, isThreePhase: Bool = false, momentum: ClosedRange<Double>? = 0.85...0.95
    ) {
        checkPositive(steps, "steps", "OneCycleSchedule")
        if !(0...1).contains(risingShare) {
            mistake("OneCycleSchedule", "risingShare must be in 0...1, got \(risingShare)")
        }
        (self.maximum, self.steps, self.risingShare, self.annealing) = (maximum, steps, risingShare, annealing)
        (self.divisor, self.finalDivisor, self.isThreePhase) = (divisor, finalDivisor, isThreePhase)
        self.momentum = momentum
    }

    public subscript(step: Int) -> Double {
        let start = maximum / divisor
        return value(at: step, start: start, peak: maximum, end: start / finalDivisor)
    }

    public func momentum(at step: Int) -> Double? {
        momentum.map { value(at: step, start: $0.upperBound, peak: $0.lowerBound, end: $0.upperBound) }
    }

    /// What goes from its start to the peak and on to its end; in three phases, to the start in between.
    private func value(at step: Int, start: Double, peak: Double, end: Double) -> Double {
        let rising = risingShare * Double(steps)
        var phases = [(last: rising - 1, to: peak)]
        if isThreePhase { phases.append((last: 2 * rising - 2, to: start)) }
        phases.append((last: Double(steps) - 1, to: end))

        let step = Double(max(step, 0))
        var (first, from) = (0.0, start)
        for phase in phases {
            if step <= phase.last {
                // A phase of one step has no way to go.
                let share = phase.last > first ? (step - first) / (phase.last - first) : 1
                return annealing.value(from: from, to: phase.to, at: share)
            }
            (first, from) = (phase.last, phase.to)
        }
        return end
    }
}
