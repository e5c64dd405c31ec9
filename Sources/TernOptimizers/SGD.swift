import TernCore
import TernNN

/// Stochastic gradient descent, with momentum if asked for: Sutskever et al., "On the importance of initialization and
/// momentum in deep learning", 2013. PyTorch's `SGD`.
///
/// With gradient `g` (plus `weightDecay * p`): `b = momentum * b + (1 - dampening) * g`, `p -= learningRate * b`; the first
/// `b` is `g`. With `nesterov`, `p -= learningRate * (g + momentum * b)`.
///
/// The `decay` of Keras's older SGD is a schedule, ``InverseTimeSchedule``: it lowers the learning rate, where
/// ``Rule/weightDecay`` shrinks parameters.
///
/// ```swift
/// let descent = SGD(model.parameters, learningRate: 0.05, momentum: 0.9, nesterov: true)
/// let rates = LearningRateScheduler(descent, InverseTimeSchedule(from: 0.05, decay: 1e-6))
/// ```
public final class SGD: Optimizer {
    /// The settings of ``SGD``, and its step.
    public struct Rule: OptimizerRule, KernelRule {
        public var learningRate: Double
        /// The share of the last step in the next one.
        public var momentum: Double
        /// The share of the gradient that does not enter the momentum.
        public var dampening: Double
        /// The factor of an L2 penalty, whose gradient is added.
        public var weightDecay: Double
        /// Whether the gradient is taken as if the momentum had been followed already.
        public var nesterov: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - momentum: the share of the last step in the next one.
        ///   - dampening: the share of the gradient that does not enter the momentum.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - nesterov: take the gradient as if the momentum had been followed already.
        public init(
            learningRate: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
            nesterov: Bool = false
        ) {
            self.learningRate = learningRate
            self.momentum = momentum
            self.dampening = dampening
            self.weightDecay = weightDecay
            self.nesterov = nesterov
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] { momentum == 0 ? [] : ["momentum_buffer"] }

        public var complaint: String? {
            if !(momentum >= 0) { return "momentum must be at least 0, got \(momentum)" }
            if !(weightDecay >= 0) { return "weightDecay must be at least 0, got \(weightDecay)" }
            if nesterov, momentum == 0 || dampening != 0 {
                return "nesterov needs momentum above 0 and dampening 0, got \(momentum) and \(dampening)"
            }
            return nil
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "momentum": .number(\.momentum),
                "dampening": .number(\.dampening), "weightDecay": .number(\.weightDecay), "nesterov": .flag(\.nesterov),
            ]
        }

        /// The first buffer is the gradient.
        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? { nil }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var direction = gradient + weightDecay * parameter
            if momentum != 0 {
                let buffer =
                    state.slots.isEmpty ? direction : momentum * state.slots[0] + (1 - dampening) * direction
                state.slots = [buffer]
                direction = nesterov ? direction + momentum * buffer : buffer
            }
            parameter = parameter - learningRate * direction
        }

        public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool {
            parameter.updateSGD(
                gradient: gradient, slots: &state.slots, learningRate: learningRate, momentum: momentum,
                dampening: dampening, weightDecay: weightDecay, nesterov: nesterov)
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = SGD.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - momentum: the share of the last step in the next one.
    ///   - dampening: the share of the gradient that does not enter the momentum.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - nesterov: take the gradient as if the momentum had been followed already.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
        weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
            nesterov: nesterov)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
