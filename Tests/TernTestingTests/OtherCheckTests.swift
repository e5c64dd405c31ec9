import Tern
import TernTesting
import Testing

@Suite("Checks of losses, optimizers, datasets and metrics")
struct OtherCheckTests {
    // MARK: - Losses

    @Test("a loss of the library passes")
    func losses() throws {
        let (x, t) = (numbers([4, 3]), numbers([4, 3], seed: 6))
        try checkLoss("huberLoss", x, t) { huberLoss($0, $1, delta: 0.5, reduction: $2) }
        try checkLoss("crossEntropy", x, Tensor([0, 2, 1, 1], dtype: .int64)) { crossEntropy($0, $1, reduction: $2) }
    }

    @Test("a loss that is wrong is found, in every way")
    func wrongLosses() throws {
        func checks(_ loss: @escaping (Tensor, Tensor, Reduction) -> Tensor) -> Set<String> {
            do {
                try checkLoss("wrong", numbers([4, 3]), numbers([4, 3], seed: 6), loss)
                return []
            } catch {
                return error.checks
            }
        }
        func reduced(_ losses: Tensor, _ reduction: Reduction) -> Tensor {
            switch reduction {
            case .none: losses
            case .sum: losses.sum()
            case .mean: losses.mean()
            }
        }
        #expect(checks { reduced(square($0 - $1), $2) } == [])
        #expect(checks { reduced(square($0 - $1), $2 == .mean ? .sum : $2) } == ["reductions"])
        #expect(checks { reduced(square($0 - $1.detached), $2) } == ["targetGradients"])
        #expect(checks { reduced(($0 - $1) * ($0 - $1).detached, $2) }.contains("gradients"))
        #expect(checks { reduced(square($0 - $1) * ($1.isContiguous ? 1 : 2), $2) } == ["layouts"])
        #expect(
            checks { x, t, reduction in
                let losses = asOneOperation { square(x - t) }.asOutput(of: "loss", from: [x, t]) { gradient, _ in
                    [gradient * 2 * (x - t).detached, gradient * -2 * (x - t).detached]
                }
                return reduced(losses, reduction)
            } == ["secondGradients", "targetGradients"])
        #expect(checks { reduced(square($0 - $1).converted(to: .float64) * 1.01, $2) }.contains("floatTypes"))
    }

    // MARK: - Optimizers

    @Test("optimizers of the library pass")
    func optimizers() throws {
        try checkOptimizer { SGD($0, learningRate: 0.05, momentum: 0.8, weightDecay: 1e-4, nesterov: true) }
        try checkOptimizer { Adam($0, learningRate: 0.05, betas: (0.8, 0.99), amsgrad: true) }
        try checkOptimizer { AdamW($0, learningRate: 0.05, weightDecay: 1e-4) }
    }

    /// A sign with momentum, whose faults can be switched on.
    final class Faulty: Optimizer {
        struct Rule: OptimizerRule {
            var learningRate: Double
            var momentum: Double
            var fault: String
            static var settings: [String: OptimizerSetting<Self>] {
                ["learningRate": .number(\.learningRate), "momentum": .number(\.momentum)]
            }
            var slotNames: [String] { ["momentum"] }
            func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
                if state.slots.isEmpty { state.slots = [Tensor.zeros(like: parameter)] }
                state.slots[0] = state.slots[0] * momentum + gradient
                let isUp = fault == "up"
                parameter = parameter + state.slots[0] * (isUp ? learningRate : -learningRate)
            }
            func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool {
                guard fault == "fused", state.slots.count == 1, gradient.dtype == parameter.dtype else { return false }
                state.slots[0] = state.slots[0] * momentum + gradient
                parameter = parameter - state.slots[0] * learningRate * 1.01
                return true
            }
        }
        var groups: [ParameterGroup<Rule>]
        init(_ parameters: [Parameter], _ fault: String) {
            groups = Self.checkedGroups([
                ParameterGroup(parameters, Rule(learningRate: 0.05, momentum: 0.8, fault: fault))
            ])
        }
    }

    @Test("an optimizer that is wrong is found")
    func wrongOptimizers() {
        func checks(_ fault: String) -> Set<String> {
            do {
                try checkOptimizer { Faulty($0, fault) }
                return []
            } catch {
                return error.checks
            }
        }
        // The fault itself is a property that a checkpoint would lose.
        #expect(checks("none") == ["settings"])
        #expect(checks("up") == ["settings", "converges"])
        #expect(checks("fused").isSuperset(of: ["settings", "fused"]))
    }

    // MARK: - Datasets

    struct Squares: Dataset {
        var fault = ""
        let count = 12
        func element(at index: Int) -> (Tensor, Tensor) {
            let noise = fault == "random" ? Double.random(in: 0..<1) : 0
            return (Tensor([Double(index) + noise, 1], dtype: .float64), Tensor(index * index))
        }
        func batch(at indices: ArraySlice<Int>) -> (Tensor, Tensor) {
            let sorted = fault == "sorted" ? indices.sorted()[...] : indices
            let rows = sorted.map { element(at: $0) }
            return (stacked(rows.map(\.0)), stacked(rows.map(\.1)))
        }
        func order(epoch: Int) -> [Int] {
            Array(0..<(fault == "shorter" && epoch == 1 ? 11 : 12)).map { fault == "beyond" ? $0 + 1 : $0 }
        }
    }

    @Test("datasets pass, and one that is wrong is found")
    func datasets() throws {
        try checkDataset(TensorDataset(numbers([11, 3]), numbers([11])))
        func checks(_ fault: String) -> Set<String> {
            do {
                try checkDataset(Squares(fault: fault))
                return []
            } catch {
                return error.checks
            }
        }
        #expect(checks("") == [])
        #expect(
            checks("random") == ["elements"] && checks("shorter") == ["elements"] && checks("beyond") == ["elements"])
        #expect(checks("sorted") == ["batches"])
    }

    // MARK: - Metrics

    @Test("metrics pass, and one that is wrong is found")
    func metrics() throws {
        let batches = (0..<3).map { (numbers([4, 3], seed: $0), Tensor([0, 2, 1, 1], dtype: .int64)) }
        try checkMetric(
            batches, making: { Accuracy() }, update: { $0.update($1, $2) }, reset: { $0.reset() }, value: { [$0.value] }
        )
        final class MeanOfMeans: Stateful {
            var values: [Double] = []
            var savedState: [String: StateValue] { ["count": .integer(values.count)] }
            func restoring(from reader: inout StateReader) -> () -> Void {
                _ = reader.integer("count")
                return {}
            }
        }
        let uneven = batches + [(numbers([1, 3], seed: 9), Tensor([0], dtype: .int64))]
        let failure = try #require(throws: CheckFailure.self) {
            try checkMetric(
                uneven, making: { MeanOfMeans() }, update: { metric, x, _ in metric.values.append(x.mean().item()) },
                reset: { _ in },
                value: { [$0.values.reduce(0, +) / Double(max($0.values.count, 1))] })
        }
        #expect(failure.checks == ["batches", "reset", "resumes"])
    }
}
