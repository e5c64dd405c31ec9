import TernCore

extension SafetensorsFile {
    /// Writes tensors to a safetensors file, whole or not at all: if anything fails, a file that was at `path` stays as
    /// it was.
    ///
    /// ```swift
    /// try SafetensorsFile.write(["weight": weight, "bias": bias], metadata: ["format": "pt"], to: "layer.safetensors")
    /// ```
    ///
    /// The bytes are those that the reference library writes, and depend on the contents alone.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
    ) throws(FormatError) {
        let entries = tensors.mapValues { (dtype: $0.dtype, shape: $0.shape) }
        try write(entries, metadata: metadata, to: path) { name throws(FormatError) in tensors[name]! }
    }

    /// Writes tensors that need not be in memory together: only their types and shapes are told first, and `tensor` is
    /// asked for one after the other.
    ///
    /// ```swift
    /// // A copy of a file of any size with other names:
    /// try SafetensorsFile.write(entries, to: "renamed.safetensors") { name throws(FormatError) in
    ///     try source.tensor(named: oldNames[name]!)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - entries: type and shape by name.
    ///   - metadata: notes for the file.
    ///   - path: of the file.
    ///   - tensor: must give the type and shape that the entry of this name tells. An error that it throws leaves a
    ///     file that was at `path` as it was.
    public static func write(
        _ entries: [String: (dtype: DType, shape: Shape)], metadata: [String: String] = [:], to path: String,
        tensor: (_ name: String) throws(FormatError) -> Tensor
    ) throws(FormatError) {
        let layout = try SafetensorsLayout(entries, metadata: metadata, file: path)
        let file = try OutputFile(path)
        try layout.write(to: file, tensor: tensor)
        try file.commit()
    }
}

/// What a safetensors file will look like.
struct SafetensorsLayout {
    private let entries: [(key: String, value: (dtype: DType, shape: Shape))]
    /// The length of the JSON text and the text.
    private let header: [UInt8]
    let dataSize: Int

    init(_ entries: [String: (dtype: DType, shape: Shape)], metadata: [String: String], file: String)
        throws(FormatError)
    {
        // Wide types first, so that the values of each are aligned for their type.
        self.entries = entries.sorted {
            let (left, right) = (SafetensorsType($0.value.dtype).rank, SafetensorsType($1.value.dtype).rank)
            return left != right ? left > right : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        var members = metadata.isEmpty ? [] : ["\"__metadata__\":" + JSONText.object(metadata)]
        var end = 0
        for (name, entry) in self.entries {
            if name == "__metadata__" {
                throw FormatError(file, at: .key(name), expected: "another name for a tensor", found: "the metadata's")
            }
            let start = end
            end += entry.shape.elements * entry.dtype.byteCount
            let shape = entry.shape.map(String.init).joined(separator: ",")
            let type = SafetensorsType(entry.dtype).rawValue
            members.append(
                "\(JSONText.string(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}"
            )
        }
        dataSize = end
        let json = Array(("{" + members.joined(separator: ",") + "}").utf8)
        let size = (json.count + 7) / 8 * 8
        if size > SafetensorsHeader.maximumSize {
            let limit = "a header of at most \(SafetensorsHeader.maximumSize) bytes"
            throw FormatError(file, expected: limit, found: "\(size)")
        }
        var header: [UInt8] = []
        header.appendLittleEndian(UInt64(size))
        header += json + Array(repeating: UInt8(ascii: " "), count: size - json.count)
        self.header = header
    }

    func write(
        to file: borrowing OutputFile, tensor: (_ name: String) throws(FormatError) -> Tensor
    ) throws(FormatError) {
        try file.append(header)
        for (name, entry) in entries {
            let tensor = try tensor(name)
            if tensor.dtype != entry.dtype || tensor.shape != entry.shape {
                mistake(
                    "SafetensorsFile.write",
                    "expects \(entry.dtype) \(entry.shape) for \"\(name)\", got \(tensor.dtype) \(tensor.shape)")
            }
            try file.append(tensor)
        }
    }
}

extension OutputFile {
    /// The elements in row-major order.
    func append(_ tensor: Tensor) throws(FormatError) {
        try tensor.withUnsafeBytes { bytes in Result { () throws(FormatError) in try append(bytes) } }.get()
    }
}
