import Foundation
import TernCore
import TernOptimizers
import Testing

@Suite("Schedules by name")
struct MakeScheduleTests {
    static let settings: [String: ([String: ConfigurationValue], any LearningRateSchedule)] = [
        "constant": (["rate": 0.1], ConstantSchedule(0.1)),
        "step": (["from": 0.1, "every": 5], StepSchedule(from: 0.1, every: 5)),
        "multiStep": (
            ["from": 1, "factor": 0.5, "milestones": [3, 6]],
            MultiStepSchedule(from: 1, factor: 0.5, milestones: [3, 6])
        ),
        "piecewiseConstant": (
            ["rates": [1, 0.5], "boundaries": [4]], PiecewiseConstantSchedule(rates: [1, 0.5], boundaries: [4])
        ),
        "linear": (["from": 0.1, "to": 1, "steps": 7], LinearSchedule(from: 0.1, to: 1, steps: 7)),
        "exponential": (
            ["from": 0.1, "factor": 0.5, "every": 4, "isStaircase": true],
            ExponentialSchedule(from: 0.1, factor: 0.5, every: 4, isStaircase: true)
        ),
        "naturalExponential": (["from": 1, "decay": 0.5], NaturalExponentialSchedule(from: 1, decay: 0.5)),
        "inverseTime": (["from": 1, "decay": 0.5], InverseTimeSchedule(from: 1, decay: 0.5)),
        "polynomial": (
            ["from": 1, "steps": 4, "power": 2, "isCyclic": true],
            PolynomialSchedule(from: 1, power: 2, steps: 4, isCyclic: true)
        ),
        "cosine": (["from": 1, "to": 0.1, "steps": 9], CosineSchedule(from: 1, to: 0.1, steps: 9)),
        "cosineRestarts": (
            ["from": 1, "steps": 3, "stretch": 1.5, "scale": 0.9],
            CosineRestartsSchedule(from: 1, steps: 3, stretch: 1.5, scale: 0.9)
        ),
        "oneCycle": (
            ["maximum": 1, "steps": 10, "annealing": "linear", "isThreePhase": true, "momentum": [0.5, 0.6]],
            OneCycleSchedule(maximum: 1, steps: 10, annealing: .linear, isThreePhase: true, momentum: 0.5...0.6)
        ),
        "cyclic": (
            ["from": 0.1, "to": 1, "stepsUp": 3, "stepsDown": 1, "scaling": "exponential", "factor": 0.9],
            CyclicSchedule(from: 0.1, to: 1, stepsUp: 3, stepsDown: 1, scaling: .exponential(0.9))
        ),
    ]

    @Test("all are made, in whatever letters, with a warm-up if asked for")
    func all() throws {
        #expect(scheduleNames == Self.settings.keys.sorted())
        for (name, (settings, expected)) in Self.settings {
            let schedule = try makeSchedule(name.uppercased(), settings: settings)
            let warm = try makeSchedule(
                name, settings: settings.merging(["warmupSteps": 4, "warmupRate": 0.01]) { $1 })
            let still = try makeSchedule(
                name,
                settings: settings.merging(["warmupSteps": 4, "warmupRate": 0.01, "warmup": "constant"]) { $1 })
            for step in 0..<20 {
                #expect(schedule[step] == expected[step] && schedule.momentum(at: step) == expected.momentum(at: step))
                #expect(warm[step] == expected.warmedUp(steps: 4, .linear(from: 0.01))[step])
                #expect(still[step] == expected.warmedUp(steps: 4, .constant(0.01))[step])
            }
        }
        let cyclic = try makeSchedule("cyclic", settings: ["from": 0.1, "to": 1, "momentum": []])
        #expect(cyclic.momentum(at: 0) == nil)
    }

    @Test("settings come from JSON as they are")
    func json() throws {
        let text = #"{"from": 1, "factor": 0.5, "milestones": [3, 6], "isThreePhase": true, "annealing": "linear"}"#
        let settings = try JSONDecoder().decode([String: ConfigurationValue].self, from: Data(text.utf8))
        #expect(
            settings == [
                "from": 1, "factor": 0.5, "milestones": [3, 6], "isThreePhase": true, "annealing": "linear",
            ])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([String: ConfigurationValue].self, from: Data(#"{"from": {}}"#.utf8))
        }
    }

    static let wrong: [(String, [String: ConfigurationValue], String)] = [
        (
            "cosinus", [:],
            "there is no schedule 'cosinus', only constant, cosine, cosineRestarts, cyclic, exponential, inverseTime, "
                + "linear, multiStep, naturalExponential, oneCycle, piecewiseConstant, polynomial, step"
        ),
        (
            "cosine", ["start": 1, "to": -1, "steps": 0.5],
            "cosine: needs from, a number of at least 0.0; to must be a number of at least 0.0, got -1.0; steps must be a "
                + "whole number of at least 1, got 0.5; has no setting start, only from, steps, to, warmup, warmupRate, "
                + "warmupSteps"
        ),
        (
            "Multistep", ["from": "a", "milestones": [3, 2]],
            "multiStep: from must be a number of at least 0.0, got 'a'; milestones must be ascending whole numbers of at "
                + "least 0, got [3.0, 2.0]"
        ),
        (
            "piecewiseconstant", ["rates": [1], "boundaries": [1]],
            "piecewiseConstant: expects one rate more than there are boundaries, got 1 and 1"
        ),
        (
            "cosinerestarts", ["from": 1, "steps": 1, "stretch": 0.5],
            "cosineRestarts: stretch must be a number of at least 1.0, got 0.5"
        ),
        (
            "onecycle", ["maximum": 1, "steps": 1e300, "risingShare": 2, "divisor": 0, "momentum": [2, 1]],
            "oneCycle: steps must be a whole number of at least 1, got 1e+300; risingShare must be a number in 0.0...1.0, "
                + "got 2.0; divisor must be a number above 0, got 0.0; momentum must be two ascending numbers or none, got "
                + "[2.0, 1.0]"
        ),
        (
            "cyclic", ["from": 0, "to": 1, "scaling": "exponential", "warmup": "slow", "warmupSteps": -1],
            "cyclic: needs factor, a number of at least 0.0; warmupSteps must be a whole number of at least 0, got -1.0; "
                + "warmup must be one of linear, constant, got 'slow'"
        ),
        (
            "exponential", ["from": 1, "factor": 1, "isStaircase": 2],
            "exponential: isStaircase must be true or false, got 2.0"
        ),
    ]

    @Test("all that is wrong with a configuration is one error", arguments: wrong.indices)
    func mistakes(index: Int) {
        let (name, settings, message) = Self.wrong[index]
        let error = #expect(throws: ConfigurationError.self) { try makeSchedule(name, settings: settings) }
        #expect(error?.description == message)
    }
}
