import TernCore
import TernNN

/// Makes the momentum of a matrix orthogonal before it is a step: Jordan et al., "Muon: an optimizer for hidden layers in
/// neural networks", 2024. PyTorch's `Muon`.
///
/// With gradient `g`, a matrix [n, m]: `b = momentum * b + (1 - momentum) * g`, with `nesterov`
/// `u = momentum * b + (1 - momentum) * g`, otherwise `u = b`; `u = u / max(|u|, epsilon)`, and `steps` times, on the wider
/// side, `s = u u^T`, `u = a u + (b s + c s^2) u`: Newton's and Schulz's iteration, which drives all singular values to
/// about 1. Then `p *= 1 - learningRate * weightDecay`, `p -= learningRate * sqrt(max(1, n / m)) * u`, or
/// `0.2 * sqrt(max(n, m))` in the place of the root if the size of `AdamW`'s steps is to be matched: Liu et al., "Muon is
/// scalable for LLM training", 2025.
///
/// Only matrices can be orthogonal: a parameter of another rank stops. Biases, embeddings and the like belong to ``AdamW``,
/// which steps beside it:
///
/// ```swift
/// let muon = Muon(model.parameters.filter { $0.shape.count == 2 }, learningRate: 0.02)
/// let adam = AdamW(model.parameters.filter { $0.shape.count != 2 })
/// ```
///
/// PyTorch computes the iteration in `bfloat16`, here it is computed in the type of the parameter, `float32` at least.
public final class Muon: Optimizer {
    /// The settings of ``Muon``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the weight that a step of rate 1 takes off, apart from the gradient.
        public var weightDecay: Double
        /// The share of the past in the average of the gradient.
        public var momentum: Double
        /// Whether the average is taken a step ahead.
        public var nesterov: Bool
        /// The coefficients of the iteration.
        public var a: Double
        /// The second coefficient of the iteration.
        public var b: Double
        /// The third coefficient of the iteration.
        public var c: Double
        /// The least norm that the update is divided by first.
        public var epsilon: Double
        /// Iterations: PyTorch's `ns_steps`.
        public var steps: Int
        /// Whether steps get the size of `AdamW`'s, so that its learning rate fits: PyTorch's `match_rms_adamw`.
        public var matchesAdamW: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - weightDecay: the share of the weight that a step of rate 1 takes off, apart from the gradient.
        ///   - momentum: the share of the past in the average of the gradient.
        ///   - nesterov: take the average a step ahead.
        ///   - coefficients: of the polynomial of a Newton-Schulz iteration.
        ///   - epsilon: the least norm that the update is divided by first.
        ///   - steps: how many Newton-Schulz iterations.
        ///   - matchesAdamW: scale updates to the size of ``AdamW``'s, so that its rates can be kept.
        public init(
            learningRate: Double = 1e-3, weightDecay: Double = 0.1, momentum: Double = 0.95, nesterov: Bool = true,
            coefficients: (Double, Double, Double) = (3.4445, -4.7750, 2.0315), epsilon: Double = 1e-7, steps: Int = 5,
            matchesAdamW: Bool = false
        ) {
            self.learningRate = learningRate
            self.weightDecay = weightDecay
            self.momentum = momentum
            self.nesterov = nesterov
            (a, b, c) = coefficients
            self.epsilon = epsilon
            self.steps = steps
            self.matchesAdamW = matchesAdamW
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "weightDecay": .number(\.weightDecay),
                "momentum": .number(\.momentum), "nesterov": .flag(\.nesterov), "a": .number(\.a), "b": .number(\.b),
                "c": .number(\.c), "epsilon": .number(\.epsilon), "steps": .integer(\.steps),
                "matchesAdamW": .flag(\.matchesAdamW),
            ]
        }

        public var complaint: String? {
            if !(0..<100).contains(steps) { return "steps must be a whole number in 0..<100, got \(steps)" }
            return complaintOfNegatives(["weightDecay": weightDecay, "momentum": momentum, "epsilon": epsilon])
        }

        public func complaint(of shape: Shape) -> String? {
            if shape.count == 2 { return nil }
            return "expects matrices, got a parameter of shape \(shape): give it to another optimizer, such as AdamW"
        }

        public var slotNames: [String] { ["momentum_buffer"] }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let buffer = lerp(state.slots[0], gradient, 1 - momentum)
            state.slots[0] = buffer
            let direction = orthogonalized(nesterov ? lerp(gradient, buffer, momentum) : buffer)
            let (rows, columns) = (Double(parameter.shape[0]), Double(parameter.shape[1]))
            let factor = matchesAdamW ? 0.2 * max(rows, columns).squareRoot() : max(1, rows / columns).squareRoot()
            if weightDecay != 0 { parameter = parameter * (1 - learningRate * weightDecay) }
            parameter = parameter - learningRate * factor * direction
        }

        private func orthogonalized(_ matrix: Tensor) -> Tensor {
            let isTall = matrix.shape[0] > matrix.shape[1]
            var x = (isTall ? matrix.T : matrix) / max(matrix.norm().item(), epsilon)
            for _ in 0..<steps {
                let gram = matmul(x, x.T)
                x = a * x + matmul(b * gram + c * matmul(gram, gram), x)
            }
            return isTall ? x.T : x
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Muon.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - weightDecay: the share of the weight that a step of rate 1 takes off, apart from the gradient.
    ///   - momentum: the share of the past in the average of the gradient.
    ///   - nesterov: take the average a step ahead.
    ///   - coefficients: of the polynomial of a Newton-Schulz iteration.
    ///   - epsilon: the least norm that the update is divided by first.
    ///   - steps: how many Newton-Schulz iterations.
    ///   - matchesAdamW: scale updates to the size of ``AdamW``'s, so that its rates can be kept.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, weightDecay: Double = 0.1, momentum: Double = 0.95,
        nesterov: Bool = true, coefficients: (Double, Double, Double) = (3.4445, -4.7750, 2.0315),
        epsilon: Double = 1e-7, steps: Int = 5, matchesAdamW: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, weightDecay: weightDecay, momentum: momentum, nesterov: nesterov,
            coefficients: coefficients, epsilon: epsilon, steps: steps, matchesAdamW: matchesAdamW)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
