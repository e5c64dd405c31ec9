import TernCore

extension Module {
    /// The values of all parameters and persistent buffers by dotted path. One that several modules share is there under
    /// every path. Changing the model afterwards does not change them. PyTorch's `state_dict`.
    public func stateDictionary() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for slot in stateSlots() { state[slot.key] = slot.member.value.detached }
        return state
    }

    /// Sets all parameters and persistent buffers to the values of `state`, converted to the types they have in the
    /// model. Layers that do not know their input size yet learn it. PyTorch's `load_state_dict`.
    ///
    /// Everything is checked before anything is changed. Of a member that several modules share (a tied weight), a value
    /// under one of its paths is enough: `safetensors` and Hugging Face's libraries save it once.
    ///
    /// - Parameters:
    ///   - state: tensors by path, as ``Module/stateDictionary()`` gives them.
    ///   - strict: whether missing and unexpected keys are errors.
    /// - Returns: the missing and the unexpected keys, both empty if `strict`.
    /// - Throws: ``/TernCore/StateDictionaryError`` with all that does not fit: missing and unexpected keys (if
    ///   `strict`) and tensors of other shapes than the model's (always).
    @discardableResult
    public func loadStateDictionary(
        _ state: [String: Tensor], strict: Bool = true
    ) throws(StateDictionaryError) -> (missing: [String], unexpected: [String]) {
        var reader = StateReader(state.mapValues(StateValue.tensor))
        let change = restoringMembers(from: &reader)
        var error = reader.error(typeName)
        let (missing, unexpected) = (error.missing, error.unexpected)
        if !strict { (error.missing, error.unexpected) = ([], []) }
        if !error.isEmpty { throw error }
        change()
        return (missing, unexpected)
    }

    /// Takes the values of `state`, and their floating-point types, too; nothing may be missing or left over.
    package func adoptState(_ state: [String: Tensor]) throws(StateDictionaryError) {
        for (key, member) in stateSlots() {
            if let type = state[key]?.dtype, type.isFloatingPoint, member.dtype.isFloatingPoint {
                member.convert(to: type)
            }
        }
        try loadStateDictionary(state)
    }

    /// Of members of the state that several modules share: the first key, by each of the others.
    package var sharedState: [String: String] {
        var first: [ObjectIdentifier: String] = [:]
        var result: [String: String] = [:]
        for (key, member) in stateSlots() {
            if let other = first[member.id] { result[key] = other } else { first[member.id] = key }
        }
        return result
    }

    public var savedState: [String: StateValue] { stateDictionary().mapValues(StateValue.tensor) }

    public func restoring(from reader: inout StateReader) -> () -> Void { restoringMembers(from: &reader) }

    private func restoringMembers(from reader: inout StateReader) -> () -> Void {
        let (slots, values) = (stateSlots(), reader.values)
        let given = Set(slots.lazy.filter { values[$0.key] != nil }.map(\.member.id))
        var changes: [(member: StateMember, value: Tensor)] = []
        for (key, member) in slots {
            let isGiven = values[key] != nil
            if !isGiven && given.contains(member.id) { continue }
            let value = reader.tensor(key, shape: member.shape)
            if !isGiven { continue }
            changes.append((member, value))
            reader.shapes[member.id] = value.shape
        }
        return { for (member, value) in changes { member.set(value) } }
    }

    /// Where values are saved and loaded, in the order of the model.
    private func stateSlots() -> [(key: String, member: StateMember)] {
        var slots: [(key: String, member: StateMember)] = []
        walk(unique: false) { path, _, members in
            for (name, parameter) in members.parameters {
                parameter.setPath(path + name)
                slots.append((path + name, .parameter(parameter)))
            }
            for (name, buffer) in members.buffers where buffer.isPersistent {
                buffer.setPath(path + name)
                slots.append((path + name, .buffer(buffer)))
            }
        }
        return slots
    }
}

private enum StateMember {
    case parameter(Parameter)
    case buffer(Buffer)

    var id: ObjectIdentifier {
        switch self {
        case .parameter(let parameter): ObjectIdentifier(parameter)
        case .buffer(let buffer): ObjectIdentifier(buffer)
        }
    }

    var value: Tensor {
        switch self {
        case .parameter(let parameter): parameter.value
        case .buffer(let buffer): buffer.value
        }
    }

    var shape: Shape {
        switch self {
        case .parameter(let parameter): parameter.shape
        case .buffer(let buffer): buffer.shape
        }
    }

    var dtype: DType {
        switch self {
        case .parameter(let parameter): parameter.dtype
        case .buffer(let buffer): buffer.dtype
        }
    }

    func convert(to dtype: DType) {
        if self.dtype == dtype { return }
        switch self {
        case .parameter(let parameter): parameter.convert(to: dtype)
        case .buffer(let buffer): buffer.convert(to: dtype)
        }
    }

    func set(_ value: Tensor) {
        switch self {
        case .parameter(let parameter): parameter.value = value.detached.converted(to: parameter.dtype)
        case .buffer(let buffer): buffer.value = value.detached.converted(to: buffer.dtype)
        }
    }
}
