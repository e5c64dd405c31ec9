import TernCore

/// Sets the learning rates of an optimizer's groups by a schedule, at once and after each update.
///
/// ```swift
/// let scheduler = LearningRateScheduler(optimizer, CosineSchedule(from: 2e-3, steps: epochs * batches))
/// for ... {
///     optimizer.step(gradients)
///     scheduler.step()
/// }
/// ```
///
/// The first group has the schedule's rate, and every other keeps its proportion to it: groups that begin with 0.1 and
/// 0.001 have 0.05 and 0.0005 when the schedule says 0.05. So a schedule that begins with the first group's own rate
/// scales each group's own, as PyTorch's schedulers do with `base_lrs`. Or each group has a schedule of its own:
///
/// ```swift
/// LearningRateScheduler(optimizer, [ConstantSchedule(1e-4), CosineSchedule(from: 0.1, steps: 1000)])
/// LearningRateScheduler(optimizer) { rate in CosineSchedule(from: rate, to: 1e-5, steps: 1000) }
/// ```
///
/// The first of these two takes no notice of the rates that the groups have; the second makes each group's schedule from
/// its own rate, so that all of them end at the same one, as with PyTorch's `eta_min`. A schedule's momentum, if it has
/// any, is set for its groups too.
public final class LearningRateScheduler {
    private let optimizer: any Optimizer
    private let schedules: Schedules

    private enum Schedules {
        case shared(any LearningRateSchedule)
        case ofEachGroup([any LearningRateSchedule])
        case ofEachRate((Double) -> any LearningRateSchedule)
    }

    /// What was made of the base rates.
    private var made: (baseRates: [Double], schedules: [any LearningRateSchedule]) = ([], [])

    /// The rates of the groups that a shared schedule keeps in proportion, or that schedules are made of: those when the
    /// scheduler was made; of a group that was added since, the one it came with.
    public private(set) var baseRates: [Double] {
        get {
            let present = optimizer.learningRates
            return Array(knownBaseRates.prefix(present.count)) + present.dropFirst(knownBaseRates.count)
        }
        set { knownBaseRates = newValue }
    }
    private var knownBaseRates: [Double]

    /// The number of updates so far. Set it to go on where a saved training stopped.
    public var steps = 0 {
        didSet { apply() }
    }

    /// - Parameters:
    ///   - optimizer: whose rates are set.
    ///   - schedule: the rates of the first group, to which the others keep their proportion.
    public convenience init(_ optimizer: any Optimizer, _ schedule: any LearningRateSchedule) {
        self.init(optimizer, .shared(schedule))
    }

    /// - Parameters:
    ///   - optimizer: whose rates are set.
    ///   - schedules: one for each group of the optimizer, whose own rate does not matter.
    public convenience init(_ optimizer: any Optimizer, _ schedules: [any LearningRateSchedule]) {
        self.init(optimizer, .ofEachGroup(schedules))
    }

    /// - Parameters:
    ///   - optimizer: whose rates are set.
    ///   - schedule: makes the schedule of a group from the group's own rate.
    public convenience init(_ optimizer: any Optimizer, _ schedule: @escaping (Double) -> any LearningRateSchedule) {
        self.init(optimizer, .ofEachRate(schedule))
    }

    private init(_ optimizer: any Optimizer, _ schedules: Schedules) {
        self.optimizer = optimizer
        self.schedules = schedules
        knownBaseRates = optimizer.learningRates
        apply()
    }

    /// Call it after each update of the optimizer.
    public func step() {
        if steps < .max { steps += 1 }
    }

    private func apply() {
        baseRates = baseRates  // Groups that were added come with the rates they have now.
        switch schedules {
        case .shared(let schedule):
            optimizer.learningRates = scaledRates(schedule[steps])
            let momentum = schedule.momentum(at: steps)
            optimizer.setMomenta(baseRates.map { _ in momentum })
        case .ofEachGroup(let schedules):
            if schedules.count != baseRates.count {
                mistake(
                    "LearningRateScheduler",
                    "expects a schedule for each of \(baseRates.count) groups, got \(schedules.count)")
            }
            apply(schedules)
        case .ofEachRate(let schedule):
            if made.baseRates != baseRates { made = (baseRates, baseRates.map(schedule)) }
            apply(made.schedules)
        }
    }

    private func apply(_ schedules: [any LearningRateSchedule]) {
        optimizer.learningRates = schedules.map { $0[steps] }
        optimizer.setMomenta(schedules.map { $0.momentum(at: steps) })
    }

    private func scaledRates(_ rate: Double) -> [Double] {
        let first = baseRates[0]
        return baseRates.map { base in
            if base == first { return rate }
            if first == 0 {
                mistake(
                    "LearningRateScheduler",
                    "cannot keep the proportion of groups to a first one with the rate 0 (the rates are \(baseRates)): "
                        + "give each group a schedule of its own")
            }
            return rate * (base / first)
        }
    }
}

extension LearningRateScheduler: Stateful {
    public var savedState: [String: StateValue] {
        var state: [String: StateValue] = ["steps": .integer(steps)]
        for (group, rate) in baseRates.enumerated() { state["base rate \(group)"] = .number(rate) }
        return state
    }

    /// Sets the optimizer's learning rates too, as the schedule has them for the step.
    public func restoring(from reader: inout StateReader) -> () -> Void {
        let steps = reader.integer("steps")
        var baseRates = baseRates
        // A state of an earlier version has none: then the rates are those of the new optimizer.
        if reader.values.keys.contains(where: { $0.hasPrefix("base rate ") }) {
            for group in baseRates.indices {
                let rate = reader.number("base rate \(group)")
                if !(rate >= 0) { reader.complain("base rate \(group): expects a number of at least 0, got \(rate)") }
                baseRates[group] = rate
            }
        }
        return {
            self.baseRates = baseRates
            self.steps = steps
        }
    }
}
