import TernCore
import TernOptimizers

/// Lowers the learning rates of an optimizer when a metric has stopped improving.
///
/// ```swift
/// let plateau = ReduceOnPlateau(optimizer, factor: 0.5, patience: 3, mode: .maximum)
/// for epoch in 0..<epochs {
///     ...
///     plateau.update(validationAccuracy)
/// }
/// ```
///
/// PyTorch's `ReduceLROnPlateau`: after more than `patience` values in a row that are not better, each group's rate becomes
/// `max(rate * factor, minimum)`, and the next `cooldown` values do not count. Keras's callback of the name reduces with the
/// last value of its patience already: its 10 is 9 here. The rates are what the optimizer has at that moment: a
/// ``/TernOptimizers/LearningRateScheduler`` of the same optimizer, a warm-up say, must have made its last step.
///
/// A checkpoint keeps the best value and the counts, and must be of the same mode; the rates are the optimizer's.
public final class ReduceOnPlateau: Stateful {
    /// What the rates are multiplied with; at least 0 and below 1.
    public let factor: Double
    /// How many values in a row may fail to be better.
    public let patience, cooldown: Int
    /// The lowest rate of each group.
    public let minimumRates: [Double]
    /// Changes of a rate that are no larger are left out.
    public let epsilon: Double
    /// The best value so far; an infinity before the first that is better.
    public var best: Double { bestValue.value! }
    /// The values since the best one, without those of a cooldown, or since the rates were last lowered.
    public private(set) var sinceBest = 0
    /// How many of the next values do not count.
    public private(set) var cooldownLeft = 0

    private let optimizer: any Optimizer
    private var bestValue: BestValue

    /// - Parameters:
    ///   - optimizer: whose rates are lowered.
    ///   - factor: what the rates are multiplied with; at least 0 and below 1.
    ///   - patience: how many values in a row may fail to be better.
    ///   - mode: whether smaller or larger values are better.
    ///   - threshold: by how much a value must be better to count.
    ///   - cooldown: how many values after a reduction do not count.
    ///   - minimumRate: the lowest rate of all groups.
    ///   - epsilon: a rate that would change by no more stays as it is.
    public convenience init(
        _ optimizer: any Optimizer, factor: Double = 0.1, patience: Int = 10, mode: MetricMode = .minimum,
        threshold: ImprovementThreshold = .relative(1e-4), cooldown: Int = 0, minimumRate: Double = 0,
        epsilon: Double = 1e-8
    ) {
        self.init(
            optimizer, factor: factor, patience: patience, mode: mode, threshold: threshold, cooldown: cooldown,
            minimumRates: optimizer.learningRates.map { _ in minimumRate }, epsilon: epsilon)
    }

    /// - Parameters:
    ///   - optimizer: whose rates are lowered.
    ///   - factor: what the rates are multiplied with; at least 0 and below 1.
    ///   - patience: how many values in a row may fail to be better.
    ///   - mode: whether smaller or larger values are better.
    ///   - threshold: by how much a value must be better to count.
    ///   - cooldown: how many values after a reduction do not count.
    ///   - minimumRates: the lowest rate of each group; the last one's goes for groups that are added later.
    ///   - epsilon: a rate that would change by no more stays as it is.
    public init(
        _ optimizer: any Optimizer, factor: Double = 0.1, patience: Int = 10, mode: MetricMode = .minimum,
        threshold: ImprovementThreshold = .relative(1e-4), cooldown: Int = 0, minimumRates: [Double],
        epsilon: Double = 1e-8
    ) {
        let groups = optimizer.learningRates.count
        func check(_ isFine: Bool, _ complaint: @autoclosure () -> String) {
            if !isFine { mistake("ReduceOnPlateau", complaint()) }
        }
        check((0..<1).contains(factor), "factor must be in 0..<1, got \(factor)")
        check(patience >= 0, "patience must be at least 0, got \(patience)")
        check(cooldown >= 0, "cooldown must be at least 0, got \(cooldown)")
        check(threshold.size >= 0, "threshold must be at least 0, got \(threshold.size)")
        check(epsilon >= 0, "epsilon must be at least 0, got \(epsilon)")
        check(
            minimumRates.count == groups,
            "expects a minimum rate for each of \(groups) groups, got \(minimumRates.count)")
        for rate in minimumRates { check(rate >= 0, "a minimum rate must be at least 0, got \(rate)") }
        self.optimizer = optimizer
        (self.factor, self.patience, self.cooldown) = (factor, patience, cooldown)
        (self.minimumRates, self.epsilon) = (minimumRates, epsilon)
        bestValue = BestValue(mode: mode, threshold: threshold, value: mode == .minimum ? .infinity : -.infinity)
    }

    /// Takes the metric's value of an epoch, or of however many steps. NaN is never better.
    ///
    /// - Returns: whether the rates were lowered.
    @discardableResult
    public func update(_ value: Double) -> Bool {
        sinceBest = bestValue.improve(value) ? 0 : sinceBest + 1
        if cooldownLeft > 0 {
            cooldownLeft -= 1
            sinceBest = 0
        }
        if sinceBest <= patience { return false }
        (sinceBest, cooldownLeft) = (0, cooldown)
        let before = optimizer.learningRates
        optimizer.learningRates = before.enumerated().map { group, rate in
            let minimum = minimumRates[min(group, minimumRates.count - 1)]
            let lowered = max(rate * factor, minimum)
            return rate - lowered > epsilon ? lowered : rate
        }
        return optimizer.learningRates != before
    }

    public var savedState: [String: StateValue] {
        bestValue.state.merging(["sinceBest": .integer(sinceBest), "cooldownLeft": .integer(cooldownLeft)]) { $1 }
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let bestValue = bestValue.restored(from: &reader)
        if bestValue.value == nil { _ = reader.number("best") }
        let sinceBest = reader.integer("sinceBest", in: 0...patience)
        let cooldownLeft = reader.integer("cooldownLeft", in: 0...cooldown)
        return {
            self.bestValue = bestValue
            (self.sinceBest, self.cooldownLeft) = (sinceBest, cooldownLeft)
        }
    }
}
