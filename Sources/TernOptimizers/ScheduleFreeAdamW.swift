import Foundation
import TernCore
import TernNN

/// ``AdamW`` that averages over its way instead of lowering the learning rate: Defazio et al., "The road less scheduled",
/// 2024. Keras's `ScheduleFreeAdamW`.
///
/// With gradient `g` at step `t`: `v = beta2 * v + (1 - beta2) * g^2`, `r = learningRate * min(1, t / warmupSteps)`,
/// `z -= r * (g / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay * p)`, `x += (z - x) / t`,
/// `p = (1 - beta1) * z + beta1 * x`. The parameters `p`, where gradients are taken, lie between the steps `z` and their
/// mean `x`, which predicts best: see ``averaged(_:)``.
///
/// Keras's decay shrinks `p` before the step and leaves `z` alone.
public final class ScheduleFreeAdamW: Optimizer {
    /// The settings of ``ScheduleFreeAdamW``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the mean in the place where gradients are taken.
        public var beta1: Double
        /// The share of the past in the average of the squared gradient.
        public var beta2: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double
        /// The share of the weight that a step of rate 1 takes off.
        public var weightDecay: Double
        /// Steps over which the rate grows.
        public var warmupSteps: Int

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the share of the mean in the place where gradients are taken, and that of the past in the average
        ///     of squares.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the share of the weight that a step of rate 1 takes off.
        ///   - warmupSteps: the number of steps in which the rate rises to its value.
        public init(
            learningRate: Double = 2.5e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
            weightDecay: Double = 0, warmupSteps: Int = 0
        ) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.warmupSteps = warmupSteps
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "epsilon": .number(\.epsilon), "weightDecay": .number(\.weightDecay),
                "warmupSteps": .integer(\.warmupSteps),
            ]
        }

        public var complaint: String? {
            if warmupSteps < 0 { return "warmupSteps must be a whole number of at least 0, got \(warmupSteps)" }
            if beta1 == 0 { return "beta1 must be above 0, got 0.0" }
            return complaintOfShares("betas", beta1, beta2)
                ?? complaintOfNegatives(["epsilon": epsilon, "weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["z", "exp_avg_sq"] }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            index == 0 ? parameter.detached : Tensor.zeros(like: parameter)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let step = Double(state.steps)
            let rate = learningRate * (warmupSteps > 0 ? min(1, step / Double(warmupSteps)) : 1)
            state.slots[1] = beta2 * state.slots[1] + (1 - beta2) * square(gradient)
            let denominator = sqrt(state.slots[1] / (1 - pow(beta2, step))) + epsilon
            let direction = gradient / denominator + weightDecay * parameter
            // What follows for `p` from the three equations.
            let (share, z) = (1 / step, state.slots[0])
            parameter = lerp(parameter, z, share) - rate * (1 - beta1 * (1 - share)) * direction
            state.slots[0] = z - rate * direction
        }

        /// `x`, which follows from `p` and `z`.
        fileprivate func mean(_ parameter: Tensor, _ state: ParameterState) -> Tensor {
            (parameter - (1 - beta1) * state.slots[0]) / beta1
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = ScheduleFreeAdamW.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the share of the mean in the place where gradients are taken, and that of the past in the average of
    ///     squares.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the share of the weight that a step of rate 1 takes off.
    ///   - warmupSteps: the number of steps in which the rate rises to its value.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 2.5e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, warmupSteps: Int = 0, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
            warmupSteps: warmupSteps)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }

    /// Calls `body` while the parameters are the means over the way, and gives them their own values back.
    public func averaged<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        var own: [(Parameter, Tensor)] = []
        for group in groups {
            for (parameter, state) in zip(group.parameters, group.states) where state.steps > 0 {
                let value = parameter.value.detached
                own.append((parameter, value))
                let wide = value.converted(to: value.dtype.accumulator)
                parameter.value = group.rule.mean(wide, state).converted(to: value.dtype)
            }
        }
        defer { for (parameter, value) in own { parameter.value = value } }
        return try body()
    }
}
