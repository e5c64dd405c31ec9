import Foundation
import TernCore
import TernNN

/// ``Adam`` whose steps have, for each parameter, a length in proportion to the parameter's: for large batches. You et al.,
/// "Large batch optimization for deep learning: training BERT in 76 minutes", 2020. Keras's `Lamb`.
///
/// With gradient `g` at step `t`: `m = beta1 * m + (1 - beta1) * g`, `v = beta2 * v + (1 - beta2) * g^2`,
/// `d = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay * p`, `p -= learningRate * |p| / |d| * d`, where
/// `|p|` is the root of the sum of squares; a quotient with 0 is 1.
///
/// Keras has 1e-7 for epsilon, and a decay that shrinks the parameter itself instead of being part of `d`.
public final class LAMB: Optimizer {
    /// The settings of ``LAMB``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the average of the gradient.
        public var beta1: Double
        /// The share of the past in the average of the squared gradient.
        public var beta2: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double
        /// The weight's share in the update, before that is scaled to the weight.
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the update, before that is scaled to the weight.
        public init(
            learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-6,
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

        public var slotNames: [String] { ["exp_avg", "exp_avg_sq"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let step = Double(state.steps)
            state.slots[0] = lerp(state.slots[0], gradient, 1 - beta1)
            state.slots[1] = beta2 * state.slots[1] + (1 - beta2) * square(gradient)
            let denominator = sqrt(state.slots[1] / (1 - pow(beta2, step))) + epsilon
            var direction = state.slots[0] / (1 - pow(beta1, step)) / denominator
            if weightDecay != 0 { direction = direction + weightDecay * parameter }
            let (length, other) = (parameter.norm().item(), direction.norm().item())
            let ratio = length == 0 || other == 0 ? 1 : length / other
            parameter = parameter - learningRate * ratio * direction
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = LAMB.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the update, before that is scaled to the weight.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-6, weightDecay: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
