import CZlib

/// The CRC-32 of bytes that come piece by piece, as gzip, zip and PNG have it: zlib's, which reads some gigabytes a
/// second.
package struct Checksum {
    package private(set) var value: UInt32 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = UInt32(crc32_z(uLong(value), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }
}
