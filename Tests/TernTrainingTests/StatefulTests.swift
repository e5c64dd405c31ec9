import Tern
import TernTestSupport
import Testing

/// Everything that has a state, after it was used: of each a fresh one takes it on.
@Suite("State") struct StatefulTests {
    static let names =
        // Without momentum, SGD has no state that could be incomplete.
        optimizerNames.filter { $0 != "sgd" } + [
            "module", "SGD", "Lookahead", "scheduler", "generator", "accuracy", "mean", "confusion", "history",
            "stopping", "plateau", "best", "average", "augmentation",
        ]

    /// - Parameter used: whether it has been used; otherwise it is new, and its model has yet to learn a size.
    private static func make(_ name: String, used: Bool, in folder: String) throws -> (any Stateful, model: SmallNet) {
        let model = SmallNet(isLazy: !used)
        func trained(_ optimizer: any Optimizer) -> any Optimizer {
            if used {
                crossEntropy(model(Tensor.ones([4, 4])), Tensor(shape: [4], values: [0, 1, 2, 0])).backward()
                optimizer.step()
            }
            return optimizer
        }
        switch name {
        case "module": return (model, model)
        case "SGD":
            return (trained(SGD(model.parameters, learningRate: 0.1, momentum: 0.9)).state(of: model), model)
        case "Lookahead":
            return (trained(Lookahead(Adam(model.parameters, learningRate: used ? 0.1 : 1))).state(of: model), model)
        case _ where optimizerNames.contains(name):
            let optimizer = try makeOptimizer(of: model, name, ["learningRate": used ? 0.1 : 1])
            return (trained(optimizer).state(of: model), model)
        case "scheduler":
            let optimizer = SGD(model.parameters, learningRate: used ? 0.5 : 0.1)
            let scheduler = LearningRateScheduler(optimizer, ConstantSchedule(0.2))
            scheduler.steps = used ? 3 : 0
            return (scheduler, model)
        case "generator": return (Generator(seed: used ? 1 : 2), model)
        case "accuracy":
            let accuracy = Accuracy()
            if used { accuracy.update([[0, 1], [1, 0]], Tensor(shape: [2], values: [1, 1])) }
            return (accuracy, model)
        case "mean":
            let mean = Mean()
            if used { mean.update(0.5, count: 3) }
            return (mean, model)
        case "confusion":
            let confusion = ConfusionMatrix(classes: 2)
            if used { confusion.update([[0, 1], [1, 0]], Tensor(shape: [2], values: [1, 1])) }
            return (confusion, model)
        case "augmentation":
            let augmentation = ImageDataGenerator(zcaWhitening: true)
            if used { augmentation.fit(Tensor([[[[1, 2]]], [[[0, 4]]]])) }
            return (augmentation, model)
        case "history":
            let history = History()
            if used { history.steps.append(["loss": 0.5], at: 1) }
            return (history, model)
        case "stopping":
            let stopping = EarlyStopping(patience: 2, model: model)
            if used { stopping.update(0.5) }
            return (stopping, model)
        case "plateau":
            let plateau = ReduceOnPlateau(SGD(model.parameters, learningRate: 0.1), patience: 2, cooldown: 1)
            if used { for value in [1, 2, 3, 4, 5.0] { plateau.update(value) } }
            return (plateau, model)
        case "best":
            let best = BestCheckpoint(folder + "/best")
            if used { try best.update(0.5, model) }
            return (best, model)
        default:
            let average = MovingAverage(of: model)
            if used { average.update() }
            return (average, model)
        }
    }

    /// What states of earlier versions lack, and a best value that there is not yet.
    private static func mayLack(_ key: String, _ name: String) -> Bool {
        (name == "stopping" || name == "best") && (key == "mode" || key == "best") || key.hasPrefix("base rate")
            || name == "plateau" && key == "mode"
    }

    @Test("comes back, of whatever has one", arguments: names)
    func roundTrip(name: String) throws {
        try withTemporaryFolder { folder in
            let (used, model) = try Self.make(name, used: true, in: folder)
            let (fresh, copy) = try Self.make(name, used: false, in: folder)
            try copy.restore(model.savedState)
            try fresh.restore(used.savedState)
            #expect(fresh.savedState == used.savedState)
        }
    }

    @Test("comes back in a checkpoint, with a model that learns its sizes from it", arguments: names)
    func checkpoint(name: String) throws {
        try withTemporaryFolder { folder in
            func training(used: Bool) throws -> TrainingState {
                let (part, model) = try Self.make(name, used: used, in: folder)
                let training = TrainingState(model: model, generators: [:])
                training.keep(part, as: "part")
                return training
            }
            let (used, fresh) = (try training(used: true), try training(used: false))
            try fresh.restore(used.checkpoint())
            #expect(fresh.checkpoint() == used.checkpoint())
        }
    }

    @Test("that does not fit in any one value is an error that names it, and changes nothing", arguments: names)
    func wrong(name: String) throws {
        try withTemporaryFolder { folder in
            let (used, model) = try Self.make(name, used: true, in: folder)
            let (fresh, copy) = try Self.make(name, used: false, in: folder)
            try copy.restore(model.savedState)
            let (state, before) = (used.savedState, fresh.savedState)
            func check(_ key: String, _ value: StateValue?) {
                var wrong = state
                wrong[key] = value
                let error = #expect(throws: StateDictionaryError.self, "\(name): \(key)") { try fresh.restore(wrong) }
                let noun = key.prefix(key.hasPrefix("group 0.") ? 7 : key.count)
                #expect(error?.description.contains(noun) == true, "\(error?.description ?? "")")
                #expect(fresh.savedState == before, "\(name): \(key)")
            }
            check("nobody's", 1)
            for (key, value) in state {
                if !Self.mayLack(key, name) { check(key, nil) }
                for other: StateValue in [1, 0.5, "text", .tensor(Tensor.zeros([7, 1]))] {
                    let isSameKind =
                        switch (value, other) {
                        case (.integer, .integer), (.number, .number): true
                        case (.text, .text): name == "history"
                        default: false
                        }
                    if !isSameKind { check(key, other) }
                }
            }
        }
    }

    @Test("of a part of a state is read with its names, and its errors have the whole ones")
    func parts() throws {
        final class Pair: Stateful {
            let left = Mean()
            let right = SmallNet()
            var savedState: [String: StateValue] {
                var state: [String: StateValue] = [:]
                for (name, value) in left.savedState { state["left." + name] = value }
                for (name, value) in right.savedState { state["right." + name] = value }
                return state
            }
            func restoring(from reader: inout StateReader) -> () -> Void {
                let left = reader.part("left.") { self.left.restoring(from: &$0) }
                let right = reader.part("right.") { self.right.restoring(from: &$0) }
                return {
                    left()
                    right()
                }
            }
        }
        let (pair, other) = (Pair(), Pair())
        pair.left.update(2)
        try other.restore(pair.savedState)
        #expect(other.savedState == pair.savedState)
        var wrong = pair.savedState
        wrong["left.lowest"] = 100
        wrong["right.first.bias"] = nil
        wrong["right.second.bias"] = .tensor([1])
        wrong["right.third"] = 1
        let error = #expect(throws: StateDictionaryError.self) { try other.restore(wrong) }
        #expect(
            error?.description == """
                cannot load the state dictionary into Pair:
                  missing: right.first.bias
                  unexpected: right.third
                  right.second.bias: expects [3], got [1]
                  left.lowest: expects an integer in -34...34, got the integer 100
                """)
        #expect(other.savedState == pair.savedState)
    }
}
