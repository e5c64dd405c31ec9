import TernCore
import TernNN

/// Stochastic gradient descent, with momentum if asked for: Sutskever et al., "On the importance of initialization and
/// momentum in deep learning", 2013. PyTorch's `SGD`.
///
/// With gradient `g` (plus `weightDecay * p`): `b = momentum * b + (1 - dampening) * g`, `p -= learningRate * b`; the first
/// `b` is `g`. With `nesterov`, `p -= learningRate * (g + momentum * b)`.
public final class SGD: Optimizer {
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        public var momentum: Double
        public var dampening: Double
        /// The factor of an L2 penalty, whose gradient is added.
        public var weightDecay: Double
        public var nesterov: Bool
        /// Go up instead of down.
        public var maximize: Bool

        public init(
            learningRate: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
            nesterov: Bool = false, maximize: Bool = false
        ) {
            self.learningRate = learningRate
            self.momentum = momentum
            self.dampening = dampening
            self.weightDecay = weightDecay
            self.nesterov = nesterov
            self.maximize = maximize
        }

        public var slotNames: [String] { momentum == 0 ? [] : ["momentum_buffer"] }

        public var complaint: String? {
            if !(momentum >= 0) { return "momentum must be at least 0, got \(momentum)" }
            if !(weightDecay >= 0) { return "weightDecay must be at least 0, got \(weightDecay)" }
            if nesterov, momentum == 0 || dampening != 0 {
                return "nesterov needs momentum above 0 and dampening 0, got \(momentum) and \(dampening)"
            }
            return nil
        }

        public var settings: [String: Double] {
            get {
                [
                    "learningRate": learningRate, "momentum": momentum, "dampening": dampening,
                    "weightDecay": weightDecay, "nesterov": nesterov ? 1 : 0, "maximize": maximize ? 1 : 0,
                ]
            }
            set {
                learningRate = newValue["learningRate"] ?? learningRate
                momentum = newValue["momentum"] ?? momentum
                dampening = newValue["dampening"] ?? dampening
                weightDecay = newValue["weightDecay"] ?? weightDecay
                nesterov = newValue["nesterov"].map { $0 != 0 } ?? nesterov
                maximize = newValue["maximize"].map { $0 != 0 } ?? maximize
            }
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            parameter.updateSGD(
                gradient: gradient, slots: &state.slots, learningRate: learningRate, momentum: momentum,
                dampening: dampening, weightDecay: weightDecay, nesterov: nesterov, maximize: maximize)
        }
    }

    public var groups: [ParameterGroup<Rule>]

    public init(groups: [ParameterGroup<Rule>]) { self.groups = SGD.checkedGroups(groups) }

    public convenience init(
        _ parameters: [Parameter], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
        weightDecay: Double = 0, nesterov: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
            nesterov: nesterov, maximize: maximize)
        self.init(groups: [ParameterGroup(parameters, rule)])
    }
}
