/// The same rate at all steps.
///
/// PyTorch's `ConstantLR`, which has another rate for some steps at first, is a constant warm-up in front of it, or a
/// ``PiecewiseConstantSchedule``.
public struct ConstantSchedule: LearningRateSchedule {
    /// The rate of all steps.
    public let rate: Double

    /// - Parameter rate: the rate of all steps.
    public init(_ rate: Double) { self.rate = rate }

    public subscript(step: Int) -> Double { rate }
}
