import TernCore
import TernFormats

/// The state of a training at one moment, as a value: parts (the model, the optimizer, a history ...) of named numbers,
/// texts and tensors.
///
/// ```swift
/// let training = TrainingState(model: model, optimizer: optimizer)
/// try training.checkpoint().write(to: "lenet.safetensors")
/// ...
/// try training.restore(Checkpoint(contentsOf: "lenet.safetensors"))
/// ```
///
/// ``TrainingState`` makes and takes checkpoints, ``CheckpointFolder`` keeps those of a run. In the file a tensor is
/// named after its part, `model.conv1.weight`; the rest is in the metadata, so that other tools that know safetensors
/// show everything. A checkpoint is written whole or not at all, and a checksum tells whether it is as it was written.
public struct Checkpoint: Equatable, Sendable {
    /// The values of each part, by its name.
    public internal(set) var parts: [String: [String: StateValue]]
    /// The path it was read from, for messages.
    public private(set) var source = "checkpoint"

    /// The format that this version writes, and the latest that it reads.
    static let version = 1

    /// - Parameter parts: their names are not empty, hold neither a dot nor a line break, and are not `tern`.
    public init(parts: [String: [String: StateValue]] = [:]) {
        for name in parts.keys { checkPartName(name, "Checkpoint") }
        self.parts = parts
    }

    public static func == (lhs: Checkpoint, rhs: Checkpoint) -> Bool { lhs.parts == rhs.parts }

    /// Writes the checkpoint: to a temporary file, which takes the name when all has reached the disk.
    ///
    /// - Throws: ``CheckpointError/file(_:)``; a file that was at `path` is then as it was.
    public func write(to path: String) throws(CheckpointError) {
        var tensors: [String: Tensor] = [:]
        var metadata = [Key.version: "\(Self.version)", Key.parts: parts.keys.sorted().joined(separator: "\n")]
        for (part, values) in parts {
            for (name, value) in values {
                if let tensor = value.tensor { tensors["\(part).\(name)"] = tensor }
                if let text = value.metadata { metadata["\(part).\(name)"] = text }
            }
        }
        metadata[Key.checksum] = Self.checksum(tensors, metadata)
        do throws(FormatError) {
            try SafetensorsFile.write(tensors, metadata: metadata, to: path)
        } catch {
            throw .file(error)
        }
    }

    /// Reads a checkpoint and checks that it is as it was written.
    ///
    /// - Throws: ``CheckpointError/file(_:)`` and ``CheckpointError/version(file:found:known:)``.
    public init(contentsOf path: String) throws(CheckpointError) {
        let version: Int
        do throws(FormatError) {
            let file = try SafetensorsFile(contentsOf: path)
            version = try Self.version(of: file, path)
            parts = version <= Self.version ? try Self.parts(of: file, path) : [:]
        } catch {
            throw .file(error)
        }
        if version > Self.version { throw .version(file: path, found: version, known: Self.version) }
        source = path
    }

    private static func version(of file: SafetensorsFile, _ path: String) throws(FormatError) -> Int {
        guard let text = file.metadata[Key.version] else {
            throw FormatError(path, expected: "a checkpoint of Tern", found: "another safetensors file")
        }
        guard let version = Int(text), version >= 1 else {
            throw FormatError(path, at: .key(Key.version), expected: "a version from 1 on", found: "\"\(text)\"")
        }
        return version
    }

    private static func parts(
        of file: SafetensorsFile, _ path: String
    ) throws(FormatError) -> [String: [String: StateValue]] {
        let tensors = try file.tensors()
        var metadata = file.metadata
        let (stated, actual) = (metadata.removeValue(forKey: Key.checksum), checksum(tensors, metadata))
        if stated != actual {
            throw FormatError(
                path, expected: "contents with the checksum \(stated ?? "of a checkpoint")", found: "\(actual)")
        }
        var parts: [String: [String: StateValue]] = [:]
        for name in (metadata[Key.parts] ?? "").split(separator: "\n") { parts[String(name)] = [:] }
        func add(_ key: String, _ value: StateValue?) throws(FormatError) {
            let pieces = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let value, pieces.count == 2, parts[pieces[0]]?.updateValue(value, forKey: pieces[1]) == nil else {
                throw FormatError(
                    path, at: .key(key), expected: "a value of one of the checkpoint's parts", found: "none")
            }
        }
        for (name, tensor) in tensors { try add(name, .tensor(tensor)) }
        for (key, text) in metadata where !Key.all.contains(key) { try add(key, StateValue(metadata: text)) }
        return parts
    }

    /// The CRC-32 over everything, in an order of its own.
    private static func checksum(_ tensors: [String: Tensor], _ metadata: [String: String]) -> String {
        var checksum = CRC32()
        func add(_ texts: String...) { for text in texts { checksum.append(Array("\(text.utf8.count):\(text)".utf8)) } }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { add(key, value) }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            add(name, "\(tensor.dtype)", "\(tensor.shape)")
            tensor.withUnsafeBytes { checksum.append($0) }
        }
        return "crc32 " + digits(checksum.value, 8, radix: 16)
    }

    /// The entries of the metadata that belong to no part.
    private enum Key {
        static let version = "tern.checkpoint"
        static let parts = "tern.parts"
        static let checksum = "tern.checksum"
        static let all = [version, parts]
    }
}

extension StateValue {
    /// The value that a text in the metadata stands for; nil for a tensor.
    var metadata: String? {
        switch self {
        case .integer(let value): "integer \(value)"
        case .number(let value): "number \(value)"
        case .text(let value): "text \(value)"
        case .tensor: nil
        }
    }

    init?(metadata text: String) {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let rest = text[text.index(after: space)...]
        switch text[..<space] {
        case "integer":
            guard let value = Int(rest) else { return nil }
            self = .integer(value)
        case "number":
            guard let value = Double(rest) else { return nil }
            self = .number(value)
        case "text": self = .text(String(rest))
        default: return nil
        }
    }
}

func checkPartName(_ name: String, _ operation: String) {
    if name.isEmpty || name.contains(where: { $0 == "." || $0.isNewline }) || name == "tern" {
        mistake(operation, "expects a part's name that is not empty, has no dot and is not 'tern', got '\(name)'")
    }
}

extension CRC32 {
    fileprivate mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }
}
