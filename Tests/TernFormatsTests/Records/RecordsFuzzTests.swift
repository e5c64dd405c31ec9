import TernCore
import TernFuzzing
import Testing

@testable import TernFormats

/// CSV, PNG and TensorBoard events made bad in all ways.
@Suite struct RecordsFuzzTests {
    // MARK: CSV

    static let tables = [
        "a,b,c\n1,2.5,x\n-3e2,,\"y \"\"z\"\"\"\n", "\u{FEFF}a;b\r\n1;\"2\"\r\nNA;nan\r\n",
        "1,2\n3,0.1234567890123456789e-5\n",
    ].map { Array($0.utf8) }
    static var csv: Fuzzer {
        Fuzzer(
            "csv", samples: tables,
            tokens: ["\"", "\"\"", ",", ";", "\n", "\r", "\r\n", "NA", "nan", "-", "e", "1e999", "\u{FEFF}"])
    }

    static func readTable(_ bytes: [UInt8]) throws {
        var dialect = CSVDialect.standard
        dialect.separator = bytes.count % 3 == 0 ? ";" : ","
        dialect.hasHeader = bytes.count % 2 == 0
        dialect.comment = bytes.count % 5 == 0 ? "#" : nil
        dialect.skipsEmptyLines = [nil, true, false][bytes.count / 2 % 3]
        let table = try CSVTable(bytes, dialect: dialect)
        #expect(table.rowCount * max(table.columnCount, 1) <= bytes.count + 1)
        // Each column may be none of these.
        for column in 0..<min(table.columnCount, 8) {
            _ = try? table.strings(.index(column))
            _ = try? table.column(.index(column), missing: .nan)
            _ = try? table.column(.index(column), dtype: .float64, missing: .value(0.5))
            _ = try? table.column(.index(column), dtype: .int64, missing: .value(0))
            _ = try? table.isMissing(.index(column))
        }
        _ = try? table.tensor(missing: .nan)
    }

    @Test("fuzz: mutated tables are read or refused")
    func tables() throws {
        try Self.csv.run(Self.readTable)
        try Self.csv.everyTruncation(accepted: Set(0..<200), Self.readTable)
        try Self.csv.everyByteChange(Self.readTable)
    }

    // MARK: PNG

    static let pictures = ["rgb8-trns", "palette4-trns", "grey1i", "greyalpha16", "rgba8i", "palette2-1x1i"].compactMap
    {
        name in PNGReadingTests.samples.first { $0.name == name }?.file
    }
    static var png: Fuzzer {
        var fuzzer = Fuzzer("png", samples: pictures, tokens: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "tEXt"])
        fuzzer.repair = repairChecksums
        return fuzzer
    }

    /// Makes the CRC-32 of each chunk right again.
    static func repairChecksums(_ bytes: inout [UInt8]) {
        var position = PNG.signature.count
        while position + 12 <= bytes.count {
            let length = bigEndian(bytes[position..<position + 4])
            if length > bytes.count - position - 12 { return }
            let end = position + 8 + length
            let checksum = PNG.checksum(bytes[position + 4..<end])
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
            position = end + 4
        }
    }

    static func readPicture(_ bytes: [UInt8]) throws {
        let channels = PNG.Channels.allCases[bytes.count % 5]
        for strict in [false, true] {
            let picture = try PNG.read(
                bytes, channels: channels, dtype: bytes.count % 2 == 0 ? .uint8 : .int32, strict: strict)
            #expect(picture.rank == 3 && picture.count > 0)
        }
    }

    @Test("fuzz: mutated pictures are read or refused")
    func picturesAreReadOrRefused() throws {
        try Self.png.run(Self.readPicture)
        try Self.png.everyTruncation(Self.readPicture)
        try Self.png.everyByteChange(in: 0..<64, Self.readPicture)
    }

    @Test("fuzz: pictures whose rows are mutated before they are compressed are read or refused")
    func rows() throws {
        // Behind 7 bytes that choose the header, the rows, repeated as often as it needs.
        let samples = [
            [9, 7, 0, 0, 0, 0, 0], [5, 3, 2, 1, 6, 2, 1], [17, 2, 1, 3, 0, 0, 1], [1, 1, 3, 2, 2, 4, 0],
        ].map { $0 + (0..<120).map { UInt8($0 % 7) } }
        try Fuzzer("png-rows", samples: samples).run { bytes in
            guard bytes.count > 7 else { throw FormatError("x", expected: "more", found: "none") }
            let color = [0, 2, 3, 4, 6][Int(bytes[2]) % 5] as UInt8
            let depth = [1, 2, 4, 8, 16][Int(bytes[3]) % 5] as UInt8
            let (width, height) = (UInt32(bytes[0] % 40), UInt32(bytes[1] % 40))
            let chunk = PNGErrorTests.header(
                width: width, height: height, depth: depth, color: color, [0, 0, bytes[6] & 1])
            let header = try PNGHeader(chunk.1[...], at: 0, file: "x")
            var rows = (0..<header.dataSize!).map { bytes[7 + $0 % (bytes.count - 7)] }
            if bytes[6] & 2 == 0 {
                var start = 0
                for pass in header.passes {
                    for _ in 0..<pass.height {
                        rows[start] %= 5
                        start += pass.rowSize + 1
                    }
                }
            }
            let palette = ("PLTE", [UInt8](repeating: bytes[4], count: depth == 1 ? 6 : 12))
            let chunks =
                [chunk] + (color == 3 ? [palette] : []) + [("IDAT", PNGErrorTests.zlib(rows)), PNGErrorTests.end]
            let file = PNGErrorTests.file(chunks)
            for channels in PNG.Channels.allCases { _ = try PNG.read(file, channels: channels) }
            _ = try PNG.read(file, dtype: .int32)
        }
    }

    // MARK: TensorBoard events

    static var events: Fuzzer {
        let records = TensorBoardTests.events.map { TensorBoardEventWriter.record($0.encoded) }
        var fuzzer = Fuzzer("events", samples: [records.flatMap { $0 }] + records, tokens: ["text", "brain.Event:2"])
        fuzzer.repair = repairRecords
        return fuzzer
    }

    /// Makes the checksums of each record right again, as far as their lengths are.
    static func repairRecords(_ bytes: inout [UInt8]) {
        func repair(_ range: Range<Int>) {
            let checksum = bytes[range].withUnsafeBytes { maskedCRC32C($0) }
            for index in 0..<4 {
                bytes[range.upperBound + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
            }
        }
        var position = 0
        while position + 12 <= bytes.count {
            repair(position..<position + 8)
            let rest = bytes.count - position - 16
            if rest < 0 { return }
            var length = bytes[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            if length > rest {
                // What is left becomes the last record.
                length = UInt64(rest)
                for index in 0..<8 { bytes[position + index] = UInt8(truncatingIfNeeded: length >> UInt64(8 * index)) }
                repair(position..<position + 8)
            }
            repair(position + 12..<position + 12 + Int(length))
            position += 16 + Int(length)
        }
    }

    @Test("fuzz: mutated event files are read or refused")
    func eventFiles() throws {
        try Self.events.run { _ = try TensorBoardEventFile($0) }
        // A file that was cut is read as far as it goes.
        try Self.events.everyTruncation(accepted: Set(0..<1000)) { _ = try TensorBoardEventFile($0) }
        try Self.events.everyByteChange { _ = try TensorBoardEventFile($0) }
    }

    @Test("fuzz: mutated events behind right checksums are read or refused")
    func messages() throws {
        let samples = TensorBoardTests.events.map(\.encoded)
        try Fuzzer("event-messages", samples: samples, tokens: ["text"]).run { bytes in
            _ = try TensorBoardEventFile(TensorBoardEventWriter.record(bytes))
        }
    }
}
