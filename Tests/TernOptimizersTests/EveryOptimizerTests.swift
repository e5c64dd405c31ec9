import Foundation
import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

/// Two parameters that every optimizer takes.
final class Matrices: Module {
    let first: Parameter
    let second: Parameter

    init(_ shape: Shape = [1, 2]) {
        first = Parameter(Tensor.uniform(shape, generator: Generator(seed: 1)) + 1)
        second = Parameter(Tensor([[3]]))
    }

    func forward(_ x: Tensor) -> Tensor { x * first.value + second.value }
}

/// The optimizers by the names for configuration files, as their classes make them.
let everyOptimizer: [String: @Sendable ([Parameter]) -> any Optimizer] = [
    "adadelta": { Adadelta($0) }, "adafactor": { Adafactor($0) }, "adagrad": { Adagrad($0) }, "adam": { Adam($0) },
    "adamax": { Adamax($0) }, "adamw": { AdamW($0) }, "asgd": { ASGD($0) }, "ftrl": { Ftrl($0) },
    "lamb": { LAMB($0) }, "lion": { Lion($0) }, "muon": { Muon($0) }, "nadam": { NAdam($0) }, "radam": { RAdam($0) },
    "rmsprop": { RMSprop($0) }, "rprop": { Rprop($0) }, "schedulefreeadamw": { ScheduleFreeAdamW($0) },
    "sgd": { SGD($0, learningRate: 1e-3) },
]

@Suite("Every optimizer")
struct EveryOptimizerTests {
    static let names = everyOptimizer.keys.sorted()

    @Test("is in the table of these tests, of the file that makes it by its name, and of the checks against PyTorch")
    func complete() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let sources = tests.deletingLastPathComponent().appending(path: "Sources/TernOptimizers")
        let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
        let classes = try files.filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).matches(of: /public final class (\w+): Optimizer \{/)
                .map { String($0.1) }
        }
        #expect(classes.count >= 17)
        #expect(Set(classes.map { $0.lowercased() }) == Set(Self.names) && optimizerNames == Self.names)
        let goldens = try String(
            contentsOf: tests.appending(path: "GoldenTests/OptimizerTests.swift"), encoding: .utf8)
        for name in classes { #expect(goldens.contains("\"\(name)\": {"), "\(name) has no golden case") }
    }

    @Test("has the same defaults in its class, its rule and by its name", arguments: names)
    func defaults(name: String) throws {
        func settings(_ optimizer: some Optimizer) -> [String: Double] { optimizer.groups[0].settingValues }
        let settingsOfSGD = name == "sgd" ? ["learningRate": 1e-3] : [:]
        let named = try makeOptimizer(name.uppercased(), Matrices().parameters, settings: settingsOfSGD)
        let made = everyOptimizer[name]!(Matrices().parameters)
        #expect(type(of: named) == type(of: made) && settings(named) == settings(made))
    }

    @Test("lists all numbers and flags of its rule as settings, which come back from their values", arguments: names)
    func settings(name: String) {
        func check(_ optimizer: some Optimizer) {
            let rule = optimizer.groups[0].rule
            var other = rule
            other.settingValues = rule.settingValues.mapValues { $0 == 0 ? 1 : $0 == 1 ? 0 : $0 + 1 }
            for (name, value) in rule.settingValues { #expect(other.settingValues[name] != value, "\(name)") }
            // A stored property that the list lacks would be lost in a checkpoint.
            let stored = Set(Mirror(reflecting: rule).children.map { $0.label! })
            #expect(stored == Set(type(of: rule).settings.keys))
            other.settingValues = rule.settingValues
            #expect("\(other)" == "\(rule)")
        }
        check(everyOptimizer[name]!(Matrices().parameters))
    }

    @Test("complains about settings out of their range, and names the value", arguments: names)
    func complaints(name: String) {
        for (setting, value) in [("learningRate", -1.0), ("learningRate", .nan), ("weightDecay", -0.5), ("beta1", 1)] {
            let settings = ["learningRate": 1].merging([setting: value]) { $1 }
            let made = Result { try makeOptimizer(name, Matrices().parameters, settings: settings) }
            guard case .failure(let error) = made else {
                Issue.record("\(name) takes \(setting) \(value)")
                continue
            }
            #expect("\(error)".contains("\(value)") || "\(error)".contains("has no setting \(setting), only"))
        }
    }

    @Test(
        "updates a large parameter to the same bits as one update of the whole, on any number of threads",
        arguments: names, [DType.float32, .float64])
    func pieces(name: String, type: DType) {
        func check<O: Optimizer>(_: O, _ rule: O.Rule) {
            let shape: Shape = [3, 20_001]
            let saved = threadCount
            defer { threadCount = saved }
            var results: [[Tensor]] = []
            for threads in [1, 2, 3] {
                threadCount = threads
                let parameter = Parameter(Tensor.normal(shape, dtype: type, generator: Generator(seed: 1)))
                let group = ParameterGroup([parameter], rule)
                let optimizer = Direct(groups: [group])
                var (value, state) = (parameter.value.detached, ParameterState())
                for step in 1...3 {
                    let gradient = Tensor.normal(shape, dtype: type, generator: Generator(seed: UInt64(step + 1)))
                    parameter.gradient = gradient
                    optimizer.step()
                    state.steps = step
                    let count = rule.slotNames(of: shape).count
                    while state.slots.count < count,
                        let slot = rule.initialSlot(state.slots.count, of: value)
                    {
                        state.slots.append(slot)
                    }
                    if !rule.updateFused(&value, gradient: gradient, state: &state) {
                        rule.update(&value, gradient: gradient, state: &state)
                    }
                }
                results.append([parameter.value.detached] + optimizer.groups[0].states[0].slots)
                #expect(results[0] == [value] + state.slots)
                #expect(results.last! == results[0])
            }
        }
        final class Direct<Rule: OptimizerRule>: Optimizer {
            var groups: [ParameterGroup<Rule>]
            init(groups: [ParameterGroup<Rule>]) { self.groups = groups }
        }
        func open(_ optimizer: some Optimizer) { check(optimizer, optimizer.groups[0].rule) }
        open(everyOptimizer[name]!(Matrices().parameters))
    }

    @Test("leaves a parameter without a gradient alone, with its state", arguments: names)
    func missingGradient(name: String) {
        let (model, other) = (Matrices(), Matrices())
        let (optimizer, reference) = (everyOptimizer[name]!(model.parameters), everyOptimizer[name]!(other.parameters))
        for step in 0..<3 {
            for (some, parameters) in [(true, model), (false, other)] {
                parameters.first.gradient = some && step == 1 ? nil : parameters.first.value.detached
                parameters.second.gradient = Tensor([[0.5]])
            }
            let before = model.first.value.detached
            optimizer.step()
            if step == 1 { #expect(model.first.value == before) } else { reference.step() }
        }
        let (state, expected) = (optimizer.stateDictionary(of: model), reference.stateDictionary(of: other))
        #expect(model.first.value == other.first.value)
        for (key, value) in expected where key.hasPrefix("first.") { #expect(state[key] == value, "\(key)") }
    }

    @Test("is unknown by any other name, and knows no other settings")
    func unknown() {
        let parameters = [Parameter(Tensor.zeros([2]))]
        func message(_ name: String, _ settings: [String: Double]) -> String {
            do throws(ConfigurationError) {
                _ = try makeOptimizer(name, parameters, settings: settings)
                return "none"
            } catch { return error.description }
        }
        #expect(
            message("adem", [:])
                == "there is no optimizer 'adem', only adadelta, adafactor, adagrad, adam, adamax, adamw, "
                + "asgd, ftrl, lamb, lion, muon, nadam, radam, rmsprop, rprop, schedulefreeadamw, sgd")
        #expect(
            message("lion", ["lr": 1, "epsilon": 1])
                == "Lion has no setting epsilon, lr, only beta1, beta2, learningRate, maximize, weightDecay")
        #expect(message("sgd", ["momentum": 0.9]) == "SGD needs a learningRate")
        #expect(message("sgd", ["learningRate": 0.1]) == "none")
        #expect(
            message("muon", [:])
                == "Muon: expects matrices, got a parameter of shape [2]: give it to another optimizer, such as AdamW")
        #expect(
            message("schedulefreeadamw", ["warmupSteps": 0.5])
                == "ScheduleFreeAdamW: warmupSteps must be a whole number of at least 0, got -1")
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Muon([Parameter(Tensor.zeros([2, 3, 4]))])
        }.expectMessage(
            "Muon: expects matrices, got a parameter of shape [2, 3, 4]: give it to another optimizer, such as AdamW")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Rprop([Parameter(Tensor.zeros([2]))], etas: (0.5, 0.9))
        }.expectMessage("Rprop: etas must be between 0 and 1 and above 1, got 0.5 and 0.9")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let parameter = Parameter(Tensor.zeros([2]))
            _ = RMSprop(groups: [ParameterGroup([parameter], .init()), ParameterGroup([parameter], .init())])
        }.expectMessage("RMSprop: has a parameter of shape [2] twice: a parameter belongs to one group, once")
    }

    @Test("a schedule-free optimizer has its means inside of averaged, and its own values after")
    func scheduleFree() {
        let parameter = Parameter(Tensor([1, 2]))
        let optimizer = ScheduleFreeAdamW([parameter], learningRate: 0.1)
        var (z, x) = (parameter.value.detached, parameter.value.detached)
        for step in 1...4 {
            parameter.gradient = [1, -0.5]
            optimizer.step()
            z = optimizer.groups[0].states[0].slots[0]
            x = x + (z - x) / step
        }
        let own = parameter.value
        let mean = optimizer.averaged { parameter.value }
        #expect(mean.allClose(to: x) && parameter.value == own && mean != own)
    }
}
