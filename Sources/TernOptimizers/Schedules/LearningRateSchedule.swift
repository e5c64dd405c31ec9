import TernCore

/// A learning rate that depends on the step: `optimizer.learningRate = schedule[step]`, or by a ``LearningRateScheduler``.
///
/// A schedule is a value, and its rate a function of the step alone: it can be asked for any step in any order, and has no
/// state to save. One of your own is a type with a subscript, or a ``FunctionSchedule``; what there is can be combined:
///
/// ```swift
/// let schedule = CosineSchedule(from: 0.1, steps: 900).warmedUp(steps: 100)
/// schedule[50]    // 0.05
/// ```
///
/// What is driven by a metric instead of the step is no schedule: see `ReduceOnPlateau`.
public protocol LearningRateSchedule: Sendable {
    /// The rate of the update number `step`, which counts from 0. Before it is that of step 0.
    subscript(step: Int) -> Double { get }

    /// The momentum of the update number `step`, or the first beta of ``Adam`` and its kind; `nil`, unless a schedule says
    /// otherwise, leaves the optimizer's alone.
    func momentum(at step: Int) -> Double?
}

extension LearningRateSchedule {
    public func momentum(at step: Int) -> Double? { nil }
}

/// How many periods of `every` steps have gone by; only whole ones count in a staircase.
func periods(_ step: Int, every: Int, isStaircase: Bool) -> Double {
    let step = max(step, 0)
    return isStaircase ? Double(step / every) : Double(step) / Double(every)
}

/// The share of `steps` that has gone by: 0...1.
func share(_ step: Int, of steps: Int) -> Double { Double(min(max(step, 0), steps)) / Double(steps) }

func checkPositive(_ count: Int, _ name: String, _ schedule: String) {
    if count < 1 { mistake(schedule, "\(name) must be positive, got \(count)") }
}

/// Steps at which something changes: in ascending order, the same one more than once if you like.
func checkAscending(_ steps: [Int], _ name: String, _ schedule: String) {
    if !areAscending(steps) { mistake(schedule, "\(name) must be ascending steps of at least 0, got \(steps)") }
}

func areAscending(_ steps: [Int]) -> Bool {
    zip([0] + steps, steps).allSatisfy { $0 <= $1 }
}
