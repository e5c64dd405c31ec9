import Dispatch
import Synchronization
import TernCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes that can be read at any offset and from any thread, from a place that is not trusted.
protocol RandomAccess: Sendable {
    /// What errors call it.
    var path: String { get }
    var size: Int { get }
    /// Fills as much of the buffer as there is from `offset` on, and returns the number of bytes.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int
}

extension RandomAccess {
    /// So many bytes from an offset on.
    func bytes(at offset: Int, count: Int, _ expected: String) throws(FormatError) -> [UInt8] {
        guard offset >= 0, count <= size - offset else {
            throw FormatError(
                path, at: .offset(offset), expected: expected, found: "\(max(0, size - offset)) bytes and the end")
        }
        return try FileSource(self, offset..<offset + count).readBytes(count, expected: expected)
    }
}

/// A regular file, open for reading.
///
/// Files are read with `pread` instead of being mapped: a mapped file that another process cuts short kills the reader
/// with SIGBUS, while a read is an error. Read by several threads it is about as fast, since values are copied into a
/// tensor's own aligned memory in either case.
final class InputFile: RandomAccess {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(_ path: String) throws(FormatError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw FormatError(path, expected: "a readable file", found: systemMessage(errno))
        }
        var status = stat()
        if fstat(descriptor, &status) != 0 {
            let code = errno
            close(descriptor)
            throw FormatError(path, expected: "a readable file", found: systemMessage(code))
        }
        if status.st_mode & S_IFMT != S_IFREG {
            close(descriptor)
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a special file"
            throw FormatError(path, expected: "a regular file", found: kind)
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        if buffer.count >= 2 * Self.pieceSize && threadCount > 1 { return try readInPieces(at: offset, into: buffer) }
        return try readSerially(at: offset, into: buffer)
    }

    private static let pieceSize = 8 << 20

    /// Several threads read pieces: a single one would copy from the page cache at less than the memory's speed, and
    /// fault in all the pages of new memory alone.
    private func readInPieces(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        let pieces = (buffer.count + Self.pieceSize - 1) / Self.pieceSize
        let lanes = min(threadCount, pieces)
        // Where the bytes end, and what went wrong first: in the order of the file, whichever thread found it.
        let end = Mutex((count: buffer.count, error: FormatError?.none))
        nonisolated(unsafe) let memory = buffer
        DispatchQueue.concurrentPerform(iterations: lanes) { lane in
            for piece in stride(from: lane, to: pieces, by: lanes) {
                let start = piece * Self.pieceSize
                let part = UnsafeMutableRawBufferPointer(rebasing: memory[start...].prefix(Self.pieceSize))
                let result = Result { () throws(FormatError) in try readSerially(at: offset + start, into: part) }
                let (count, error): (Int, FormatError?) =
                    switch result {
                    case .success(let count): (count, nil)
                    case .failure(let error): (0, error)
                    }
                if count == part.count { continue }
                end.withLock { end in
                    if start + count < end.count { end = (start + count, error) }
                }
                return
            }
        }
        let (count, error) = end.withLock { $0 }
        if let error { throw error }
        return count
    }

    private func readSerially(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FormatError(
                    path, at: .offset(offset + filled), expected: "readable bytes", found: systemMessage(errno))
            }
            filled += count
        }
        return filled
    }
}

package func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

package func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Bytes in memory.
struct MemoryFile: RandomAccess {
    let path: String
    let bytes: [UInt8]

    var size: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        if count <= 0 { return 0 }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset...].prefix(count))) }
        return count
    }
}

/// The operating system's words for an error number.
package func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}
