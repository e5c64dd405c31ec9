/// A ZIP archive, open for reading: stored and deflated entries of any size.
///
/// ```swift
/// let archive = try ZipArchive(contentsOf: "run.zip")
/// archive.entries.map(\.name)                     // ["config.json", ...]
/// let text = try archive.contents(of: "config.json", maximumCount: 1 << 20)
/// ```
///
/// Opening reads and checks the central directory, which alone is believed: sizes and places in the headers before the
/// data are often left open. What a reader could be led astray by is refused: two entries of a name, data that overlap,
/// bytes in front of the archive or behind it, several disks. An entry's contents are read when they are asked for, by
/// any thread, and checked against their length and CRC-32.
///
/// Source: PKWARE's APPNOTE.TXT, <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
public final class ZipArchive: Sendable {
    /// A file in the archive.
    public struct Entry: Sendable {
        /// The name that the archive's bytes stand for in UTF-8; where they are not that, in code page 437, which ZIP
        /// began with.
        public let name: String
        let nameBytes: [UInt8]
        /// The bytes of the contents.
        public let size: Int
        /// The bytes that these take in the archive.
        public let compressedSize: Int
        /// The checksum of the uncompressed contents.
        public let crc32: UInt32
        let method: UInt16
        let flags: UInt16
        /// Where the header before the data is.
        let headerOffset: Int
        /// Where the next entry, or the directory, begins.
        var end = 0
    }

    /// In the order of the directory.
    public let entries: [Entry]

    private let file: any RandomAccess
    private let indices: [String: Int]

    /// Opens the archive at `path`.
    ///
    /// - Throws: `FormatError` if it is not readable or if anything in its directory does not hold.
    public convenience init(contentsOf path: String) throws(FormatError) { try self.init(InputFile(path)) }

    /// Opens an archive in memory, which errors call `name`.
    public convenience init(_ bytes: [UInt8], name: String = "ZIP data") throws(FormatError) {
        try self.init(MemoryFile(path: name, bytes: bytes))
    }

    init(_ file: any RandomAccess) throws(FormatError) {
        self.file = file
        entries = try ZipDirectory(file).entries
        var indices: [String: Int] = [:]
        for (index, entry) in entries.enumerated() where indices.updateValue(index, forKey: entry.name) != nil {
            throw FormatError(file.path, at: .key(entry.name), expected: "one entry of a name", found: "two")
        }
        self.indices = indices
    }

    /// What errors call the archive.
    public var path: String { file.path }

    /// The entry of a name: nil if there is none.
    public func entry(named name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// The uncompressed contents of an entry, checked against their length and CRC-32.
    ///
    /// - Parameters:
    ///   - name: the path that the archive has for the entry.
    ///   - maximumCount: more bytes than these are an error.
    /// - Throws: `FormatError` if there is no such entry, if it is encrypted or compressed in another way than by
    ///   deflate, or if its data is not what the directory says.
    public func contents(of name: String, maximumCount: Int = .max) throws(FormatError) -> [UInt8] {
        let entry = try existingEntry(name)
        if entry.size > maximumCount {
            throw FormatError(
                path, at: .key(name), expected: "at most \(maximumCount) bytes when uncompressed",
                found: "\(entry.size)")
        }
        let source = try source(of: entry)
        let contents = try source.readBytes(entry.size, expected: "\(entry.size) bytes of \(quoted(name))")
        try source.expectEnd()
        return contents
    }

    func existingEntry(_ name: String) throws(FormatError) -> Entry {
        if let entry = entry(named: name) { return entry }
        throw FormatError(path, at: .key(name), expected: "an entry of this name", found: "none among \(entries.count)")
    }

    /// The contents of an entry.
    ///
    /// - Parameter takesMemory: whether memory will be taken for all of them. Then a size far beyond that of the compressed
    ///   data is believed only when a first pass over the data has found it true.
    func source(of entry: Entry, takesMemory: Bool = true) throws(FormatError) -> ZipEntrySource {
        let data = try dataRange(of: entry)
        if takesMemory, entry.size / 4 > entry.compressedSize + 1 << 12 {
            _ = try ZipEntrySource(entry, file, data).countRemaining()
        }
        return try ZipEntrySource(entry, file, data)
    }

    /// Where the data of an entry is: behind a header that must be that of the directory's entry.
    private func dataRange(of entry: Entry) throws(FormatError) -> Range<Int> {
        func check(_ condition: Bool, _ expected: String, _ found: String) throws(FormatError) {
            if !condition { throw FormatError(path, at: .key(entry.name), expected: expected, found: found) }
        }
        try check(entry.flags & 1 == 0, "an entry that is not encrypted", "an encrypted one")
        try check([0, 8].contains(entry.method), "a stored or deflated entry", "compression method \(entry.method)")
        let header = try file.bytes(at: entry.headerOffset, count: ZipRecord.localSize, "an entry's header")
        try check(header.uint32(0) == ZipRecord.local, "an entry's header", "other bytes")
        try check(header.uint16(8) == entry.method, "compression method \(entry.method)", "\(header.uint16(8))")
        let nameOffset = entry.headerOffset + ZipRecord.localSize
        let name = try file.bytes(at: nameOffset, count: Int(header.uint16(26)), "an entry's name")
        try check(name == entry.nameBytes, "the name that the directory tells", "another")
        let start = nameOffset + name.count + Int(header.uint16(28))
        let room = entry.end - start
        try check(entry.compressedSize <= room, "\(entry.compressedSize) bytes of data", "room for \(max(room, 0))")
        return start..<start + entry.compressedSize
    }
}

/// The contents of an entry. When the last byte has been read, the length of the compressed data and the CRC-32 have
/// been found right.
final class ZipEntrySource: ByteSource {
    private let entry: ZipArchive.Entry
    private let contents: any ByteSource
    private var checksum = CRC32()
    private(set) var position = 0
    private var isChecked = false

    init(_ entry: ZipArchive.Entry, _ file: any RandomAccess, _ data: Range<Int>) throws(FormatError) {
        self.entry = entry
        let stored = FileSource(file, data)
        contents = entry.method == 0 ? stored : try InflateSource(stored, .raw)
    }

    var name: String { contents.name }
    var remainingAtMost: Int { entry.size - position }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(remainingAtMost))
        let count = wanted.isEmpty ? 0 : try contents.read(into: wanted)
        if count == 0 && !wanted.isEmpty { throw error("\(entry.size) bytes when uncompressed", "\(position)") }
        checksum.append(UnsafeRawBufferPointer(rebasing: wanted.prefix(count)))
        position += count
        if remainingAtMost == 0 && !isChecked {
            isChecked = true
            try checkEnd()
        }
        return count
    }

    private func checkEnd() throws(FormatError) {
        let next = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { next.deallocate() }
        if try contents.read(into: next) != 0 { throw error("\(entry.size) bytes when uncompressed", "more") }
        if checksum.value != entry.crc32 {
            throw error("CRC-32 \(hexadecimal(entry.crc32))", hexadecimal(checksum.value))
        }
    }

    private func error(_ expected: String, _ found: String) -> FormatError {
        FormatError(name, at: .key(entry.name), expected: expected, found: found)
    }
}
