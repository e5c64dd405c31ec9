import Foundation
import TernCore
import TernNN

/// Adaptive moment estimation: Kingma and Ba, "Adam: a method for stochastic optimization", 2015. PyTorch's `Adam`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `m = beta1 * m + (1 - beta1) * g`,
/// `v = beta2 * v + (1 - beta2) * g^2`, `p -= learningRate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
public final class Adam: Optimizer {
    /// The settings of ``Adam``, and its step.
    public struct Rule: OptimizerRule, KernelRule {
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
        /// Whether the largest second moment so far is used: Reddi et al., "On the convergence of Adam and beyond", 2018.
        public var amsgrad: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - decoupledDecay: whether the decay shrinks the parameter itself, `p *= 1 - learningRate * weightDecay`,
        ///     as in ``AdamW``.
        ///   - amsgrad: divide by the largest average of squares so far.
        public init(
            learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
            weightDecay: Double = 0, decoupledDecay: Bool = false, amsgrad: Bool = false
        ) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.decoupledDecay = decoupledDecay
            self.amsgrad = amsgrad
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["exp_avg", "exp_avg_sq"] + (amsgrad ? ["max_exp_avg_sq"] : []) }

        public var complaint: String? {
            for beta in [beta1, beta2] where !(0..<1).contains(beta) { return "betas must be in 0..<1, got \(beta)" }
            if !(epsilon >= 0) { return "epsilon must be at least 0, got \(epsilon)" }
            if !(weightDecay >= 0) { return "weightDecay must be at least 0, got \(weightDecay)" }
            return nil
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "epsilon": .number(\.epsilon), "weightDecay": .number(\.weightDecay),
                "decoupledDecay": .flag(\.decoupledDecay), "amsgrad": .flag(\.amsgrad),
            ]
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let step = Double(state.steps)
            var gradient = gradient
            if decoupledDecay {
                parameter = parameter * (1 - learningRate * weightDecay)
            } else {
                gradient = gradient + weightDecay * parameter
            }
            let first = state.slots[0] + (1 - beta1) * (gradient - state.slots[0])
            var second = beta2 * state.slots[1] + (1 - beta2) * square(gradient)
            (state.slots[0], state.slots[1]) = (first, second)
            if amsgrad {
                second = maximum(state.slots[2], second)
                state.slots[2] = second
            }
            let denominator = sqrt(second) / (1 - pow(beta2, step)).squareRoot() + epsilon
            parameter = parameter - learningRate / (1 - pow(beta1, step)) * first / denominator
        }

        public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool {
            parameter.updateAdam(
                gradient: gradient, slots: &state.slots, learningRate: learningRate, beta1: beta1, beta2: beta2,
                epsilon: epsilon, weightDecay: weightDecay, decoupledDecay: decoupledDecay, amsgrad: amsgrad,
                step: state.steps)
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Adam.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - amsgrad: divide by the largest average of squares so far.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay, amsgrad: amsgrad)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
