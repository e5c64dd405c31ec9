import TernNN

/// ``Adam`` whose weight decay shrinks the parameters themselves instead of adding to the gradient:
/// `p *= 1 - learningRate * weightDecay` before the update. Loshchilov and Hutter, "Decoupled weight decay
/// regularization", 2019. PyTorch's `AdamW`.
public final class AdamW: Optimizer {
    /// That of ``Adam``, with `decoupledDecay`.
    public typealias Rule = Adam.Rule

    public var groups: [ParameterGroup<Rule>]

    /// The rules' decay is decoupled, whatever they say.
    public init(groups: [ParameterGroup<Rule>]) {
        var groups = groups
        for index in groups.indices { groups[index].rule.decoupledDecay = true }
        self.groups = AdamW.checkedGroups(groups)
    }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: how far a step goes.
    ///   - betas: the shares of the past in the averages of the gradient and of its square; in 0..<1.
    ///   - epsilon: added to the divisor, against a division by zero.
    ///   - weightDecay: the share of the weight that a step of rate 1 takes off, apart from the gradient.
    ///   - amsgrad: divide by the largest average of squares so far.
    ///   - maximize: go up instead of down.
    public convenience init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0.01, amsgrad: Bool = false, maximize: Bool = false
    ) {
        let rule = Rule(
            learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay, amsgrad: amsgrad)
        self.init(groups: [ParameterGroup(parameters, rule, maximize: maximize)])
    }
}
