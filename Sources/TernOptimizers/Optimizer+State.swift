import TernCore
import TernNN

extension Optimizer {
    /// What the optimizer remembers of the parameters of `model`, by their names in it: `conv1.weight.exp_avg`, and the
    /// number of updates as `conv1.weight.step`. Parameters without an update have no entry. The settings are not part
    /// of it.
    ///
    /// Every parameter of the optimizer must be one of the model's.
    public func stateDictionary(of model: any Module) -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for entry in entries(of: model) where entry.state.steps > 0 {
            state[entry.name + ".step"] = Tensor(entry.state.steps)
            for (name, slot) in zip(entry.slotNames, entry.state.slots) { state["\(entry.name).\(name)"] = slot }
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
        var error = StateDictionaryError(model: "\(Self.self)", missing: [], unexpected: [], mismatched: [])
        var known: Set<String> = []
        var loaded: [(group: Int, index: Int, state: ParameterState)] = []
        for entry in entries(of: model) {
            var new = ParameterState()
            let keys = (["step"] + entry.slotNames).map { "\(entry.name).\($0)" }
            known.formUnion(keys)
            if keys.contains(where: { state[$0] != nil }) {
                for key in keys where state[key] == nil { error.missing.append(key) }
                for key in keys.dropFirst() {
                    guard let slot = state[key] else { continue }
                    if slot.shape != entry.parameter.shape {
                        error.mismatched.append(.init(key: key, expected: entry.parameter.shape, found: slot.shape))
                    }
                    new.slots.append(slot.detached.converted(to: entry.parameter.dtype))
                }
                if let step = state[keys[0]] {
                    if step.count == 1 {
                        new.steps = step.item(as: Int.self)
                    } else {
                        error.mismatched.append(.init(key: keys[0], expected: [], found: step.shape))
                    }
                }
            }
            loaded.append((entry.group, entry.index, new))
        }
        error.unexpected = state.keys.filter { !known.contains($0) }.sorted()
        if !error.missing.isEmpty || !error.unexpected.isEmpty || !error.mismatched.isEmpty { throw error }
        for (group, index, state) in loaded { groups[group].states[index] = state }
    }

    private func entries(of model: any Module) -> [StateEntry] {
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
                    state: groups[group].states[index], slotNames: groups[group].rule.slotNames)
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
