import Foundation
import Testing

/// Calls `body` with the path of a new folder, which is removed afterwards.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func bytes(_ hexadecimal: String) -> [UInt8] {
    stride(from: 0, to: hexadecimal.count, by: 2).map { start in
        let digits = hexadecimal.dropFirst(start).prefix(2)
        return UInt8(digits, radix: 16)!
    }
}

/// The bytes of a file in the folder of goldens.
func golden(_ name: String, source: String = #filePath) throws -> [UInt8] {
    try [UInt8](
        Data(
            contentsOf: URL(fileURLWithPath: source).deletingLastPathComponent().appendingPathComponent(
                "Goldens/" + name)))
}

func bytes(ofFile path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
