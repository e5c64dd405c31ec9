import Tern
import TernTesting
import Testing

@Suite("Optimizers against PyTorch")
struct OptimizerTests {
    static let goldens = Goldens("optimizers")

    /// The case's name, and an optimizer with the settings that `cases_optimizers.py` gives PyTorch's.
    static let table: [String: @Sendable ([Parameter]) -> any Optimizer] = [
        "SGD": { SGD($0, learningRate: 0.02) },
        "SGD-momentum": { SGD($0, learningRate: 0.02, momentum: 0.9) },
        "SGD-dampening": { SGD($0, learningRate: 0.02, momentum: 0.9, dampening: 0.3) },
        "SGD-nesterov": { SGD($0, learningRate: 0.02, momentum: 0.9, nesterov: true) },
        "SGD-decay": { SGD($0, learningRate: 0.02, momentum: 0.5, weightDecay: 0.1) },
        "SGD-maximize": { SGD($0, learningRate: 1e-4, momentum: 0.9, maximize: true) },
        "SGD-groups": {
            SGD(groups: [
                ParameterGroup([$0[0]], .init(learningRate: 0.02, momentum: 0.9)),
                ParameterGroup([$0[1]], .init(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)),
            ])
        },
        "Adam": { Adam($0) },
        "Adam-settings": { Adam($0, learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-4) },
        "Adam-decay": { Adam($0, learningRate: 0.01, weightDecay: 0.1) },
        "Adam-amsgrad": { Adam($0, learningRate: 0.01, amsgrad: true) },
        "Adam-maximize": { Adam($0, maximize: true) },
        "AdamW": { AdamW($0) },
        "AdamW-decay": { AdamW($0, learningRate: 0.01, weightDecay: 0.3) },
        "AdamW-amsgrad": { AdamW($0, learningRate: 0.01, amsgrad: true) },
    ]
    static let schedules: [String: any LearningRateSchedule] = [
        "cosine": CosineSchedule(from: 2e-3, steps: 100),
        "cosine-to": CosineSchedule(from: 2e-3, to: 1e-4, steps: 40),
    ]

    final class Model: Module {
        let weight: Parameter
        let bias: Parameter

        init(_ weight: Tensor, _ bias: Tensor) {
            self.weight = Parameter(weight)
            self.bias = Parameter(bias)
        }

        func forward(_ input: Tensor) -> Tensor { linear(input, weight.value, bias.value) }
    }

    @Test(
        "10 and 1,000 steps lead where PyTorch's lead, with the same state",
        arguments: table.keys.sorted(), [DType.float32, .float64])
    func agrees(name: String, dtype: DType) throws {
        let group = try #require(Self.goldens.cases[name]).mapValues { $0.converted(to: dtype) }
        let model = Model(group["weight.start"]!, group["bias.start"]!)
        let optimizer = Self.table[name]!(model.parameters)
        let expect = { (actual: Tensor?, key: String) in
            let text = actual.map { difference($0, group[key]!, .of(dtype)) } ?? "none"
            #expect(text == nil, "\(name), \(key): \(text!)")
        }
        for step in 0..<1000 {
            for (path, parameter) in model.namedParameters {
                parameter.gradient = nil
                if path == "bias", step % 3 == 2 { continue }
                let pull = (parameter.value.detached - group["\(path).target"]!) * group["\(path).scale"]!
                parameter.gradient = pull + group["\(path).noise"]![step % 7]
            }
            optimizer.step()
            if step + 1 == 10 || step + 1 == 1000 {
                for (path, parameter) in model.namedParameters {
                    expect(parameter.value, "\(path).\(step + 1).\(dtype)")
                }
            }
        }
        let state = optimizer.stateDictionary(of: model)
        for (key, _) in tensors(group, "state.\(dtype).") { expect(state[key], "state.\(dtype).\(key)") }
    }

    @Test("a schedule gives PyTorch's rates", arguments: schedules.keys.sorted())
    func schedule(name: String) throws {
        let rates = try #require(Self.goldens.cases[name]?["rates"]).array(of: Double.self)
        // A rate is a small number, so it is compared by its relative difference; PyTorch computes each from the last.
        for (step, rate) in rates.enumerated() {
            #expect(abs(Self.schedules[name]![step] - rate) <= 1e-12 + 1e-7 * rate, "step \(step)")
        }
    }

    @Test("every golden case of an optimizer or a schedule is tested")
    func complete() {
        #expect(Set(Self.goldens.cases.keys) == Set(Self.table.keys).union(Self.schedules.keys))
    }
}
