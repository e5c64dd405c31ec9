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
    /// - Parameter strict: whether missing and unexpected keys are errors.
    /// - Returns: the missing and the unexpected keys, both empty if `strict`.
    /// - Throws: ``StateDictionaryError`` with all that does not fit: missing and unexpected keys (if `strict`) and
    ///   tensors of other shapes than the model's (always).
    @discardableResult
    public func loadStateDictionary(
        _ state: [String: Tensor], strict: Bool = true
    ) throws(StateDictionaryError) -> (missing: [String], unexpected: [String]) {
        let slots = stateSlots()
        let error = problems(of: state, slots)
        if !error.mismatched.isEmpty || strict && !(error.missing.isEmpty && error.unexpected.isEmpty) {
            throw strict ? error : StateDictionaryError(model: typeName, mismatched: error.mismatched)
        }
        for slot in slots { if let value = state[slot.key] { slot.member.set(value) } }
        return (error.missing, error.unexpected)
    }

    /// Why `loadStateDictionary` would throw for `state`, with all that does not fit; nil if it would not.
    package func stateDictionaryError(_ state: [String: Tensor]) -> StateDictionaryError? {
        let error = problems(of: state, stateSlots())
        return error.isEmpty ? nil : error
    }

    private func problems(
        of state: [String: Tensor], _ slots: [(key: String, member: StateMember)]
    ) -> StateDictionaryError {
        var missing: [String] = []
        var mismatched: [StateDictionaryError.Mismatch] = []
        let given = Set(slots.lazy.filter { state[$0.key] != nil }.map(\.member.id))
        for slot in slots {
            guard let value = state[slot.key] else {
                if !given.contains(slot.member.id) { missing.append(slot.key) }
                continue
            }
            if !fits(value.shape, slot.member.shape) {
                mismatched.append(.init(key: slot.key, expected: slot.member.shape, found: value.shape))
            }
        }
        let unexpected = Set(state.keys).subtracting(slots.map(\.key)).sorted()
        return StateDictionaryError(
            model: typeName, missing: missing, unexpected: unexpected, mismatched: mismatched)
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

    /// Whether a value of `found` can be one of `expected`, where -1 is any size.
    private func fits(_ found: Shape, _ expected: Shape) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { $0 == $1 || $1 == -1 }
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

    func set(_ value: Tensor) {
        switch self {
        case .parameter(let parameter): parameter.value = value.detached.converted(to: parameter.dtype)
        case .buffer(let buffer): buffer.value = value.detached.converted(to: buffer.dtype)
        }
    }
}

/// Why a state dictionary does not fit a model: everything that is wrong with it.
public struct StateDictionaryError: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Mismatch: Equatable, Sendable {
        public var key: String
        /// The shape in the model; -1 for a size that it does not know yet.
        public var expected: Shape
        /// The shape in the dictionary.
        public var found: Shape

        public init(key: String, expected: Shape, found: Shape) {
            self.key = key
            self.expected = expected
            self.found = found
        }
    }

    /// The type of the model.
    public var model: String
    /// Keys of the model that the dictionary lacks, in the order of the model.
    public var missing: [String]
    /// Keys of the dictionary that the model lacks, sorted.
    public var unexpected: [String]
    public var mismatched: [Mismatch]
    /// Keys whose value cannot be one, with the reason: `weight.step: expects ..., got ...`.
    public var invalid: [String]

    public init(
        model: String, missing: [String] = [], unexpected: [String] = [], mismatched: [Mismatch] = [],
        invalid: [String] = []
    ) {
        self.model = model
        self.missing = missing
        self.unexpected = unexpected
        self.mismatched = mismatched
        self.invalid = invalid
    }

    package var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty && invalid.isEmpty }

    public var description: String {
        (["cannot load the state dictionary into \(model):"] + problems).joined(separator: "\n  ")
    }

    /// All that is wrong, each in a line.
    package var problems: [String] {
        var lines: [String] = []
        if !missing.isEmpty { lines.append("missing: " + missing.joined(separator: ", ")) }
        if !unexpected.isEmpty { lines.append("unexpected: " + unexpected.joined(separator: ", ")) }
        for mismatch in mismatched {
            lines.append("\(mismatch.key): the model has \(mismatch.expected), the dictionary \(mismatch.found)")
        }
        return lines + invalid
    }
}
