import TernFormats

/// Why an ONNX model cannot be read, run or written.
public enum ONNXError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file cannot be read or written, or is no ONNX file.
    case file(FormatError)
    /// The model has operators, or element types, that Tern does not have: all of them, with the nodes or values.
    case unsupported(file: String, [String: [String]])
    /// The graph does not hold together.
    case graph(file: String, node: String, reason: String)
    /// The inputs are not those of the model.
    case input(name: String, reason: String)
    /// An operator cannot be applied to what it got.
    case operation(node: String, type: String, reason: String)
    /// The model computes what ONNX has no operator for: all of them, with the modules that they ran in.
    case unexportable([String: [String]])

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .unsupported(let file, let names): "\(file): has what Tern does not have:" + lines(names)
        case .graph(let file, let node, let reason):
            "\(file): " + (node.isEmpty ? "" : "node \(excerpt(node)): ") + reason
        case .input(let name, let reason): "input \(excerpt(name)): \(reason)"
        case .operation(let node, let type, let reason): "node \(excerpt(node)) (\(excerpt(type))): \(reason)"
        case .unexportable(let names): "the model has operations that ONNX has no operators for:" + lines(names)
        }
    }
}

/// Each name, and the first of the places where it is.
private func lines(_ names: [String: [String]]) -> String {
    names.sorted { $0.key < $1.key }.prefix(50).map { name, places in
        let first = places.first.map { $0.isEmpty ? "the model" : excerpt($0) } ?? ""
        let others = places.count > 1 ? " and \(places.count - 1) more" : ""
        return "\n  \(excerpt(name)) (\(first)\(others))"
    }.joined() + (names.count > 50 ? "\n  and \(names.count - 50) more" : "")
}

/// Of a file's text so much as fits a message.
func excerpt(_ text: String) -> String {
    let line = String(text.prefix(80).map { $0.isNewline || $0.isASCII && $0.asciiValue! < 32 ? " " : $0 })
    return text.count > 80 ? line + "..." : line
}

/// Why an operator refuses; the interpreter says of which node.
struct Refusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
