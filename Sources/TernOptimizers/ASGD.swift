import Foundation
import TernCore
import TernNN

/// Stochastic gradient descent with falling rate, whose averages over the way are kept: Polyak and Juditsky, "Acceleration
/// of stochastic approximation by averaging", 1992. PyTorch's `ASGD`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `eta = learningRate / (1 + lambda * learningRate * (t - 1))^alpha`,
/// `p = (1 - lambda * eta) * p - eta * g`, `a += (p - a) / max(1, t - 1 - averagingStart)`.
///
/// The averages `a` are the first slots of the groups' states, `ax` in a state dictionary. `MovingAverage` averages
/// over the way of any optimizer. PyTorch computes `eta` with the learning rate of the step before, which is another
/// one under a schedule.
public final class ASGD: Optimizer {
    /// The settings of ``ASGD``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// How fast the rate falls, and the parameters shrink.
        public var lambda: Double
        /// The power with which the rate falls.
        public var alpha: Double
        /// The step that averaging begins after: PyTorch's `t0`.
        public var averagingStart: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - lambda: the decay of the weight in each step.
        ///   - alpha: the power of the step's number by which steps get smaller.
        ///   - averagingStart: the step from which on weights are averaged.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        public init(
            learningRate: Double = 1e-2, lambda: Double = 1e-4, alpha: Double = 0.75, averagingStart: Double = 1e6,
            weightDecay: Double = 0
        ) {
            self.learningRate = learningRate
            self.lambda = lambda
            self.alpha = alpha
            self.averagingStart = averagingStart
            self.weightDecay = weightDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "lambda": .number(\.lambda), "alpha": .number(\.alpha),
                "averagingStart": .number(\.averagingStart), "weightDecay": .number(\.weightDecay),
            ]
        }

        public var complaint: String? {
            complaintOfNegatives(["lambda": lambda, "alpha": alpha, "weightDecay": weightDecay])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["ax"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var gradient = gradient
            if weightDecay != 0 { gradient = gradient + weightDecay * parameter }
            let past = Double(state.steps - 1)
            let rate = learningRate / pow(1 + lambda * learningRate * past, alpha)
            parameter = parameter * (1 - lambda * rate) - rate * gradient
            state.slots[0] = lerp(state.slots[0], parameter, 1 / max(1, past - averagingStart))
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = ASGD.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - lambda: the decay of the weight in each step.
    ///   - alpha: the power of the step's number by which steps get smaller.
    ///   - averagingStart: the step from which on weights are averaged.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-2, lambda: Double = 1e-4, alpha: Double = 0.75,
        averagingStart: Double = 1e6, weightDecay: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, lambda: lambda, alpha: alpha, averagingStart: averagingStart,
            weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
