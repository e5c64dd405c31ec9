import TernCore

/// One schedule after the other, each of which counts its steps from 0. PyTorch's `SequentialLR`.
///
/// ```swift
/// let schedule = SequentialSchedule(
///     [ConstantSchedule(0.1), ExponentialSchedule(from: 0.1, factor: 0.5)], milestones: [100])
/// schedule[101]    // 0.05
/// ```
public struct SequentialSchedule: LearningRateSchedule {
    /// The schedules, one after the other.
    public let schedules: [any LearningRateSchedule]
    /// The first step of each schedule but the first one's, in ascending order.
    public let milestones: [Int]

    /// - Parameters:
    ///   - schedules: one more than there are milestones.
    ///   - milestones: the first step of each schedule but the first one's, in ascending order.
    public init(_ schedules: [any LearningRateSchedule], milestones: [Int]) {
        if schedules.count != milestones.count + 1 {
            mistake(
                "SequentialSchedule",
                "expects one schedule more than there are milestones, got \(schedules.count) and \(milestones.count)")
        }
        checkAscending(milestones, "milestones", "SequentialSchedule")
        (self.schedules, self.milestones) = (schedules, milestones)
    }

    public subscript(step: Int) -> Double {
        let (schedule, step) = part(step)
        return schedule[step]
    }

    public func momentum(at step: Int) -> Double? {
        let (schedule, step) = part(step)
        return schedule.momentum(at: step)
    }

    /// The schedule that has its turn, and the step of its own.
    private func part(_ step: Int) -> (any LearningRateSchedule, step: Int) {
        let step = max(step, 0)
        let begun = milestones.prefix { $0 <= step }
        return (schedules[begun.count], step - (begun.last ?? 0))
    }
}

/// How a rate begins in front of a schedule.
public enum Warmup: Sendable {
    /// From this rate to the schedule's first, in a straight line.
    case linear(from: Double)
    /// This rate all the time.
    case constant(Double)
}

extension LearningRateSchedule {
    /// The schedule with a warm-up in front, behind which it begins with its own step 0.
    ///
    /// ```swift
    /// let schedule = CosineSchedule(from: 0.1, steps: 900).warmedUp(steps: 100)
    /// schedule[50]     // 0.05
    /// schedule[100]    // 0.1
    /// ```
    ///
    /// A warm-up that does not put the schedule off, but lowers its first rates, is a factor in a ``ChainedSchedule``.
    ///
    /// - Parameters:
    ///   - steps: the number of updates; at least 0, which changes nothing.
    ///   - warmup: the curve of the warm-up.
    public func warmedUp(steps: Int, _ warmup: Warmup = .linear(from: 0)) -> SequentialSchedule {
        if steps < 0 { mistake("warmedUp", "steps must be at least 0, got \(steps)") }
        let first: any LearningRateSchedule =
            switch warmup {
            case .linear(let rate): LinearSchedule(from: rate, to: self[0], steps: max(steps, 1))
            case .constant(let rate): ConstantSchedule(rate)
            }
        return SequentialSchedule([first, self], milestones: [steps])
    }

    /// The schedule up to a step, and then from the rate it has come to to a constant one, as the averaging of weights
    /// wants it. PyTorch's `SWALR`.
    ///
    /// ```swift
    /// let schedule = StepSchedule(from: 0.1, every: 100).annealed(to: 0.05, at: 150, over: 10)
    /// schedule[149]    // 0.01
    /// schedule[160]    // 0.05
    /// ```
    ///
    /// - Parameters:
    ///   - rate: the constant one.
    ///   - step: the last one at which the schedule has its own rate; at least 0.
    ///   - steps: the number of updates in which the rate goes to `rate`; at least 0, which goes there at once.
    ///   - annealing: the curve between two rates.
    public func annealed(
        to rate: Double, at step: Int, over steps: Int = 10, annealing: Annealing = .cosine
    ) -> SequentialSchedule {
        if step < 0 || steps < 0 {
            mistake("annealed", "expects a step and a number of steps of at least 0, got \(step) and \(steps)")
        }
        let second: any LearningRateSchedule =
            switch annealing {
            case _ where steps == 0: ConstantSchedule(rate)
            case .cosine: CosineSchedule(from: self[step], to: rate, steps: steps)
            case .linear: LinearSchedule(from: self[step], to: rate, steps: steps)
            }
        return SequentialSchedule([self, second], milestones: [step])
    }
}
