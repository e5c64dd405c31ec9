import TernCore
import TernNN

extension Optimizer {
    /// What the optimizer remembers of the parameters of `model`, by their names in it: `conv1.weight.exp_avg`, and the
    /// number of updates as `conv1.weight.step`. Parameters without an update have no entry. The settings are not part
    /// of it: see ``OptimizerRule/settings``. What a setting asks for that was switched on since the last update is not
    /// there yet: a tensor of shape `[0]`.
    ///
    /// Every parameter of the optimizer must be one of the model's.
    public func stateDictionary(of model: any Module) -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for entry in entries(of: model, rules: groups.map(\.rule)) where entry.state.steps > 0 {
            state[entry.name + ".step"] = Tensor(entry.state.steps)
            for (index, name) in entry.rule.slotNames(of: entry.parameter.shape).enumerated() {
                let slots = entry.state.slots
                state["\(entry.name).\(name)"] = index < slots.count ? slots[index] : Tensor.zeros([0])
            }
        }
        return state
    }

    /// The whole state of the optimizer for checkpoints: its type, the settings of its groups, and what it remembers of
    /// the parameters, by their names in `model`. It is restored after the model's.
    ///
    /// Every parameter of the optimizer must be one of the model's.
    public func state(of model: any Module) -> any Stateful { OptimizerState(optimizer: self, model: model) }

    /// Goes on from a state that ``stateDictionary(of:)`` gave, of an optimizer of the same type and for a model with the
    /// same names. Everything is checked before anything is changed.
    ///
    /// - Throws: ``/TernCore/StateDictionaryError`` with all that does not fit.
    public func loadStateDictionary(
        _ state: [String: Tensor], of model: any Module
    ) throws(StateDictionaryError) {
        var reader = StateReader(state.mapValues(StateValue.tensor))
        let states = readStates(of: model, rules: groups.map(\.rule), from: &reader)
        let error = reader.error("\(Self.self)")
        if !error.isEmpty { throw error }
        for index in groups.indices { groups[index].states = states[index] }
    }

    /// The states of all groups, if the groups have these rules.
    fileprivate func readStates(
        of model: any Module, rules: [Rule], from reader: inout StateReader
    ) -> [[ParameterState]] {
        var states = groups.map(\.states)
        for entry in entries(of: model, rules: rules) {
            states[entry.group][entry.index] = readState(entry, from: &reader)
        }
        return states
    }

    private func readState(_ entry: StateEntry<Rule>, from reader: inout StateReader) -> ParameterState {
        var state = ParameterState()
        let values = reader.values
        let shape = reader.shapes[ObjectIdentifier(entry.parameter)] ?? entry.parameter.shape
        let stepKey = entry.name + ".step"
        let keys = entry.rule.slotNames(of: shape).map { "\(entry.name).\($0)" }
        if !([stepKey] + keys).contains(where: { values[$0] != nil }) { return state }
        let step = reader.tensor(stepKey)
        if values[stepKey]?.tensor != nil {
            if let steps = numberOfUpdates(step) {
                state.steps = steps
            } else {
                let found = step.count == 1 ? "\(step.item())" : "\(step.shape)"
                reader.complain("\(stepKey): expects a number of updates, got \(step.dtype) \(found)")
            }
        }
        // What is not there yet is at the end.
        let isMissing = { (key: String) in values[key]?.tensor?.shape == [0] }
        let present = keys.count - keys.reversed().prefix(while: isMissing).count
        for (index, key) in keys.enumerated() {
            let slot = reader.tensor(key, shape: index < present ? entry.rule.slotShape(index, of: shape) : nil)
            if index < present { state.slots.append(slot.detached.converted(to: entry.parameter.dtype.accumulator)) }
        }
        return state
    }

    /// A whole number, which is too small to overflow soon; nil for anything else.
    private func numberOfUpdates(_ step: Tensor) -> Int? {
        if step.count != 1 { return nil }
        let number = step.item()
        return number >= 0 && number <= 0x1p52 && number == number.rounded() ? Int(number) : nil
    }

    /// The names of the parameters of each group in `model`.
    fileprivate func parameterNames(in model: any Module) -> [[String]] {
        var names = groups.map { _ in [String]() }
        for entry in entries(of: model, rules: groups.map(\.rule)) { names[entry.group].append(entry.name) }
        return names
    }

    private func entries(of model: any Module, rules: [Rule]) -> [StateEntry<Rule>] {
        var names: [ObjectIdentifier: String] = [:]
        for (name, parameter) in model.namedParameters { names[ObjectIdentifier(parameter)] = name }
        return groups.indices.flatMap { group in
            groups[group].parameters.enumerated().map { index, parameter in
                guard let name = names[ObjectIdentifier(parameter)] else {
                    mistake(
                        "\(Self.self).stateDictionary",
                        "expects a model with all parameters of the optimizer, got one without a parameter of shape "
                            + "\(parameter.shape)")
                }
                return StateEntry(
                    name: name, group: group, index: index, parameter: parameter,
                    state: groups[group].states[index], rule: rules[group])
            }
        }
    }
}

private struct StateEntry<Rule: OptimizerRule> {
    let name: String
    let group: Int
    let index: Int
    let parameter: Parameter
    let state: ParameterState
    let rule: Rule
}

/// The state of an optimizer, with the names that a model gives to its parameters.
private struct OptimizerState<Base: Optimizer>: Stateful {
    let optimizer: Base
    let model: any Module

    var savedState: [String: StateValue] {
        var result: [String: StateValue] = ["type": .text("\(Base.self)")]
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

    func restoring(from reader: inout StateReader) -> () -> Void {
        check("type", "\(Base.self)", reader.text("type"), &reader)
        check("groups", optimizer.groups.count, reader.integer("groups"), &reader)
        if reader.isFine {
            for (index, names) in optimizer.parameterNames(in: model).enumerated() {
                let name = "group \(index).parameters"
                check(name, names.joined(separator: ", "), reader.text(name), &reader)
            }
        }
        // Of another optimizer nothing else can fit.
        if !reader.isFine {
            reader.ignoreTheRest()
            return {}
        }
        let groups = optimizer.groups.indices.map { readGroup($0, &reader) }
        let states = reader.part("state.") { optimizer.readStates(of: model, rules: groups.map(\.rule), from: &$0) }
        return {
            for index in groups.indices {
                optimizer.groups[index] = groups[index]
                optimizer.groups[index].states = states[index]
            }
        }
    }

    private func check<T: Equatable>(_ name: String, _ expected: T, _ found: T, _ reader: inout StateReader) {
        if found == expected || reader.values[name] == nil { return }
        reader.complain("\(name): expects \(expected), got \(found)")
    }

    /// A group with the settings of the state.
    private func readGroup(_ index: Int, _ reader: inout StateReader) -> ParameterGroup<Base.Rule> {
        var group = optimizer.groups[index]
        var settings = group.settingValues
        for name in settings.keys.sorted() { settings[name] = reader.number("group \(index).\(name)") }
        group.settingValues = settings
        if let complaint = group.rule.anyComplaint { reader.complain("group \(index): \(complaint)") }
        return group
    }
}
