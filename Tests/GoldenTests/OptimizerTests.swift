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
        "RMSprop": { RMSprop($0) },
        "RMSprop-centered": { RMSprop($0, learningRate: 0.005, alpha: 0.9, epsilon: 1e-3, centered: true) },
        "RMSprop-all": {
            RMSprop(
                $0, learningRate: 0.002, alpha: 0.95, epsilon: 1e-2, weightDecay: 0.1, momentum: 0.8, centered: true)
        },
        "RMSprop-maximize": { RMSprop($0, learningRate: 1e-3, momentum: 0.5, maximize: true) },
        "RMSprop-groups": {
            RMSprop(groups: pair($0, .init(learningRate: 0.01), .init(learningRate: 0.002, momentum: 0.9)))
        },
        "Adagrad": { Adagrad($0) },
        "Adagrad-all": {
            Adagrad(
                $0, learningRate: 0.1, learningRateDecay: 0.01, weightDecay: 0.1, initialAccumulatorValue: 0.5,
                epsilon: 1e-4)
        },
        "Adagrad-maximize": { Adagrad($0, maximize: true) },
        "Adagrad-groups": {
            Adagrad(groups: pair($0, .init(learningRate: 0.1), .init(learningRate: 0.02, learningRateDecay: 0.1)))
        },
        "Adadelta": { Adadelta($0) },
        "Adadelta-all": { Adadelta($0, learningRate: 0.5, rho: 0.8, epsilon: 1e-4, weightDecay: 0.1) },
        "Adadelta-maximize": { Adadelta($0, learningRate: 0.1, maximize: true) },
        "Adadelta-groups": { Adadelta(groups: pair($0, .init(), .init(rho: 0.5))) },
        "Adamax": { Adamax($0) },
        "Adamax-all": { Adamax($0, learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1) },
        "Adamax-maximize": { Adamax($0, maximize: true) },
        "Adamax-groups": { Adamax(groups: pair($0, .init(learningRate: 0.01), .init(betas: (0.5, 0.9)))) },
        "NAdam": { NAdam($0) },
        "NAdam-all": {
            NAdam(
                $0, learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1, momentumDecay: 0.1)
        },
        "NAdam-decoupled": { NAdam($0, weightDecay: 0.1, decoupledDecay: true) },
        "NAdam-maximize": { NAdam($0, maximize: true) },
        "NAdam-groups": { NAdam(groups: pair($0, .init(learningRate: 0.01), .init(momentumDecay: 0.5))) },
        "RAdam": { RAdam($0) },
        "RAdam-all": { RAdam($0, learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1) },
        "RAdam-decoupled": { RAdam($0, weightDecay: 0.1, decoupledDecay: true) },
        "RAdam-maximize": { RAdam($0, maximize: true) },
        "RAdam-groups": { RAdam(groups: pair($0, .init(learningRate: 0.01), .init(betas: (0.5, 0.6)))) },
        "ASGD": { ASGD($0) },
        "ASGD-all": {
            ASGD($0, learningRate: 0.05, lambda: 0.01, alpha: 0.6, averagingStart: 100, weightDecay: 0.1)
        },
        "ASGD-maximize": { ASGD($0, learningRate: 1e-4, maximize: true) },
        "ASGD-groups": { ASGD(groups: pair($0, .init(learningRate: 0.02), .init(averagingStart: 5))) },
        "Rprop": { Rprop($0) },
        "Rprop-all": { Rprop($0, learningRate: 0.05, etas: (0.3, 1.1), stepSizes: (1e-3, 0.2)) },
        "Rprop-maximize": { Rprop($0, learningRate: 1e-4, stepSizes: (1e-6, 1e-2), maximize: true) },
        "Rprop-groups": { Rprop(groups: pair($0, .init(learningRate: 0.02), .init(stepSizes: (1e-4, 0.1)))) },
        "Adafactor": { Adafactor($0) },
        "Adafactor-all": {
            Adafactor(
                $0, learningRate: 0.05, beta2Decay: -0.6, epsilons: (1e-2, 1e-2), clipThreshold: 1.5, weightDecay: 0.1)
        },
        "Adafactor-maximize": { Adafactor($0, learningRate: 1e-3, maximize: true) },
        "Adafactor-groups": { Adafactor(groups: pair($0, .init(learningRate: 0.02), .init(beta2Decay: -0.5))) },
        "Muon": { Muon([$0[0]], learningRate: 0.02) },
        "Muon-all": {
            Muon(
                [$0[0]], learningRate: 0.02, weightDecay: 0.3, momentum: 0.8, nesterov: false,
                coefficients: (2, -1.5, 0.5), steps: 4, matchesAdamW: true)
        },
        "Lion": { Lion($0, learningRate: 0x1p-10) },
        "Lion-decay": { Lion($0, learningRate: 0x1p-9, betas: (0.8, 0.9), weightDecay: 0.5) },
        "LAMB": { LAMB($0, learningRate: 0x1p-8, betas: (0.9, 0.99)) },
        "LAMB-decay": { LAMB($0, learningRate: 0.005, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1) },
        "LAMB-groups": {
            LAMB(
                groups: pair(
                    $0, .init(learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1),
                    .init(learningRate: 0.005, betas: (0.8, 0.95), epsilon: 1e-3)))
        },
        "Ftrl": { Ftrl($0, learningRate: 0x1p-4) },
        "Ftrl-all": {
            Ftrl(
                $0, learningRate: 0x1p-2, learningRatePower: -0.25, initialAccumulatorValue: 0.5, l1: 0.01, l2: 0.02,
                l2Shrinkage: 0.03, beta: 0.04)
        },
        "ScheduleFreeAdamW": { ScheduleFreeAdamW($0) },
        "ScheduleFreeAdamW-all": {
            ScheduleFreeAdamW(
                $0, learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1, warmupSteps: 50)
        },
        "Lookahead-SGD": { Lookahead(SGD($0, learningRate: 0.02, momentum: 0.9)) },
        "Lookahead-RAdam": { Lookahead(RAdam($0, learningRate: 0.01), period: 3, alpha: 0.8) },
    ]
    static let schedules: [String: any LearningRateSchedule] = [
        "cosine": CosineSchedule(from: 2e-3, steps: 100),
        "cosine-to": CosineSchedule(from: 2e-3, to: 1e-4, steps: 40),
    ]

    /// A group for each of two parameters.
    private static func pair<Rule>(_ parameters: [Parameter], _ first: Rule, _ second: Rule) -> [ParameterGroup<Rule>] {
        [ParameterGroup([parameters[0]], first), ParameterGroup([parameters[1]], second)]
    }

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
        // PyTorch's own, or nearer to what float64 gives.
        let expect = { (actual: Tensor?, key: String) in
            let exact = group[key.replacing("float32", with: "float64")]
            let text = actual.map { difference($0, group[key]!, .of(dtype), unlessNearerTo: exact) } ?? "none"
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

    static let searches: [String: @Sendable ([Parameter]) -> LBFGS] = [
        "LBFGS": { LBFGS($0, learningRate: 0.002, maximumIterations: 8) },
        "LBFGS-history": { LBFGS($0, learningRate: 0.5, maximumIterations: 6, historySize: 2) },
        "LBFGS-wolfe": { LBFGS($0, maximumIterations: 4, historySize: 5, lineSearch: .strongWolfe) },
        "LBFGS-few": {
            LBFGS(
                $0, learningRate: 0.3, maximumIterations: 10, maximumEvaluations: 7, lineSearch: .strongWolfe)
        },
    ]

    @Test("L-BFGS goes down Rosenbrock's valley as PyTorch's does", arguments: searches.keys.sorted())
    func lbfgs(name: String) throws {
        let group = try #require(Self.goldens.cases[name])
        let first = Parameter(Tensor([-1.2, 1], dtype: .float64))
        let second = Parameter(Tensor([2], dtype: .float64))
        let optimizer = Self.searches[name]!([first, second])
        for step in 0..<6 {
            let loss = optimizer.step {
                let (a, b) = (first.value[0], first.value[1])
                return square(1 - a) + 100 * square(b - square(a)) + pow(second.value - a * b, 4).sum()
            }
            let values = concatenated([first.value.detached, second.value.detached])
            #expect(difference(loss, group["losses"]![step], .of(.float64)) == nil, "step \(step)")
            #expect(difference(values, group["values"]![step], .of(.float64)) == nil, "step \(step)")
            #expect(Double(optimizer.evaluations) == group["counts"]![step].item(), "step \(step)")
        }
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
        #expect(
            Set(Self.goldens.cases.keys)
                == Set(Self.table.keys).union(Self.searches.keys).union(Self.schedules.keys))
    }
}
