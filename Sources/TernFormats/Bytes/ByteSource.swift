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

func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count == 1 ? "0" : "") + digits
}

/// Bytes in memory.
final class MemorySource: ByteSource {
    let name: String
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    var remainingAtMost: Int { bytes.count - position }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, remainingAtMost)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}

/// A file from its start to its end.
final class FileSource: ByteSource {
    private let file: InputFile
    private(set) var position = 0

    init(_ file: InputFile) { self.file = file }

    var name: String { file.path }
    var remainingAtMost: Int { file.size - position }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(remainingAtMost))
        let count = try file.read(at: position, into: wanted)
        position += count
        return count
    }
}
