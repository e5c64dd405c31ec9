import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

/// The optimizers, with settings that they keep more for, each made for the same tests.
private let cases: [String: @Sendable ([Parameter]) -> any Optimizer] = special.merging(everyOptimizer) { $1 }
private let special: [String: @Sendable ([Parameter]) -> any Optimizer] = [
    "momentum": { SGD($0, learningRate: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01) },
    "nesterov": { SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true) },
    "amsgrad": { Adam($0, learningRate: 0.1, amsgrad: true) },
    "centered": { RMSprop($0, learningRate: 0.1, momentum: 0.9, centered: true) },
    "averaging": { ASGD($0, learningRate: 0.1, averagingStart: 1) },
    "lookahead": { Lookahead(Adam($0, learningRate: 0.1), period: 2) },
    "lookahead of momentum": { Lookahead(SGD($0, learningRate: 0.1, momentum: 0.9), period: 3) },
]
private let kinds = cases.keys.sorted()

private func step(_ model: Two, _ optimizer: any Optimizer, _ count: Int = 2) {
    for step in 0..<count {
        model.first.gradient = model.first.value.detached * Double(step + 1)
        model.second.gradient = model.second.value.detached
        optimizer.step()
    }
}

private func step(_ model: Matrices, _ optimizer: any Optimizer, _ count: Int = 2) {
    for step in 0..<count {
        model.first.gradient = model.first.value.detached * Double(step + 1)
        model.second.gradient = model.second.value.detached
        optimizer.step()
    }
}

@Suite("States of optimizers")
struct StateTests {
    @Test(
        "a state follows the type of its parameter, like one that is loaded into a model of that type",
        arguments: kinds, [[DType.float64], [.float64, .float32]])
    private func types(kind: String, types: [DType]) throws {
        let model = Matrices()
        let optimizer = cases[kind]!(model.parameters)
        step(model, optimizer)
        for type in types {
            let copy = Matrices()
            copy.to(type)
            try copy.loadStateDictionary(model.stateDictionary().mapValues { $0.converted(to: type) })
            let other = cases[kind]!(copy.parameters)
            try other.loadStateDictionary(optimizer.stateDictionary(of: model), of: copy)

            model.to(type)
            step(model, optimizer)
            step(copy, other)
            #expect(model.first.dtype == type)
            #expect(model.first.value == copy.first.value && model.second.value == copy.second.value)
            let state = optimizer.stateDictionary(of: model)
            #expect(state == other.stateDictionary(of: copy))
            #expect(state.filter { !$0.key.hasSuffix(".step") }.values.allSatisfy { $0.dtype == type })
        }
    }

    @Test(
        "of half types the state is float32, and a step is float32's, rounded", arguments: kinds,
        [DType.float16, .bfloat16])
    private func halves(kind: String, type: DType) throws {
        let (model, wide) = (Matrices(), Matrices())
        model.to(type)
        let (optimizer, reference) = (cases[kind]!(model.parameters), cases[kind]!(wide.parameters))
        for _ in 0..<3 {
            for (narrow, parameter) in zip(model.parameters, wide.parameters) {
                parameter.value = narrow.value.detached.converted(to: .float32)
                narrow.gradient = Tensor.full(narrow.shape, 0.75, dtype: type)
                parameter.gradient = Tensor.full(narrow.shape, 0.75)
            }
            optimizer.step()
            reference.step()
            #expect(model.first.dtype == type && model.first.value == wide.first.value.converted(to: type))
            let state = optimizer.stateDictionary(of: model)
            #expect(state == reference.stateDictionary(of: wide))
            try optimizer.loadStateDictionary(state, of: model)
            #expect(optimizer.stateDictionary(of: model) == state)
        }
    }

    @Test("amsgrad that is switched on later begins with the second moment of that step")
    func amsgrad() {
        let model = Two()
        let optimizer = Adam(model.parameters, learningRate: 0.1)
        step(model, optimizer)
        optimizer.groups[0].rule.amsgrad = true
        step(model, optimizer, 1)
        let state = optimizer.stateDictionary(of: model)
        #expect(state["first.max_exp_avg_sq"]! == state["first.exp_avg_sq"]!)
        model.first.gradient = [0, 0]
        optimizer.step()
        let next = optimizer.stateDictionary(of: model)
        #expect(next["first.max_exp_avg_sq"]! == state["first.exp_avg_sq"]!)
        #expect(next["first.exp_avg_sq"]! != state["first.exp_avg_sq"]!)
    }

    @Test("what was switched on since the last step is saved as not there yet, and goes on as without a stop")
    func switchedOn() throws {
        func goesOn<O: Optimizer>(_ new: ([Parameter]) -> O, switchOn: (inout O.Rule) -> Void) throws {
            let model = Two()
            let copy = Two()
            let optimizer = new(model.parameters)
            let other = new(copy.parameters)
            step(model, optimizer)
            switchOn(&optimizer.groups[0].rule)
            switchOn(&other.groups[0].rule)
            for _ in 0..<2 {
                let state = optimizer.stateDictionary(of: model)
                try copy.loadStateDictionary(model.stateDictionary())
                try other.loadStateDictionary(state, of: copy)
                #expect(other.stateDictionary(of: copy) == state)
                step(model, optimizer)
                step(copy, other)
                #expect(model.stateDictionary() == copy.stateDictionary())
                #expect(optimizer.stateDictionary(of: model) == other.stateDictionary(of: copy))
            }
        }
        try goesOn({ SGD($0, learningRate: 0.1, dampening: 0.5) }, switchOn: { $0.momentum = 0.9 })
        try goesOn({ Adam($0, learningRate: 0.1) }, switchOn: { $0.amsgrad = true })
        try goesOn({ AdamW($0, learningRate: 0.1) }, switchOn: { $0.amsgrad = true })
        try goesOn({ RMSprop($0, learningRate: 0.1) }, switchOn: { $0.momentum = 0.9 })
        try goesOn({ RMSprop($0, learningRate: 0.1, momentum: 0.9) }, switchOn: { $0.centered = true })
        try goesOn({ Lookahead(Adam($0, learningRate: 0.1)) }, switchOn: { $0.base.amsgrad = true })
    }

    @Test("a tensor that is not there yet is not accepted before one that is, nor is one that is missing")
    func notThereYet() throws {
        let model = Two()
        let optimizer = Adam(model.parameters)
        step(model, optimizer)
        let state = optimizer.stateDictionary(of: model)
        for wrong in [nil, Tensor.zeros([0])] {
            var state = state
            state["first.exp_avg"] = wrong
            #expect(throws: StateDictionaryError.self) { try optimizer.loadStateDictionary(state, of: model) }
        }
    }

    @Test("tensors that a state says are not there yet are zeros at the next step, whatever the setting")
    func absent() throws {
        let model = Two()
        let optimizer = Adam(model.parameters, amsgrad: true)
        step(model, optimizer)
        var state = optimizer.stateDictionary(of: model)
        for name in ["first.exp_avg_sq", "first.max_exp_avg_sq"] { state[name] = Tensor.zeros([0]) }
        try optimizer.loadStateDictionary(state, of: model)
        model.first.gradient = [1, 2]
        optimizer.step()
        let next = optimizer.stateDictionary(of: model)
        #expect(next["first.exp_avg_sq"]!.allClose(to: Tensor([0.001, 0.004])))
        #expect(next["first.max_exp_avg_sq"]! == next["first.exp_avg_sq"]!)
    }

    @Test("a gradient goes when the value gets another shape, and stays with another type")
    func staleGradient() {
        let parameter = Parameter(Tensor([1, 2]))
        parameter.gradient = [3, 4]
        parameter.value = Tensor([5, 6], dtype: .float64)
        #expect(parameter.gradient == [3, 4])
        parameter.value = [1, 2, 3]
        #expect(parameter.gradient == nil)
        parameter.gradient = [1, 1, 1]
        parameter.update { $0 = Tensor([1]) }
        #expect(parameter.gradient == nil)
    }

    @Test("slots that are set by hand are converted to the parameter's type")
    func slots() {
        let model = Two()
        let optimizer = SGD(model.parameters, learningRate: 1, momentum: 0.5)
        step(model, optimizer, 1)
        optimizer.groups[0].states[0].slots = [Tensor([2, 4], dtype: .int32)]
        model.first.value = [0, 0]
        model.first.gradient = [1, 1]
        optimizer.step()
        #expect(model.first.value == [-2, -3])
    }

    @Test("a state of another shape stops, and names the parameter and the shapes")
    func shapes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let optimizer = Adam(model.parameters)
            step(model, optimizer)
            model.first.value = Tensor.zeros([3, 5], dtype: .float64)
            model.first.gradient = Tensor.ones([3, 5], dtype: .float64)
            optimizer.step()
        }.expectMessage(
            "first: step: expects a state of [exp_avg [3, 5], exp_avg_sq [3, 5]] for a parameter of shape [3, 5], got "
                + "[[2], [2]]: give the optimizer's group a new ParameterState for a parameter that has got another shape"
        )
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let optimizer = Adafactor(model.parameters)
            step(model, optimizer)
            model.first.value = Tensor.zeros([3, 5])
            model.first.gradient = Tensor.ones([3, 5])
            optimizer.step()
        }.expectMessage(
            "first: step: expects a state of [row_var [3, 1], col_var [1, 5]] for a parameter of shape [3, 5], got "
                + "[[2]]: give the optimizer's group a new ParameterState for a parameter that has got another shape")
    }

    @Test("wrong states and gradients stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let optimizer = Adam(model.parameters)
            optimizer.groups[0].states[1].slots = [Tensor([0, 1])]
            step(model, optimizer)
        }.expectMessage(
            "second: step: expects a state of [exp_avg [1], exp_avg_sq [1]] for a parameter of shape [1], got [[2]]: give "
                + "the optimizer's group a new ParameterState for a parameter that has got another shape")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let optimizer = Adam(model.parameters)
            optimizer.groups[0].states = []
            step(model, optimizer)
        }.expectMessage("step: expects a state for each of 2 parameters, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let tape = GradientTape()
            let loss = tape.record { (model.first.value * 2).sum() }
            let gradients = tape.gradients(of: loss)
            model.first.value = [1, 2, 3]
            SGD(model.parameters, learningRate: 1).step(gradients)
        }.expectMessage("first: step: expects a gradient of the parameter's shape [3], got [2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Two()
            let loss = (model.first.value * 2).sum()
            model.first.value = [1, 2, 3]
            (model.first.value * 2).sum().backward()
            loss.backward()
        }.expectMessage(
            "backward: cannot add a gradient of shape [2] to one of shape [3]: was the value of a parameter replaced "
                + "between forward and backward?")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let parameter = Parameter(Tensor([1, 2]))
            parameter.value = Tensor([1, 2], dtype: .int64)
            parameter.gradient = [1, 1]
            SGD([parameter], learningRate: 1).step()
        }.expectMessage("Parameter: step: expects a parameter of a floating-point type, got int64")
    }
}
