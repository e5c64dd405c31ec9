import Foundation
import TernFormats

/// Reads a small file of JSON.
func readJSON<T: Decodable>(_ type: T.Type, from path: String) throws(FormatError) -> T {
    let bytes = try contents(ofFile: path, expected: "JSON")
    do {
        return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
        throw formatError(error, path)
    } catch {
        throw FormatError(path, expected: "JSON", found: "\(error)")
    }
}

private func formatError(_ error: DecodingError, _ path: String) -> FormatError {
    func place(_ context: DecodingError.Context) -> FormatError.Place {
        let key = context.codingPath.map(\.stringValue).joined(separator: ".")
        return key.isEmpty ? .file : .key(key)
    }
    switch error {
    case .typeMismatch(let type, let context):
        return FormatError(path, at: place(context), expected: "\(type)", found: "another type")
    case .valueNotFound(let type, let context):
        return FormatError(path, at: place(context), expected: "\(type)", found: "null")
    case .keyNotFound(let key, let context):
        return FormatError(path, at: place(context), expected: "a member \"\(key.stringValue)\"", found: "none")
    case .dataCorrupted: return FormatError(path, expected: "JSON", found: "other bytes")
    @unknown default: return FormatError(path, expected: "JSON", found: "other bytes")
    }
}

/// Writes JSON whole or not at all, with its keys in order.
func writeJSON(_ value: some Encodable, to path: String) throws(FormatError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
        throw FormatError(path, expected: "a value that JSON can hold", found: "another")
    }
    let file = try OutputFile(path)
    try file.append([UInt8](data) + [UInt8(ascii: "\n")])
    try file.commit()
}
