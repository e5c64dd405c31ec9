/// Something with a state that can be saved and restored: a model, an optimizer of it, a scheduler, a random generator, a
/// metric, a history, and whatever a user adds. Checkpoints are made of such parts.
///
/// ```swift
/// final class Curriculum: Stateful {
///     var stage = 0
///
///     var savedState: [String: StateValue] { ["stage": .integer(stage)] }
///
///     func restoring(from reader: inout StateReader) -> () -> Void {
///         let stage = reader.integer("stage", in: 0...5)
///         return { self.stage = stage }
///     }
/// }
///
/// training.keep(Curriculum(), as: "curriculum")
/// ```
public protocol Stateful {
    /// The state as it is now, by names of its own.
    var savedState: [String: StateValue] { get }

    /// Reads a state and checks it, without changing anything yet: what does not fit is told to the reader, which also
    /// notices values that are missing or that were not read.
    ///
    /// - Returns: what takes the state on. It is called if everything has turned out to fit, in a checkpoint the other
    ///   parts included.
    func restoring(from reader: inout StateReader) -> () -> Void
}

extension Stateful {
    /// Goes on from a state that ``savedState`` gave. Everything is checked before anything is changed.
    ///
    /// - Throws: ``StateDictionaryError`` with all that does not fit.
    public func restore(_ state: [String: StateValue]) throws(StateDictionaryError) {
        var reader = StateReader(state)
        let change = restoring(from: &reader)
        let error = reader.error("\(Self.self)")
        if !error.isEmpty { throw error }
        change()
    }
}

/// Why a state does not fit: everything that is wrong with it.
public struct StateDictionaryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A tensor of another shape than the model's.
    public struct Mismatch: Equatable, Sendable {
        /// The tensor's name.
        public var key: String
        /// The shape that it must have; -1 for a size that is not known yet.
        public var expected: Shape
        /// The shape in the state.
        public var found: Shape

        /// - Parameters:
        ///   - key: the tensor's name.
        ///   - expected: the shape that it must have; -1 for a size that is not known yet.
        ///   - found: the shape in the state.
        public init(key: String, expected: Shape, found: Shape) {
            self.key = key
            self.expected = expected
            self.found = found
        }
    }

    /// The type of the model, or of what else the state is for.
    public var model: String
    /// Keys that the state lacks, in the order of the model.
    public var missing: [String]
    /// Keys of the state that the model lacks, sorted.
    public var unexpected: [String]
    /// Tensors of other shapes than the model's.
    public var mismatched: [Mismatch]
    /// What else is wrong: `weight.step: expects ..., got ...`.
    public var invalid: [String]

    /// - Parameters:
    ///   - model: the type of the model.
    ///   - missing: keys that the state lacks.
    ///   - unexpected: keys of the state that the model lacks.
    ///   - mismatched: tensors of other shapes.
    ///   - invalid: what else is wrong.
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
            lines.append("\(mismatch.key): expects \(mismatch.expected), got \(mismatch.found)")
        }
        return lines + invalid
    }
}
