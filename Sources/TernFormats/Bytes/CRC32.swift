import CZlib

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
