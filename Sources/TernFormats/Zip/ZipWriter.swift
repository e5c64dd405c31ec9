import TernCore

/// Writes a ZIP archive, entry by entry, whole or not at all: a file of its name stays as it was until `finish`.
///
/// ```swift
/// var archive = try ZipWriter("run.zip")
/// try archive.append("config.json", Array(text.utf8))
/// try archive.append("log.txt", log, isCompressed: false)
/// try archive.finish()
/// ```
///
/// The bytes depend on the contents alone: the time of every entry is the format's first, 1980-01-01 00:00. Sizes and
/// counts that need more than 32 or 16 bits are written as zip64 asks, others so that every program reads them.
public struct ZipWriter: ~Copyable {
    private let path: String
    private let file: OutputFile
    private var offset = 0
    private var directory: [UInt8] = []
    private var names: Set<String> = []
    /// From here on a number is written in 64 bits; tests lower it.
    private let limit: Int

    /// Begins an archive that will be at `path`.
    public init(_ path: String) throws(FormatError) { try self.init(path, limit: ZipRecord.elsewhere) }

    init(_ path: String, limit: Int) throws(FormatError) {
        self.path = path
        self.limit = limit
        file = try OutputFile(path)
    }

    /// Adds an entry.
    ///
    /// - Parameters:
    ///   - name: one that no other entry has, with `/` between folders.
    ///   - bytes: the contents.
    ///   - isCompressed: deflated instead of stored.
    /// - Throws: `FormatError` if the file cannot be written, or if the name is longer than 65,535 bytes.
    public mutating func append(_ name: String, _ bytes: [UInt8], isCompressed: Bool = true) throws(FormatError) {
        try append(name, size: bytes.count, isCompressed: isCompressed) { (write) throws(FormatError) in
            try bytes.withUnsafeBytes { bytes in Result { () throws(FormatError) in try write(bytes) } }.get()
        }
    }

    typealias Write = (UnsafeRawBufferPointer) throws(FormatError) -> Void

    /// Adds an entry of a size that is known, whose contents `body` hands over in pieces.
    mutating func append(
        _ name: String, size: Int, isCompressed: Bool, body: (Write) throws(FormatError) -> Void
    ) throws(FormatError) {
        if name.utf8.count > 0xFFFF {
            throw FormatError(
                path, at: .key(name), expected: "a name of at most 65535 bytes", found: "\(name.utf8.count)")
        }
        if !names.insert(name).inserted { mistake("ZipWriter.append", "the archive has an entry \"\(name)\" already") }
        // What cannot be compressed gets longer by a few bytes in every 16 KB.
        let isWide = size >= limit - limit / 1024
        var entry = ZipOutputEntry(name: name, isCompressed: isCompressed, isWide: isWide, size: size, offset: offset)
        let header = entry.localHeader
        try file.append(header)
        try write(&entry, body)
        // The header again, now that its fields are known.
        try file.overwrite(at: offset, with: entry.localHeader)
        offset += header.count + entry.compressedSize
        directory += entry.directoryRecord(limit: limit)
    }

    private func write(_ entry: inout ZipOutputEntry, _ body: (Write) throws(FormatError) -> Void) throws(FormatError) {
        var checksum = CRC32()
        var (size, compressedSize) = (0, 0)
        if entry.isCompressed {
            let deflater = Deflater(.raw, level: 6)
            func compress(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(FormatError) {
                try deflater.append(bytes, isLast: isLast) { (piece) throws(FormatError) in
                    compressedSize += piece.count
                    try file.append(piece)
                }
            }
            try body { (bytes) throws(FormatError) in
                checksum.append(bytes)
                size += bytes.count
                try compress(bytes, isLast: false)
            }
            try compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
        } else {
            try body { (bytes) throws(FormatError) in
                checksum.append(bytes)
                size += bytes.count
                try file.append(bytes)
            }
            compressedSize = size
        }
        if size != entry.size { mistake("ZipWriter.append", "was told a size of \(entry.size) bytes, got \(size)") }
        entry.crc32 = checksum.value
        entry.compressedSize = compressedSize
    }

    /// Writes the directory and gives the file its name, on disk too.
    public consuming func finish() throws(FormatError) {
        let (count, size) = (names.count, directory.count)
        var end: [UInt8] = []
        if count >= min(limit, 0xFFFF) || size >= limit || offset >= limit {
            end.appendLittleEndian(ZipRecord.end64)
            end.appendLittleEndian(UInt64(ZipRecord.end64Size - 12))
            for version: UInt16 in [45, 45] { end.appendLittleEndian(version) }
            for disk: UInt32 in [0, 0] { end.appendLittleEndian(disk) }
            for number in [count, count, size, offset] { end.appendLittleEndian(UInt64(number)) }
            end.appendLittleEndian(ZipRecord.locator64)
            end.appendLittleEndian(UInt32(0))
            end.appendLittleEndian(UInt64(offset + size))
            end.appendLittleEndian(UInt32(1))
        }
        end.appendLittleEndian(ZipRecord.end)
        for disk: UInt16 in [0, 0] { end.appendLittleEndian(disk) }
        for _ in 0..<2 { end.appendLittleEndian(UInt16(count >= limit ? 0xFFFF : min(count, 0xFFFF))) }
        for number in [size, offset] { end.appendLittleEndian(narrowed(number, limit)) }
        end.appendLittleEndian(UInt16(0))
        try file.append(directory + end)
        try file.commit()
    }
}

private func narrowed(_ number: Int, _ limit: Int) -> UInt32 {
    UInt32(number >= limit ? ZipRecord.elsewhere : number)
}

/// An entry that is being written.
private struct ZipOutputEntry {
    let name: String
    let isCompressed: Bool
    /// Whether the header before the data has its sizes in 64 bits.
    let isWide: Bool
    let size: Int
    let offset: Int
    var compressedSize = 0
    var crc32: UInt32 = 0

    /// What both headers have in common.
    private func fields(version: UInt16, sizes: (compressed: UInt32, UInt32), extraSize: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(version)
        let isUTF8: UInt16 = 1 << 11
        bytes.appendLittleEndian(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : isUTF8)
        bytes.appendLittleEndian(UInt16(isCompressed ? 8 : 0))
        let (time, firstDay): (UInt16, UInt16) = (0, 1 << 5 | 1)
        bytes.appendLittleEndian(time)
        bytes.appendLittleEndian(firstDay)
        bytes.appendLittleEndian(crc32)
        bytes.appendLittleEndian(sizes.compressed)
        bytes.appendLittleEndian(sizes.1)
        bytes.appendLittleEndian(UInt16(name.utf8.count))
        bytes.appendLittleEndian(UInt16(extraSize))
        return bytes
    }

    private func extraField(_ numbers: [Int]) -> [UInt8] {
        if numbers.isEmpty { return [] }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(ZipRecord.extra64)
        bytes.appendLittleEndian(UInt16(8 * numbers.count))
        for number in numbers { bytes.appendLittleEndian(UInt64(number)) }
        return bytes
    }

    private static func version(isWide: Bool) -> UInt16 { isWide ? 45 : 20 }

    var localHeader: [UInt8] {
        let extra = extraField(isWide ? [size, compressedSize] : [])
        let elsewhere = UInt32(ZipRecord.elsewhere)
        let sizes = isWide ? (elsewhere, elsewhere) : (UInt32(compressedSize), UInt32(size))
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(ZipRecord.local)
        bytes += fields(version: Self.version(isWide: isWide), sizes: sizes, extraSize: extra.count)
        return bytes + Array(name.utf8) + extra
    }

    func directoryRecord(limit: Int) -> [UInt8] {
        let extra = extraField([size, compressedSize, offset].filter { $0 >= limit })
        let version = Self.version(isWide: isWide || !extra.isEmpty)
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(ZipRecord.central)
        let unix: UInt16 = 3 << 8
        bytes.appendLittleEndian(unix | version)
        let sizes = (narrowed(compressedSize, limit), narrowed(size, limit))
        bytes += fields(version: version, sizes: sizes, extraSize: extra.count)
        for _ in 0..<3 { bytes.appendLittleEndian(UInt16(0)) }
        let readableFile: UInt32 = 0o100644 << 16
        bytes.appendLittleEndian(readableFile)
        bytes.appendLittleEndian(narrowed(offset, limit))
        return bytes + Array(name.utf8) + extra
    }
}
