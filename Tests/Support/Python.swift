import Foundation
import Testing

/// The Python that `TERN_PYTHON` names, for tests that hold Tern against other libraries. Without it they are skipped.
public enum Python {
    private static let path = ProcessInfo.processInfo.environment["TERN_PYTHON"]

    /// Whether there is a Python that has these modules.
    public static func has(_ modules: String...) -> Bool {
        if path == nil { return false }
        let names = modules.map { "'\($0)'" }.joined(separator: ", ")
        let script = "import importlib.util as u; print(all(u.find_spec(m) is not None for m in [\(names)]))"
        return (try? run(script)) == "True\n"
    }

    /// What a script prints; it must succeed. `arguments` are its `sys.argv[1:]`.
    public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        try launch(["-c", script] + arguments)
    }

    /// What the script in a file prints; it must succeed.
    public static func run(file: String, _ arguments: [String]) throws -> String { try launch([file] + arguments) }

    private static func launch(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the script failed")
        return text
    }
}
