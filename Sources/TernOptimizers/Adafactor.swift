import Foundation
import TernCore
import TernNN

/// Remembers of the second moment of a matrix only the means of its rows and columns: Shazeer and Stern, "Adafactor:
/// adaptive learning rates with sublinear memory cost", 2018. PyTorch's `Adafactor`.
///
/// With gradient `g` at step `t`: `p *= 1 - learningRate * weightDecay`, and with `s = t^beta2Decay`, the mean of `g^2` over
/// the last axis moves `r += s * (mean - r)` and that over the one before `c`; `v = r * c / mean(r)`, with the mean over the
/// axis before the last, at least `epsilon1`. Of parameters with fewer than two axes, `v += s * (g^2 - v)`. Then
/// `d = g / sqrt(max(v, epsilon1^2))`, `rms(x) = sqrt(mean(x^2))`, and
/// `p -= max(epsilon2, rms(p)) * min(learningRate, 1 / sqrt(t)) / max(1, rms(d) / clipThreshold) * d`.
///
/// Keras adds its first epsilon (1e-30) to `g^2` instead of the limit, and has 1e-3 for the learning rate.
public final class Adafactor: Optimizer {
    /// The settings of ``Adafactor``, and its step.
    public struct Rule: OptimizerRule {
        /// The largest relative step.
        public var learningRate: Double
        /// Below 0: how fast the share of the present in the moving averages falls.
        public var beta2Decay: Double
        /// The smallest root of a second moment; 0 stands for the machine epsilon of the type that is computed in.
        public var epsilon1: Double
        /// The smallest root mean square of a parameter that steps are in proportion to.
        public var epsilon2: Double
        /// The largest root mean square of a step: PyTorch's `d`.
        public var clipThreshold: Double
        /// The share of the weight that a step of rate 1 takes off.
        public var weightDecay: Double

        /// - Parameters:
        ///   - learningRate: the largest relative step.
        ///   - beta2Decay: the power of the step's number by which the average of squares forgets slower.
        ///   - epsilons: the smallest root of a second moment, 0 for the machine epsilon, and the smallest root mean
        ///     square of a parameter that steps are in proportion to.
        ///   - clipThreshold: the largest root mean square of an update; larger ones are scaled.
        ///   - weightDecay: the share of the weight that a step of rate 1 takes off.
        public init(
            learningRate: Double = 1e-2, beta2Decay: Double = -0.8, epsilons: (Double, Double) = (0, 1e-3),
            clipThreshold: Double = 1, weightDecay: Double = 0
        ) {
            self.learningRate = learningRate
            self.beta2Decay = beta2Decay
            (epsilon1, epsilon2) = epsilons
            self.clipThreshold = clipThreshold
            self.weightDecay = weightDecay
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            [
                "learningRate": .number(\.learningRate), "beta2Decay": .number(\.beta2Decay),
                "epsilon1": .number(\.epsilon1), "epsilon2": .number(\.epsilon2),
                "clipThreshold": .number(\.clipThreshold), "weightDecay": .number(\.weightDecay),
            ]
        }

        public var complaint: String? {
            if !(beta2Decay <= 0) { return "beta2Decay must be at most 0, got \(beta2Decay)" }
            if !(clipThreshold >= 1) { return "clipThreshold must be at least 1, got \(clipThreshold)" }
            return complaintOfNegatives(["epsilon1": epsilon1, "epsilon2": epsilon2, "weightDecay": weightDecay])
        }

        public func slotNames(of shape: Shape) -> [String] { shape.count > 1 ? ["row_var", "col_var"] : ["variance"] }

        /// The sizes of a mean are 1 along its axis.
        public func slotShape(_ index: Int, of shape: Shape) -> Shape {
            var shape = shape
            if shape.count > 1 { shape[shape.count - 1 - index] = 1 }
            return shape
        }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            Tensor.zeros(slotShape(index, of: parameter.shape), dtype: parameter.dtype)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let step = Double(state.steps)
            let share = pow(step, beta2Decay)
            let machine = parameter.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
            let epsilon = epsilon1 > 0 ? epsilon1 : machine
            let size = max(epsilon2, rootMeanSquare(parameter))
            if weightDecay != 0 { parameter = parameter * (1 - learningRate * weightDecay) }
            let squares = square(gradient)
            let variance: Tensor
            if parameter.rank > 1 {
                let rows = lerp(state.slots[0], squares.mean(axes: -1, keepAxes: true), share)
                let columns = lerp(state.slots[1], squares.mean(axes: -2, keepAxes: true), share)
                state.slots = [rows, columns]
                variance = rows / clamp(rows.mean(axes: -2, keepAxes: true), min: epsilon) * columns
            } else {
                variance = lerp(state.slots[0], squares, share)
                state.slots = [variance]
            }
            let direction = gradient * rsqrt(clamp(variance, min: epsilon * epsilon))
            let rate = size * min(learningRate, 1 / step.squareRoot())
            parameter = parameter - rate / max(1, rootMeanSquare(direction) / clipThreshold) * direction
        }

        private func rootMeanSquare(_ x: Tensor) -> Double { x.norm().item() / Double(x.count).squareRoot() }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Adafactor.checkedGroups(groups) }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: the largest relative step.
    ///   - beta2Decay: the power of the step's number by which the average of squares forgets slower.
    ///   - epsilons: the smallest root of a second moment, 0 for the machine epsilon, and the smallest root mean square
    ///     of a parameter that steps are in proportion to.
    ///   - clipThreshold: the largest root mean square of an update; larger ones are scaled.
    ///   - weightDecay: the share of the weight that a step of rate 1 takes off.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-2, beta2Decay: Double = -0.8,
        epsilons: (Double, Double) = (0, 1e-3), clipThreshold: Double = 1, weightDecay: Double = 0,
        maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, beta2Decay: beta2Decay, epsilons: epsilons, clipThreshold: clipThreshold,
            weightDecay: weightDecay)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
