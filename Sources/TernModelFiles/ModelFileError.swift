import TernCore
import TernFormats
import TernNN

/// Why a model cannot be written to a file or made from one.
public enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read or written, or is no model file.
    case file(FormatError)
    /// The file was written by a newer version of Tern.
    case format(file: String, found: Int, known: Int)
    /// The file has layers of types that the catalogue does not have: all of them, with the places in the model.
    case unknownTypes(file: String, [String: [String]])
    /// A layer cannot be made of what the file says of it.
    case layer(file: String, path: String, type: String, reason: String)
    /// The tensors do not fit the layers.
    case values(file: String, StateDictionaryError)
    /// The model is of another type than was asked for.
    case kind(file: String, expected: String, found: String)
    /// The model has what a file could not give back.
    case unfit([String])

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .format(let file, let found, let known):
            "\(file): is of format \(found), and this version of Tern knows formats up to \(known)"
        case .unknownTypes(let file, let types): "\(file): has layers that the catalogue does not have:" + lines(types)
        case .layer(let file, let path, let type, let reason):
            "\(file): \(path.isEmpty ? "the model" : excerpt(path)) (\(excerpt(type))): \(reason)"
        case .values(let file, let error): "\(file): " + shortened("\(error)")
        case .kind(let file, let expected, let found): "\(file): expected a model of type \(expected), found a \(found)"
        case .unfit(let reasons):
            "the model cannot be written to a file that gives it back:" + reasons.map { "\n  " + $0 }.joined()
        }
    }
}

/// Each type with what to do about it.
private func lines(_ types: [String: [String]]) -> String {
    types.sorted { $0.key < $1.key }.prefix(50).map { type, paths in
        let parts = type.split(separator: ".", maxSplits: 1).map(String.init)
        let place = paths[0].isEmpty ? "the model" : "at \(excerpt(paths[0]))"
        let places = paths.count == 1 ? place : "\(place) and \(paths.count - 1) more"
        let advice =
            parts.count == 2 && parts.allSatisfy(isIdentifier)
            ? ": import \(parts[0]), and Catalogue.register(\(parts[1]).self)" : ""
        return "\n  \(excerpt(type)) (\(places))\(advice)"
    }.joined() + (types.count > 50 ? "\n  and \(types.count - 50) more" : "")
}

private func isIdentifier(_ text: String) -> Bool {
    text.count <= 80 && text.allSatisfy { $0 == "_" || $0 == "." || $0.isASCII && ($0.isLetter || $0.isNumber) }
}

/// So many lines of a message, and so much of each, as can be read.
private func shortened(_ message: String) -> String {
    let lines = message.split(separator: "\n")
    let shown = lines.prefix(20).map { $0.count > 300 ? $0.prefix(300) + " ..." : $0 }
    return (shown + (lines.count > 20 ? ["  and \(lines.count - 20) lines more"] : [])).joined(separator: "\n")
}

/// Of a file's text so much as fits a message.
private func excerpt(_ text: String) -> String {
    let line = String(text.prefix(80).map { $0.isNewline || $0.isASCII && $0.asciiValue! < 32 ? " " : $0 })
    return text.count > 80 ? line + "..." : line
}
