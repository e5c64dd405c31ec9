import Foundation
import TernCore

/// Up and down between two rates, again and again, while the momentum goes the other way: Smith, "Cyclical learning rates
/// for training neural networks", 2017. PyTorch's `CyclicLR`.
///
/// `base + (maximum - base) * height * scale`, where the height goes from 0 to 1 in `stepsUp` steps and back in `stepsDown`,
/// and the momentum is `upper - (upper - lower) * height * scale`.
///
/// ```swift
/// CyclicSchedule(from: 0.1, to: 0.2, stepsUp: 10)[25]    // 0.15
/// ```
public struct CyclicSchedule: LearningRateSchedule {
    /// How high a cycle is.
    public enum Scaling: Sendable {
        /// All of them as high.
        case triangular
        /// Each half as high as the one before.
        case triangular2
        /// `factor^step`. PyTorch's `exp_range`.
        case exponential(Double)
        /// By the number of the cycle, which counts from 1.
        case byCycle(@Sendable (Int) -> Double)
        /// By the step.
        case byStep(@Sendable (Int) -> Double)
    }

    /// The lowest rate.
    public let base, maximum: Double
    /// The number of updates from the base to the maximum; positive.
    public let stepsUp, stepsDown: Int
    /// How the height of the cycles changes.
    public let scaling: Scaling
    /// The bounds of the momentum, or of the first beta of ``Adam`` and its kind. `nil` leaves it alone.
    public let momentum: ClosedRange<Double>?

    /// - Parameters:
    ///   - base: the lowest rate.
    ///   - maximum: the highest rate of the first cycle.
    ///   - stepsUp: the number of updates from the base to the maximum; positive.
    ///   - stepsDown: those back; as many, unless you say otherwise. With 0 the rate falls at once.
    ///   - scaling: how the height of the cycles changes.
    ///   - momentum: the bounds of the momentum, or of the first beta of ``Adam`` and its kind. `nil` leaves it alone.
    public init(
        from base: Double, to maximum: Double, stepsUp: Int = 2000, stepsDown: Int? = nil,
        scaling: Scaling = .triangular, momentum: ClosedRange<Double>? = 0.8...0.9
    ) {
        checkPositive(stepsUp, "stepsUp", "CyclicSchedule")
        if let stepsDown, stepsDown < 0 {
            mistake("CyclicSchedule", "stepsDown must be at least 0, got \(stepsDown)")
        }
        (self.base, self.maximum, self.scaling, self.momentum) = (base, maximum, scaling, momentum)
        (self.stepsUp, self.stepsDown) = (stepsUp, stepsDown ?? stepsUp)
    }

    public subscript(step: Int) -> Double { base + (maximum - base) * height(step) }

    public func momentum(at step: Int) -> Double? {
        momentum.map { $0.upperBound - ($0.upperBound - $0.lowerBound) * height(step) }
    }

    private func height(_ step: Int) -> Double {
        let step = max(step, 0)
        let (up, down) = (Double(stepsUp), Double(stepsDown))
        let place = Double(step).truncatingRemainder(dividingBy: up + down)
        let cycle = Int((Double(step) / (up + down)).rounded(.down), in: 0...Int.max - 1) + 1
        let height = place <= up ? place / up : (up + down - place) / down
        return switch scaling {
        case .triangular: height
        case .triangular2: height * pow(0.5, Double(cycle - 1))
        case .exponential(let factor): height * pow(factor, Double(step))
        case .byCycle(let scale): height * scale(cycle)
        case .byStep(let scale): height * scale(step)
        }
    }
}
