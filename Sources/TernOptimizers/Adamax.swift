import Foundation
import TernCore
import TernNN

/// ``Adam`` with the largest gradient, fading, in the place of the second moment: Kingma and Ba, "Adam: a method for
/// stochastic optimization", 2015. PyTorch's `Adamax`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `m = beta1 * m + (1 - beta1) * g`,
/// `u = max(beta2 * u, |g| + epsilon)`, `p -= learningRate / (1 - beta1^t) * m / u`.
///
/// Keras adds epsilon (1e-7) to `u` where it divides, and has 1e-3 for the learning rate.
public final class Adamax: Optimizer {
    /// The settings of ``Adamax``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the average of the gradient.
        public var beta1: Double
        /// The share of the past in the largest magnitude.
        public var beta2: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the average of the gradient and in its largest magnitude; in 0..<1.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        public init(
            learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
            weightDecay: Double = 0
        ) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "epsilon": .number(\.epsilon), "weightDecay": .number(\.weightDecay),
            ]
        }

        public var complaint: String? {
            complaintOfShares("betas", beta1, beta2)
                ?? complaintOfNegatives(["epsilon": epsilon, "weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["exp_avg", "exp_inf"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var gradient = gradient
            if weightDecay != 0 { gradient = gradient + weightDecay * parameter }
            state.slots[0] = lerp(state.slots[0], gradient, 1 - beta1)
            state.slots[1] = maximum(beta2 * state.slots[1], abs(gradient) + epsilon)
            let rate = learningRate / (1 - pow(beta1, Double(state.steps)))
            parameter = parameter - rate * state.slots[0] / state.slots[1]
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Adamax.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the average of the gradient and in its largest magnitude; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
