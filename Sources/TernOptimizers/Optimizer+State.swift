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
            for (index, name) in entry.slotNames.enumerated() {
                let slots = entry.state.slots
                state["\(entry.name).\(name)"] = index < slots.count ? slots[index] : Tensor.zeros([0])
            }
        }
        return state
    }

    /// Goes on from a state that ``stateDictionary(of:)`` gave, of an optimizer of the same type and for a model with the
    /// same names. Everything is checked before anything is changed.
    ///
    /// - Throws: ``StateDictionaryError`` with all that does not fit.
    public func loadStateDictionary(
        _ state: [String: Tensor], of model: any Module
    ) throws(StateDictionaryError) {
        let states = try checkedStates(state, of: model, rules: groups.map(\.rule))
        for index in groups.indices { groups[index].states = states[index] }
    }

    /// The states of all groups that ``loadStateDictionary(_:of:)`` would set, if the groups had these rules.
    ///
    /// - Parameter shapes: those that parameters without a value will have, by name.
    package func checkedStates(
        _ state: [String: Tensor], of model: any Module, rules: [Rule], shapes: [String: Shape] = [:]
    ) throws(StateDictionaryError) -> [[ParameterState]] {
        var error = StateDictionaryError(model: "\(Self.self)")
        var known: Set<String> = []
        var states = groups.map(\.states)
        for entry in entries(of: model, rules: rules) {
            var new = ParameterState()
            let shape = entry.parameter.hasValue ? nil : shapes[entry.name]
            let keys = (["step"] + entry.slotNames).map { "\(entry.name).\($0)" }
            known.formUnion(keys)
            if keys.contains(where: { state[$0] != nil }) {
                for key in keys where state[key] == nil { error.missing.append(key) }
                for key in keys.dropFirst() {
                    guard let slot = state[key] else { continue }
                    // Not there yet: then none of the later ones is.
                    if slot.shape == [0], keys.drop(while: { $0 != key }).allSatisfy({ state[$0]?.shape == [0] }) {
                        break
                    }
                    if slot.shape != shape ?? entry.parameter.shape {
                        error.mismatched.append(
                            .init(key: key, expected: shape ?? entry.parameter.shape, found: slot.shape))
                    }
                    new.slots.append(slot.detached.converted(to: entry.parameter.dtype))
                }
                if let step = state[keys[0]] {
                    if step.count != 1 {
                        error.mismatched.append(.init(key: keys[0], expected: [], found: step.shape))
                    } else if let steps = numberOfUpdates(step) {
                        new.steps = steps
                    } else {
                        let found = "\(step.dtype) \(step.item())"
                        error.invalid.append("\(keys[0]): expects a number of updates, got \(found)")
                    }
                }
            }
            states[entry.group][entry.index] = new
        }
        error.unexpected = state.keys.filter { !known.contains($0) }.sorted()
        if !error.isEmpty { throw error }
        return states
    }

    /// A whole number, which is too small to overflow soon; nil for anything else.
    private func numberOfUpdates(_ step: Tensor) -> Int? {
        let number = step.item()
        return number >= 0 && number <= 0x1p52 && number == number.rounded() ? Int(number) : nil
    }

    /// The names of the parameters of each group in `model`.
    package func parameterNames(in model: any Module) -> [[String]] {
        var names = groups.map { _ in [String]() }
        for entry in entries(of: model, rules: groups.map(\.rule)) { names[entry.group].append(entry.name) }
        return names
    }

    private func entries(of model: any Module, rules: [Rule]) -> [StateEntry] {
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
                    state: groups[group].states[index], slotNames: rules[group].slotNames)
            }
        }
    }
}

private struct StateEntry {
    let name: String
    let group: Int
    let index: Int
    let parameter: Parameter
    let state: ParameterState
    let slotNames: [String]
}
