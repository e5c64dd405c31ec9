import Foundation
import Tern
import Testing

/// Calls `body` with the path of a new folder, which is removed afterwards.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func text(of path: String) throws -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

extension ExitTest.Result? {
    /// Whether the process stopped with this message.
    func expectMessage(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = self.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(text.contains("Fatal error: \(message)\n"), sourceLocation: sourceLocation)
    }
}

/// A small network with everything that makes going on difficult: random masks and running statistics.
final class SmallNet: Module {
    let first: Linear
    let norm = BatchNorm1d(6)
    let dropout = Dropout(0.3)
    let second = Linear(6, 3)

    /// - Parameter isLazy: let the first layer learn its input size from the first batch.
    init(isLazy: Bool = false) { first = isLazy ? Linear(6) : Linear(4, 6) }

    func forward(_ x: Tensor) -> Tensor { second(dropout(relu(norm(first(x))))) }
}
