#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is written whole or not at all: to a temporary sibling, which takes the file's name when everything in
/// it has reached the disk. Whatever happens before that, a file of the name stays as it was.
package struct OutputFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    package init(_ path: String) throws(FormatError) {
        self.path = path
        temporaryPath = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw Self.error(path) }
    }

    deinit {
        close(descriptor)
        unlink(temporaryPath)
    }

    package func append(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            let count = write(descriptor, piece.baseAddress, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.error(path)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the file its name, on disk too.
    package consuming func commit() throws(FormatError) {
        if fsync(descriptor) != 0 || rename(temporaryPath, path) != 0 { throw Self.error(path) }
        let slash = path.lastIndex(of: "/")
        let folder = open(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        if folder < 0 { throw Self.error(path) }
        defer { close(folder) }
        if fsync(folder) != 0 { throw Self.error(path) }
    }

    private static func error(_ path: String) -> FormatError {
        FormatError(path, expected: "a file that can be written", found: systemMessage(errno))
    }
}
