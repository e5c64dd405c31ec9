import TernCore
import TernNN

/// Divides the gradient by a moving root mean square of its size: Tieleman and Hinton, "Lecture 6.5", 2012. PyTorch's
/// `RMSprop`.
///
/// With gradient `g` (plus `weightDecay * p`): `v = alpha * v + (1 - alpha) * g^2`,
/// `p -= learningRate * g / (sqrt(v) + epsilon)`. If `centered`, `v - a^2` takes the place of `v`, where
/// `a = alpha * a + (1 - alpha) * g`: Graves, "Generating sequences with recurrent neural networks", 2013. With `momentum`,
/// `b = momentum * b + g / (sqrt(v) + epsilon)`, `p -= learningRate * b`.
///
/// Keras adds epsilon (1e-7) under the root, has 0.9 for alpha, which it calls `rho`, and 1e-3 for the learning rate.
public final class RMSprop: Optimizer {
    /// The settings of ``RMSprop``, and its step.
    public struct Rule: OptimizerRule {
        public var learningRate: Double
        /// The share of the past in the moving averages.
        public var alpha: Double
        /// Added to the divisor, against a division by zero.
        public var epsilon: Double
        /// The weight's share in the gradient (L2 penalty).
        public var weightDecay: Double
        /// The share of the last step in the next one.
        public var momentum: Double
        /// Whether the variance of the gradient is taken instead of its second moment. Momentum that is switched on after
        /// updates that were centered needs new states.
        public var centered: Bool

        /// - Parameters:
        ///   - learningRate: how far a step goes.
        ///   - alpha: the share of the past in the average of squares.
        ///   - epsilon: added to the divisor, against a division by zero.
        ///   - weightDecay: the weight's share in the gradient (L2 penalty).
        ///   - momentum: the share of the last step in the next one.
        ///   - centered: divide by the estimated standard deviation instead of the root mean square.
        public init(
            learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
            momentum: Double = 0, centered: Bool = false
        ) {
            self.learningRate = learningRate
            self.alpha = alpha
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.momentum = momentum
            self.centered = centered
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "alpha": .number(\.alpha), "epsilon": .number(\.epsilon),
                "weightDecay": .number(\.weightDecay), "momentum": .number(\.momentum), "centered": .flag(\.centered),
            ]
        }

        public var complaint: String? {
            complaintOfNegatives([
                "alpha": alpha, "epsilon": epsilon, "weightDecay": weightDecay, "momentum": momentum,
            ])
        }

        public static var isElementwise: Bool { true }

        public var slotNames: [String] {
            ["square_avg"] + (momentum > 0 ? ["momentum_buffer"] : []) + (centered ? ["grad_avg"] : [])
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            var gradient = gradient
            if weightDecay != 0 { gradient = gradient + weightDecay * parameter }
            var variance = alpha * state.slots[0] + (1 - alpha) * square(gradient)
            state.slots[0] = variance
            if centered {
                let mean = lerp(state.slots[slotNames.count - 1], gradient, 1 - alpha)
                state.slots[slotNames.count - 1] = mean
                variance = variance - square(mean)
            }
            var direction = gradient / (sqrt(variance) + epsilon)
            if momentum > 0 {
                direction = momentum * state.slots[1] + direction
                state.slots[1] = direction
            }
            parameter = parameter - learningRate * direction
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = RMSprop.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - alpha: the share of the past in the average of squares.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the weight's share in the gradient (L2 penalty).
    ///   - momentum: the share of the last step in the next one.
    ///   - centered: divide by the estimated standard deviation instead of the root mean square.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
        weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, alpha: alpha, epsilon: epsilon, weightDecay: weightDecay, momentum: momentum,
            centered: centered)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
