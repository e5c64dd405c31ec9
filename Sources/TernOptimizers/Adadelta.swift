import TernCore
import TernNN

/// Takes steps of the size that the last ones had: Zeiler, "Adadelta: an adaptive learning rate method", 2012. PyTorch's
/// `Adadelta`.
///
/// With gradient `g` (plus `weightDecay * p`): `v = rho * v + (1 - rho) * g^2`,
/// `d = sqrt(u + epsilon) / sqrt(v + epsilon) * g`, `u = rho * u + (1 - rho) * d^2`, `p -= learningRate * d`.
///
/// Keras has 0.95 for rho, 1e-7 for epsilon and 1e-3 for the learning rate.
public final class Adadelta: Optimizer {
    /// The settings of ``Adadelta``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the moving averages.
        public var rho: Double
        /// Added to both averages under their roots.
        public var epsilon: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: a factor of the step, whose size the rule finds itself.
        ///   - rho: the share of the past in the averages of squares.
        ///   - epsilon: added to both averages under their roots.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        public init(learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0) {
            self.learningRate = learningRate
            self.rho = rho
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "rho": .number(\.rho), "epsilon": .number(\.epsilon),
                "weightDecay": .number(\.weightDecay),
            ]
        }

        public var complaint: String? {
            if !(0...1).contains(rho) { return "rho must be in 0...1, got \(rho)" }
            return complaintOfNegatives(["epsilon": epsilon, "weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["square_avg", "acc_delta"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var gradient = gradient
            if weightDecay != 0 { gradient = gradient + weightDecay * parameter }
            let variance = rho * state.slots[0] + (1 - rho) * square(gradient)
            let direction = sqrt(state.slots[1] + epsilon) / sqrt(variance + epsilon) * gradient
            state.slots[0] = variance
            state.slots[1] = rho * state.slots[1] + (1 - rho) * square(direction)
            parameter = parameter - learningRate * direction
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Adadelta.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: a factor of the step, whose size the rule finds itself.
    ///   - rho: the share of the past in the averages of squares.
    ///   - epsilon: added to both averages under their roots.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6,
        weightDecay: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(learningRate: learningRate, rho: rho, epsilon: epsilon, weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
