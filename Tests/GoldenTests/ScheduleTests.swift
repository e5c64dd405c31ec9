import Foundation
import Tern
import Testing

@Suite("Schedules")
struct ScheduleTests {
    private static let goldens = Goldens("schedules")
    private static let steps = goldens.cases["steps"]!["steps"]!.array(of: Int.self)

    /// The schedule of a group with the rate 0.1 or 0.02, as PyTorch's schedulers make it.
    typealias Make = @Sendable (Double) -> any LearningRateSchedule

    static let names = (Array(table.keys) + cycling.keys.flatMap { ["\($0)-SGD", "\($0)-Adam"] }).sorted()

    static let table: [String: Make] = [
        "step": { StepSchedule(from: $0, factor: 0.7, every: 30) },
        "multi-step": { MultiStepSchedule(from: $0, factor: 0.5, milestones: [10, 300, 300, 600]) },
        "constant": { ConstantSchedule($0).warmedUp(steps: 20, .constant(0.25 * $0)) },
        "linear": { LinearSchedule(from: 0.25 * $0, to: 0.75 * $0, steps: 300) },
        "exponential": { ExponentialSchedule(from: $0, factor: 0.99) },
        "polynomial": { PolynomialSchedule(from: $0, power: 2.5, steps: 600) },
        "cosine-1000": { CosineSchedule(from: $0, to: 1e-3, steps: 1000) },
        "restarts": { CosineRestartsSchedule(from: $0, to: 1e-3, steps: 30) },
        "restarts-stretched": { CosineRestartsSchedule(from: $0, to: 1e-3, steps: 10, stretch: 3) },
        "lambda": { rate in FunctionSchedule { rate / Double(1 + $0) } },
        "multiplicative": { MultiplicativeSchedule(from: $0) { $0 % 7 == 0 ? 0.9 : 1.001 } },
        "swa": { ConstantSchedule($0).annealed(to: 0.05, at: 0, over: 30) },
        "swa-linear": { ConstantSchedule($0).annealed(to: 0.05, at: 0, over: 30, annealing: .linear) },
        "swa-at-once": { ConstantSchedule($0).annealed(to: 0.05, at: 0, over: 0) },
        "chained": {
            ChainedSchedule([
                ExponentialSchedule(from: $0, factor: 0.99),
                PiecewiseConstantSchedule(rates: [0.25, 1], boundaries: [19]),
                MultiStepSchedule(from: 1, milestones: [100, 500]),
            ])
        },
        "sequential": {
            SequentialSchedule(
                [
                    LinearSchedule(from: 0.25 * $0, to: $0, steps: 20), StepSchedule(from: $0, factor: 0.7, every: 30),
                    ExponentialSchedule(from: $0, factor: 0.99),
                ], milestones: [20, 300])
        },
        "warm-up": { CosineSchedule(from: $0, steps: 970).warmedUp(steps: 30, .linear(from: 0.1 * $0)) },
        "warm-up-constant": { CosineSchedule(from: $0, steps: 970).warmedUp(steps: 30, .constant(0.1 * $0)) },
        "keras-exponential": { ExponentialSchedule(from: $0, factor: 0.7, every: 30) },
        "keras-exponential-staircase": { ExponentialSchedule(from: $0, factor: 0.7, every: 30, isStaircase: true) },
        "keras-inverse": { InverseTimeSchedule(from: $0, decay: 0.7, every: 30) },
        "keras-inverse-staircase": { InverseTimeSchedule(from: $0, decay: 0.7, every: 30, isStaircase: true) },
        "keras-polynomial": { PolynomialSchedule(from: $0, to: 1e-3, power: 0.5, steps: 300) },
        "keras-polynomial-cycle": { PolynomialSchedule(from: $0, to: 1e-3, power: 2, steps: 30, isCyclic: true) },
        "keras-piecewise": { PiecewiseConstantSchedule(rates: [$0, 0.5, 0.05, 0.01], boundaries: [10, 300, 600]) },
        "keras-cosine": { CosineSchedule(from: $0, to: 0.01, steps: 600) },
        "keras-cosine-warm-up": {
            CosineSchedule(from: $0, to: 0.01, steps: 600).warmedUp(steps: 30, .linear(from: 0.02))
        },
        "keras-restarts": { CosineRestartsSchedule(from: $0, to: 0.01, steps: 10, stretch: 2, scale: 0.9) },
        "keras-restarts-even": { CosineRestartsSchedule(from: $0, to: 0.01, steps: 30, scale: 0.9) },
        "keras-restarts-fraction": { CosineRestartsSchedule(from: $0, steps: 10, stretch: 1.3, scale: 0.9) },
    ]

    /// Those with a momentum: their highest rates are 0.5 and 0.1.
    static let cycling: [String: Make] = [
        "one-cycle": { OneCycleSchedule(maximum: 5 * $0, steps: 1000) },
        "one-cycle-linear": {
            OneCycleSchedule(
                maximum: 5 * $0, steps: 1000, risingShare: 0.25, annealing: .linear, divisor: 10, finalDivisor: 100,
                momentum: 0.5...0.75)
        },
        "one-cycle-three": { OneCycleSchedule(maximum: 5 * $0, steps: 1000, isThreePhase: true) },
        "one-cycle-three-linear": {
            OneCycleSchedule(maximum: 5 * $0, steps: 1000, risingShare: 0.4, annealing: .linear, isThreePhase: true)
        },
        "one-cycle-falling": { OneCycleSchedule(maximum: 5 * $0, steps: 1000, risingShare: 0) },
        "one-cycle-rising": { OneCycleSchedule(maximum: 5 * $0, steps: 1000, risingShare: 1) },
        "one-cycle-still": { OneCycleSchedule(maximum: 5 * $0, steps: 1000, momentum: nil) },
        "cyclic": { CyclicSchedule(from: $0, to: 5 * $0, stepsUp: 20) },
        "cyclic-uneven": {
            CyclicSchedule(
                from: $0, to: 5 * $0, stepsUp: 10, stepsDown: 30, scaling: .triangular2, momentum: 0.5...0.75)
        },
        "cyclic-exponential": { CyclicSchedule(from: $0, to: 5 * $0, stepsUp: 20, scaling: .exponential(0.99)) },
        "cyclic-by-cycle": { CyclicSchedule(from: $0, to: 5 * $0, stepsUp: 20, scaling: .byCycle { 1 / Double($0) }) },
        "cyclic-by-step": {
            CyclicSchedule(from: $0, to: 5 * $0, stepsUp: 20, scaling: .byStep { 1 / Double($0 + 1) })
        },
        "cyclic-still": { CyclicSchedule(from: $0, to: 5 * $0, stepsUp: 20, momentum: nil) },
    ]

    /// An optimizer with the golden cases' groups.
    private static func optimizer(_ name: String, groups: Int) -> any Optimizer {
        let (parameters, rates) = ((0..<groups).map { _ in Parameter(Tensor.zeros([1])) }, [0.1, 0.02])
        if name.hasSuffix("Adam") {
            return Adam(groups: zip(parameters, rates).map { ParameterGroup([$0], .init(learningRate: $1)) })
        }
        return SGD(groups: zip(parameters, rates).map { ParameterGroup([$0], .init(learningRate: $1, momentum: 0.7)) })
    }

    @Test("the rates and momenta of all groups over 1,000 steps are PyTorch's and Keras's", arguments: names)
    func agrees(name: String) throws {
        let group = try #require(Self.goldens.cases[name])
        let rates = group["rates"]!
        let kind = name.split(separator: "-").last!
        let make = try #require(Self.table[name] ?? Self.cycling[String(name.dropLast(kind.count + 1))])
        let optimizer = Self.optimizer(name, groups: rates.shape[1])
        let scheduler = LearningRateScheduler(optimizer, make)
        var (row, worst) = (0, 0.0)
        func compare(_ values: [Double], _ expected: Tensor) {
            for (value, expected) in zip(values, expected[row].array(of: Double.self)) {
                worst = max(worst, abs(value - expected) / max(abs(expected), 1e-9))
            }
        }
        for step in 0..<1000 {
            if Self.steps[row] == step {
                compare(optimizer.learningRates, rates)
                if let momenta = group["momenta"] { compare(optimizer.momenta!, momenta) }
                row += 1
            }
            scheduler.step()
        }
        #expect(row == Self.steps.count)
        // PyTorch computes a rate from the one before.
        #expect(worst < 1e-12, "\(name): \(worst)")
    }

    static let plateaus: [String: @Sendable (any Optimizer) -> ReduceOnPlateau] = [
        "plateau": { ReduceOnPlateau($0) },
        "plateau-absolute": { ReduceOnPlateau($0, factor: 0.5, patience: 3, threshold: .absolute(0.05)) },
        "plateau-maximum": {
            ReduceOnPlateau(
                $0, patience: 4, mode: .maximum, threshold: .relative(0.05), cooldown: 7, minimumRate: 0.001)
        },
        "plateau-maximum-absolute": {
            ReduceOnPlateau($0, factor: 0.9, patience: 0, mode: .maximum, threshold: .absolute(0.05), cooldown: 3)
        },
        "plateau-bounds": {
            ReduceOnPlateau(
                $0, factor: 0.7, patience: 2, threshold: .relative(0.01), minimumRates: [0.01, 0.002], epsilon: 1e-3)
        },
    ]

    @Test(
        "a metric lowers the rates as PyTorch's does, also saved and restored in between",
        arguments: plateaus.keys.sorted())
    func plateau(name: String) throws {
        let group = try #require(Self.goldens.cases[name])
        let optimizer = Self.optimizer(name, groups: 2)
        var plateau = Self.plateaus[name]!(optimizer)
        for (step, metric) in group["metrics"]!.array(of: Double.self).enumerated() {
            if step % 10 == 9 {
                let next = Self.plateaus[name]!(optimizer)
                try next.restore(plateau.savedState)
                plateau = next
            }
            let before = optimizer.learningRates
            let isLowered = plateau.update(metric)
            #expect(optimizer.learningRates == group["rates"]![step].array(of: Double.self), "step \(step)")
            #expect(isLowered == (optimizer.learningRates != before))
        }
    }

    @Test("every golden case is tested")
    func complete() {
        #expect(Set(Self.goldens.cases.keys) == Set(Self.names + Self.plateaus.keys + ["steps"]))
    }
}
