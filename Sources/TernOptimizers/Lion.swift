import TernCore
import TernNN

/// Goes by the sign of a moving average of the gradient: Chen et al., "Symbolic discovery of optimization algorithms", 2023.
/// Keras's `Lion`.
///
/// With gradient `g`: `p *= 1 - learningRate * weightDecay`, `p -= learningRate * sign(beta1 * m + (1 - beta1) * g)`,
/// `m = beta2 * m + (1 - beta2) * g`. Every element moves by the learning rate, which is about a tenth of what ``Adam`` would
/// have, and the decay ten times as large. Keras has 1e-3 for the learning rate.
public final class Lion: Optimizer {
    /// The settings of ``Lion``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the update.
        public var beta1: Double
        /// The share of the past in the average that is kept.
        public var beta2: Double
        /// The share of the weight that a step of rate 1 takes off, apart from the gradient.
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - betas: the shares of the past in the update and in the average that is kept; in 0..<1.
        ///   - weightDecay: the share of the weight that a step of rate 1 takes off, apart from the gradient.
        public init(learningRate: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0) {
            self.learningRate = learningRate
            (beta1, beta2) = betas
            self.weightDecay = weightDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta1": .number(\.beta1), "beta2": .number(\.beta2),
                "weightDecay": .number(\.weightDecay),
            ]
        }

        public var complaint: String? {
            complaintOfShares("betas", beta1, beta2) ?? complaintOfNegatives(["weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["exp_avg"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let direction = sign(lerp(state.slots[0], gradient, 1 - beta1))
            state.slots[0] = lerp(state.slots[0], gradient, 1 - beta2)
            if weightDecay != 0 { parameter = parameter * (1 - learningRate * weightDecay) }
            parameter = parameter - learningRate * direction
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Lion.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the update and in the average that is kept; in 0..<1.
    ///   - weightDecay: the share of the weight that a step of rate 1 takes off, apart from the gradient.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
        weightDecay: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(learningRate: learningRate, betas: betas, weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
