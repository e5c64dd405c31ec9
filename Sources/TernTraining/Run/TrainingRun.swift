import Foundation
import TernCore
import TernFormats
import TernMetrics

/// What a training does beside its computation: it knows the place in the epochs, shows the progress, keeps the history, logs,
/// saves and goes on from checkpoints, and ends on Ctrl-C. The loop stays the user's own.
///
/// ```swift
/// let options = TrainingOptions("lenet", "Trains LeNet on digits.", epochs: 5, batchSize: 64)
/// options.finish()
/// let digits = SyntheticDigits()
/// let loader = digits.train.shuffled(seed: options.seed).batched(options.batchSize).map { (scaled($0), $1) }
/// let testLoader = digits.test.batched(1000).map { (scaled($0), $1) }
/// let model = LeNet()
/// let optimizer = Adam(model.parameters, learningRate: 1e-3)
/// let accuracy = Accuracy()
///
/// let training = TrainingState(model: model, optimizer: optimizer)
/// let run = try TrainingRun(options, training, metrics: ["accuracy": accuracy])
/// for _ in run.epochs {                                        // goes on where a checkpoint ended
///     for (images, labels) in run.steps(loader) {
///         let logits = model(images)
///         let loss = crossEntropy(logits, labels)
///         loss.backward()
///         optimizer.step()
///         optimizer.zeroGradients()
///         accuracy.update(logits, labels)
///         try run.advance(["loss": loss.item()], examples: labels.count)
///     }
///     try run.endEpoch(validation: evaluate(model, testLoader, metrics: ["accuracy": Accuracy()]).values)
/// }
/// try run.finish()
/// ```
///
/// ```
/// Epoch 1/5
/// 938/938 ━━━━━━━━━━━━━━━━━━━━ 2s 2ms/step - accuracy: 0.8460 - loss: 0.4801 - validation accuracy: 0.9526
/// ```
///
/// A run that is stopped at any step and resumed ends with the same bits as one that was not, if all that decides how it goes
/// on is in the ``TrainingState``: what else there is (a moving average, early stopping, a second optimizer) is kept with
/// ``TrainingState/keep(_:as:)`` before the run is made. The run keeps `metrics`, `means` (of the numbers of the epoch so far)
/// and `history` there.
public final class TrainingRun {
    /// What checkpoints are made of.
    public let training: TrainingState
    /// How many epochs there will be at most.
    public let epochCount: Int
    /// The numbers of each step, and those of each epoch (from 1 on) with those of its validation.
    public let history = History()
    /// Where checkpoints go.
    public let checkpoints: CheckpointFolder?
    /// The log for TensorBoard. The run writes the numbers to it, and the parameters' histograms after each epoch.
    public let log: TensorBoardWriter?
    /// The time of training steps since this process began.
    public private(set) var stopwatch = Stopwatch()

    let settings: [(name: String, value: StateValue)]
    let reportPath, picturesPath: String?
    private let metrics: MetricCollection
    private let means = RunningMeans()
    private let saveEvery: Int
    private let interruption: Interruption?
    private let peers: (any TrainingPeers)?
    private var display: RunDisplay
    private var phase = Phase.betweenEpochs

    private enum Phase: Equatable {
        case betweenEpochs, inEpoch
        case inStep(learningRate: Double?)
    }

    /// Goes on from the newest checkpoint, if that is asked for, and prints where.
    ///
    /// - Parameters:
    ///   - training: all that decides how the training goes on.
    ///   - metrics: those that the loop updates. They are shown and kept in checkpoints, and reset after each epoch.
    ///   - epochs: how many there will be.
    ///   - checkpoint: the folder to save to after each epoch, and when SIGINT (Ctrl-C) or SIGTERM asks for an end;
    ///     without it nothing is saved, and signals do what they always do.
    ///   - resume: goes on from the newest checkpoint there, if there is one.
    ///   - saveEvery: a number of steps, after which to save too; 0 for never.
    ///   - log: the folder to log to for TensorBoard.
    ///   - report: the file that ``writeReport(title:subtitle:results:classification:samples:sections:model:)`` writes.
    ///   - pictures: the folder that ``save(_:as:)`` writes to.
    ///   - verbosity: how the progress is shown.
    ///   - shownEvery: shows each n-th epoch only, beside the first and the last.
    ///   - settings: what a checkpoint must agree with, and the report shows.
    ///   - surroundings: the terminal that it prints to.
    ///   - peers: the other processes of this training, if there are some. The first process alone prints and writes; all go on
    ///     from its checkpoint, and end together.
    /// - Throws: ``TrainingRunError`` if a folder cannot be written to, if the folder for checkpoints has some and `resume` is
    ///   false, and if the newest one is of another training.
    public init(
        _ training: TrainingState, metrics: KeyValuePairs<String, any Metric> = [:], epochs: Int,
        checkpoint: String? = nil, resume: Bool = false, saveEvery: Int = 0, log: String? = nil,
        report: String? = nil, pictures: String? = nil, verbosity: Verbosity = .bar, shownEvery: Int = 1,
        settings: [(name: String, value: StateValue)] = [], surroundings: TerminalSurroundings = .standard,
        peers: (any TrainingPeers)? = nil
    ) throws(TrainingRunError) {
        if epochs < 0 || saveEvery < 0 || shownEvery < 1 {
            mistake(
                "TrainingRun",
                "expects epochs and saveEvery of at least 0 and shownEvery of at least 1, got \(epochs), \(saveEvery) "
                    + "and \(shownEvery)")
        }
        (self.training, epochCount, self.saveEvery, self.settings) = (training, epochs, saveEvery, settings)
        self.peers = peers
        let isFirst = (peers?.rank ?? 0) == 0
        (reportPath, picturesPath) = isFirst ? (report, pictures) : (nil, nil)
        self.metrics = MetricCollection(metrics)
        display = RunDisplay(
            epochs: epochs, shownEvery: shownEvery, verbosity: isFirst ? verbosity : .silent,
            surroundings: surroundings)
        training.keep(self.metrics, as: "metrics")
        training.keep(means, as: "means")
        training.keep(history, as: "history")
        training.require(Dictionary(settings.map { ($0.name, $0.value) }) { $1 })

        // Now, not after the training: it may be impossible.
        for folder in [reportPath.map { ($0 as NSString).deletingLastPathComponent }, picturesPath] {
            if let folder, !folder.isEmpty { try makeFolder(folder) }
        }
        checkpoints = try (isFirst ? checkpoint : nil).map { (path) throws(TrainingRunError) in
            let folder = try passingCheckpointErrors { () throws(CheckpointError) in try CheckpointFolder(path) }
            if !resume && !folder.files.isEmpty { throw .hasCheckpoints(folder: path) }
            return folder
        }
        var note: String?
        if let checkpoint, resume {
            let newest = try Self.newest(in: checkpoints, peers)
            if let newest {
                try passingCheckpointErrors { () throws(CheckpointError) in try training.restore(newest) }
            }
            let position = training.position
            note =
                newest == nil
                ? "no checkpoint in \(checkpoints?.path ?? checkpoint) yet: begins anew"
                : position.epoch >= epochs
                    ? "\(position.epoch) epochs are done already: see --epochs"
                    : "goes on with epoch \(position.epoch + 1) after \(position.step) steps of it"
        }
        // With a folder to save to, Ctrl-C finishes the step and saves.
        interruption = checkpoint == nil ? nil : Interruption()
        let done = training.position.totalSteps
        self.log = try (isFirst ? log : nil).map { (folder) throws(TrainingRunError) in
            // What an interrupted run had logged after its last checkpoint is dropped.
            try passingFileErrors { () throws(FormatError) in
                try TensorBoardWriter(folder, purgeStep: done == 0 ? 0 : done + 1)
            }
        }
        if let note, isFirst { display.print(note) }
        if let log = self.log, done == 0, !settings.isEmpty {
            let rows = settings.map { "| \($0.name) | \($0.value.plain) |\n" }.joined()
            try passingFileErrors { () throws(FormatError) in try log.text("configuration", "| | |\n|---|---|\n" + rows)
            }
        }
    }

    /// The checkpoint to go on from: the first process's.
    private static func newest(
        in checkpoints: CheckpointFolder?, _ peers: (any TrainingPeers)?
    ) throws(TrainingRunError) -> Checkpoint? {
        let own = try passingCheckpointErrors { () throws(CheckpointError) in try checkpoints?.newestOfOurs() }
        guard let peers else { return own }
        return try passingPeersErrors { try peers.fromFirst(own) }
    }

    /// As the command line says.
    public convenience init(
        _ options: TrainingOptions, _ training: TrainingState, metrics: KeyValuePairs<String, any Metric> = [:],
        shownEvery: Int = 1, peers: (any TrainingPeers)? = nil
    ) throws(TrainingRunError) {
        try self.init(
            training, metrics: metrics, epochs: options.epochs, checkpoint: options.checkpoint,
            resume: options.resume, saveEvery: options.saveEvery, log: options.log, report: options.report,
            pictures: options.pictures, verbosity: options.verbosity, shownEvery: shownEvery,
            settings: options.settings, peers: peers)
    }

    /// How far the training has come.
    public var position: TrainingPosition { training.position }

    /// The numbers of the epoch so far: the metrics, and the means of what ``advance(_:examples:)`` was given.
    public var values: [(name: String, value: Double)] { metrics.value + means.values }

    /// Counts a step, at its end: shows, keeps and logs its numbers; saves, if it is time to.
    ///
    /// - Parameters:
    ///   - values: numbers of this step, such as its loss. Over an epoch their means by `examples` are shown.
    ///   - examples: how many the step was of.
    /// - Throws: ``TrainingRunError/interrupted(signal:path:)`` if a signal has asked for an end: everything is saved then.
    public func advance(_ values: KeyValuePairs<String, Double> = [:], examples: Int = 1) throws(TrainingRunError) {
        guard case .inStep(let rate) = phase else {
            mistake("TrainingRun.advance", "expects one call in each step of a loop over steps(_:)")
        }
        phase = .inEpoch
        for (name, value) in values { means.update(name, value, count: examples) }
        training.position.advance()
        stopwatch.lap(examples: examples)
        let step = position.totalSteps
        history.steps.append(values, at: step)
        // Some metrics are computed from all that they have seen.
        let measured = metrics.value
        let all = values.map { (name: $0.key, value: $0.value) } + measured
        if let log {
            let rate = rate.map { [(name: "learning rate", value: $0)] } ?? []
            let scalars = all.map { (name: "train/" + $0.name, value: $0.value) } + rate
            try passingFileErrors { () throws(FormatError) in try log.scalars(scalars, step: step) }
        }
        display.advance(all, means: measured + means.values, examples: examples, learningRate: rate)
        if saveEvery > 0, step % saveEvery == 0 { try save() }
        try endIfAsked()
    }

    /// Ends the epoch, after its validation, and saves. What is kept in the ``TrainingState`` is up to date before.
    ///
    /// - Parameter validation: the numbers of the validation, such as `evaluate(...).values`.
    /// - Throws: as ``advance(_:examples:)`` does.
    public func endEpoch(validation: [(name: String, value: Double)] = []) throws(TrainingRunError) {
        if phase != .inEpoch {
            mistake("TrainingRun.endEpoch", "expects one call at the end of each epoch of a loop over epochs")
        }
        phase = .betweenEpochs
        stopwatch.pause()
        let (values, step) = (values, position.totalSteps)
        display.endEpoch(values, validation: validation)
        history.epochs.append(training: values, validation: validation, at: position.epoch + 1)
        if let log {
            try passingFileErrors { () throws(FormatError) in
                try log.scalars(validation.map { ("validation/" + $0.name, $0.value) }, step: step)
                for (name, parameter) in training.model?.namedParameters ?? [] where parameter.hasValue {
                    try log.histogram(name, parameter.value, step: step)
                }
            }
        }
        metrics.reset()
        means.reset()
        training.position.endEpoch()
        try save()
        try endIfAsked()
    }

    /// Makes the epoch that is under way the last one. A training that is resumed stays stopped.
    ///
    /// ```swift
    /// if stopping.update(result.loss!) { run.stop() }
    /// try run.endEpoch(validation: result.values)
    /// ```
    public func stop() { training.values[Self.stopped] = .integer(position.epoch + 1) }

    /// Whether ``stop()`` was called, before an interruption perhaps.
    public var isStopped: Bool { training.values[Self.stopped] != nil }

    private static let stopped = "stopped after epoch"

    /// Prints a message, above the curves if there are some; the first process alone does.
    public func print(_ message: String) {
        if (peers?.rank ?? 0) == 0 { display.print(message) }
    }

    /// Call it after the last epoch: prints how fast the training was and the digest of the weights, and writes the curves to
    /// the folder for pictures.
    public func finish() throws(TrainingRunError) {
        display.finish()
        if stopwatch.laps > 0 {
            let ranks = peers.map { $0.size > 1 ? "\($0.size) ranks with " : "" } ?? ""
            print("\(Int(stopwatch.examplesPerSecond)) examples/s (training, \(ranks)\(threadCount) threads)")
        }
        if let model = training.model { print("weights: \(digest(of: model))") }
        for chart in history.epochs.plots() {
            try save(chart, as: chart.title.lowercased().replacing(" ", with: "-"))
        }
    }

    /// - Returns: the path of the file, which the first process writes.
    @discardableResult
    private func save() throws(TrainingRunError) -> String? {
        if interruption == nil { return nil }
        // On all, as parts may have their state on several.
        let checkpoint = training.checkpoint()
        guard let checkpoints else { return nil }
        let path = try passingCheckpointErrors { () throws(CheckpointError) in try checkpoints.save(checkpoint) }
        display.saved(path)
        return path
    }

    private func endIfAsked() throws(TrainingRunError) {
        guard let interruption else { return }
        var signal = interruption.signal
        if let peers {
            // All of them end after the same step, whichever got the signal.
            let number = try passingPeersErrors { try peers.largest(Double(signal ?? 0)) }
            signal = number == 0 ? nil : Int32(number)
        }
        guard let signal else { return }
        display.finish(values)
        let path = phase == .betweenEpochs ? checkpoints?.files.last : try save()
        throw .interrupted(signal: signal, path: path ?? "the first process's folder")
    }

    // MARK: Loops

    /// The numbers of the epochs that are left, from 1 on. Each is ended by ``endEpoch(validation:)``.
    public var epochs: Epochs { Epochs(run: self) }

    /// See ``TrainingRun/epochs``.
    public struct Epochs: Sequence, IteratorProtocol {
        let run: TrainingRun

        public mutating func next() -> Int? { run.nextEpoch() }
    }

    private func nextEpoch() -> Int? {
        if phase != .betweenEpochs {
            mistake("TrainingRun.epochs", "expects endEpoch(validation:) at the end of each epoch")
        }
        if isStopped || position.epoch >= epochCount {
            display.finish()
            return nil
        }
        phase = .inEpoch
        return position.epoch + 1
    }

    /// - Parameter count: the steps of a whole epoch, if it is known.
    func beginSteps(_ count: Int?) {
        if phase != .inEpoch { mistake("TrainingRun.steps", "expects to be called in a loop over epochs") }
        display.beginEpoch(position, steps: count)
        stopwatch.resume()
    }

    func checkStepIsDone() {
        if phase != .inEpoch { mistake("TrainingRun.steps", "expects advance(_:examples:) at the end of each step") }
    }

    func beginStep() { phase = .inStep(learningRate: training.optimizer?.learningRates.first) }
}

private func makeFolder(_ path: String) throws(TrainingRunError) {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw .file(FormatError(path, expected: "a folder that can be made", found: error.localizedDescription))
    }
}
