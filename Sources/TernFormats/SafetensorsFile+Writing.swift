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
        // Wide types first, so that the values of each are aligned for their type.
        let order = tensors.sorted {
            let (left, right) = ($0.value.dtype.safetensorsRank, $1.value.dtype.safetensorsRank)
            return left != right ? left > right : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        let header = try header(order, metadata, path)
        let file = try OutputFile(path)
        let size = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        try file.append(size + header)
        for (_, tensor) in order { try file.append(tensor) }
        try file.commit()
    }

    private static func header(
        _ tensors: [(key: String, value: Tensor)], _ metadata: [String: String], _ path: String
    ) throws(FormatError) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let notes = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            members.append(
                "\"__metadata__\":{" + notes.map { json($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}")
        }
        var end = 0
        for (name, tensor) in tensors {
            if name == "__metadata__" {
                throw FormatError(path, at: .key(name), expected: "another name for a tensor", found: "the metadata's")
            }
            let start = end
            end += tensor.count * tensor.dtype.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let type = tensor.dtype.safetensorsType.rawValue
            members.append(
                "\(json(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}")
        }
        var header = Array(("{" + members.joined(separator: ",") + "}").utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        if header.count > SafetensorsHeader.maximumSize {
            let limit = "a header of at most \(SafetensorsHeader.maximumSize) bytes"
            throw FormatError(path, expected: limit, found: "\(header.count)")
        }
        return header
    }

    /// A string in quotes.
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension OutputFile {
    fileprivate func append(_ bytes: [UInt8]) throws(FormatError) {
        try bytes.withUnsafeBytes { bytes in Result { () throws(FormatError) in try append(bytes) } }.get()
    }

    fileprivate func append(_ tensor: Tensor) throws(FormatError) {
        try tensor.withUnsafeBytes { bytes in Result { () throws(FormatError) in try append(bytes) } }.get()
    }
}

extension DType {
    var safetensorsType: SafetensorsType {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .int32: .int32
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        }
    }

    /// The place of the type in the order of the reference's types.
    fileprivate var safetensorsRank: Int { SafetensorsType.allCases.firstIndex(of: safetensorsType)! }
}
