import Tern
import TernTestSupport
import Testing

/// A small training with dropout, batch norm, augmentation, a schedule and metrics.
private final class SmallTraining {
    static let epochs = 3
    static let data = TensorDataset(
        Tensor.normal([22, 4], generator: Generator(seed: 5)),
        Tensor.randomIntegers([22], in: 0..<3, generator: Generator(seed: 6)))

    let model: SmallNet
    let optimizer: any Optimizer
    let training: TrainingState
    let history = History()
    let (accuracy, loss) = (Accuracy(), Mean())
    private let loader: Pipeline<(Tensor, Tensor), Never>
    private let scheduler: LearningRateScheduler
    private let average: MovingAverage
    private let stopping: EarlyStopping
    private let plateau: ReduceOnPlateau

    init(_ kind: String, workers: Int, seed: UInt64, isLazy: Bool = false, baseRates: [Double] = [0.05, 0.01]) {
        Tern.seed(seed)
        model = SmallNet(isLazy: isLazy)
        optimizer =
            switch kind {
            case "SGD": SGD(model.parameters, learningRate: 0.1, momentum: 0.9)
            case "AMSGrad": AdamW(model.parameters, amsgrad: true)
            case "Lookahead": Lookahead(SGD(model.parameters, learningRate: 0.1, momentum: 0.9), period: 2)
            case _ where optimizerNames.contains(kind): try! makeOptimizer(of: model, kind)
            default:
                Adam(groups: [
                    ParameterGroup(
                        model.first.parameters, Adam.Rule(learningRate: baseRates[0], weightDecay: 0.1)),
                    ParameterGroup(
                        model.norm.parameters + model.second.parameters, Adam.Rule(learningRate: baseRates[1])),
                ])
            }
        loader = Self.data.shuffled(seed: 3).map(seed: 9) { example, numbers in
            (example.0 + Tensor.normal([4], standardDeviation: 0.1, generator: numbers), example.1)
        }.batched(5).prefetched(workers: workers)
        let steps = Self.epochs * loader.count
        scheduler =
            switch kind {
            case "SGD": LearningRateScheduler(optimizer, OneCycleSchedule(maximum: 0.5, steps: steps))
            case "AMSGrad":
                LearningRateScheduler(optimizer) { rate in
                    MultiplicativeSchedule(from: rate) { 1 - 1 / Double($0 + 1) }.warmedUp(steps: 3)
                }
            default: LearningRateScheduler(optimizer, CosineSchedule(from: 0.05, steps: steps))
            }
        average = MovingAverage(of: model, decay: 0.9)
        stopping = EarlyStopping(patience: 5, model: model)
        plateau = ReduceOnPlateau(optimizer, patience: 0, threshold: .relative(0.5))
        training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
        training.keep(history, as: "history")
        training.keep(accuracy, as: "accuracy")
        training.keep(loss, as: "loss")
        training.keep(average, as: "average")
        training.keep(stopping, as: "stopping")
        training.keep(plateau, as: "plateau")
    }

    /// Trains on, until all is done or `isEnough` says so after a step.
    func run(until isEnough: (TrainingPosition) -> Bool = { _ in false }) {
        while training.position.epoch < Self.epochs {
            let place = training.position
            for (inputs, labels) in loader.epoch(place.epoch, from: place.step) {
                let logits = model(inputs)
                let batchLoss = crossEntropy(logits, labels)
                batchLoss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                scheduler.step()
                average.update()
                accuracy.update(logits, labels)
                loss.update(batchLoss, count: labels.count)
                history.steps.append(["loss": batchLoss.item()], at: training.position.totalSteps)
                training.values["random"] = .number(Tensor.uniform([]).item())
                training.position.advance()
                if isEnough(training.position) { return }
            }
            history.epochs.append(["loss": loss.value, "accuracy": accuracy.value], at: place.epoch)
            stopping.update(loss.value)
            plateau.update(loss.value)
            accuracy.reset()
            loss.reset()
            training.position.endEpoch()
        }
    }
}

@Suite("Exact resume") struct ExactResumeTests {
    @Test(
        "a training that was stopped at any step goes on to the same bits",
        arguments: [("SGD", 0), ("Adam", 2), ("AMSGrad", 0), ("Lookahead", 0)])
    func everyStep(kind: String, workers: Int) throws {
        let whole = SmallTraining(kind, workers: workers, seed: 1)
        whole.run()
        let end = whole.training.checkpoint()
        #expect(whole.training.position == TrainingPosition(epoch: 3, step: 0, totalSteps: 15))

        try withTemporaryFolder { folder in
            for step in 0...15 {
                let first = SmallTraining(kind, workers: workers, seed: 1)
                if step > 0 { first.run { $0.totalSteps == step } }
                try first.training.checkpoint().write(to: folder + "/state")

                let second = SmallTraining(kind, workers: 2 - workers, seed: 77, isLazy: step % 2 == 0)
                try second.training.restore(Checkpoint(contentsOf: folder + "/state"))
                #expect(second.training.checkpoint() == first.training.checkpoint())
                second.run()
                #expect(second.training.checkpoint() == end, "stopped after step \(step)")
            }
        }
    }

    @Test("a training with any optimizer that was stopped goes on to the same bits", arguments: optimizerNames)
    func everyOptimizer(name: String) throws {
        let whole = SmallTraining(name, workers: 0, seed: 1)
        whole.run()
        let end = whole.training.checkpoint()
        let first = SmallTraining(name, workers: 0, seed: 1)
        first.run { $0.totalSteps == 7 }
        let middle = first.training.checkpoint()
        let second = SmallTraining(name, workers: 0, seed: 77, isLazy: true)
        try second.training.restore(middle)
        second.run()
        #expect(second.training.checkpoint() == end)
    }

    @Test("a training that is stopped after each step goes on to the same bits")
    func oftenStopped() throws {
        let whole = SmallTraining("Adam", workers: 0, seed: 1)
        whole.run()
        try withTemporaryFolder { folder in
            let checkpoints = { try CheckpointFolder(folder + "/run", keeping: 2) }
            let first = SmallTraining("Adam", workers: 0, seed: 1).training
            #expect(try checkpoints().restoreNewest(into: first) == false)
            try checkpoints().save(first)
            for step in 1...16 {
                let next = SmallTraining("Adam", workers: 0, seed: UInt64(step))
                let saved = try checkpoints()
                #expect(try saved.restoreNewest(into: next.training))
                next.run { $0.totalSteps == step }
                try saved.save(next.training)
            }
            let last = try #require(try checkpoints().newest())
            #expect(last == whole.training.checkpoint())
            #expect(
                try checkpoints().files == ["000016", "000017"].map { "\(folder)/run/checkpoint-\($0).safetensors" })
        }
    }

    @Test("the proportion of the groups' rates is saved, whatever rates the new optimizer began with")
    func baseRates() throws {
        let whole = SmallTraining("Adam", workers: 0, seed: 1)
        whole.run { $0.totalSteps == 7 }
        let (middle, rates) = (whole.training.checkpoint(), whole.optimizer.learningRates)
        whole.run()
        let second = SmallTraining("Adam", workers: 0, seed: 2, baseRates: [0.3, 0.3])
        try second.training.restore(middle)
        #expect(abs(rates[1] / rates[0] - 0.2) < 1e-15 && second.optimizer.learningRates == rates)
        second.run()
        #expect(second.training.checkpoint() == whole.training.checkpoint())
    }

    @Test("what was set by hand stays set: learning rates, other settings, values")
    func setByHand() throws {
        let first = SmallTraining("Adam", workers: 0, seed: 1)
        first.run { $0.totalSteps == 7 }
        let optimizer = first.optimizer as! Adam
        optimizer.groups[1].rule.learningRate = 0.25
        optimizer.groups[0].rule.beta1 = 0.5
        optimizer.groups[0].maximize = true
        first.training.values = ["note": "slow", "scores": .tensor([1, 2]), "best": 0.5, "count": 3]

        let second = SmallTraining("Adam", workers: 0, seed: 2)
        try second.training.restore(first.training.checkpoint())
        let restored = second.optimizer as! Adam
        #expect(restored.groups.map(\.rule.learningRate) == optimizer.groups.map(\.rule.learningRate))
        #expect(restored.groups.map(\.rule.settingValues) == optimizer.groups.map(\.rule.settingValues))
        #expect(restored.groups[0].maximize && restored.groups[0].rule.beta1 == 0.5)
        #expect(second.training.values == first.training.values)
    }
}
