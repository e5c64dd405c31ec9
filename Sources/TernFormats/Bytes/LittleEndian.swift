import CZlib

extension [UInt8] {
    /// The little-endian number at an offset, which must be followed by enough bytes.
    func uint16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }

    func uint32(_ offset: Int) -> UInt32 { UInt32(uint16(offset)) | UInt32(uint16(offset + 2)) << 16 }

    func uint64(_ offset: Int) -> UInt64 { UInt64(uint32(offset)) | UInt64(uint32(offset + 4)) << 32 }

    mutating func appendLittleEndian(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}

/// The checksum of gzip, ZIP and PNG.
package struct CRC32 {
    package private(set) var value: UInt32 = 0

    package init() {}

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // zlib takes a nil start as the wish for the initial value.
        guard let start = bytes.baseAddress else { return }
        value = UInt32(crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}

extension RandomAccess {
    /// So many bytes from an offset on.
    func bytes(at offset: Int, count: Int, _ expected: String) throws(FormatError) -> [UInt8] {
        guard offset >= 0, count <= size - offset else {
            throw FormatError(
                path, at: .offset(offset), expected: expected, found: "\(max(0, size - offset)) bytes and the end")
        }
        return try RangeSource(self, offset..<offset + count).readBytes(count, expected: expected)
    }
}

/// A part of a file.
final class RangeSource: ByteSource {
    private let file: any RandomAccess
    private let range: Range<Int>
    private var read = 0

    init(_ file: any RandomAccess, _ range: Range<Int>) {
        self.file = file
        self.range = range
    }

    var name: String { file.path }
    /// Counted in the file, for errors.
    var position: Int { range.lowerBound + read }
    var remainingAtMost: Int { range.count - read }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(remainingAtMost))
        let count = try file.read(at: position, into: wanted)
        read += count
        return count
    }
}
