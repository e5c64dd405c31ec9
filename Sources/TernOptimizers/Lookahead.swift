import TernCore
import TernNN

/// Any optimizer, taken back a part of its way after each few steps: Zhang et al., "Lookahead optimizer: k steps forward, 1
/// step back", 2019.
///
/// The slow weights `s` are the parameters at first. After each `period` steps of the optimizer, `s += alpha * (p - s)`,
/// `p = s`.
///
/// ```swift
/// let optimizer = Lookahead(Adam(model.parameters), period: 5, alpha: 0.5)
/// ```
///
/// It takes over the groups of the optimizer, which is not used any more; steps are counted for each parameter. Its settings
/// are those of the optimizer's rule, ``Rule/base``, and its own.
public final class Lookahead<Base: Optimizer>: Optimizer {
    /// The settings of ``Lookahead``, and its step.
    public struct Rule: OptimizerRule {
        /// That of the optimizer that is taken over.
        public var base: Base.Rule
        /// How many steps lie between two corrections.
        public var period: Int
        /// The share of the way that is kept.
        public var alpha: Double

        /// - Parameters:
        ///   - base: that of the optimizer that is taken over.
        ///   - period: how many steps lie between two corrections.
        ///   - alpha: the share of the way that is kept, in 0...1.
        public init(_ base: Base.Rule, period: Int = 5, alpha: Double = 0.5) {
            self.base = base
            self.period = period
            self.alpha = alpha
        }

        public var learningRate: Double {
            get { base.learningRate }
            set { base.learningRate = newValue }
        }

        public static var settings: [String: OptimizerSetting<Self>] {
            let own: [String: OptimizerSetting<Self>] = [
                "lookahead.period": .integer(\.period), "lookahead.alpha": .number(\.alpha),
            ]
            return Base.Rule.settings.mapValues { $0.inside(\.base) }.merging(own) { $1 }
        }

        public var complaint: String? {
            if period < 1 { return "period must be a whole number of at least 1, got \(period)" }
            if !(0...1).contains(alpha) { return "alpha must be in 0...1, got \(alpha)" }
            return base.complaint
        }

        public func complaint(of shape: Shape) -> String? { base.complaint(of: shape) }

        public static var isElementwise: Bool { Base.Rule.isElementwise }

        // The slow weights are the first slot: others may not be there yet.

        public var slotNames: [String] { ["slow"] + base.slotNames }

        public func slotNames(of shape: Shape) -> [String] { ["slow"] + base.slotNames(of: shape) }

        public func slotShape(_ index: Int, of shape: Shape) -> Shape {
            index == 0 ? shape : base.slotShape(index - 1, of: shape)
        }

        public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? {
            index == 0 ? parameter.detached : base.initialSlot(index - 1, of: parameter)
        }

        public func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            let slow = state.slots.removeFirst()
            base.update(&parameter, gradient: gradient, state: &state)
            state.slots.insert(slow, at: 0)
            lookBack(&parameter, &state)
        }

        public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool {
            if state.slots.isEmpty { return false }
            let slow = state.slots.removeFirst()
            let isTaken = base.updateFused(&parameter, gradient: gradient, state: &state)
            state.slots.insert(slow, at: 0)
            if isTaken { lookBack(&parameter, &state) }
            return isTaken
        }

        private func lookBack(_ parameter: inout Tensor, _ state: inout ParameterState) {
            if state.steps % period != 0 { return }
            parameter = lerp(state.slots[0], parameter, alpha)
            state.slots[0] = parameter
        }
    }

    public var groups: [ParameterGroup<Rule>]

    /// An optimizer of groups of parameters, each with settings of its own.
    public init(groups: [ParameterGroup<Rule>]) { self.groups = Lookahead.checkedGroups(groups) }

    /// - Parameters:
    ///   - base: an optimizer, whose groups are taken over.
    ///   - period: how many steps lie between two corrections.
    ///   - alpha: the share of the way that is kept, in 0...1.
    public convenience init(_ base: Base, period: Int = 5, alpha: Double = 0.5) {
        self.init(
            groups: base.groups.map { group in
                ParameterGroup(
                    group.parameters, Rule(group.rule, period: period, alpha: alpha), maximize: group.maximize)
            })
    }
}
