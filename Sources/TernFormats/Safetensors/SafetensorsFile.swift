import TernCore

/// A safetensors file, open for reading: named tensors and metadata.
///
/// ```swift
/// let file = try SafetensorsFile(contentsOf: "lenet.safetensors")
/// file.names                                  // ["conv1.weight", "conv1.bias", ...]
/// let weight = try file.tensor(named: "conv1.weight")
/// ```
///
/// Opening reads and checks the header alone: the values of a tensor are read when it is asked for, by any thread.
/// Source: <https://github.com/huggingface/safetensors>.
public final class SafetensorsFile: Sendable {
    /// The file's own notes: strings by name.
    public let metadata: [String: String]
    /// The names of the tensors in the order of their data in the file.
    public let names: [String]

    private let entries: [String: SafetensorsHeader.Entry]
    private let file: InputFile
    /// The offset of the data in the file.
    private let dataStart: Int

    /// The bytes of all values.
    var dataSize: Int { file.size - dataStart }

    /// Opens the file at `path`.
    ///
    /// - Throws: `FormatError` if it is not readable, or if anything in its header does not hold: the length, the JSON
    ///   text, a name given twice, a type, a size that is not that of the shape, holes, overlaps, missing or additional
    ///   bytes.
    public init(contentsOf path: String) throws(FormatError) {
        file = try InputFile(path)
        let source = FileSource(file)
        let prefix = try source.readBytes(8, expected: "the 8 bytes of the header's length")
        let size = prefix.uint64(0)
        guard size <= SafetensorsHeader.maximumSize, Int(size) <= source.remainingAtMost else {
            if let kind = FileKind.name(of: prefix) {
                throw FormatError(path, expected: "a safetensors file", found: kind)
            }
            let limit = min(SafetensorsHeader.maximumSize, source.remainingAtMost)
            throw FormatError(path, at: .offset(0), expected: "a header of at most \(limit) bytes", found: "\(size)")
        }
        let json = try source.readBytes(Int(size), expected: "a header of \(size) bytes")
        let header = try SafetensorsHeader(json: json, dataSize: source.remainingAtMost, file: path)
        dataStart = source.position
        metadata = header.metadata
        names = header.names
        entries = header.entries
    }

    /// The type and shape of a tensor, without its values: nil if there is none of this name.
    public func entry(named name: String) -> (type: SafetensorsType, shape: [Int])? {
        entries[name].map { ($0.type, $0.shape) }
    }

    /// Reads a tensor.
    ///
    /// - Parameters:
    ///   - name: the tensor's.
    ///   - widening: whether F16 and BF16 values become float32.
    /// - Throws: `FormatError` if there is no such name, if Tern has no such type or rank, or if the file can no longer
    ///   be read.
    public func tensor(named name: String, widening: Bool = false) throws(FormatError) -> Tensor {
        guard let entry = entries[name] else {
            throw FormatError(
                file.path, at: .key(name), expected: "a tensor of this name", found: "none among \(names.count)")
        }
        guard let dtype = entry.type.dtype else {
            throw FormatError(
                file.path, at: .key(name), expected: "a type of Tern's", found: entry.type.rawValue)
        }
        guard let shape = checkedShape(entry.shape) else {
            let rank = entry.shape.count
            let limit = "at most \(Shape.maximumRank) dimensions of a possible size"
            throw FormatError(
                file.path, at: .key(name), expected: limit,
                found: rank > Shape.maximumRank ? "\(rank)" : "\(entry.shape)")
        }
        let stored = try Tensor(shape: shape, dtype: dtype) { (values) throws(FormatError) in
            try read(entry, name, dtype, into: values)
        }
        return stored.widened(widening)
    }

    /// Reads all tensors, by name.
    public func tensors(widening: Bool = false) throws(FormatError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in names { result[name] = try tensor(named: name, widening: widening) }
        return result
    }

    private func read(
        _ entry: SafetensorsHeader.Entry, _ name: String, _ dtype: DType, into values: UnsafeMutableRawBufferPointer
    ) throws(FormatError) {
        let count = try file.read(at: dataStart + entry.range.lowerBound, into: values)
        if count != values.count {
            throw FormatError(
                file.path, at: .key(name), expected: "\(values.count) bytes of values",
                found: "\(count) and the end of the file")
        }
        if let wrong = dtype.settle(values, isBigEndian: false) {
            throw FormatError(
                file.path, at: .key(name), expected: wrong.expected, found: "\(wrong.found) at index \(wrong.index)")
        }
    }
}
