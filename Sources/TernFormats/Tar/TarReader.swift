/// A tar archive, plain or compressed with gzip, read once from front to back.
///
/// ```swift
/// let archive = try TarReader(contentsOf: "cifar-10-binary.tar.gz")
/// while let entry = try archive.next() {
///     if entry.name.hasSuffix("test_batch.bin") { records = try archive.contents(maximumCount: 1 << 26) }
/// }
/// ```
///
/// Regular files are given out: folders, links and devices are passed over. Names may be as long as ustar, GNU (`L`)
/// and pax headers (`path`) make them, sizes as large as a header's octal digits and those of pax (`size`) say.
///
/// Source: POSIX.1-2017, `pax`; the GNU tar manual, "Basic Tar Format".
public final class TarReader {
    /// A file in the archive.
    public struct Entry: Sendable, Equatable {
        /// The path within the archive.
        public let name: String
        /// The bytes of the contents.
        public let size: Int
    }

    private let source: any ByteSource
    /// What is left of the present entry's contents, and the zeros that fill its last block.
    private var unread = 0
    private var padding = 0
    private var isAtEnd = false

    private static let blockSize = 512
    /// The longest text of a header that is taken into memory.
    private static let maximumHeaderSize = 1 << 16

    /// Opens the archive at `path`, whose first bytes tell whether it is compressed.
    public convenience init(contentsOf path: String) throws(FormatError) { try self.init(InputFile(path)) }

    /// Opens an archive in memory, which errors call `name`.
    public convenience init(_ bytes: [UInt8], name: String = "tar data") throws(FormatError) {
        try self.init(MemoryFile(path: name, bytes: bytes))
    }

    private init(_ file: any RandomAccess) throws(FormatError) {
        let start = try FileSource(file, 0..<min(2, file.size)).readAll(atMost: 2)
        let isCompressed = start == [0x1F, 0x8B]
        source = isCompressed ? try InflateSource(FileSource(file), .gzip) : FileSource(file)
    }

    /// Moves to the next file: nil behind the last one.
    ///
    /// - Throws: `FormatError` if what stands there is no header of an entry.
    public func next() throws(FormatError) -> Entry? {
        if isAtEnd { return nil }
        var longName: String?
        var longSize: Int?
        while true {
            try skip(unread + padding)
            (unread, padding) = (0, 0)
            let offset = source.position
            let header = try source.readBytes(Self.blockSize, expected: "a header of 512 bytes")
            if header.allSatisfy({ $0 == 0 }) {
                isAtEnd = true
                return nil
            }
            try check(header, at: offset)
            let isText = [UInt8(ascii: "L"), UInt8(ascii: "x")].contains(header[156])
            var size = try number(header[124..<136], at: offset + 124, "a size")
            if let longSize, !isText { size = longSize }
            if size > source.remainingAtMost {
                throw FormatError(
                    source.name, at: .offset(offset + 124), expected: "a size of what can follow", found: "\(size)")
            }
            (unread, padding) = (size, (Self.blockSize - size % Self.blockSize) % Self.blockSize)
            switch header[156] {
            case UInt8(ascii: "L"): longName = text(try contents(maximumCount: Self.maximumHeaderSize)[...])
            case UInt8(ascii: "x"):
                let records = try paxRecords(contents(maximumCount: Self.maximumHeaderSize), at: offset)
                if let path = records["path"] { longName = path }
                if let size = records["size"] {
                    guard let value = Int(size), value >= 0 else {
                        throw FormatError(source.name, at: .offset(offset), expected: "a pax size", found: quoted(size))
                    }
                    longSize = value
                }
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): return Entry(name: longName ?? name(header), size: size)
            default: (longName, longSize) = (nil, nil)
            }
        }
    }

    /// The contents of the present entry, which can be had once.
    ///
    /// - Parameter maximumCount: more bytes than these are an error.
    public func contents(maximumCount: Int) throws(FormatError) -> [UInt8] {
        if unread > maximumCount {
            throw FormatError(
                source.name, at: .offset(source.position), expected: "at most \(maximumCount) bytes of an entry",
                found: "\(unread)")
        }
        var result: [UInt8] = []
        while unread > 0 {
            // Piece by piece: what is compressed may end long before a stated size.
            let piece = try source.readBytes(min(unread, 1 << 20), expected: "\(unread) more bytes of an entry")
            result += piece
            unread -= piece.count
        }
        return result
    }

    private func skip(_ count: Int) throws(FormatError) {
        var rest = count
        while rest > 0 {
            let piece = try source.readBytes(min(rest, 1 << 16), expected: "\(rest) more bytes of an entry")
            rest -= piece.count
        }
    }

    /// A header's sum is that of its bytes, with spaces where the sum is.
    private func check(_ header: [UInt8], at offset: Int) throws(FormatError) {
        let stated = try number(header[148..<156], at: offset + 148, "the sum of a header")
        let sum = header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(header[$1])) }
        if sum != stated {
            throw FormatError(
                source.name, at: .offset(offset), expected: "a tar header, whose bytes sum to \(stated)",
                found: FileKind.name(of: header) ?? "a sum of \(sum)")
        }
    }

    /// Octal digits, or, behind a byte 0x80, a big-endian number.
    private func number(_ field: ArraySlice<UInt8>, at offset: Int, _ expected: String) throws(FormatError) -> Int {
        if field.first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) {
            return bigEndian(field.suffix(7))
        }
        let digits = String(decoding: field, as: UTF8.self).trimmingNulsAndSpaces
        guard digits.utf8.allSatisfy({ (48...55).contains($0) }), let value = digits.isEmpty ? 0 : Int(digits, radix: 8)
        else {
            throw FormatError(
                source.name, at: .offset(offset), expected: "\(expected) in octal digits", found: quoted(digits))
        }
        return value
    }

    private func name(_ header: [UInt8]) -> String {
        let isUstar = header[257..<262].elementsEqual("ustar".utf8)
        let prefix = isUstar && header[262] == 0 ? text(header[345..<500]) : ""
        let name = text(header[0..<100])
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    /// Text that ends at the first zero byte.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Records `length key=value\n`.
    private func paxRecords(_ bytes: [UInt8], at offset: Int) throws(FormatError) -> [String: String] {
        var records: [String: String] = [:]
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 32 }
            guard digits.count < 10, let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 1,
                length <= rest.count, rest[rest.startIndex + length - 1] == 10,
                case let record = rest.prefix(length - 1).dropFirst(digits.count + 1),
                let equals = record.firstIndex(of: UInt8(ascii: "="))
            else {
                throw FormatError(
                    source.name, at: .offset(offset), expected: "records of a pax header", found: "other bytes")
            }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            records[key] = String(decoding: record[(equals + 1)...], as: UTF8.self)
            rest = rest.dropFirst(length)
        }
        return records
    }
}

extension String {
    fileprivate var trimmingNulsAndSpaces: String {
        String(decoding: utf8.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }, as: UTF8.self)
    }
}
