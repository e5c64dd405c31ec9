import TernCore
import TernNN
import TernOptimizers

/// Everything that decides how a training goes on, gathered in one place: the model, the optimizer, the scheduler, the
/// random generators, the position in the data, and whatever else is kept. Checkpoints are made of it.
///
/// The loop stays the user's own. An interrupted training that goes on from a checkpoint, from any step, ends with the
/// same bits as one that was not interrupted:
///
/// ```swift
/// Tern.seed(1)
/// let loader = digits.train.shuffled(seed: 1).batched(64).map { (scaled($0), $1) }
/// let model = LeNet()
/// let optimizer = Adam(model.parameters)
/// let scheduler = LearningRateScheduler(optimizer, CosineSchedule(from: 2e-3, steps: epochs * loader.count))
/// let history = History()
///
/// let training = TrainingState(model: model, optimizer: optimizer, scheduler: scheduler)
/// training.keep(history, as: "history")
/// let checkpoints = try CheckpointFolder("checkpoints", keeping: 3)
/// try checkpoints.restoreNewest(into: training)             // begins anew if there is none
/// let interruption = Interruption()                         // Ctrl-C: finish this step, save, leave
///
/// while training.position.epoch < epochs {
///     let place = training.position
///     for (images, labels) in loader.epoch(place.epoch, from: place.step) {
///         let loss = crossEntropy(model(images), labels)
///         loss.backward()
///         optimizer.step()
///         optimizer.zeroGradients()
///         scheduler.step()
///
///         training.position.advance()
///         history.steps.append(["loss": loss.item()], at: training.position.totalSteps)
///         if interruption.isRequested {
///             try checkpoints.save(training)
///             return
///         }
///     }
///     training.position.endEpoch()
///     try checkpoints.save(training)
/// }
/// ```
///
/// Nothing in it is required: `TrainingState(model: model)` saves and loads a model alone, and loads it from the
/// checkpoint of a whole training too.
public final class TrainingState {
    /// How far the training has come. The loop counts it on.
    public var position = TrainingPosition()

    /// Values of the user's own: settings to compare, a best score, a tensor.
    ///
    /// ```swift
    /// training.values["batch size"] = 64
    /// ```
    public var values: [String: StateValue] = [:]

    /// Those that were given at first.
    let model: (any Module)?
    let optimizer: (any Optimizer)?

    private var parts: [(name: String, part: any Stateful)] = []
    private var settings: [String: StateValue] = [:]

    /// - Parameters:
    ///   - model: kept as `model`.
    ///   - optimizer: of parameters of the model; kept as `optimizer`.
    ///   - scheduler: kept as `scheduler`.
    ///   - generators: kept under their names; this thread's default generator as `random`, unless you say otherwise.
    public init(
        model: (any Module)? = nil, optimizer: (any Optimizer)? = nil, scheduler: LearningRateScheduler? = nil,
        generators: [String: Generator] = ["random": .default]
    ) {
        (self.model, self.optimizer) = (model, optimizer)
        if let model { keep(model, as: "model") }
        // Before the optimizer, whose learning rate may since have been set by hand.
        if let scheduler { keep(scheduler, as: "scheduler") }
        if let optimizer {
            guard let model else { mistake("TrainingState", "expects a model with the optimizer, got none") }
            keep(optimizer, of: model, as: "optimizer")
        }
        for (name, generator) in generators.sorted(by: { $0.key < $1.key }) { keep(generator, as: name) }
    }

    /// Keeps another part of the training, another model say, under a name of its own.
    public func keep(_ part: any Stateful, as name: String) {
        checkPartName(name, "TrainingState.keep")
        if Self.ownParts.contains(name) || parts.contains(where: { $0.name == name }) {
            mistake("TrainingState.keep", "expects a new name, got '\(name)' again")
        }
        parts.append((name, part))
    }

    /// Keeps another optimizer: after the model, from which it takes sizes that only the checkpoint knows.
    ///
    /// - Parameters:
    ///   - optimizer: whose state is saved and loaded.
    ///   - model: the module whose names its parameters are saved under.
    ///   - name: what its state is called in the checkpoint.
    public func keep(_ optimizer: any Optimizer, of model: any Module, as name: String) {
        keep(optimizer.state(of: model), as: name)
    }

    /// Settings that a checkpoint must agree with, such as the size of the batches: those that differ are errors when one
    /// is loaded.
    public func require(_ settings: [String: StateValue]) { self.settings.merge(settings) { $1 } }

    private static let ownParts = ["position", "values", "settings"]

    /// The state as it is now. What happens afterwards does not change it.
    public func checkpoint() -> Checkpoint {
        var all: [String: [String: StateValue]] = [:]
        for (name, part) in parts { all[name] = part.savedState }
        all["position"] = position.state
        all["values"] = values
        all["settings"] = settings
        return Checkpoint(parts: all)
    }

    /// Goes on from a checkpoint. Everything is checked before anything is changed; parts that only the checkpoint has
    /// are left alone.
    ///
    /// - Throws: ``CheckpointError/mismatch(file:problems:)`` with all that does not fit.
    public func restore(_ checkpoint: Checkpoint) throws(CheckpointError) {
        var problems: [String] = []
        var changes: [() -> Void] = []
        var shapes: [ObjectIdentifier: Shape] = [:]
        func read(
            _ name: String, isNeeded: Bool = true, _ body: (inout StateReader) -> () -> Void
        ) {
            guard let values = checkpoint.parts[name] else {
                if isNeeded { problems.append("\(name): not in the checkpoint") }
                return
            }
            var reader = StateReader(values)
            reader.shapes = shapes
            changes.append(body(&reader))
            shapes = reader.shapes
            problems += reader.error(name).problems.map { "\(name): \($0)" }
        }
        read("settings", isNeeded: false) { compare(&$0) }
        for (name, part) in parts { read(name) { part.restoring(from: &$0) } }
        read("position", isNeeded: false) { reader in
            let position = TrainingPosition(from: &reader)
            return { self.position = position }
        }
        if let values = checkpoint.parts["values"] { changes.append { self.values = values } }
        if !problems.isEmpty { throw .mismatch(file: checkpoint.source, problems: problems) }
        for change in changes { change() }
    }

    private func compare(_ reader: inout StateReader) -> () -> Void {
        for (name, expected) in settings.sorted(by: { $0.key < $1.key }) {
            let found = reader.value(name)
            if let found, found != expected {
                reader.complain("\(name) is \(expected.plain) now, and \(found.plain) in the checkpoint")
            }
        }
        reader.ignoreTheRest()
        return {}
    }
}

extension TrainingPosition {
    var state: [String: StateValue] {
        ["epoch": .integer(epoch), "step": .integer(step), "totalSteps": .integer(totalSteps)]
    }

    init(from reader: inout StateReader) {
        epoch = reader.integer("epoch")
        step = reader.integer("step")
        totalSteps = reader.integer("totalSteps")
    }
}
