import Foundation
import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

final class Two: Module {
    let first = Parameter(Tensor([1, 2]))
    let second = Parameter(Tensor([3]))
    func forward(_ x: Tensor) -> Tensor { x * first.value + second.value }
}

@Suite("Optimizers")
struct OptimizerTests {
    @Test("a parameter without a gradient keeps its value and its state")
    func missingGradient() {
        let model = Two()
        let optimizer = SGD(model.parameters, learningRate: 1, momentum: 0.5)
        model.first.gradient = [1, 1]
        model.second.gradient = [1]
        optimizer.step()
        optimizer.zeroGradients()
        model.second.gradient = [0]
        optimizer.step()
        #expect(model.first.value == [0, 1])
        model.first.gradient = [0, 0]
        optimizer.step()
        // The momentum of the first step is still there.
        #expect(model.first.value == [-0.5, 0.5])
    }

    @Test("a frozen parameter is left alone")
    func frozen() {
        let model = Two()
        let optimizer = SGD(model.parameters, learningRate: 1)
        model.first.gradient = [1, 1]
        model.first.requiresGradient = false
        optimizer.step()
        #expect(model.first.value == [1, 2])
    }

    @Test("parameters that are updated in one job get the bits that each gets alone")
    func oneJob() {
        func trained(apart: Bool, _ make: ([Parameter]) -> any Optimizer) -> [Tensor] {
            let generator = Generator(seed: 3)
            let shapes: [Shape] = [[3], [2000], [1500], [0], [70, 500], [5000]]
            var parameters = shapes.map { Parameter(.normal($0, generator: generator)) }
            parameters.append(Parameter(Tensor.normal([3000], generator: generator).converted(to: .bfloat16)))
            let optimizers = apart ? parameters.map { make([$0]) } : [make(parameters)]
            for _ in 0..<4 {
                for parameter in parameters {
                    parameter.gradient = Tensor.normal(parameter.shape, generator: generator)
                        .converted(to: parameter.dtype)
                }
                for optimizer in optimizers { optimizer.step() }
            }
            return parameters.map(\.value)
        }
        let count = threadCount
        defer { threadCount = count }
        let optimizers: [([Parameter]) -> any Optimizer] = [
            { SGD($0, learningRate: 0.1) }, { SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true) },
            { Adam($0, amsgrad: true) }, { Adagrad($0) }, { AdamW($0) }, { SGD($0, learningRate: 0.1, maximize: true) },
            { Lookahead(SGD($0, learningRate: 0.1), period: 2) },
        ]
        for (number, make) in optimizers.enumerated() {
            threadCount = 1
            let expected = trained(apart: true, make).map { $0.converted(to: .float32).array(of: Float.self) }
            for threads in [1, 3] {
                threadCount = threads
                let together = trained(apart: false, make).map { $0.converted(to: .float32).array(of: Float.self) }
                #expect(together == expected, "optimizer \(number), \(threads) threads")
            }
        }
    }

    @Test("groups have their own settings, which may change between steps")
    func groups() {
        let model = Two()
        let optimizer = SGD(groups: [
            ParameterGroup([model.first], .init(learningRate: 1)),
            ParameterGroup([model.second], .init(learningRate: 0.5)),
        ])
        func step() {
            model.first.gradient = [1, 1]
            model.second.gradient = [1]
            optimizer.step()
        }
        step()
        #expect(model.first.value == [0, 1] && model.second.value == [2.5])
        optimizer.groups[1].rule.learningRate = 2
        step()
        #expect(model.first.value == [-1, 0] && model.second.value == [0.5])
        optimizer.learningRate = 0
        step()
        #expect(model.second.value == [0.5] && optimizer.groups[1].rule.learningRate == 0)
    }

    @Test("a value that someone else holds does not change")
    func values() {
        let model = Two()
        let before = model.first.value
        let state = model.stateDictionary()
        model.first.gradient = [1, 1]
        SGD(model.parameters, learningRate: 1).step()
        #expect(before == [1, 2] && state["first"]! == [1, 2] && model.first.value == [0, 1])
        #expect(model.first.value.requiresGradient)
    }

    @Test("gradients that are expanded views, or of another type, are right")
    func views() {
        let model = Two()
        model.first.gradient = Tensor([1]).expanded(to: [2])
        model.second.gradient = Tensor([1], dtype: .float64)
        SGD(model.parameters, learningRate: 1).step()
        #expect(model.first.value == [0, 1] && model.second.value == [2])
    }

    @Test("the state can be saved by name and training goes on with the same bits", arguments: [false, true])
    func state(amsgrad: Bool) throws {
        func steps(_ count: Int, _ optimizer: Adam, _ model: Two) {
            for step in 0..<count {
                model.first.gradient = model.first.value.detached * Double(step + 1)
                model.second.gradient = model.second.value.detached
                optimizer.step()
            }
        }
        let model = Two()
        let optimizer = Adam(model.parameters, learningRate: 0.1, amsgrad: amsgrad)
        steps(3, optimizer, model)
        let (values, saved) = (model.stateDictionary(), optimizer.stateDictionary(of: model))
        steps(3, optimizer, model)

        let copy = Two()
        try copy.loadStateDictionary(values)
        let resumed = Adam(copy.parameters, learningRate: 0.1, amsgrad: amsgrad)
        try resumed.loadStateDictionary(saved, of: copy)
        steps(3, resumed, copy)
        #expect(copy.first.value == model.first.value && copy.second.value == model.second.value)
        let slots = ["exp_avg", "exp_avg_sq"] + (amsgrad ? ["max_exp_avg_sq"] : []) + ["step"]
        #expect(saved.keys.sorted() == ["first", "second"].flatMap { name in slots.map { "\(name).\($0)" } })
        #expect(saved["first.step"]!.item() == 3)
    }

    @Test("a state that does not fit is described in full and changes nothing")
    func wrongState() throws {
        let model = Two()
        let optimizer = Adam(model.parameters)
        let error = #expect(throws: StateDictionaryError.self) {
            try optimizer.loadStateDictionary(
                ["first.exp_avg": [1], "first.step": Tensor(1), "third.step": Tensor(1)], of: model)
        }
        #expect(
            error?.description == """
                cannot load the state dictionary into Adam:
                  missing: first.exp_avg_sq
                  unexpected: third.step
                  first.exp_avg: expects [2], got [1]
                """)
        #expect(optimizer.stateDictionary(of: model).isEmpty)
    }

    @Test("an empty state resets, and a lazy parameter without a value can be optimized later")
    func lazyParameter() {
        let parameter = Parameter(pending: [-1], name: "test")
        let optimizer = Adam([parameter], learningRate: 1)
        optimizer.step()
        parameter.initialize(.ones, shape: [2])
        parameter.gradient = [1, 1]
        optimizer.step()
        #expect(parameter.value.array(of: Float.self).allSatisfy { abs($0) < 1e-6 })
    }

    @Test("large parameters have the same bits for 1 and 2 threads")
    func threads() {
        func result(_ threads: Int) -> Tensor {
            let saved = threadCount
            defer { threadCount = saved }
            threadCount = threads
            let parameter = Parameter(Tensor.normal([100_003], generator: Generator(seed: 1)))
            let optimizer = AdamW([parameter])
            for seed in 0..<3 {
                parameter.gradient = Tensor.normal([100_003], generator: Generator(seed: UInt64(seed)))
                optimizer.step()
            }
            return parameter.value
        }
        #expect(result(1) == result(2))
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let parameter = Parameter(Tensor.zeros([2, 3]))
            _ = Adam([parameter, parameter])
        }.expectMessage("Adam: has a parameter of shape [2, 3] twice: a parameter belongs to one group, once")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = AdamW([Parameter(Tensor.zeros([2]))], learningRate: -1)
        }.expectMessage("AdamW: learningRate must be at least 0, got -1.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = SGD([Parameter(Tensor.zeros([2]))], learningRate: 1, nesterov: true)
        }.expectMessage("SGD: nesterov needs momentum above 0 and dampening 0, got 0.0 and 0.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Adam([Parameter(Tensor.zeros([2]))], betas: (0.9, 1))
        }.expectMessage("Adam: betas must be in 0..<1, got 1.0")
    }
}
