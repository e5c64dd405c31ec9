import Foundation

/// A rate that is multiplied with a factor at each of some steps: `start * factor^n`, where `n` of the milestones are at
/// most `step`. PyTorch's `MultiStepLR`.
///
/// ```swift
/// MultiStepSchedule(from: 0.1, milestones: [30, 80])[80]    // 0.001
/// ```
public struct MultiStepSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start, factor: Double
    /// The steps from which on the rate is multiplied once more, in ascending order; twice at a step that is there
    /// twice.
    public let milestones: [Int]

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - factor: what the rate is multiplied with at each milestone.
    ///   - milestones: the steps from which on the rate is multiplied once more, in ascending order; twice at a step
    ///     that is there twice.
    public init(from start: Double, factor: Double = 0.1, milestones: [Int]) {
        checkAscending(milestones, "milestones", "MultiStepSchedule")
        (self.start, self.factor, self.milestones) = (start, factor, milestones)
    }

    public subscript(step: Int) -> Double { start * pow(factor, Double(milestones.count { $0 <= step })) }
}
