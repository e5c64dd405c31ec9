import Foundation
import TernCore
import TernNN

/// ``Adam`` that leaves out the second moment as long as it has seen too little to know it: Liu et al., "On the variance of
/// the adaptive learning rate and beyond", 2020. PyTorch's `RAdam`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `m = beta1 * m + (1 - beta1) * g`,
/// `v = beta2 * v + (1 - beta2) * g^2`, `R = 2 / (1 - beta2) - 1`, `r = R - 2 * t * beta2^t / (1 - beta2^t)`. While `r` is at
/// most 5, `p -= learningRate * m / (1 - beta1^t)`; then that times
/// `sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r)) * sqrt(1 - beta2^t) / (sqrt(v) + epsilon)`.
public final class RAdam: Optimizer {
    /// The settings of ``RAdam``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the average of the gradient.
        public var beta1: Double
        /// The share of the past in the average of the squared gradient.
        public var beta2: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double
        /// Whether the decay shrinks the parameter itself, `p *= 1 - learningRate * weightDecay`, as in ``AdamW``.
        public var decoupledDecay: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - decoupledDecay: decay the weight itself, as ``AdamW`` does, instead of adding to the gradient.
        public init(
            learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
            weightDecay: Double = 0, decoupledDecay: Bool = false
        ) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.decoupledDecay = decoupledDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "epsilon": .number(\.epsilon), "weightDecay": .number(\.weightDecay),
                "decoupledDecay": .flag(\.decoupledDecay),
            ]
        }

        public var complaint: String? {
            complaintOfShares("betas", beta1, beta2)
                ?? complaintOfNegatives(["epsilon": epsilon, "weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["exp_avg", "exp_avg_sq"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let step = Double(state.steps)
            var gradient = gradient
            if decoupledDecay {
                parameter = parameter * (1 - learningRate * weightDecay)
            } else if weightDecay != 0 {
                gradient = gradient + weightDecay * parameter
            }
            state.slots[0] = lerp(state.slots[0], gradient, 1 - beta1)
            state.slots[1] = beta2 * state.slots[1] + (1 - beta2) * square(gradient)
            let rate = learningRate / (1 - pow(beta1, step))
            let correction = 1 - pow(beta2, step)
            let limit = 2 / (1 - beta2) - 1
            let length = limit - 2 * step * pow(beta2, step) / correction
            if length > 5 {
                let rectification = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
                let factor = rate * (rectification * correction).squareRoot()
                parameter = parameter - factor * state.slots[0] / (sqrt(state.slots[1]) + epsilon)
            } else {
                parameter = parameter - rate * state.slots[0]
            }
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = RAdam.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - decoupledDecay: decay the weight itself, as ``AdamW`` does, instead of adding to the gradient.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, decoupledDecay: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
            decoupledDecay: decoupledDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
