/// The rate that a function gives. PyTorch's `LambdaLR`, whose function is a factor of the rate.
///
/// ```swift
/// FunctionSchedule { step in 0.1 / Double(step + 1) }[4]    // 0.02
/// ```
public struct FunctionSchedule: LearningRateSchedule {
    private let rate: @Sendable (Int) -> Double

    /// - Parameter rate: the rate of an update, by its number. It must give the same for a step whenever it is asked.
    public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) { self.rate = rate }

    public subscript(step: Int) -> Double { rate(max(step, 0)) }
}
