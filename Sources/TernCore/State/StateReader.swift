/// Gives the values of a state, and gathers all that is wrong with them.
///
/// A value that is missing or of another kind becomes a problem, and the call returns 0, "" or an empty tensor, so that
/// one pass finds everything.
public struct StateReader {
    /// The names and values of the state.
    public let values: [String: StateValue]
    private var wasRead: Set<String> = []
    private var problems = StateDictionaryError(model: "")

    /// The shapes that parameters without a value will have when the states that were read are taken on.
    package var shapes: [ObjectIdentifier: Shape] = [:]

    package init(_ values: [String: StateValue]) { self.values = values }

    /// - Parameters:
    ///   - name: of the number in the state.
    ///   - range: what it may be; by default a count that can go on growing.
    public mutating func integer(_ name: String, in range: ClosedRange<Int> = 0...(1 << 52)) -> Int {
        let bounds = range == 0...(1 << 52) ? "of at least 0" : "in \(range)"
        return read(name, "an integer \(bounds)", fallback: 0) { value in
            value.integer.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number, which may be NaN or infinite.
    ///
    /// - Parameter name: of the number in the state.
    public mutating func number(_ name: String) -> Double {
        read(name, "a number", fallback: 0) { $0.number }
    }

    /// A text.
    ///
    /// - Parameter name: of the text in the state.
    public mutating func text(_ name: String) -> String {
        read(name, "a text", fallback: "") { $0.text }
    }

    /// - Parameters:
    ///   - name: of the tensor in the state.
    ///   - dtype: what it must be; any if `nil`.
    ///   - shape: what it must be; -1 for any size.
    public mutating func tensor(_ name: String, dtype: DType? = nil, shape: Shape? = nil) -> Tensor {
        let expected = "a tensor" + (dtype.map { " \($0)" } ?? "")
        let none = Tensor([] as [Float])
        let tensor = read(name, expected, fallback: none) { value in
            value.tensor.flatMap { dtype == nil || dtype == $0.dtype ? $0 : nil }
        }
        guard let shape, let found = values[name]?.tensor?.shape else { return tensor }
        if found.count == shape.count && zip(shape, found).allSatisfy({ $0 == -1 || $0 == $1 }) { return tensor }
        problems.mismatched.append(.init(key: name, expected: shape, found: found))
        return none
    }

    /// All tensors whose names begin with `prefix`, by the rest of their names.
    public mutating func tensors(prefix: String = "") -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, value) in values where name.hasPrefix(prefix) {
            guard case .tensor(let tensor) = value else { continue }
            wasRead.insert(name)
            result[String(name.dropFirst(prefix.count))] = tensor
        }
        return result
    }

    /// Reads the values whose names begin with `prefix`, by the rest of their names: the state of a part, say.
    ///
    /// ```swift
    /// let change = reader.part("encoder.") { encoder.restoring(from: &$0) }
    /// ```
    public mutating func part<T>(_ prefix: String, _ body: (inout StateReader) -> T) -> T {
        let names = values.keys.filter { $0.hasPrefix(prefix) }
        var part = StateReader(
            Dictionary(uniqueKeysWithValues: names.map { (String($0.dropFirst(prefix.count)), values[$0]!) }))
        part.shapes = shapes
        defer {
            shapes = part.shapes
            wasRead.formUnion(part.wasRead.map { prefix + $0 })
            problems.missing += part.problems.missing.map { prefix + $0 }
            problems.mismatched += part.problems.mismatched.map {
                .init(key: prefix + $0.key, expected: $0.expected, found: $0.found)
            }
            problems.invalid += part.problems.invalid.map { prefix + $0 }
        }
        return body(&part)
    }

    /// A value of any kind; nil, without a problem, if there is none.
    public mutating func value(_ name: String) -> StateValue? {
        wasRead.insert(name)
        return values[name]
    }

    /// Leaves alone what has not been read.
    public mutating func ignoreTheRest() { wasRead.formUnion(values.keys) }

    /// Adds something that is wrong.
    public mutating func complain(_ problem: String) { problems.invalid.append(problem) }

    /// Whether all that has been read fits.
    package var isFine: Bool { problems.isEmpty }

    /// All that is wrong, values that nobody asked for included.
    package func error(_ model: String) -> StateDictionaryError {
        var error = problems
        error.model = model
        error.unexpected = values.keys.filter { !wasRead.contains($0) }.sorted()
        return error
    }

    private mutating func read<T>(
        _ name: String, _ expected: String, fallback: T, _ convert: (StateValue) -> T?
    ) -> T {
        wasRead.insert(name)
        guard let value = values[name] else {
            problems.missing.append(name)
            return fallback
        }
        if let result = convert(value) { return result }
        complain("\(name): expects \(expected), got \(value.kind)")
        return fallback
    }
}
