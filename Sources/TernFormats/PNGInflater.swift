import CZlib

/// Decompression of a zlib stream (RFC 1950) in memory.
final class Inflater {
    private let file: String
    /// At a fixed address, because zlib keeps a pointer back to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(_ file: String) throws(FormatError) {
        self.file = file
        stream.initialize(to: z_stream())
        let status = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK {
            throw FormatError(file, expected: "memory to decompress", found: "zlib's error \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends what the bytes stand for to `output`, but at most `most` bytes.
    ///
    /// - Returns: whether the stream's end was reached, and its checksum was right.
    func inflate(_ input: [UInt8], into output: inout [UInt8], most: Int) throws(FormatError) -> Bool {
        let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: min(most, 1 << 16))
        defer { piece.deallocate() }
        return try input.withUnsafeBufferPointer { (input) throws(FormatError) in
            var consumed = 0
            while output.count < most {
                let fed = min(input.count - consumed, 1 << 30)
                let wanted = min(piece.count, most - output.count)
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + consumed })
                stream.pointee.avail_in = UInt32(fed)
                stream.pointee.next_out = piece.baseAddress
                stream.pointee.avail_out = UInt32(wanted)
                let status = CZlib.inflate(stream, Z_NO_FLUSH)
                let (used, count) = (fed - Int(stream.pointee.avail_in), wanted - Int(stream.pointee.avail_out))
                consumed += used
                output.append(contentsOf: piece[..<count])
                switch status {
                case Z_STREAM_END: return true
                case Z_OK, Z_BUF_ERROR: if used == 0 && count == 0 { return false }
                default:
                    let message = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
                    throw FormatError(file, at: .key("IDAT"), expected: "zlib data", found: "\(message) (zlib)")
                }
            }
            return false
        }
    }
}
