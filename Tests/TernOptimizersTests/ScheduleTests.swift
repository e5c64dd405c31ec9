import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

@Suite("Learning rates")
struct ScheduleTests {
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
}
