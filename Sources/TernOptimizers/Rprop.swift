import TernCore
import TernNN

/// Goes by the sign of the gradient alone, with a step for each element that grows while the sign stays and shrinks when it
/// changes; for gradients of all data. Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning",
/// 1993. PyTorch's `Rprop`.
///
/// With gradient `g` and the one of the step before `h`: `s *= growth` where `g * h > 0`; `s *= shrinkage` and `g = 0` where
/// `g * h < 0`; `p -= sign(g) * s`. The steps `s` begin with the learning rate and stay within limits.
public final class Rprop: Optimizer {
    /// The settings of ``Rprop``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// What a step is multiplied with where the sign has changed.
        public var shrinkage: Double
        /// What a step is multiplied with where it has not.
        public var growth: Double
        /// The least size of a step.
        public var smallestStep: Double
        /// The largest size of a step.
        public var largestStep: Double

        /// - Parameters:
        ///   - learningRate: the first size of each element's step.
        ///   - etas: what a step size is multiplied with after a change of the gradient's sign, and without one.
        ///   - stepSizes: the smallest and the largest step.
        public init(
            learningRate: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2), stepSizes: (Double, Double) = (1e-6, 50)
        ) {
            self.learningRate = learningRate
            (shrinkage, growth) = etas
            (smallestStep, largestStep) = stepSizes
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "shrinkage": .number(\.shrinkage), "growth": .number(\.growth),
                "smallestStep": .number(\.smallestStep), "largestStep": .number(\.largestStep),
            ]
        }

        public var complaint: String? {
            if !(0 < shrinkage && shrinkage < 1 && 1 < growth) {
                return "etas must be between 0 and 1 and above 1, got \(shrinkage) and \(growth)"
            }
            if !(smallestStep <= largestStep) {
                return "stepSizes must be in rising order, got \(smallestStep) and \(largestStep)"
            }
            return nil
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { ["prev", "step_size"] }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            Tensor.full(parameter.shape, index == 0 ? 0 : learningRate, dtype: parameter.dtype)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let agreement = gradient * state.slots[0]
            let factor = which(agreement .> 0, growth, which(agreement .< 0, shrinkage, Tensor.ones(like: gradient)))
            let step = clamp(state.slots[1] * factor, min: smallestStep, max: largestStep)
            let gradient = which(agreement .< 0, 0, gradient)
            parameter = parameter - sign(gradient) * step
            (state.slots[0], state.slots[1]) = (gradient, step)
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Rprop.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: the first size of each element's step.
    ///   - etas: what a step size is multiplied with after a change of the gradient's sign, and without one.
    ///   - stepSizes: the smallest and the largest step.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-2, etas: (Double, Double) = (0.5, 1.2),
        stepSizes: (Double, Double) = (1e-6, 50), maximize: Bool = false
    ) {
        let rule = Rule(learningRate: learningRate, etas: etas, stepSizes: stepSizes)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
