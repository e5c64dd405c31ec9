import Synchronization
import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

@Suite("Learning rates")
struct ScheduleTests {
    static let examples: [(any LearningRateSchedule, [Int: Double])] = [
        (CosineSchedule(from: 0.1, steps: 900).warmedUp(steps: 100), [50: 0.05, 100: 0.1]),
        (StepSchedule(from: 0.1, every: 30), [29: 0.1, 30: 0.01, 60: 0.001]),
        (MultiStepSchedule(from: 0.1, milestones: [30, 80]), [29: 0.1, 30: 0.01, 79: 0.01, 80: 0.001]),
        (PiecewiseConstantSchedule(rates: [1, 0.5, 0.1], boundaries: [1000, 1100]), [1000: 1, 1001: 0.5, 1101: 0.1]),
        (LinearSchedule(from: 0.1, to: 0.2, steps: 10), [0: 0.1, 5: 0.15, 10: 0.2, 11: 0.2]),
        (ExponentialSchedule(from: 0.1, factor: 0.5, every: 100), [200: 0.025]),
        (NaturalExponentialSchedule(from: 1, decay: 0.5), [2: 0.36787944117144233]),
        (NaturalExponentialSchedule(from: 1, decay: 1, every: 10, isStaircase: true), [19: 0.36787944117144233]),
        (InverseTimeSchedule(from: 0.1, decay: 0.5), [2: 0.05]),
        (PolynomialSchedule(from: 0.1, power: 2, steps: 10), [5: 0.025, 10: 0, 11: 0]),
        (PolynomialSchedule(from: 1, steps: 10, isCyclic: true), [10: 0, 15: 0.25, 20: 0, 27: 0.1]),
        (CosineSchedule(from: 0.1, steps: 1000), [500: 0.05]),
        (CosineRestartsSchedule(from: 0.1, steps: 10, stretch: 2), [10: 0.1, 30: 0.1, 69: 0.1 * 0.00154133313343602]),
        (OneCycleSchedule(maximum: 1, steps: 10), [0: 0.04, 2: 1, 9: 4e-6, 10: 4e-6, 100: 4e-6]),
        (OneCycleSchedule(maximum: 1, steps: 1), [0: 4e-6]),
        (OneCycleSchedule(maximum: 1, steps: 10, risingShare: 0.1), [0: 1, 9: 4e-6]),
        (CyclicSchedule(from: 0.1, to: 0.2, stepsUp: 10), [10: 0.2, 25: 0.15]),
        (CyclicSchedule(from: 0.1, to: 0.2, stepsUp: 10, stepsDown: 0), [9: 0.19, 10: 0.1]),
        (FunctionSchedule { step in 0.1 / (Double(step) + 1) }, [4: 0.02]),
        (MultiplicativeSchedule(from: 0.1) { step in step < 3 ? 0.5 : 1 }, [0: 0.1, 1: 0.05, 2: 0.025, 10: 0.025]),
        (
            ChainedSchedule([
                ExponentialSchedule(from: 0.1, factor: 0.9), LinearSchedule(from: 0.5, to: 1, steps: 10),
            ]), [0: 0.05, 10: 0.034867844010000004]
        ),
        (
            SequentialSchedule(
                [ConstantSchedule(0.1), ExponentialSchedule(from: 0.1, factor: 0.5)], milestones: [100]),
            [99: 0.1, 100: 0.1, 101: 0.05]
        ),
        (
            SequentialSchedule([ConstantSchedule(1), ConstantSchedule(2), ConstantSchedule(3)], milestones: [0, 0]),
            [0: 3]
        ),
        (ConstantSchedule(0.1).warmedUp(steps: 0), [0: 0.1]),
        (ConstantSchedule(0.1).warmedUp(steps: 2, .constant(0.01)), [0: 0.01, 1: 0.01, 2: 0.1]),
        (StepSchedule(from: 0.1, every: 100).annealed(to: 0.05, at: 150, over: 10), [149: 0.01, 155: 0.03, 160: 0.05]),
    ]

    @Test("have the rates that their documentation says, whatever was asked before", arguments: examples.indices)
    func documented(index: Int) {
        let (schedule, rates) = Self.examples[index]
        for (step, rate) in rates.sorted(by: { $0.key > $1.key }) {
            #expect(abs(schedule[step] - rate) <= 1e-14 * rate, "\(schedule), step \(step): \(schedule[step])")
        }
        // No step stops the process; before the first one is as the first.
        #expect(schedule[-1] == schedule[0] && schedule[.min] == schedule[0])
        if !(schedule is MultiplicativeSchedule) { #expect(schedule[.max] >= 0) }
    }

    @Test("the ends of an annealing are met to the bit, by either kind", arguments: Annealing.allCases)
    func ends(annealing: Annealing) {
        for (start, end) in [(0.1, 0.3), (0.7, 1e-5), (0.3, 0)] {
            let schedule = ConstantSchedule(start).annealed(to: end, at: 3, over: 7, annealing: annealing)
            #expect(schedule[3] == start && schedule[10] == end && schedule[1000] == end)
            let rises = (3..<10).map { (schedule[$0 + 1] - schedule[$0]) * (end - start) }
            #expect(rises.allSatisfy { $0 > 0 })
        }
    }

    @Test("a schedule's momentum is that of each group, and stays where a schedule has none")
    func momentum() {
        let schedule = OneCycleSchedule(maximum: 1, steps: 10, momentum: 0.5...0.75)
        let sgd = SGD(
            groups: [0.1, 0.2].map {
                ParameterGroup([Parameter(Tensor.zeros([1]))], SGD.Rule(learningRate: $0, momentum: 0.9))
            })
        let scheduler = LearningRateScheduler(sgd, schedule)
        #expect(sgd.momenta == [0.75, 0.75])
        scheduler.steps = 2
        #expect(sgd.momenta == [0.5, 0.5] && sgd.groups.map(\.rule.momentum) == [0.5, 0.5])

        let adam = Self.groups([0.1, 0.2])
        let second = LearningRateScheduler(adam, [ConstantSchedule(0.1), schedule.warmedUp(steps: 5)])
        #expect(adam.momenta == [0.9, 0.9])
        second.steps = 5
        #expect(adam.momenta == [0.9, 0.75] && adam.groups[1].rule.beta1 == 0.75)
        let chained = ChainedSchedule([ConstantSchedule(0.5), schedule, CyclicSchedule(from: 1, to: 2)])
        #expect(chained.momentum(at: 2) == 0.5 && ChainedSchedule([ConstantSchedule(1)]).momentum(at: 0) == nil)
    }

    @Test("a schedule can be made of each group's own rate, also of one that is added later")
    func ofEachRate() {
        let optimizer = Self.groups([0.1, 0.01])
        let scheduler = LearningRateScheduler(optimizer) { CosineSchedule(from: $0, to: 0.005, steps: 10) }
        optimizer.groups.append(ParameterGroup([Parameter(Tensor.zeros([1]))], Adam.Rule(learningRate: 0.2)))
        scheduler.steps = 5
        for (rate, expected) in zip(optimizer.learningRates, [0.0525, 0.0075, 0.1025]) {
            #expect(abs(rate - expected) < 1e-15)
        }
        scheduler.steps = 10
        #expect(optimizer.learningRates == [0.005, 0.005, 0.005])
    }

    @Test("a product of factors takes one product a step, and gives the same when it is asked again")
    func multiplicative() {
        let calls = Mutex(0)
        let schedule = MultiplicativeSchedule(from: 1) { step in
            calls.withLock { $0 += 1 }
            return 1 - 1 / Double(step + 1)
        }
        let rates = (0..<1000).map { schedule[$0] }
        #expect(calls.withLock { $0 } == 999)
        for step in [999, 500, 0, 700] { #expect(schedule[step] == rates[step]) }
    }

    @Test("a cosine starts at one rate, halves the way in the middle and stays at the other")
    func cosine() {
        let schedule = CosineSchedule(from: 2e-3, to: 1e-3, steps: 10)
        #expect(schedule[0] == 2e-3)
        #expect(abs(schedule[5] - 1.5e-3) < 1e-15)
        // PyTorch's CosineAnnealingLR(optimizer, T_max=10, eta_min=1e-3) from 2e-3, after three steps.
        #expect(abs(schedule[3] - 0.0017938926261462367) < 1e-15)
        #expect(schedule[10] == 1e-3 && schedule[11] == 1e-3)
        #expect(ConstantSchedule(0.1)[1000] == 0.1)
    }

    @Test("a scheduler sets the optimizer's rate at once and after each step, and can go on later")
    func scheduler() {
        let optimizer = Adam([Parameter(Tensor.zeros([1]))])
        let schedule = CosineSchedule(from: 1, to: 0, steps: 4)
        let scheduler = LearningRateScheduler(optimizer, schedule)
        #expect(optimizer.learningRate == 1)
        scheduler.step()
        #expect(optimizer.learningRate == schedule[1])
        scheduler.steps = 3
        #expect(optimizer.learningRate == schedule[3])
        scheduler.steps = .max
        scheduler.step()
        #expect(optimizer.learningRate == 0 && scheduler.steps == .max)
    }

    static func groups(_ rates: [Double]) -> Adam {
        Adam(groups: rates.map { ParameterGroup([Parameter(Tensor.zeros([1]))], Adam.Rule(learningRate: $0)) })
    }

    /// PyTorch: `LambdaLR(SGD([{lr: 0.1}, {lr: 0.001}, {lr: 0}]), lambda k: schedule(k) / 0.1)`.
    @Test(
        "groups keep the proportion of their own rates",
        arguments: [ConstantSchedule(0.1), CosineSchedule(from: 0.1, to: 0.02, steps: 4)] as [any LearningRateSchedule])
    func proportion(schedule: any LearningRateSchedule) {
        let optimizer: any Optimizer = Self.groups([0.1, 0.001, 0])
        let scheduler = LearningRateScheduler(optimizer, schedule)
        for step in 0..<6 {
            let rate = schedule[step]
            #expect(optimizer.learningRates == [rate, rate * (0.001 / 0.1), 0], "step \(step)")
            scheduler.step()
        }
        #expect(scheduler.baseRates == [0.1, 0.001, 0])
    }

    @Test("equal groups have the schedule's rate, whatever their own")
    func equalGroups() {
        for base in [0, 1e-3] {
            let optimizer = Self.groups([base, base])
            _ = LearningRateScheduler(optimizer, ConstantSchedule(0.3))
            #expect(optimizer.learningRates == [0.3, 0.3])
        }
    }

    @Test("each group can have a schedule of its own")
    func ofEachGroup() {
        let optimizer = Self.groups([0, 0.5])
        let cosine = CosineSchedule(from: 0.2, steps: 4)
        let scheduler = LearningRateScheduler(optimizer, [ConstantSchedule(1e-4), cosine])
        for step in 0..<6 {
            #expect(optimizer.learningRates == [1e-4, cosine[step]])
            scheduler.step()
        }
    }

    @Test("a group that is added later keeps its proportion from then on")
    func addedGroup() {
        let optimizer = Self.groups([0.1])
        let scheduler = LearningRateScheduler(optimizer, CosineSchedule(from: 0.1, steps: 4))
        optimizer.groups.append(ParameterGroup([Parameter(Tensor.zeros([1]))], Adam.Rule(learningRate: 0.01)))
        scheduler.steps = 2
        #expect(optimizer.learningRates == [0.05, 0.05 * (0.01 / 0.1)])
        optimizer.groups.removeLast()
        scheduler.steps = 4
        #expect(optimizer.learningRates == [0])
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LearningRateScheduler(ScheduleTests.groups([0, 0.1]), ConstantSchedule(0.1))
        }.expectMessage(
            "LearningRateScheduler: cannot keep the proportion of groups to a first one with the rate 0 (the rates are "
                + "[0.0, 0.1]): give each group a schedule of its own")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LearningRateScheduler(ScheduleTests.groups([0.1, 0.1]), [ConstantSchedule(0.1)])
        }.expectMessage("LearningRateScheduler: expects a schedule for each of 2 groups, got 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            ScheduleTests.groups([0.1, 0.1]).learningRates = [0.1]
        }.expectMessage("Adam: expects a learning rate for each of 2 groups, got 1")
    }

    static let wrongSettings: [(@Sendable () -> Void, String)] = [
        ({ _ = StepSchedule(from: 1, every: 0) }, "StepSchedule: every must be positive, got 0"),
        (
            { _ = MultiStepSchedule(from: 1, milestones: [3, 2]) },
            "MultiStepSchedule: milestones must be ascending steps of at least 0, got [3, 2]"
        ),
        (
            { _ = PiecewiseConstantSchedule(rates: [1, 2], boundaries: [-1]) },
            "PiecewiseConstantSchedule: boundaries must be ascending steps of at least 0, got [-1]"
        ),
        (
            { _ = PiecewiseConstantSchedule(rates: [1], boundaries: [1]) },
            "PiecewiseConstantSchedule: expects one rate more than there are boundaries, got 1 and 1"
        ),
        ({ _ = LinearSchedule(from: 0, to: 1, steps: -1) }, "LinearSchedule: steps must be positive, got -1"),
        ({ _ = CosineSchedule(from: 0, steps: 0) }, "CosineSchedule: steps must be positive, got 0"),
        (
            { _ = CosineRestartsSchedule(from: 1, steps: 1, stretch: 0.5) },
            "CosineRestartsSchedule: stretch must be at least 1, got 0.5"
        ),
        (
            { _ = OneCycleSchedule(maximum: 1, steps: 10, risingShare: .nan) },
            "OneCycleSchedule: risingShare must be in 0...1, got nan"
        ),
        (
            { _ = CyclicSchedule(from: 0, to: 1, stepsDown: -1) },
            "CyclicSchedule: stepsDown must be at least 0, got -1"
        ),
        ({ _ = ChainedSchedule([]) }, "ChainedSchedule: expects at least one schedule, got none"),
        (
            { _ = SequentialSchedule([ConstantSchedule(1)], milestones: [1]) },
            "SequentialSchedule: expects one schedule more than there are milestones, got 1 and 1"
        ),
        ({ _ = ConstantSchedule(1).warmedUp(steps: -1) }, "warmedUp: steps must be at least 0, got -1"),
        (
            { _ = ConstantSchedule(1).annealed(to: 0, at: 1, over: -1) },
            "annealed: expects a step and a number of steps of at least 0, got 1 and -1"
        ),
        (
            { _ = LearningRateScheduler(Plain(), CyclicSchedule(from: 0, to: 1)) },
            "LearningRateScheduler: expects an optimizer with a momentum or beta1 for a schedule of both, got Plain: give "
                + "the schedule `momentum: nil`"
        ),
    ]

    /// An optimizer without momentum.
    final class Plain: Optimizer {
        struct Rule: OptimizerRule {
            var learningRate: Double
            func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {}
        }
        var groups = [ParameterGroup([Parameter(Tensor.zeros([1]))], Rule(learningRate: 1))]
    }

    @Test("wrong settings stop with a message")
    func settings() async {
        await #expect(processExitsWith: .success) {
            for (body, message) in ScheduleTests.wrongSettings {
                let ending = endingOfCopy { body() }
                #expect(ending.message == message, "\(ending)")
            }
        }
    }
}
