import TernCore

/// Gives the values of one part of a checkpoint, and gathers all that is wrong with them.
///
/// A value that is missing or of another kind becomes a problem, and the call returns 0, "" or an empty tensor, so that
/// one pass finds everything.
public struct CheckpointReader {
    /// The names and values that the checkpoint has for this part.
    public let values: [String: CheckpointValue]
    /// What is wrong, in the order in which it was found.
    public private(set) var problems: [String] = []
    private var wasRead: Set<String> = []

    init(_ values: [String: CheckpointValue]) { self.values = values }

    /// - Parameter range: what it may be; by default a count that can go on growing.
    public mutating func integer(_ name: String, in range: ClosedRange<Int> = 0...(1 << 52)) -> Int {
        let bounds = range == 0...(1 << 52) ? "of at least 0" : "in \(range)"
        return read(name, "an integer \(bounds)", fallback: 0) { value in
            value.integer.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    public mutating func number(_ name: String) -> Double {
        read(name, "a number", fallback: 0) { $0.number }
    }

    public mutating func text(_ name: String) -> String {
        read(name, "a text", fallback: "") { $0.text }
    }

    /// - Parameters:
    ///   - shape: what it must be; -1 for any size.
    public mutating func tensor(_ name: String, dtype: DType? = nil, shape: Shape? = nil) -> Tensor {
        var expected = "a tensor"
        if let dtype { expected += " \(dtype)" }
        if let shape { expected += " \(shape)" }
        return read(name, expected, fallback: Tensor([] as [Float])) { value in
            guard let tensor = value.tensor, dtype == nil || dtype == tensor.dtype else { return nil }
            guard let shape else { return tensor }
            let fits = shape.count == tensor.rank && zip(shape, tensor.shape).allSatisfy { $0 == -1 || $0 == $1 }
            return fits ? tensor : nil
        }
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

    /// A value of any kind; nil, without a problem, if there is none.
    public mutating func value(_ name: String) -> CheckpointValue? {
        wasRead.insert(name)
        return values[name]
    }

    /// Leaves alone what has not been read.
    public mutating func ignoreTheRest() { wasRead.formUnion(values.keys) }

    /// Adds something that is wrong.
    public mutating func complain(_ problem: String) { problems.append(problem) }

    /// Adds the values that nobody asked for.
    mutating func complainOfTheRest() {
        let rest = values.keys.filter { !wasRead.contains($0) }.sorted()
        if !rest.isEmpty { problems.append("unexpected: " + rest.joined(separator: ", ")) }
    }

    private mutating func read<T>(
        _ name: String, _ expected: String, fallback: T, _ convert: (CheckpointValue) -> T?
    ) -> T {
        wasRead.insert(name)
        guard let value = values[name] else {
            problems.append("missing: \(name)")
            return fallback
        }
        if let result = convert(value) { return result }
        problems.append("\(name): expects \(expected), got \(value.kind)")
        return fallback
    }
}
