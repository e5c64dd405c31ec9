#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A regular file, open for reading at any offset and from any thread.
///
/// Files are read with `pread` instead of being mapped: a mapped file that another process cuts short kills the reader
/// with SIGBUS, while a read is an error, and is as fast, since values are copied into a tensor's own aligned memory in
/// either case.
final class InputFile: Sendable {
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

    /// Fills as much of the buffer as the file has from `offset` on, and returns the number of bytes.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
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

/// The operating system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}
