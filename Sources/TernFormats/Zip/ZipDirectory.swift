/// The places of fields in the records of a ZIP archive.
enum ZipRecord {
    static let local: UInt32 = 0x0403_4B50
    static let localSize = 30
    static let central: UInt32 = 0x0201_4B50
    static let centralSize = 46
    static let end: UInt32 = 0x0605_4B50
    static let endSize = 22
    static let end64: UInt32 = 0x0606_4B50
    static let end64Size = 56
    static let locator64: UInt32 = 0x0706_4B50
    static let locator64Size = 20
    /// The kind of extra field in which 64-bit sizes are.
    static let extra64: UInt16 = 1
    /// In a field of 32 bits: the number is in the 64-bit record or extra field.
    static let elsewhere = 0xFFFF_FFFF
}

/// The central directory of an archive: its entries, whose data lie in front of it one behind the other.
struct ZipDirectory {
    private let file: any RandomAccess
    private(set) var entries: [ZipArchive.Entry] = []

    /// What the record at the archive's end tells of the directory.
    private struct Extent: Equatable {
        var count: Int
        var size: Int
        var offset: Int
    }

    init(_ file: any RandomAccess) throws(FormatError) {
        self.file = file
        let (extent, end) = try findExtent()
        guard extent.offset <= end, extent.size == end - extent.offset else {
            throw FormatError(
                file.path, at: .offset(end), expected: "the end of the directory",
                found: "an end after \(extent.size)"
                    + " bytes from \(extent.offset) on")
        }
        guard extent.count <= extent.size / ZipRecord.centralSize else {
            throw FormatError(
                file.path, at: .offset(extent.offset), expected: "a directory of \(extent.count) entries",
                found: "\(extent.size) bytes")
        }
        let bytes = try file.bytes(at: extent.offset, count: extent.size, "the directory")
        var position = 0
        entries.reserveCapacity(extent.count)
        for _ in 0..<extent.count { entries.append(try readEntry(bytes, &position, at: extent.offset)) }
        if position != bytes.count {
            throw FormatError(
                file.path, at: .offset(extent.offset + position),
                expected: "the end of the directory's \(extent.count)"
                    + " entries", found: "\(bytes.count - position) more bytes")
        }
        try findEnds(directory: extent.offset)
    }

    // MARK: The end of the archive

    /// What the directory's extent is said to be, and where the records that follow it begin.
    private func findExtent() throws(FormatError) -> (Extent, end: Int) {
        let longest = min(file.size, ZipRecord.endSize + 0xFFFF)
        let tail = try file.bytes(at: file.size - longest, count: longest, "the archive's end")
        // The record's comment, which can hold anything, must end the file.
        let found = stride(from: longest - ZipRecord.endSize, through: 0, by: -1).first { start in
            tail.uint32(start) == ZipRecord.end
                && Int(tail.uint16(start + 20)) == longest - start - ZipRecord.endSize
        }
        guard let start = found else {
            let start = try file.bytes(at: 0, count: min(file.size, 8), "the archive's start")
            let kind = start.starts(with: [0x50, 0x4B]) ? nil : FileKind.name(of: start)
            throw FormatError(file.path, expected: "a ZIP archive", found: kind ?? "none: no record of its end")
        }
        let offset = file.size - longest + start
        let record = Array(tail[start...])
        let extent = Extent(
            count: Int(record.uint16(10)), size: Int(record.uint32(12)), offset: Int(record.uint32(16)))
        if let (wide, end) = try findExtent64(before: offset) {
            // A program that knows no zip64 must not see another archive.
            let isSame =
                [wide.count, 0xFFFF].contains(extent.count)
                && [wide.size, ZipRecord.elsewhere].contains(extent.size)
                && [wide.offset, ZipRecord.elsewhere].contains(extent.offset)
            if !isSame {
                throw FormatError(
                    file.path, at: .offset(offset), expected: "the sizes of the 64-bit record", found: "others")
            }
            return (wide, end)
        }
        let isOneDisk = record.uint16(4) == 0 && record.uint16(6) == 0 && record.uint16(8) == record.uint16(10)
        if !isOneDisk {
            throw FormatError(file.path, at: .offset(offset + 4), expected: "an archive in one file", found: "a part")
        }
        return (extent, offset)
    }

    private func findExtent64(before end: Int) throws(FormatError) -> (Extent, end: Int)? {
        let locatorOffset = end - ZipRecord.locator64Size
        if locatorOffset < 0 { return nil }
        let locator = try file.bytes(at: locatorOffset, count: ZipRecord.locator64Size, "the 64-bit record's place")
        if locator.uint32(0) != ZipRecord.locator64 { return nil }
        func error(_ offset: Int, _ found: String) -> FormatError {
            FormatError(
                file.path, at: .offset(offset), expected: "the 64-bit record of the archive's end", found: found)
        }
        guard let offset = Int(exactly: locator.uint64(8)), offset <= locatorOffset - ZipRecord.end64Size else {
            throw error(locatorOffset, "a place outside")
        }
        let record = try file.bytes(at: offset, count: ZipRecord.end64Size, "the 64-bit record of the archive's end")
        guard record.uint32(0) == ZipRecord.end64, record.uint64(4) == UInt64(locatorOffset - offset - 12) else {
            throw error(offset, "other bytes")
        }
        guard record.uint32(16) == 0, record.uint32(20) == 0, record.uint64(24) == record.uint64(32) else {
            throw error(offset, "one of a part of the archive")
        }
        guard let count = Int(exactly: record.uint64(32)), let size = Int(exactly: record.uint64(40)),
            let start = Int(exactly: record.uint64(48))
        else { throw error(offset, "sizes beyond 2^63") }
        return (Extent(count: count, size: size, offset: start), offset)
    }

    // MARK: Entries

    private func readEntry(_ bytes: [UInt8], _ position: inout Int, at base: Int) throws(FormatError)
        -> ZipArchive.Entry
    {
        let start = position
        func error(_ expected: String, _ found: String) -> FormatError {
            FormatError(file.path, at: .offset(base + start), expected: expected, found: found)
        }
        guard bytes.count - start >= ZipRecord.centralSize, bytes.uint32(start) == ZipRecord.central else {
            throw error("an entry of the directory", "other bytes")
        }
        let nameEnd = start + ZipRecord.centralSize + Int(bytes.uint16(start + 28))
        let extraEnd = nameEnd + Int(bytes.uint16(start + 30))
        position = extraEnd + Int(bytes.uint16(start + 32))
        guard position <= bytes.count else {
            throw error("an entry of \(position - start) bytes", "the directory's end")
        }
        let nameBytes = Array(bytes[start + ZipRecord.centralSize..<nameEnd])
        guard var wide = WideNumbers(bytes[nameEnd..<extraEnd]) else { throw error("extra fields", "a part of one") }
        func number(_ field: Int) throws(FormatError) -> Int {
            let narrow = Int(bytes.uint32(start + field))
            guard let number = narrow == ZipRecord.elsewhere ? wide.next() : narrow else {
                throw error("a 64-bit extra field with a number below 2^63", "none")
            }
            return number
        }
        let size = try number(24)
        let compressedSize = try number(20)
        let headerOffset = try number(42)
        let method = bytes.uint16(start + 10)
        guard bytes.uint16(start + 34) == 0 else { throw error("an entry of this file", "one on another disk") }
        let isPossible = method == 0 ? size == compressedSize : size <= InflateSource.mostBytes(in: compressedSize)
        guard isPossible || method != 0 && method != 8 else {
            throw error("a size that \(compressedSize) bytes can stand for", "\(size)")
        }
        return ZipArchive.Entry(
            name: String(validating: nameBytes, as: UTF8.self) ?? codePage437(nameBytes), nameBytes: nameBytes,
            size: size, compressedSize: compressedSize, crc32: bytes.uint32(start + 16), method: method,
            flags: bytes.uint16(start + 8), headerOffset: headerOffset)
    }

    /// The numbers in the 64-bit extra field: those that did not fit, one behind the other.
    private struct WideNumbers {
        private var rest: ArraySlice<UInt8> = []

        /// - Parameter fields: all extra fields of an entry. Nil if they do not end where they say.
        init?(_ fields: ArraySlice<UInt8>) {
            var fields = fields
            while !fields.isEmpty {
                guard fields.count >= 4 else { return nil }
                let kind = Array(fields.prefix(2)).uint16(0)
                let size = Int(Array(fields.dropFirst(2).prefix(2)).uint16(0))
                fields = fields.dropFirst(4)
                guard fields.count >= size else { return nil }
                if kind == ZipRecord.extra64 { rest = fields.prefix(size) }
                fields = fields.dropFirst(size)
            }
        }

        mutating func next() -> Int? {
            if rest.count < 8 { return nil }
            defer { rest = rest.dropFirst(8) }
            return Int(exactly: Array(rest.prefix(8)).uint64(0))
        }
    }

    /// Data must lie one behind the other, in any order: many entries that share data are how a small archive unpacks to
    /// a huge one.
    private mutating func findEnds(directory: Int) throws(FormatError) {
        let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
        for (place, index) in order.enumerated() {
            let end = place + 1 < order.count ? entries[order[place + 1]].headerOffset : directory
            let header = entries[index].headerOffset
            let least = ZipRecord.localSize + entries[index].nameBytes.count
            // Written so that nothing can overflow.
            if header > directory || end - header < least || end - header - least < entries[index].compressedSize {
                throw FormatError(
                    file.path, at: .key(entries[index].name),
                    expected: "\(entries[index].compressedSize) bytes of data in front of what follows",
                    found: "room for \(max(0, end - header - least))")
            }
            entries[index].end = end
        }
    }
}

/// Text in the code page of the first PCs, in which each byte is a character.
private func codePage437(_ bytes: [UInt8]) -> String {
    String(bytes.map { $0 < 0x80 ? Character(UnicodeScalar($0)) : upperCodePage437[Int($0) - 0x80] })
}

private let upperCodePage437 = Array(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}")
