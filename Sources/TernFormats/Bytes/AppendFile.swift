import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that grows by records, each of which is in it whole or not at all. May be used from several threads.
package final class AppendFile: Sendable {
    package let path: String
    private let descriptor: Int32
    /// Held while appending. The length that the file is still to be cut to, if that could not be done at once.
    private let overdueCut = Mutex<off_t?>(nil)

    /// Opens a file, or makes it.
    package convenience init(_ path: String) throws(FormatError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw Self.error(path) }
        self.init(path, descriptor: descriptor)
    }

    /// - Parameter descriptor: of the file, opened to append; closed with this object.
    init(_ path: String, descriptor: Int32) {
        (self.path, self.descriptor) = (path, descriptor)
    }

    deinit { close(descriptor) }

    /// Appends a record, which is in the file when this returns. If that fails, because the disk is full say, the file is
    /// left as it was, and a later record may succeed.
    package func append(_ record: some Collection<UInt8>) throws(FormatError) {
        let record = Array(record)
        try overdueCut.withLock { (overdueCut) throws(FormatError) in
            if let end = overdueCut {
                if ftruncate(descriptor, end) != 0 { throw Self.error(path) }
                overdueCut = nil
            }
            var status = stat()
            if fstat(descriptor, &status) != 0 { throw Self.error(path) }
            if write(record) == record.count { return }
            let error = Self.error(path)
            if ftruncate(descriptor, status.st_size) != 0 { overdueCut = status.st_size }
            throw error
        }
    }

    /// Keeps the first bytes only.
    package func cut(to size: Int) throws(FormatError) {
        if ftruncate(descriptor, off_t(size)) != 0 { throw Self.error(path) }
    }

    /// Waits until all that was written has reached the disk.
    func synchronize() throws(FormatError) {
        if fsync(descriptor) != 0 { throw Self.error(path) }
    }

    /// The number of bytes that were written: fewer than there are if the system refuses more.
    private func write(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = systemWrite(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { break }
                written += count
            }
            return written
        }
    }

    private static func error(_ path: String) -> FormatError {
        FormatError(path, expected: "a file that can be written", found: systemMessage(errno))
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
