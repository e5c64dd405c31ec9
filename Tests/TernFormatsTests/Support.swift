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

/// Random numbers that are the same in each run (SplitMix64).
struct FixedRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// A copy of the bytes with one to four of these changes: a bit flipped, a byte set, a piece removed or repeated.
    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &self)
            let end = min(index + Int.random(in: 1...8, using: &self), bytes.count)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 2: bytes[index] = Array("0179{}[]\",:-.eE\\u".utf8).randomElement(using: &self)!
            case 3: bytes.removeSubrange(index..<end)
            default: bytes.insert(contentsOf: bytes[index..<end], at: index)
            }
        }
        return bytes
    }
}

func bytes(ofFile path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
