/// The CRC-32C (Castagnoli) of bytes, as TensorBoard's files have it: `crc32c("123456789")` is E3069283. (zlib's and PNG's
/// CRC-32 has another polynomial.)
///
/// Eight bytes a step through eight tables (M. Kounavis, F. Berry, "Novel Table Lookup-Based Algorithms for
/// High-Performance CRC Generation", 2008).
func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    tables.withUnsafeBufferPointer { tables in
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
            crc = 0
            for byte in 0..<8 {
                crc ^= tables[256 * (7 - byte) + Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 0xFF)]
            }
            index += 8
        }
        while index < bytes.count {
            crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
    }
    return ~crc
}

/// The checksum of a record's length or data: turned and shifted, because a CRC of bytes that hold their own CRC is weak.
func maskedCRC32C(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let crc = crc32c(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
}

/// `tables[256 * k + b]`: what byte `b` does to the remainder when `k` zero bytes follow it.
private let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
        var crc = UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        tables[byte] = crc
    }
    for index in 256..<8 * 256 {
        let before = tables[index - 256]
        tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
}()
