import Foundation
import TernTestSupport

func bytes(_ hexadecimal: String) -> [UInt8] {
    stride(from: 0, to: hexadecimal.count, by: 2).map { start in
        let digits = hexadecimal.dropFirst(start).prefix(2)
        return UInt8(digits, radix: 16)!
    }
}

/// The path of a file in the folder of goldens.
func goldenPath(_ name: String) -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return folder.appendingPathComponent("Goldens/\(name)").path
}

/// The bytes of a file in the folder of goldens.
func golden(_ name: String) throws -> [UInt8] { try bytes(ofFile: goldenPath(name)) }
