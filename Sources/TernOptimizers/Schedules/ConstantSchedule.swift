/// The same rate at all steps.
///
/// PyTorch's `ConstantLR`, which has another rate for some steps at first, is a constant warm-up in front of it, or a
/// ``PiecewiseConstantSchedule``.
public struct ConstantSchedule: LearningRateSchedule {
    public let rate: Double

    public init(_ rate: Double) { self.rate = rate }

    public subscript(step: Int) -> Double { rate }
}
