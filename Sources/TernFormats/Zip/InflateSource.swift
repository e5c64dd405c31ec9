import CZlib

/// How a deflate stream (RFC 1951) is wrapped.
enum DeflateFormat {
    /// RFC 1952: a header, and CRC-32 and length behind; members can follow each other.
    case gzip
    /// RFC 1950: a header of two bytes, and an Adler-32 behind.
    case zlib
    /// Nothing around it.
    case raw

    /// What zlib's functions call it.
    var windowBits: Int32 {
        switch self {
        case .gzip: MAX_WBITS + 16
        case .zlib: MAX_WBITS
        case .raw: -MAX_WBITS
        }
    }

    fileprivate var name: String {
        switch self {
        case .gzip: "gzip"
        case .zlib: "zlib"
        case .raw: "deflate"
        }
    }
}

/// The uncompressed bytes of a gzip, zlib or deflate stream, which must end where its source ends. zlib checks the
/// checksum and length of each gzip member; zero bytes (padding) and other members may follow one.
final class InflateSource: ByteSource {
    private let base: any ByteSource
    private let format: DeflateFormat
    /// Whether the data may end without their checksum, or before other bytes. (A checksum that is wrong is an error.)
    private let endsAnyhow: Bool
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    /// At a fixed address, because zlib keeps a pointer back to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isBetweenMembers = false
    private var isFirstMember = true
    private(set) var position = 0

    init(_ base: any ByteSource, _ format: DeflateFormat, endsAnyhow: Bool = false) throws(FormatError) {
        self.base = base
        self.endsAnyhow = endsAnyhow
        self.format = format
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
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

    var remainingAtMost: Int { Self.mostBytes(in: base.remainingAtMost + input.count) }

    /// How much so many compressed bytes can stand for: deflate's densest code stands for 258 bytes in 2 bits.
    static func mostBytes(in compressed: Int) -> Int {
        let (product, isTooLarge) = compressed.multipliedReportingOverflow(by: 1032)
        return isTooLarge ? .max : product
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        while true {
            if stream.pointee.avail_in == 0 {
                let count = try base.read(into: input)
                stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
                if count == 0 {
                    if isBetweenMembers || endsAnyhow { return 0 }
                    throw error(expected: "more compressed data", found: "the end of the file")
                }
            }
            if isBetweenMembers {
                if endsAnyhow { return 0 }
                if format != .gzip { throw error(expected: "the end of the compressed data", found: "more bytes") }
                // Padding, as tapes and block devices leave it; Python's gzip passes over it too.
                while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                }
                if stream.pointee.avail_in == 0 { continue }
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
            default: throw dataError(status)
            }
            if count > 0 {
                position += count
                return count
            }
        }
    }

    private func dataError(_ status: Int32) -> FormatError {
        let message = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
        let isInHeader = stream.pointee.total_out == 0 && message == "incorrect header check"
        if isInHeader && !isFirstMember {
            return error(expected: "the end of the file or another gzip member", found: "other bytes")
        }
        return error(
            expected: "\(format.name) data", found: isInHeader ? "no \(format.name) header" : "\(message) (zlib)")
    }

    /// An error at an offset of the compressed bytes.
    private func error(expected: String, found: String) -> FormatError {
        FormatError(name, at: .offset(base.position - Int(stream.pointee.avail_in)), expected: expected, found: found)
    }
}

extension ByteSource {
    /// All bytes, if there are at most so many.
    func readAll(atMost maximumCount: Int) throws(FormatError) -> [UInt8] {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        var result: [UInt8] = []
        while true {
            let count = try read(into: chunk)
            if count == 0 { return result }
            if count > maximumCount - result.count {
                throw FormatError(name, expected: "at most \(maximumCount) bytes when uncompressed", found: "more")
            }
            result.append(contentsOf: chunk[..<count])
        }
    }

    /// The first `count` bytes, or as many as there are. What follows may be anything but wrong.
    func readStart(_ count: Int) throws(FormatError) -> [UInt8] {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        var result: [UInt8] = []
        while true {
            let read = try read(into: chunk)
            if read == 0 || result.count == count { return result }
            result.append(contentsOf: chunk[..<min(read, count - result.count)])
        }
    }

    /// Reads to the end, keeping nothing, to learn whether that many bytes are really there.
    func countRemaining() throws(FormatError) -> Int {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        let start = position
        while try read(into: chunk) > 0 {}
        return position - start
    }
}
