import Foundation
import Tern
import TernTestSupport
import Testing

@Suite("Helpers of a loop") struct HelperTests {
    // MARK: Early stopping

    @Test(
        "early stopping waits as long as Keras's",
        arguments: [
            // The number of epochs that follows from what Keras documents of EarlyStopping(patience, min_delta, mode).
            (2, 0.0, MetricMode.minimum, [5.0, 4, 4, 4, 3], 4),
            (1, 0, .minimum, [5, 4, 3, 3, 2], 4),
            (0, 0, .minimum, [5, 4, 4.5, 2], 3),
            (2, 0.5, .minimum, [5, 4.6, 4.4, 4.2, 4.0], 5),
            (2, 0.5, .minimum, [5, 4.6, 4.5, 4.4, 4.0], 3),
            (2, 0, .maximum, [0.1, 0.3, 0.2, 0.3, 0.9], 4),
            (3, 0, .maximum, [0.1, 0.2, 0.3, 0.4, 0.5], 5),
            (2, 0, .minimum, [5, .nan, .nan, 1], 3),
        ])
    func earlyStopping(patience: Int, change: Double, mode: MetricMode, values: [Double], epochs: Int) {
        let stopping = EarlyStopping(patience: patience, minimumChange: change, mode: mode)
        var count = 0
        for value in values {
            count += 1
            if stopping.update(value) { break }
        }
        #expect(count == epochs)
    }

    @Test("early stopping gives the best weights back, after a checkpoint too")
    func bestWeights() throws {
        let model = SmallNet()
        let stopping = EarlyStopping(patience: 2, model: model)
        stopping.restoreBestWeights()
        let training = TrainingState(model: model, generators: [:])
        training.keep(stopping, as: "stopping")
        let none = training.checkpoint()
        var best: [String: Tensor] = [:]
        for loss in [3.0, 1, 2] {
            model.second.bias!.value = Tensor.full([3], loss)
            if loss == 1 { best = model.stateDictionary() }
            stopping.update(loss)
        }
        #expect(stopping.best == 1 && stopping.sinceBest == 1 && !stopping.shouldStop)
        let checkpoint = training.checkpoint()
        try training.restore(none)
        #expect(stopping.best == nil && stopping.sinceBest == 0)
        stopping.restoreBestWeights()
        try training.restore(checkpoint)
        #expect(stopping.update(1))
        stopping.restoreBestWeights()
        #expect(model.stateDictionary() == best)
        #expect(model.second.bias!.value == Tensor.full([3], 1))
    }

    // MARK: Best checkpoint

    @Test("the weights are saved whenever the metric is the best so far")
    func bestCheckpoint() throws {
        try withTemporaryFolder { folder in
            let model = SmallNet()
            let best = BestCheckpoint(folder + "/best.safetensors", mode: .maximum)
            #expect(try best.update(.nan, model) == false)
            #expect(try best.update(0.5, model))
            model.second.bias!.value = Tensor.zeros([3])
            let weights = model.stateDictionary()
            #expect(try best.update(0.75, model))
            model.second.bias!.value = Tensor.ones([3])
            #expect(try best.update(0.75, model) == false)
            let file = try SafetensorsFile(contentsOf: best.path)
            #expect(try file.tensors() == weights)
            #expect(file.metadata == ["metric": "0.75"])

            let training = TrainingState(generators: [:])
            training.keep(best, as: "best")
            let other = BestCheckpoint(folder + "/other.safetensors", mode: .maximum)
            let resumed = TrainingState(generators: [:])
            resumed.keep(other, as: "best")
            try resumed.restore(training.checkpoint())
            #expect(try other.best == 0.75 && !other.update(0.7, model))

            let nowhere = BestCheckpoint(folder + "/no/best.safetensors")
            #expect(throws: FormatError.self) { try nowhere.update(1, model) }
            #expect(nowhere.best == nil)
        }
    }

    @Test("the mode of a metric is kept, and must be the checkpoint's", arguments: [MetricMode.minimum, .maximum])
    func modes(mode: MetricMode) throws {
        try withTemporaryFolder { folder in
            func training(_ mode: MetricMode) -> (TrainingState, EarlyStopping, BestCheckpoint) {
                let training = TrainingState(generators: [:])
                let stopping = EarlyStopping(patience: 2, mode: mode)
                let best = BestCheckpoint(folder + "/best.safetensors", mode: mode)
                training.keep(stopping, as: "stopping")
                training.keep(best, as: "best")
                return (training, stopping, best)
            }
            let (saved, stopping, best) = training(mode)
            stopping.update(0.5)
            try best.update(0.25, SmallNet())
            let checkpoint = saved.checkpoint()
            let (resumed, sameStopping, sameBest) = training(mode)
            try resumed.restore(checkpoint)
            #expect(sameStopping.best == 0.5 && sameBest.best == 0.25)

            let other: MetricMode = mode == .minimum ? .maximum : .minimum
            let (wrong, otherStopping, otherBest) = training(other)
            #expect(
                throws: CheckpointError.mismatch(
                    file: "checkpoint",
                    problems: ["stopping", "best"].map {
                        "\($0): the mode is \(other) now, and \(mode) in the checkpoint"
                    })
            ) { try wrong.restore(checkpoint) }
            #expect(otherStopping.best == nil && otherBest.best == nil)
        }
    }

    // MARK: Moving average

    @Test("the average has the parameters' type, also after a conversion", arguments: [DType.float32, .float64])
    func averageOfAnotherType(dtype: DType) {
        let model = Linear(2, 2)
        model.to(dtype)
        let average = MovingAverage(of: model, decay: 0.5)
        average.update()
        let other: DType = dtype == .float32 ? .float64 : .float32
        model.to(other)
        average.swapped { #expect(model.parameters.allSatisfy { $0.dtype == other }) }
        #expect(model.parameters.allSatisfy { $0.dtype == other })
        average.update()
        #expect(average.values.values.allSatisfy { $0.dtype == other })
        average.apply()
        #expect(model.parameters.allSatisfy { $0.dtype == other })
    }

    @Test("the average leaves parameters alone that have no value yet")
    func averageBeforeFirstInput() throws {
        let model = SmallNet(isLazy: true)
        let average = MovingAverage(of: model, decay: 0.5)
        average.swapped { #expect(!model.first.weight.hasValue) }
        average.update()
        let training = TrainingState(generators: [:])
        training.keep(average, as: "average")
        let before = training.checkpoint()
        average.swapped {
            _ = model(Tensor.ones([2, 4]))
            #expect(model.first.weight.hasValue)
        }
        average.update()
        #expect(average.values["first.weight"] == model.first.weight.value)
        try training.restore(training.checkpoint())
        let other = MovingAverage(of: SmallNet(isLazy: true))
        let resumed = TrainingState(generators: [:])
        resumed.keep(other, as: "average")
        try resumed.restore(before)
        #expect(other.updates == 1 && other.values["first.weight"] == nil && other.values.count == 4)
    }

    @Test("the average follows the parameters exponentially", arguments: [0, 0.5, 0.9, 1])
    func movingAverage(decay: Double) {
        let model = Linear(2, 1)
        let average = MovingAverage(of: model, decay: decay)
        average.apply()
        #expect(average.updates == 0 && average.values.isEmpty)
        var expected: [Double] = []
        for step in 0..<10 {
            let value = [Double(step * step), -Double(step)]
            model.weight.value = Tensor(shape: [1, 2], values: value.map { Float($0) })
            average.update()
            expected = step == 0 ? value : zip(expected, value).map { decay * $0 + (1 - decay) * $1 }
        }
        let found = average.values["weight"]!.array(of: Double.self)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 + 1.3e-6 * abs($1) })
        #expect(average.updates == 10)
    }

    @Test("an average of equal weights is the mean, and one with a warm-up forgets its beginning at once")
    func weightings() {
        let model = Linear(1, 1)
        let (equal, warm) = (MovingAverage(of: model, .equal), MovingAverage(of: model, decay: 0.5, warmUp: true))
        var (mean, expected) = (0.0, 0.0)
        for step in 0..<9 {
            let value = Double(step * step)
            model.weight.value = Tensor(shape: [1, 1], values: [Float(value)])
            equal.update()
            warm.update()
            mean += (value - mean) / Double(step + 1)
            let decay = min(0.5, Double(1 + step) / Double(10 + step))
            expected = step == 0 ? value : decay * expected + (1 - decay) * value
        }
        #expect(abs(equal.values["weight"]!.item() - mean) < 1e-4 && abs(equal.decay - 0.9) < 1e-12)
        #expect(abs(warm.values["weight"]!.item() - expected) < 1e-4 && warm.decay == 0.5)
    }

    @Test("averages of half types are float32, so that small changes count", arguments: [DType.float16, .bfloat16])
    func averageOfHalves(type: DType) throws {
        let model = Linear(1, 1)
        model.to(type)
        let average = MovingAverage(of: model, decay: 0.999)
        model.weight.value = Tensor([[1]], dtype: type)
        average.update()
        model.weight.value = Tensor([[2]], dtype: type)
        for _ in 0..<100 { average.update() }
        #expect(abs(average.values["weight"]!.item() - (2 - pow(0.999, 100))) < 1e-4)
        let other = MovingAverage(of: model, decay: 0.999)
        try other.restore(average.savedState)
        #expect(other.savedState == average.savedState && average.values["weight"]!.dtype == .float32)
        average.apply()
        #expect(model.weight.dtype == type)
    }

    @Test("statistics of batch normalization are made anew: the means over the batches, in training mode")
    func updateBatchNormalization() {
        let model = Sequential([BatchNorm1d(2, momentum: 0.3), Dropout(0.5), BatchNorm1d(2, momentum: nil)])
        let batches = (0..<4).map { Tensor.normal([8, 2], mean: Double($0), generator: Generator(seed: UInt64($0))) }
        _ = model(Tensor.ones([3, 2]) * 100)
        model.eval()
        let first = model.modules.compactMap { $0 as? BatchNorm1d }[0]
        updateBatchNorm(model, batches)
        let means = stacked(batches.map { $0.mean(axes: 0) }).mean(axes: 0)
        let variances = stacked(batches.map { $0.variance(axes: 0) }).mean(axes: 0)
        #expect(first.runningMean!.value.allClose(to: means, absoluteTolerance: 1e-6))
        #expect(first.runningVariance!.value.allClose(to: variances, absoluteTolerance: 1e-5))
        #expect(first.batchesTracked!.value.item() == 4 && first.momentum == 0.3)
        #expect(model.modules.allSatisfy { ($0 as? any ModeDependent)?.isTraining != true })
        updateBatchNorm(model, [Tensor]())
        #expect(first.runningMean!.value == [0, 0] && first.runningVariance!.value == [1, 1])
        updateBatchNorm(Linear(1, 1), [Tensor.ones([1, 1])])
    }

    @Test("the model has the averages inside of swapped, and its own parameters after it")
    func swapping() throws {
        struct Failed: Error {}
        let model = Linear(1, 1)
        let average = MovingAverage(of: model, decay: 0.5)
        model.weight.value = [[1]]
        average.update()
        model.weight.value = [[3]]
        average.update()
        #expect(average.swapped { model.weight.value.item() } == 2)
        #expect(model.weight.value.item() == 3)
        func fail() throws(Failed) { throw Failed() }
        var hasThrown = false
        do { try average.swapped(fail) } catch { hasThrown = true }
        #expect(hasThrown)
        #expect(model.weight.value.item() == 3)
        // What swapped changes in the model is not kept, and the average not changed.
        average.swapped { model.weight.update { $0 += 1 } }
        #expect(model.weight.value.item() == 3 && average.values["weight"]!.item() == 2)
        average.apply()
        #expect(model.weight.value.item() == 2)
    }

    // MARK: NaN

    @Test("a metric that is no finite number is an error that names it")
    func notFinite() throws {
        try StopOnNaN.check(["loss": 1, "accuracy": 0], step: 1)
        let error = #expect(throws: StopOnNaN.self) {
            try StopOnNaN.check(["accuracy": 1, "loss": .nan, "more": .infinity], step: 120)
        }
        #expect(error == StopOnNaN(metric: "loss", value: .nan, step: 120))
        #expect("\(error!)" == "loss is nan at step 120")
        #expect("\(StopOnNaN(metric: "loss", value: -.infinity, step: 0))" == "loss is -inf at step 0")
    }

    // MARK: Stopwatch

    @Test("the first step and pauses do not count")
    func stopwatch() {
        nonisolated(unsafe) var time = 100.0
        var watch = Stopwatch(now: { time })
        #expect(watch.examplesPerSecond == 0 && watch.secondsPerStep == 0)
        time += 10
        watch.lap(examples: 64)
        #expect(watch.secondsPerStep == 10 && watch.examplesPerSecond == 6.4)
        for _ in 0..<4 {
            time += 0.5
            watch.lap(examples: 64)
        }
        watch.pause()
        time += 1000
        watch.pause()
        watch.resume()
        watch.resume()
        time += 0.5
        watch.pause()
        time += 7
        watch.resume()
        time += 0.5
        watch.lap(examples: 64)
        #expect(watch.lastLap == 1)
        #expect(watch.laps == 6 && watch.seconds == 13 && watch.examples == 384)
        #expect(watch.secondsPerStep == 0.6 && abs(watch.examplesPerSecond - 320 / 3) < 1e-9)
    }

    // MARK: Interruption

    /// Sends a signal to the process, whose threads for tests do not take any, and waits for what comes of it.
    static func send(_ signal: Int32, until isThere: () -> Bool = { false }) {
        kill(getpid(), signal)
        for _ in 0..<1000 where !isThere() { usleep(1000) }
    }

    @Test("a signal asks for an interruption, and one that was ignored stays ignored")
    func interruption() async {
        await #expect(processExitsWith: .success) {
            for number in [SIGINT, SIGTERM] {
                let interruption = Interruption()
                #expect(!interruption.isRequested && interruption.signal == nil)
                HelperTests.send(number) { interruption.isRequested }
                #expect(interruption.isRequested && interruption.signal == number)
            }
            signal(SIGINT, SIG_IGN)
            let interruption = Interruption()
            kill(getpid(), SIGINT)
            HelperTests.send(SIGTERM) { interruption.isRequested }
            #expect(interruption.signal == SIGTERM)
        }
    }

    @Test("the second signal ends the process once what was printed is written, and so does the first one after all")
    func endingSignals() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let interruption = Interruption()
            HelperTests.send(SIGINT) { interruption.isRequested }
            HelperTests.send(SIGTERM)
            _ = interruption.isRequested
        }
        let result = await #expect(processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent]) {
            let interruption = Interruption()
            print("printed before", terminator: "")
            HelperTests.send(SIGINT) { interruption.isRequested }
            print(", and after", terminator: "")
            HelperTests.send(SIGINT)
            _ = interruption.isRequested
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(output.contains("printed before, and after"))
        await #expect(processExitsWith: .signal(SIGINT)) {
            do { _ = Interruption().isRequested }
            HelperTests.send(SIGINT)
        }
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = EarlyStopping(patience: -1)
        }.expectMessage("EarlyStopping: patience must be at least 0, got -1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = EarlyStopping(patience: 1, minimumChange: .nan)
        }.expectMessage("EarlyStopping: minimumChange must be at least 0, got nan")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MovingAverage(of: Linear(1, 1), decay: 1.5)
        }.expectMessage("MovingAverage: decay must be in 0...1, got 1.5")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            EarlyStopping(patience: 1).restoreBestWeights()
        }.expectMessage("EarlyStopping.restoreBestWeights: expects a model, got none at init")
    }
}
