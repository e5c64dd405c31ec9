import TernCore

/// The product of several schedules: a rate, and factors of it. PyTorch's `ChainedScheduler`, for those schedulers that
/// multiply.
///
/// ```swift
/// let schedule = ChainedSchedule([
///     ExponentialSchedule(from: 0.1, factor: 0.9), LinearSchedule(from: 0.5, to: 1, steps: 10),
/// ])
/// schedule[0]    // 0.05
/// ```
///
/// The momentum is that of the first one which has any.
public struct ChainedSchedule: LearningRateSchedule {
    /// The schedules whose factors are multiplied.
    public let schedules: [any LearningRateSchedule]

    /// - Parameter schedules: at least one.
    public init(_ schedules: [any LearningRateSchedule]) {
        if schedules.isEmpty { mistake("ChainedSchedule", "expects at least one schedule, got none") }
        self.schedules = schedules
    }

    public subscript(step: Int) -> Double { schedules.dropFirst().reduce(schedules[0][step]) { $0 * $1[step] } }

    public func momentum(at step: Int) -> Double? { schedules.lazy.compactMap { $0.momentum(at: step) }.first }
}
