import TernCore
import TernNN

/// "Follow the regularized leader", for sparse linear models: with L1 regularization, weights become exactly 0. McMahan et
/// al., "Ad click prediction: a view from the trenches", 2013. Keras's `Ftrl`.
///
/// With gradient `g`, its sum of squares `n` and `h = n + g^2`, and `q = -learningRatePower`:
/// `z += g + 2 * l2Shrinkage * p - (h^q - n^q) / learningRate * p`, `n = h`,
/// `p = (clamp(z, -l1, l1) - z) / (h^q / learningRate + 2 * l2 + beta / learningRate)`.
public final class Ftrl: Optimizer {
    /// The settings of ``Ftrl``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// At most 0; 0 keeps the rate constant.
        public var learningRatePower: Double
        /// What the sums of the squares begin with.
        public var initialAccumulatorValue: Double
        /// The strength of L1 regularization.
        public var l1: Double
        /// The strength of L2 regularization.
        public var l2: Double
        /// The strength of an L2 penalty, whose gradient is added.
        public var l2Shrinkage: Double
        /// Added to the root of the sum of squares.
        public var beta: Double

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - learningRatePower: the power of the sum of squares that rates are divided by, negative: -0.5 for its
        ///     root.
        ///   - initialAccumulatorValue: where the sums of squares begin.
        ///   - l1: the penalty of magnitudes, which makes weights 0.
        ///   - l2: the penalty of squares.
        ///   - l2Shrinkage: a penalty of squares that is part of the gradient.
        ///   - beta: added to the root of the sum of squares.
        public init(
            learningRate: Double = 1e-3, learningRatePower: Double = -0.5, initialAccumulatorValue: Double = 0.1,
            l1: Double = 0, l2: Double = 0, l2Shrinkage: Double = 0, beta: Double = 0
        ) {
            self.learningRate = learningRate
            self.learningRatePower = learningRatePower
            self.initialAccumulatorValue = initialAccumulatorValue
            self.l1 = l1
            self.l2 = l2
            self.l2Shrinkage = l2Shrinkage
            self.beta = beta
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "learningRatePower": .number(\.learningRatePower),
                "initialAccumulatorValue": .number(\.initialAccumulatorValue), "l1": .number(\.l1), "l2": .number(\.l2),
                "l2Shrinkage": .number(\.l2Shrinkage), "beta": .number(\.beta),
            ]
        }

        public var complaint: String? {
            if !(learningRatePower <= 0) { return "learningRatePower must be at most 0, got \(learningRatePower)" }
            return complaintOfNegatives([
                "initialAccumulatorValue": initialAccumulatorValue, "l1": l1, "l2": l2, "l2Shrinkage": l2Shrinkage,
                "beta": beta,
            ])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["accumulator", "linear"] }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            Tensor.full(parameter.shape, index == 0 ? initialAccumulatorValue : 0, dtype: parameter.dtype)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            // The formula divides by it.
            if learningRate == 0 { return }
            let sum = state.slots[0] + square(gradient)
            let (power, past) = (-learningRatePower, state.slots[0])
            let (now, before) = (pow(sum, power), pow(past, power))
            // The difference of the two, without the rounding errors of numbers that are large beside it.
            let growth = before * expm1(power * log1p(square(gradient) / past))
            let change = which(past .> 0, growth, now - before)
            var step = gradient - change / learningRate * parameter
            if l2Shrinkage != 0 { step = step + 2 * l2Shrinkage * parameter }
            // One rounding beside the large sum.
            let linear = state.slots[1] + step
            (state.slots[0], state.slots[1]) = (sum, linear)
            let quadratic = now / learningRate + (2 * l2 + beta / learningRate)
            parameter = (clamp(linear, min: -l1, max: l1) - linear) / quadratic
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Ftrl.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - learningRatePower: the power of the sum of squares that rates are divided by, negative: -0.5 for its root.
    ///   - initialAccumulatorValue: where the sums of squares begin.
    ///   - l1: the penalty of magnitudes, which makes weights 0.
    ///   - l2: the penalty of squares.
    ///   - l2Shrinkage: a penalty of squares that is part of the gradient.
    ///   - beta: added to the root of the sum of squares.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, learningRatePower: Double = -0.5,
        initialAccumulatorValue: Double = 0.1, l1: Double = 0, l2: Double = 0, l2Shrinkage: Double = 0,
        beta: Double = 0, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, learningRatePower: learningRatePower,
            initialAccumulatorValue: initialAccumulatorValue, l1: l1, l2: l2, l2Shrinkage: l2Shrinkage, beta: beta)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
