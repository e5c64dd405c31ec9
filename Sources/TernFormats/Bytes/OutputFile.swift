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

    /// How much is written at a time, and then on its way to the disk while the next is copied: a gigabyte takes two
    /// thirds of the time that writing everything and syncing then takes.
    private static let pieceSize = 8 << 20

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
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceSize))
            let count = write(descriptor, piece.baseAddress, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.error(path)
            }
            #if os(Linux)
                // Only a hint, which starts the writing: `commit` waits for the disk and sees its errors.
                if count == Self.pieceSize {
                    let start = lseek(descriptor, 0, SEEK_CUR) - off_t(count)
                    posix_fadvise(descriptor, start, off_t(count), POSIX_FADV_DONTNEED)
                }
            #endif
            rest = rest.dropFirst(count)
        }
    }

    package func append(_ bytes: [UInt8]) throws(FormatError) {
        try bytes.withUnsafeBytes { bytes in Result { () throws(FormatError) in try append(bytes) } }.get()
    }

    /// Replaces bytes that were written before.
    func overwrite(at offset: Int, with bytes: [UInt8]) throws(FormatError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes[written...]
            let count = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written)) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.error(path)
            }
            written += count
        }
    }

    /// Gives the file its name, on disk too.
    package consuming func commit() throws(FormatError) {
        let path = path
        try sync()
        try rename()
        try Self.syncFolder(of: path)
    }

    // The steps of `commit`, for several files that take their names together.

    /// Waits until everything written has reached the disk.
    func sync() throws(FormatError) {
        #if canImport(Darwin)
            // `fsync` there leaves the bytes in the drive's cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        if fsync(descriptor) != 0 { throw Self.error(path) }
    }

    consuming func rename() throws(FormatError) {
        if systemRename(temporaryPath, path) != 0 { throw Self.error(path) }
    }

    static func syncFolder(of path: String) throws(FormatError) {
        let slash = path.lastIndex(of: "/")
        let folder = open(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        if folder < 0 { throw error(path) }
        defer { close(folder) }
        if fsync(folder) != 0 { throw error(path) }
    }

    private static func error(_ path: String) -> FormatError {
        FormatError(path, expected: "a file that can be written", found: systemMessage(errno))
    }
}

private func systemRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }
