import TernFormats
import TernFuzzing
import TernTestSupport
import Testing

@Suite struct TarTests {
    /// Names and contents of all files.
    static func files(_ archive: TarReader) throws(FormatError) -> [(String, [UInt8])] {
        var files: [(String, [UInt8])] = []
        while let entry = try archive.next() {
            let contents = try archive.contents(maximumCount: 1 << 16)
            files.append((entry.name, contents))
        }
        return files
    }

    static let longNames = [
        "ustar": String(repeating: "a", count: 90) + "/" + String(repeating: "b", count: 90),
        "gnu": String(repeating: "n", count: 240),
        "pax": String(repeating: "é", count: 60) + "/" + String(repeating: "n", count: 130),
    ]

    @Test("the archives of Python's tarfile are read, compressed or not", arguments: ["ustar", "gnu", "pax"])
    func reading(format: String) throws {
        let compressed = try golden("tar-\(format).tgz")
        let plain = try Gzip.decompress(compressed, maximumCount: 1 << 20)
        for archive in [
            try TarReader(contentsOf: goldenPath("tar-\(format).tgz")), try TarReader(compressed), try TarReader(plain),
        ] {
            let files = try Self.files(archive)
            #expect(
                files.map(\.0) == [
                    "data/empty.bin", "data/short.bin", "data/block.bin", "data/long.bin", Self.longNames[format]!,
                    "data/last.txt",
                ])
            #expect(files[0].1 == [] && files[1].1 == Array("tern".utf8))
            #expect(files[2].1 == (0..<512).map { UInt8(truncatingIfNeeded: $0) })
            #expect(files[3].1 == (0..<1255).map { UInt8($0 % 251) })
            #expect(files[4].1 == Array("long name".utf8) && files[5].1 == Array("end".utf8))
            #expect(try archive.next() == nil)
        }
    }

    @Test("entries are passed over without being read, and have their contents once")
    func skipping() throws {
        let archive = try TarReader(golden("tar-pax.tgz"))
        var sizes: [Int] = []
        while let entry = try archive.next() { sizes.append(entry.size) }
        #expect(sizes == [0, 4, 512, 1255, 9, 3])
        let again = try TarReader(golden("tar-gnu.tgz"))
        _ = try (again.next(), again.next())
        #expect(try again.contents(maximumCount: 4).count == 4)
        #expect(try again.contents(maximumCount: 4).isEmpty)
    }

    @Test("what is wrong is an error with the place")
    func errors() throws {
        let plain = try Gzip.decompress(golden("tar-ustar.tgz"), maximumCount: 1 << 20)
        func message(_ change: (inout [UInt8]) -> Void) -> String? {
            var bytes = plain
            change(&bytes)
            return #expect(throws: FormatError.self) { try Self.files(TarReader(bytes)) }?.description
        }
        #expect(
            message { $0[0] ^= 1 }
                == "tar data, byte 0: expected a tar header, whose bytes sum to 3499, found a sum of 3500")
        #expect(
            message { $0[148] = 57 }
                == "tar data, byte 148: expected the sum of a header in octal digits, found \"906653\"")
        #expect(
            message { $0.removeSubrange(700...) }
                == "tar data, byte 512: expected a header of 512 bytes, found 188 bytes and the end")
        #expect(
            message { $0.removeSubrange((1024 + 512 + 2)...) }
                == "tar data, byte 1148: expected a size of what can follow, found 4")
        let archive = try TarReader(plain)
        _ = try (archive.next(), archive.next())
        let large = #expect(throws: FormatError.self) { try archive.contents(maximumCount: 3) }
        #expect(large?.description == "tar data, byte 1536: expected at most 3 bytes of an entry, found 4")
        #expect(throws: FormatError.self) { try TarReader([]).next() }
    }

    @Test("fuzz: mutated archives are read or refused")
    func fuzz() throws {
        // Without most of the zeros at their end.
        let samples = try ["ustar", "gnu", "pax"].map { format in
            let bytes = try Gzip.decompress(golden("tar-\(format).tgz"), maximumCount: 1 << 20)
            let count = bytes.lastIndex { $0 != 0 }! + 1
            return Array(bytes.prefix((count + 511) / 512 * 512 + 1024))
        }
        var fuzzer = Fuzzer("tar", samples: samples, tokens: ["ustar", "17 path=abcdefgh\n", "11 size=77\n", "777777"])
        // The sum of each header made right, so that what lies behind it is reached.
        fuzzer.repair = { bytes in
            for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start] != 0 {
                let sum = (0..<512).reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(bytes[start + $1])) }
                let digits = Array(String(sum, radix: 8).utf8)
                for i in 0..<6 { bytes[start + 148 + i] = i < 6 - digits.count ? 48 : digits[i - 6 + digits.count] }
            }
        }
        let result = try fuzzer.run { bytes in _ = try Self.files(TarReader(bytes)) }
        #expect(result.accepted > 20)
        let compressed = try ["gnu", "pax"].map { try golden("tar-\($0).tgz") }
        try Fuzzer("tar.gz", samples: compressed).run { bytes in _ = try Self.files(TarReader(bytes)) }
    }
}
