import TernCore
import TernNN
import TernOptimizers
import Testing

@Suite("Rules")
struct RuleTests {
    /// A rule in both of its forms: in tensor operations, and by its kernel.
    private func holdTogether(_ rule: some OptimizerRule, _ type: DType) {
        let shape: Shape = [3, 7]
        var (parameter, state) = (Tensor.normal(shape, dtype: type, generator: Generator(seed: 1)), ParameterState())
        var (fusedParameter, fusedState) = (parameter, state)
        let tolerance = type == .float64 ? 1e-13 : 2e-5
        for step in 1...5 {
            let gradient = Tensor.normal(shape, dtype: type, generator: Generator(seed: UInt64(step + 1)))
            state.steps = step
            while state.slots.count < rule.slotNames.count,
                let slot = rule.initialSlot(state.slots.count, of: parameter)
            {
                state.slots.append(slot)
            }
            (fusedState.steps, fusedState.slots) = (step, step == 1 ? state.slots : fusedState.slots)
            rule.update(&parameter, gradient: gradient, state: &state)
            #expect(rule.updateFused(&fusedParameter, gradient: gradient, state: &fusedState))
            let slots = zip(state.slots, fusedState.slots)
            #expect(state.slots.count == rule.slotNames.count && fusedState.slots.count == state.slots.count)
            for (plain, fused) in [(parameter, fusedParameter)] + slots {
                #expect(plain.dtype == type && fused.dtype == type)
                #expect(
                    fused.allClose(to: plain, relativeTolerance: tolerance, absoluteTolerance: tolerance / 10),
                    "\(rule), step \(step)")
            }
        }
    }

    @Test("SGD's kernel does what its tensor operations say", arguments: [DType.float32, .float64])
    func sgd(type: DType) {
        for momentum in [0, 0.5, 0.9] {
            for dampening in [0, 0.3] {
                for weightDecay in [0, 0.1] {
                    for nesterov in [false, true] {
                        let rule = SGD.Rule(
                            learningRate: 0.1, momentum: momentum, dampening: dampening, weightDecay: weightDecay,
                            nesterov: nesterov)
                        if rule.complaint == nil { holdTogether(rule, type) }
                    }
                }
            }
        }
    }

    @Test("Adagrad's kernel does what its tensor operations say", arguments: [DType.float32, .float64])
    func adagrad(type: DType) {
        for (learningRateDecay, weightDecay, start) in [(0.0, 0.0, 0.0), (0.1, 0.1, 0.5)] {
            holdTogether(
                Adagrad.Rule(
                    learningRate: 0.1, learningRateDecay: learningRateDecay, weightDecay: weightDecay,
                    initialAccumulatorValue: start), type)
        }
    }

    @Test("Adam's and AdamW's kernel does what their tensor operations say", arguments: [DType.float32, .float64])
    func adam(type: DType) {
        for betas in [(0.9, 0.999), (0.5, 0.7), (0, 0)] {
            for epsilon in [1e-8, 0.1] {
                for weightDecay in [0, 0.1] {
                    for decoupled in [false, true] {
                        for amsgrad in [false, true] {
                            holdTogether(
                                Adam.Rule(
                                    learningRate: 0.01, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
                                    decoupledDecay: decoupled, amsgrad: amsgrad), type)
                        }
                    }
                }
            }
        }
    }

    @Test("kernels leave alone what they do not take as it is")
    func untaken() {
        let parameter = Tensor([1, 2])
        let adam = Adam.Rule()
        var state = ParameterState()
        state.steps = 1
        func isTaken(_ gradient: Tensor, slots: [Tensor]) -> Bool {
            var (changed, newState) = (parameter, state)
            newState.slots = slots
            let taken = adam.updateFused(&changed, gradient: gradient, state: &newState)
            #expect(taken || changed == parameter && newState.slots == slots)
            return taken
        }
        let zeros = Tensor.zeros([2])
        #expect(isTaken([1, 1], slots: [zeros, zeros]))
        #expect(!isTaken([1, 1], slots: []) && !isTaken([1, 1], slots: [zeros]))
        #expect(!isTaken([1, 1, 1], slots: [zeros, zeros]))
        #expect(!isTaken(Tensor([1]).expanded(to: [2]), slots: [zeros, zeros]))
        #expect(!isTaken(Tensor([1, 1], dtype: .float64), slots: [zeros, zeros]))
        #expect(!isTaken([1, 1], slots: [zeros, Tensor.zeros([2], dtype: .float64)]))
        #expect(!isTaken([1, 1], slots: [zeros, Tensor.zeros([1])]))
    }

    @Test("the settings of a rule inside of another are the outer one's, too")
    func settingsInside() {
        var rule = Lookahead<Adam>.Rule(Adam.Rule())
        #expect(rule.settingValues["amsgrad"] == 0 && rule.settingValues["lookahead.period"] == 5)
        rule.settingValues = ["amsgrad": 1, "learningRate": 0.5, "lookahead.alpha": 0.25]
        #expect(rule.base.amsgrad && rule.base.learningRate == 0.5 && rule.alpha == 0.25 && rule.base.beta1 == 0.9)
        #expect(
            Set(rule.settingValues.keys) == Set(Adam.Rule.settings.keys).union(["lookahead.period", "lookahead.alpha"]))
    }

    @Test("a group that maximizes goes up, whatever the rule")
    func maximize() {
        struct Sign: OptimizerRule {
            var learningRate: Double
            func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
                parameter = parameter - learningRate * sign(gradient)
            }
        }
        final class SignDescent: Optimizer {
            var groups: [ParameterGroup<Sign>]
            init(_ parameters: [Parameter], maximize: Bool) {
                groups = Self.checkedGroups([ParameterGroup(parameters, Sign(learningRate: 1), maximize: maximize)])
            }
        }
        let makes: [([Parameter], Bool) -> any Optimizer] = [
            { SignDescent($0, maximize: $1) }, { SGD($0, learningRate: 1, maximize: $1) },
            { Adam($0, learningRate: 1, maximize: $1) }, { AdamW($0, learningRate: 1, weightDecay: 0, maximize: $1) },
        ]
        for make in makes {
            let (down, up) = (Parameter(Tensor([0, 0])), Parameter(Tensor([0, 0])))
            let optimizers = [make([down], false), make([up], true)]
            for parameter in [down, up] { parameter.gradient = [1, -2] }
            for optimizer in optimizers { optimizer.step() }
            #expect(up.value == -down.value && (down.value .< 0).array(of: Bool.self) == [true, false])
        }
    }
}
