/// Bytes read once, from front to back, from a place that is not trusted.
protocol ByteSource: AnyObject {
    /// What errors call the source.
    var name: String { get }
    /// The bytes handed out so far.
    var position: Int { get }
    /// No more bytes than these can follow. A length that a file states about itself is held against this before memory
    /// is taken for it.
    var remainingAtMost: Int { get }
    /// Fills the buffer from its front, and returns the number of bytes: 0 at the end only.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int
}

extension ByteSource {
    /// Fills the whole buffer, or throws an error that says what was `expected` here.
    func readFully(into buffer: UnsafeMutableRawBufferPointer, expected: String) throws(FormatError) {
        let start = position
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 {
                throw FormatError(name, at: .offset(start), expected: expected, found: "\(filled) bytes and the end")
            }
            filled += count
        }
    }

    func readBytes(_ count: Int, expected: String) throws(FormatError) -> [UInt8] {
        var failure: FormatError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            do throws(FormatError) {
                try readFully(into: UnsafeMutableRawBufferPointer(buffer), expected: expected)
                initializedCount = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func expectEnd() throws(FormatError) {
        let end = position
        let next = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { next.deallocate() }
        if try read(into: next) != 0 {
            throw FormatError(
                name, at: .offset(end), expected: "the end", found: "more bytes, the first \(hexadecimal(next[0]))")
        }
    }
}

/// A file, or a part of it, from front to back.
final class FileSource: ByteSource {
    private let file: any RandomAccess
    private let range: Range<Int>
    private var read = 0

    /// - Parameter range: the part; nil for the whole file.
    init(_ file: any RandomAccess, _ range: Range<Int>? = nil) {
        self.file = file
        self.range = range ?? 0..<file.size
    }

    /// Bytes in memory, which errors call `name`.
    convenience init(_ bytes: [UInt8], name: String) { self.init(MemoryFile(path: name, bytes: bytes)) }

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

/// The bytes of a whole file.
package func contents(ofFile path: String, expected: String) throws(FormatError) -> [UInt8] {
    let source = FileSource(try InputFile(path))
    return try source.readBytes(source.remainingAtMost, expected: expected)
}

/// Some of the bytes of a file.
package func contents(
    ofFile path: String, at offset: Int, count: Int, expected: String
) throws(FormatError) -> [UInt8] {
    try InputFile(path).bytes(at: offset, count: count, expected)
}
