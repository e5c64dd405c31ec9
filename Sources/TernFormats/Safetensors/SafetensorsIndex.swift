/// The index of safetensors shards, `model.safetensors.index.json`: which file holds which tensor.
///
/// ```json
/// {"metadata": {"total_size": 16}, "weight_map": {"conv1.bias": "model-00001-of-00002.safetensors", ...}}
/// ```
struct SafetensorsIndex {
    /// The file of each tensor: a plain name, of a file beside the index.
    private(set) var files: [String: String] = [:]
    /// The strings and numbers of the metadata.
    private(set) var metadata: [String: String] = [:]
    /// The bytes of all values, if the index tells them.
    private(set) var totalSize: Int?

    init(contentsOf path: String) throws(FormatError) {
        let file = try InputFile(path)
        if file.size > SafetensorsHeader.maximumSize {
            let limit = "an index of at most \(SafetensorsHeader.maximumSize) bytes"
            throw FormatError(path, expected: limit, found: "\(file.size)")
        }
        let json = try FileSource(file).readBytes(file.size, expected: "an index of \(file.size) bytes")
        try self.init(json: json, file: path)
    }

    init(json: [UInt8], file: String) throws(FormatError) {
        var scanner = LiteralScanner(.json, json, file: file, base: 0)
        var fields: Set<String> = []
        try scanner.readObject("the index") { (field, scanner) throws(FormatError) in
            switch field {
            case "weight_map":
                try scanner.readObject("weight_map") { (name, scanner) throws(FormatError) in
                    let shard = try scanner.readString("the name of a file")
                    if !Self.isPlainName(shard) {
                        throw FormatError(
                            file, at: .key(name), expected: "the name of a file beside the index", found: quoted(shard))
                    }
                    return files.updateValue(shard, forKey: name) == nil
                }
            case "metadata":
                if scanner.skipNull() { break }
                try scanner.readObject("metadata") { (name, scanner) throws(FormatError) in
                    if name == "total_size" {
                        let isNew = totalSize == nil
                        totalSize = try scanner.readCount("total_size")
                        return isNew
                    }
                    guard let value = try scanner.readScalar() else { return metadata[name] == nil }
                    return metadata.updateValue(value, forKey: name) == nil
                }
            default: try scanner.skipValue()
            }
            return fields.insert(field).inserted
        }
        try scanner.expectEnd()
        if !fields.contains("weight_map") {
            throw FormatError(file, at: .key("weight_map"), expected: "the tensors' files by name", found: "none")
        }
    }

    /// Whether a name cannot lead out of the index's folder.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    init(files: [String: String], totalSize: Int, metadata: [String: String]) {
        self.files = files
        self.totalSize = totalSize
        self.metadata = metadata
    }

    /// The text of the index, as Hugging Face's libraries write it.
    var json: [UInt8] {
        func lines(_ members: [(String, String)]) -> String {
            let sorted = members.sorted { $0.0.unicodeScalars.lexicographicallyPrecedes($1.0.unicodeScalars) }
            return sorted.map { "    \(JSONText.string($0.0)): \($0.1)" }.joined(separator: ",\n")
        }
        let notes = metadata.map { ($0.key, JSONText.string($0.value)) } + [("total_size", "\(totalSize ?? 0)")]
        let map = files.isEmpty ? "{}" : "{\n\(lines(files.map { ($0.key, JSONText.string($0.value)) }))\n  }"
        return Array("{\n  \"metadata\": {\n\(lines(notes))\n  },\n  \"weight_map\": \(map)\n}\n".utf8)
    }
}
