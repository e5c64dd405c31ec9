import CZlib
import TernCore

/// Compression, piece by piece, into a deflate stream.
struct Deflater: ~Copyable {
    /// At a fixed address, because zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    /// - Parameter level: from 0, not compressed, to 9, smallest.
    init(_ format: DeflateFormat, level: Int) {
        if !(0...9).contains(level) { mistake("compress", "level must be in 0...9, got \(level)") }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        // The parameters are right, so it can only be that there is no memory left, which ends any Swift program.
        if status != Z_OK { mistake("compress", "found no memory") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses bytes, and hands on what has become ready of the stream.
    ///
    /// - Parameter isLast: whether the stream ends with these.
    func append(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, to write: (UnsafeRawBufferPointer) throws(FormatError) -> Void
    ) throws(FormatError) {
        var start = 0
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(1 << 30))
            start += piece.count
            // zlib does not write to its input.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece.count)
            let flush = isLast && start == bytes.count ? Z_FINISH : Z_NO_FLUSH
            repeat {
                stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(output.count)
                _ = deflate(stream, flush)
                let count = output.count - Int(stream.pointee.avail_out)
                if count > 0 { try write(UnsafeRawBufferPointer(rebasing: output[..<count])) }
            } while stream.pointee.avail_out == 0
        } while start < bytes.count
    }

    /// The bytes as one stream.
    static func compress(_ bytes: [UInt8], _ format: DeflateFormat, level: Int) -> [UInt8] {
        let deflater = Deflater(format, level: level)
        var result: [UInt8] = []
        bytes.withUnsafeBytes { bytes in
            // Nothing that this writes to can fail.
            try! deflater.append(bytes, isLast: true) { (piece) throws(FormatError) in result.append(contentsOf: piece)
            }
        }
        return result
    }
}
