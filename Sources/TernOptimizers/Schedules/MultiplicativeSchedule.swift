import Synchronization

/// A rate that is multiplied with another factor at each step: `start * factor(1) * factor(2) * ... * factor(step)`.
/// PyTorch's `MultiplicativeLR`.
///
/// ```swift
/// MultiplicativeSchedule(from: 0.1) { step in step < 3 ? 0.5 : 1 }[10]    // 0.025
/// ```
///
/// The rate of the next step takes one product; the rate of an earlier one than was last asked for begins anew.
public struct MultiplicativeSchedule: LearningRateSchedule {
    /// The rate at step 0.
    public let start: Double
    private let factor: @Sendable (Int) -> Double
    private let last: Last

    /// The rate that was last asked for. It changes what the answer costs, but not the answer.
    private final class Last: Sendable {
        let value: Mutex<(step: Int, rate: Double)>
        init(_ rate: Double) { value = Mutex((0, rate)) }
    }

    /// - Parameters:
    ///   - start: the rate at step 0.
    ///   - factor: what the rate of the step before is multiplied with, by the number of the step. It must give the
    ///     same for a step whenever it is asked.
    public init(from start: Double, factor: @escaping @Sendable (_ step: Int) -> Double) {
        (self.start, self.factor) = (start, factor)
        last = Last(start)
    }

    public subscript(step: Int) -> Double {
        last.value.withLock { last in
            if step < last.step { last = (0, start) }
            while last.step < step {
                last.step += 1
                last.rate *= factor(last.step)
            }
            return last.rate
        }
    }
}
