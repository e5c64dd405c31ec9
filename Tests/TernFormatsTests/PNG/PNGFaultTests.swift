import Foundation
import TernCore
import TernTestSupport
import Testing

@testable import TernFormats

/// Files that are not as they should be, but show the picture.
@Suite struct PNGFaultTests {
    static let rows: [UInt8] = [0, 1, 2, 3, 0, 4, 5, 6]
    static let picture = Tensor(shape: [1, 2, 3], values: [1, 2, 3, 4, 5, 6] as [UInt8])

    private static func file(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        PNGErrorTests.file([PNGErrorTests.header(width: 3, height: 2)] + chunks)
    }

    /// By name: files whose pixels are all there.
    static let forgiven: [(name: String, file: [UInt8])] = {
        let zlib = PNGErrorTests.zlib(rows)
        let (data, end) = (("IDAT", zlib), PNGErrorTests.end)
        let whole = file([data, end])
        let withoutEnd = file([data])
        let note = ("tEXt", Array("a\0b".utf8))
        var wrongNote = file([data, note])
        wrongNote[wrongNote.count - 1] ^= 1
        var wrongEnd = whole
        wrongEnd[wrongEnd.count - 1] ^= 1
        var tooLong = withoutEnd
        tooLong[36] += 100
        var files = [
            ("bytes behind the zlib stream", file([("IDAT", zlib + Array("junk".utf8)), end])),
            ("bytes in another chunk", file([data, ("IDAT", Array("junk".utf8)), end])),
            ("a second zlib stream", file([("IDAT", zlib + zlib), end])),
            ("more rows", file([("IDAT", PNGErrorTests.zlib(rows + [0, 7, 8, 9])), end])),
            ("one more byte of rows", file([("IDAT", PNGErrorTests.zlib(rows + [0])), end])),
            ("no IEND", withoutEnd), ("no IEND behind a note", file([data, note])),
            ("IEND with contents", file([data, ("IEND", [1, 2])])), ("a wrong CRC-32 of IEND", wrongEnd),
            ("a wrong CRC-32 behind the data", wrongNote),
            ("an unknown chunk behind the data", file([data, ("ABCD", [1]), end])),
            ("a length beyond the file", tooLong),
        ]
        for count in 1...4 {
            files.append(("\(4 - count) bytes of Adler-32", file([("IDAT", zlib.dropLast(count)), end])))
            files.append(("no Adler-32, no IEND, \(count)", file([("IDAT", zlib.dropLast(count))])))
        }
        for count in 1...11 { files.append(("IEND without its last \(count) bytes", whole.dropLast(count))) }
        // The CRC-32 and the Adler-32.
        for count in 1...8 { files.append(("IDAT without its last \(count) bytes", withoutEnd.dropLast(count))) }
        return files
    }()

    @Test("faults behind the pixels are forgiven, unless a strict reader is asked for", arguments: forgiven.indices)
    func isForgiven(index: Int) throws {
        let (name, file) = Self.forgiven[index]
        #expect(try PNG.read(file) == Self.picture, "\(name)")
        let isStrictlyRight = name == "IEND with contents"
        #expect((try? PNG.read(file, strict: true)) == (isStrictlyRight ? Self.picture : nil), "\(name)")
    }

    @Test("faults that can touch the pixels are not forgiven")
    func refused() {
        let zlib = PNGErrorTests.zlib(Self.rows)
        var wrongData = Self.file([("IDAT", zlib), PNGErrorTests.end])
        wrongData[52] ^= 1
        let files: [(name: String, file: [UInt8])] = [
            ("a wrong Adler-32", Self.file([("IDAT", PNGErrorTests.zlib(Self.rows, checksum: 1)), PNGErrorTests.end])),
            ("a row missing", Self.file([("IDAT", PNGErrorTests.zlib(Self.rows.dropLast(4))), PNGErrorTests.end])),
            ("a byte missing", Self.file([("IDAT", PNGErrorTests.zlib(Self.rows.dropLast())), PNGErrorTests.end])),
            ("a byte cut", Self.file([("IDAT", zlib.dropLast(5)), PNGErrorTests.end])),
            ("cut within the rows", Self.file([("IDAT", zlib)]).dropLast(9)),
            ("data in two places", Self.file([("IDAT", Array(zlib.prefix(9))), ("tEXt", []), ("IDAT", zlib)])),
            ("no data", Self.file([PNGErrorTests.end])), ("a wrong byte", wrongData),
        ]
        for (name, file) in files {
            #expect(throws: FormatError.self, "\(name)") { try PNG.read(file) }
        }
    }

    @Test(
        "Pillow reads what is forgiven, with the same pixels",
        .enabled(if: Python.has("PIL"), "TERN_PYTHON names no interpreter with Pillow"))
    func pillow() throws {
        try withTemporaryFolder { folder in
            for (index, (_, file)) in Self.forgiven.enumerated() { try write(file, to: "\(folder)/\(index).png") }
            let script = """
                import sys
                from PIL import Image
                for i in range(int(sys.argv[2])):
                    with Image.open(f"{sys.argv[1]}/{i}.png") as picture:
                        picture.load()
                        print(list(picture.tobytes()) == [1, 2, 3, 4, 5, 6])
                """
            let output = try Python.run(script, [folder, "\(Self.forgiven.count)"])
            #expect(output == String(repeating: "True\n", count: Self.forgiven.count))
        }
    }
}
