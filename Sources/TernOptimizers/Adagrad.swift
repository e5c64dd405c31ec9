import TernCore
import TernNN

/// Divides the gradient by the root of the sum of all its squares: Duchi et al., "Adaptive subgradient methods for online
/// learning and stochastic optimization", 2011. PyTorch's `Adagrad`.
///
/// With gradient `g` (plus `weightDecay * p`) at step `t`: `s = s + g^2`,
/// `p -= learningRate / (1 + (t - 1) * learningRateDecay) * g / (sqrt(s) + epsilon)`.
///
/// Keras adds epsilon (1e-7) under the root, and begins with sums of 0.1.
public final class Adagrad: Optimizer {
    /// The settings of ``Adagrad``, and its step.
    public struct Rule: OptimizerRule, KernelRule {
        public var learningRate: Double
        /// By how much the rate's divisor grows with each step.
        public var learningRateDecay: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double
        /// What the sums of the squares begin with.
        public var initialAccumulatorValue: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - learningRateDecay: by how much the rate's divisor grows with each step.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - initialAccumulatorValue: where the sums of squares begin.
        ///   - epsilon: added to the divisor, against a division by zero.
        public init(
            learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0,
            initialAccumulatorValue: Double = 0, epsilon: Double = 1e-10
        ) {
            self.learningRate = learningRate
            self.learningRateDecay = learningRateDecay
            self.weightDecay = weightDecay
            self.initialAccumulatorValue = initialAccumulatorValue
            self.epsilon = epsilon
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "learningRateDecay": .number(\.learningRateDecay),
                "weightDecay": .number(\.weightDecay), "initialAccumulatorValue": .number(\.initialAccumulatorValue),
                "epsilon": .number(\.epsilon),
            ]
        }

        public var complaint: String? {
            complaintOfNegatives([
                "learningRateDecay": learningRateDecay, "weightDecay": weightDecay,
                "initialAccumulatorValue": initialAccumulatorValue, "epsilon": epsilon,
            ])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["sum"] }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            Tensor.full(parameter.shape, initialAccumulatorValue, dtype: parameter.dtype)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var gradient = gradient
            if weightDecay != 0 { gradient = gradient + weightDecay * parameter }
            let sum = state.slots[0] + square(gradient)
            state.slots[0] = sum
            parameter = parameter - rate(state.steps) * gradient / (sqrt(sum) + epsilon)
        }

        public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool {
            parameter.updateAdagrad(
                gradient: gradient, slots: &state.slots, learningRate: rate(state.steps), epsilon: epsilon,
                weightDecay: weightDecay)
        }

        private func rate(_ step: Int) -> Double { learningRate / (1 + Double(step - 1) * learningRateDecay) }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Adagrad.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - learningRateDecay: by how much the rate's divisor grows with each step.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - initialAccumulatorValue: where the sums of squares begin.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0,
        initialAccumulatorValue: Double = 0, epsilon: Double = 1e-10, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, learningRateDecay: learningRateDecay, weightDecay: weightDecay,
            initialAccumulatorValue: initialAccumulatorValue, epsilon: epsilon)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
