import TernCore
import Testing

@testable import TernFormats

@Suite struct PNGErrorTests {
    static func file(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        var file = PNG.signature
        for (type, data) in chunks { PNG.appendChunk(type, data, to: &file) }
        return file
    }

    /// A grey picture of 2 x 1 pixels and 8 bits, with changes.
    static func header(
        width: UInt32 = 2, height: UInt32 = 1, depth: UInt8 = 8, color: UInt8 = 0, _ rest: [UInt8] = [0, 0, 0]
    ) -> (String, [UInt8]) {
        let sizes = [width, height].flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
        return ("IHDR", sizes + [depth, color] + rest)
    }

    /// The bytes as a zlib stream, stored.
    static func zlib(_ bytes: [UInt8], checksum: UInt32? = nil) -> [UInt8] {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes { (a, b) = ((a + UInt32(byte)) % 65521, (b + a + UInt32(byte)) % 65521) }
        let adler = checksum ?? (b << 16 | a)
        let size = UInt16(bytes.count)
        let sizes = [UInt8(size & 255), UInt8(size >> 8), UInt8(~size & 255), UInt8(~size >> 8)]
        return [0x78, 0x01, 0x01] + sizes + bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: adler >> $0) }
    }

    static let data = ("IDAT", zlib([0, 7, 9]))
    static let end = ("IEND", [UInt8]())

    static func message(_ chunks: [(String, [UInt8])], maximumPixelCount: Int = 1 << 28) -> String? {
        #expect(throws: FormatError.self) {
            try PNG.read(file(chunks), name: "x", maximumPixelCount: maximumPixelCount, strict: true)
        }?.description
    }

    @Test("a right file is read, chunks that can be skipped included")
    func accepted() throws {
        let expected = Tensor(shape: [1, 1, 2], values: [7, 9] as [UInt8])
        #expect(try PNG.read(Self.file([Self.header(), Self.data, Self.end])) == expected)
        let chunks = [Self.header(), ("teSt", [1, 2]), Self.data, ("IDAT", []), ("tEXt", []), Self.end]
        #expect(try PNG.read(Self.file(chunks)) == expected)
    }

    @Test("what is wrong with the header is named")
    func header() {
        func message(_ header: (String, [UInt8])) -> String? { Self.message([header, Self.data, Self.end]) }
        #expect(message(Self.header(width: 0)) == "x, byte 16: expected a width of 1 to 2147483647, found 0")
        #expect(
            message(Self.header(height: 1 << 31))
                == "x, byte 20: expected a height of 1 to 2147483647, found 2147483648")
        #expect(message(Self.header(color: 1)) == "x, byte 25: expected a colour type (0, 2, 3, 4 or 6), found 1")
        #expect(
            message(Self.header(depth: 4, color: 6))
                == "x, byte 24: expected a depth that colour type 6 can have (8, 16), found 4")
        #expect(message(Self.header([1, 0, 0])) == "x, byte 26: expected compression method 0, found 1")
        #expect(message(Self.header([0, 2, 0])) == "x, byte 27: expected filter method 0, found 2")
        #expect(message(Self.header([0, 0, 2])) == "x, byte 28: expected interlace method 0 or 1, found 2")
        #expect(message(("IHDR", [1])) == "x, byte 16: expected an IHDR chunk of 13 bytes, found 1")
        #expect(message(("tEXt", [])) == "x, byte 12: expected the chunk IHDR first, found \"tEXt\"")
    }

    @Test("chunks in the wrong place or of the wrong size are named")
    func chunks() {
        let (header, data, end) = (Self.header(), Self.data, Self.end)
        let palette = ("PLTE", [UInt8](repeating: 1, count: 6))
        let indexed = Self.header(depth: 1, color: 3)
        #expect(Self.message([header, end]) == "x, byte 37: expected IDAT before IEND, found \"IEND\"")
        #expect(
            Self.message([header, data, ("tEXt", []), data, end])
                == "x, byte 75: expected the IDAT chunks one after the other, found \"IDAT\"")
        #expect(
            Self.message([header, ("ABCD", []), data, end])
                == "x, byte 37: expected a chunk that is known or can be skipped, found \"ABCD\"")
        #expect(
            Self.message([header, header, data, end])
                == "x, byte 37: expected a chunk that is known or can be skipped, found \"IHDR\"")
        #expect(Self.message([indexed, data, end]) == "x, byte 37: expected PLTE before IDAT, found \"IDAT\"")
        #expect(
            Self.message([indexed, palette, palette])
                == "x, byte 55: expected one PLTE before tRNS and IDAT, found \"PLTE\"")
        #expect(
            Self.message([header, palette]) == "x, \"PLTE\": expected no palette in a grey picture, found one")
        #expect(
            Self.message([indexed, ("PLTE", [1, 2, 3, 4])])
                == "x, \"PLTE\": expected 1 to 2 entries of 3 bytes, found 4 bytes")
        #expect(
            Self.message([indexed, ("PLTE", [UInt8](repeating: 1, count: 9))])
                == "x, \"PLTE\": expected 1 to 2 entries of 3 bytes, found 9 bytes")
        #expect(
            Self.message([indexed, palette, ("tRNS", [1, 2, 3])])
                == "x, \"tRNS\": expected at most 2 bytes, as the palette has entries, found 3 bytes")
        #expect(Self.message([header, ("tRNS", [1])]) == "x, \"tRNS\": expected 2 bytes, found 1 bytes")
        #expect(
            Self.message([Self.header(color: 4), ("tRNS", [1, 2])])
                == "x, \"tRNS\": expected none beside an alpha channel, found 2 bytes")
        #expect(
            Self.message([header, data])
                == "x, byte 59: expected another chunk (the last is IEND), found 0 bytes and the end of the file")
    }

    @Test("rows that do not fit the header are an error")
    func rows() {
        func message(_ rows: [UInt8], checksum: UInt32? = nil, header: (String, [UInt8]) = Self.header()) -> String? {
            Self.message(
                [
                    header, ("PLTE", [UInt8](repeating: 1, count: 3)), ("IDAT", Self.zlib(rows, checksum: checksum)),
                    Self.end,
                ].filter { $0.0 != "PLTE" || header.1[9] == 3 })
        }
        #expect(
            message([0, 7]) == "x, \"IDAT\": expected 3 bytes of rows, found 2")
        #expect(
            message([0, 7, 9, 1]) == "x, the contents of IDAT: expected at most 3 bytes when uncompressed, found more")
        #expect(
            message([0, 7, 9], checksum: 1)
                == "x, the contents of IDAT, byte 14: expected zlib data, found incorrect data check (zlib)")
        #expect(
            message([5, 7, 9]) == "x, \"IDAT\": expected a filter type of 0 to 4 at byte 0 of the rows, found 5")
        #expect(
            message([0, 64], header: Self.header(depth: 1, color: 3))
                == "x, \"IDAT\": expected indices of a palette of 1 entries, found 1")
        #expect(
            Self.message([Self.header(), ("IDAT", [0x78, 0x01, 0x07]), Self.end])
                == "x, the contents of IDAT, byte 3: expected zlib data, found invalid block type (zlib)")
    }

    @Test("the file's own sizes are held against its bytes before memory is taken")
    func sizes() {
        let largest = Self.header(width: .max >> 1, height: .max >> 1, depth: 16, color: 6)
        #expect(
            Self.message([largest, Self.data, Self.end])
                == "x, byte 16: expected at most 268435456 pixels, found 2147483647 x 2147483647")
        #expect(
            Self.message([largest, Self.data, Self.end], maximumPixelCount: .max)
                == "x, \"IDAT\": expected rows for 2147483647 x 2147483647 pixels, found 14 compressed bytes, "
                + "which hold at most 14448")
        #expect(
            Self.message([Self.header(), Self.data, Self.end], maximumPixelCount: 1)
                == "x, byte 16: expected at most 1 pixels, found 2 x 1")
        let whole = Self.file([Self.header(), Self.data, Self.end])
        let lie = PNG.signature + [0xFF, 0xFF, 0xFF, 0xFF] + whole[12...]
        let error = #expect(throws: FormatError.self) { try PNG.read(lie, name: "x", strict: true) }
        #expect(error?.description == "x, byte 8: expected a chunk of at most 51 bytes, found 4294967295")
    }

    @Test("other files are refused, and a wrong checksum is named")
    func beginning() {
        func message(_ bytes: [UInt8]) -> String? {
            #expect(throws: FormatError.self) { try PNG.read(bytes, name: "x") }?.description
        }
        #expect(message([]) == "x, byte 0: expected the 8 bytes that begin a PNG file, found no bytes")
        #expect(message([1, 2]) == "x, byte 0: expected the 8 bytes that begin a PNG file, found 0x01 0x02")
        var file = Self.file([Self.header(), Self.data, Self.end])
        file[26] ^= 1
        #expect(
            message(file) == "x, byte 29: expected the CRC-32 0xD08B4A61 of the chunk \"IHDR\", found 0xD1492056")
    }
}
