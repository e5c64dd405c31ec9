import Foundation
import TernCore
import TernNN

/// ``Adam`` with Nesterov's momentum: Dozat, "Incorporating Nesterov momentum into Adam", 2016. PyTorch's `NAdam`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `m = beta1 * m + (1 - beta1) * g`,
/// `v = beta2 * v + (1 - beta2) * g^2`, `mu(t) = beta1 * (1 - 0.5 * 0.96^(t * momentumDecay))`, `M(t) = mu(1) * ... * mu(t)`,
/// `p -= learningRate * ((1 - mu(t)) / (1 - M(t)) * g + mu(t + 1) / (1 - M(t + 1)) * m) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
///
/// Keras has 1 for the momentum's decay, 1e-7 for epsilon and 1e-3 for the learning rate.
public final class NAdam: Optimizer {
    /// The settings of ``NAdam``, and its step.
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
        /// How fast the first beta grows to its value with the steps.
        public var momentumDecay: Double
        /// Whether the decay shrinks the parameter itself, `p *= 1 - learningRate * weightDecay`, as in ``AdamW``.
        public var decoupledDecay: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - momentumDecay: how fast the first beta grows to its value with the steps.
        ///   - decoupledDecay: decay the weight itself, as ``AdamW`` does, instead of adding to the gradient.
        public init(
            learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8,
            weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledDecay: Bool = false
        ) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.momentumDecay = momentumDecay
            self.decoupledDecay = decoupledDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "epsilon": .number(\.epsilon), "weightDecay": .number(\.weightDecay),
                "momentumDecay": .number(\.momentumDecay), "decoupledDecay": .flag(\.decoupledDecay),
            ]
        }

        public var complaint: String? {
            complaintOfShares("betas", beta1, beta2)
                ?? complaintOfNegatives([
                    "epsilon": epsilon, "weightDecay": weightDecay, "momentumDecay": momentumDecay,
                ])
        }

        public static var isElementwise: Bool { true }

        /// The last is the product of the momenta so far.
        public var slotNames: [String] { ["exp_avg", "exp_avg_sq", "mu_product"] }

        public func slotShape(_ index: Int, of shape: Shape) -> Shape { index == 2 ? [] : shape }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            index == 2 ? Tensor(1, dtype: parameter.dtype) : Tensor.zeros(like: parameter)
        }

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
            let (now, next) = (momentum(at: step), momentum(at: step + 1))
            let product = state.slots[2].item() * now
            state.slots[2] = Tensor(product, dtype: parameter.dtype)
            let denominator = sqrt(state.slots[1] / (1 - pow(beta2, step))) + epsilon
            let first = learningRate * (1 - now) / (1 - product) * gradient
            let second = learningRate * next / (1 - product * next) * state.slots[0]
            parameter = parameter - (first + second) / denominator
        }

        /// `mu` of a step.
        private func momentum(at step: Double) -> Double { beta1 * (1 - 0.5 * pow(0.96, step * momentumDecay)) }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = NAdam.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - momentumDecay: how fast the first beta grows to its value with the steps.
    ///   - decoupledDecay: decay the weight itself, as ``AdamW`` does, instead of adding to the gradient.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3, decoupledDecay: Bool = false,
        maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
            momentumDecay: momentumDecay, decoupledDecay: decoupledDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
