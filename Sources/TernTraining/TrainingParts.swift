import TernCore
import TernNN
import TernOptimizers

/// How one part of a ``TrainingState`` is saved and restored.
protocol TrainingPart {
    func state() -> [String: CheckpointValue]
    func restoring(from reader: inout CheckpointReader, in checkpoint: Checkpoint) -> () -> Void
}

struct ObjectPart: TrainingPart {
    let object: any Checkpointable

    init(_ object: any Checkpointable) { self.object = object }

    func state() -> [String: CheckpointValue] { object.checkpointState }

    func restoring(from reader: inout CheckpointReader, in checkpoint: Checkpoint) -> () -> Void {
        object.restoring(from: &reader)
    }
}

/// The state dictionary of a model.
struct ModelPart: TrainingPart {
    let model: any Module

    func state() -> [String: CheckpointValue] { model.stateDictionary().mapValues { .tensor($0) } }

    func restoring(from reader: inout CheckpointReader, in checkpoint: Checkpoint) -> () -> Void {
        let state = reader.tensors()
        if let error = model.stateDictionaryError(state) { for problem in error.problems { reader.complain(problem) } }
        return {
            do { try model.loadStateDictionary(state) } catch { mistake("TrainingState.restore", "\(error)") }
        }
    }
}

/// The state of an optimizer by parameter name, and the parameters and settings of its groups.
struct OptimizerPart: TrainingPart {
    let optimizer: any Optimizer
    let model: any Module
    /// The part that holds the model, if there is one.
    let modelName: String?

    func state() -> [String: CheckpointValue] { state(of: optimizer) }

    private func state(of optimizer: some Optimizer) -> [String: CheckpointValue] {
        var result: [String: CheckpointValue] = ["type": .text("\(type(of: optimizer))")]
        for (name, tensor) in optimizer.stateDictionary(of: model) { result["state.\(name)"] = .tensor(tensor) }
        result["groups"] = .integer(optimizer.groups.count)
        for (index, names) in optimizer.parameterNames(in: model).enumerated() {
            result["group \(index).parameters"] = .text(names.joined(separator: ", "))
            for (setting, value) in optimizer.groups[index].settingValues {
                result["group \(index).\(setting)"] = .number(value)
            }
        }
        return result
    }

    func restoring(from reader: inout CheckpointReader, in checkpoint: Checkpoint) -> () -> Void {
        restoring(optimizer, from: &reader, in: checkpoint)
    }

    private func restoring<O: Optimizer>(
        _ optimizer: O, from reader: inout CheckpointReader, in checkpoint: Checkpoint
    ) -> () -> Void {
        let (type, groups) = (reader.text("type"), reader.integer("groups"))
        if type != "\(O.self)" || groups != optimizer.groups.count {
            reader.ignoreTheRest()
            if type != "\(O.self)" { reader.complain("the training has \(O.self), the checkpoint \(type)") }
            if groups != optimizer.groups.count {
                reader.complain("the training has \(optimizer.groups.count) groups, the checkpoint \(groups)")
            }
            return {}
        }
        let found = optimizer.groups.indices.map { reader.text("group \($0).parameters") }
        for (index, names) in optimizer.parameterNames(in: model).enumerated() {
            let expected = names.joined(separator: ", ")
            if found[index] == expected { continue }
            reader.complain("group \(index) has the parameters \(expected), in the checkpoint \(found[index])")
            reader.ignoreTheRest()
        }
        if !reader.problems.isEmpty { return {} }
        let restored = readGroups(of: optimizer, &reader)
        let state = reader.tensors(prefix: "state.")
        // Sizes that the model learns from the checkpoint.
        let shapes = modelName.flatMap { checkpoint.parts[$0] }?.compactMapValues { $0.tensor?.shape } ?? [:]
        do {
            let states = try optimizer.checkedStates(state, of: model, rules: restored.map(\.rule), shapes: shapes)
            return {
                for index in restored.indices {
                    optimizer.groups[index] = restored[index]
                    optimizer.groups[index].states = states[index]
                }
            }
        } catch {
            for problem in error.problems { reader.complain(problem) }
            return {}
        }
    }

    /// The groups with the settings of the checkpoint.
    private func readGroups<O: Optimizer>(
        of optimizer: O, _ reader: inout CheckpointReader
    ) -> [ParameterGroup<O.Rule>] {
        optimizer.groups.indices.map { index in
            var group = optimizer.groups[index]
            var settings = group.settingValues
            for name in settings.keys.sorted() { settings[name] = reader.number("group \(index).\(name)") }
            group.settingValues = settings
            if let complaint = group.rule.anyComplaint { reader.complain("group \(index): \(complaint)") }
            return group
        }
    }
}
