import TernCore

/// A schedule by its name, for configuration files.
///
/// ```swift
/// let cosine = try makeSchedule("cosine", settings: ["from": 0.1, "steps": 900, "warmupSteps": 100])
/// let steps = try makeSchedule("multiStep", settings: ["from": 0.1, "milestones": [30, 80]])
/// ```
///
/// - Parameters:
///   - name: one of ``scheduleNames``; capitals make no difference.
///   - settings: those of the schedule's initializer, by their names there, and with the same defaults. `ConstantSchedule`'s
///     is `rate`; ranges are two numbers, none of them to leave the momentum alone; `scaling` is `triangular`,
///     `triangular2` or `exponential` with a `factor`. All of them have `warmupSteps` besides, with `warmupRate`, which is
///     where a linear warm-up begins, and `warmup`, `linear` or `constant`.
/// - Throws: ``/TernCore/ConfigurationError`` with all that is wrong: an unknown name, for which it lists those that
///   there are, settings that are unknown, missing, of another kind or out of range.
public func makeSchedule(
    _ name: String, settings: [String: ConfigurationValue]
) throws(ConfigurationError) -> any LearningRateSchedule {
    guard let (title, make) = makers[name.lowercased()] else {
        throw ConfigurationError("there is no schedule '\(name)', only \(scheduleNames.joined(separator: ", "))")
    }
    var reader = ScheduleSettings(settings)
    let schedule = make(&reader)
    let steps = reader.count("warmupSteps", 0, atLeast: 0)
    let rate = reader.rate("warmupRate", 0)
    let isLinear = reader.word("warmup", "linear", ["linear", "constant"]) == "linear"
    if let problem = reader.problem { throw ConfigurationError("\(title): \(problem)") }
    return steps == 0 ? schedule : schedule.warmedUp(steps: steps, isLinear ? .linear(from: rate) : .constant(rate))
}

/// The names that ``makeSchedule(_:settings:)`` takes, sorted.
public var scheduleNames: [String] { makers.values.map(\.title).sorted() }

private typealias Maker = @Sendable (inout ScheduleSettings) -> any LearningRateSchedule

/// By their titles in small letters.
private let makers: [String: (title: String, make: Maker)] = {
    let makers: [String: Maker] = [
        "constant": { ConstantSchedule($0.rate("rate")) },
        "step": { StepSchedule(from: $0.rate("from"), factor: $0.rate("factor", 0.1), every: $0.count("every")) },
        "multiStep": {
            MultiStepSchedule(from: $0.rate("from"), factor: $0.rate("factor", 0.1), milestones: $0.steps("milestones"))
        },
        "piecewiseConstant": { reader in
            let (rates, boundaries) = (reader.rates("rates"), reader.steps("boundaries"))
            if rates.count == boundaries.count + 1 {
                return PiecewiseConstantSchedule(rates: rates, boundaries: boundaries)
            }
            reader.complain(
                "expects one rate more than there are boundaries, got \(rates.count) and \(boundaries.count)")
            return ConstantSchedule(0)
        },
        "linear": { LinearSchedule(from: $0.rate("from"), to: $0.rate("to"), steps: $0.count("steps")) },
        "exponential": {
            ExponentialSchedule(
                from: $0.rate("from"), factor: $0.rate("factor"), every: $0.count("every", 1),
                isStaircase: $0.flag("isStaircase"))
        },
        "naturalExponential": {
            NaturalExponentialSchedule(
                from: $0.rate("from"), decay: $0.rate("decay"), every: $0.count("every", 1),
                isStaircase: $0.flag("isStaircase"))
        },
        "inverseTime": {
            InverseTimeSchedule(
                from: $0.rate("from"), decay: $0.rate("decay"), every: $0.count("every", 1),
                isStaircase: $0.flag("isStaircase"))
        },
        "polynomial": {
            PolynomialSchedule(
                from: $0.rate("from"), to: $0.rate("to", 0), power: $0.rate("power", 1), steps: $0.count("steps"),
                isCyclic: $0.flag("isCyclic"))
        },
        "cosine": { CosineSchedule(from: $0.rate("from"), to: $0.rate("to", 0), steps: $0.count("steps")) },
        "cosineRestarts": {
            CosineRestartsSchedule(
                from: $0.rate("from"), to: $0.rate("to", 0), steps: $0.count("steps"),
                stretch: $0.number("stretch", 1, in: 1...(.greatestFiniteMagnitude)), scale: $0.rate("scale", 1))
        },
        "oneCycle": {
            OneCycleSchedule(
                maximum: $0.rate("maximum"), steps: $0.count("steps"),
                risingShare: $0.number("risingShare", 0.3, in: 0...1), annealing: $0.annealing("annealing"),
                divisor: $0.divisor("divisor", 25), finalDivisor: $0.divisor("finalDivisor", 1e4),
                isThreePhase: $0.flag("isThreePhase"), momentum: $0.range("momentum", 0.85...0.95))
        },
        "cyclic": { reader in
            let stepsUp = reader.count("stepsUp", 2000)
            return CyclicSchedule(
                from: reader.rate("from"), to: reader.rate("to"), stepsUp: stepsUp,
                stepsDown: reader.count("stepsDown", stepsUp, atLeast: 0), scaling: reader.scaling("scaling"),
                momentum: reader.range("momentum", 0.8...0.9))
        },
    ]
    return Dictionary(uniqueKeysWithValues: makers.map { ($0.lowercased(), (title: $0, make: $1)) })
}()
