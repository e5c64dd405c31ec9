import CZlib

/// Reading of gzip files (RFC 1952).
public enum Gzip {
    /// The uncompressed contents of a gzip file of one or more members, each checked against its CRC-32 and length.
    ///
    /// - Parameters:
    ///   - name: what errors call the data.
    ///   - maximumCount: more bytes than these are an error: a few compressed bytes can stand for a thousand times as
    ///     many.
    public static func decompress(_ bytes: [UInt8], name: String = "gzip data", maximumCount: Int) throws(FormatError)
        -> [UInt8]
    {
        let source = try GzipSource(MemorySource(bytes, name: name))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        var result: [UInt8] = []
        while true {
            let count = try source.read(into: chunk)
            if count == 0 { return result }
            if count > maximumCount - result.count {
                throw FormatError(name, expected: "at most \(maximumCount) bytes when uncompressed", found: "more")
            }
            result.append(contentsOf: chunk[..<count])
        }
    }
}

/// The uncompressed bytes of a gzip stream. zlib checks each member's CRC-32 and length; what follows the last member
/// must be another one.
final class GzipSource: ByteSource {
    private let base: any ByteSource
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    /// At a fixed address, because zlib keeps a pointer back to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isBetweenMembers = false
    private var isFirstMember = true
    private(set) var position = 0

    init(_ base: any ByteSource) throws(FormatError) {
        self.base = base
        stream.initialize(to: z_stream())
        let onlyGzip: Int32 = 16
        let status = inflateInit2_(stream, MAX_WBITS + onlyGzip, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK {
            throw FormatError(base.name, expected: "memory to decompress", found: "zlib's error \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    var name: String { base.name }

    /// Deflate's densest code stands for 258 bytes in 2 bits: 1032 times.
    var remainingAtMost: Int {
        let (product, isTooLarge) = (base.remainingAtMost + input.count).multipliedReportingOverflow(by: 1032)
        return isTooLarge ? .max : product
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        while true {
            if stream.pointee.avail_in == 0 {
                let count = try base.read(into: input)
                stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
                if count == 0 {
                    if isBetweenMembers { return 0 }
                    throw error(expected: "more compressed data", found: "the end of the file")
                }
            }
            if isBetweenMembers {
                inflateReset(stream)
                isBetweenMembers = false
                isFirstMember = false
            }
            let wanted = min(buffer.count, 1 << 30)
            stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(wanted)
            let status = inflate(stream, Z_NO_FLUSH)
            let count = wanted - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isBetweenMembers = true
            default: throw dataError()
            }
            if count > 0 {
                position += count
                return count
            }
        }
    }

    private func dataError() -> FormatError {
        let message = stream.pointee.msg.map { String(cString: $0) } ?? "an error"
        let isInHeader = stream.pointee.total_out == 0 && message == "incorrect header check"
        if isInHeader && !isFirstMember {
            return error(expected: "the end of the file or another gzip member", found: "other bytes")
        }
        return error(expected: "gzip data", found: isInHeader ? "no gzip header" : "\(message) (zlib)")
    }

    /// An error at an offset of the compressed bytes.
    private func error(expected: String, found: String) -> FormatError {
        FormatError(name, at: .offset(base.position - Int(stream.pointee.avail_in)), expected: expected, found: found)
    }
}
