import Foundation

/// Folders of this package, for tests that hold a table against what the sources declare.
public enum Sources {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of each Swift file below folders such as `Sources/TernLosses`.
    public static func texts(below folders: String...) throws -> [String] {
        try folders.flatMap { folder in
            let folder = root.appendingPathComponent(folder)
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
                .map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
        }
    }

    /// The names of the public functions of operations and losses, operators among them.
    public static func operations() throws -> Set<String> {
        var names: Set<String> = []
        for text in try texts(below: "Sources/TernCore/Ops", "Sources/TernLosses") {
            for match in text.matches(of: /(?m)^ *public (?:static |prefix )*func (\w+|[^\s\w(]+)/) {
                names.insert(String(match.1))
            }
        }
        return names
    }
}
