import TernFuzzing
import Testing

@testable import TernFormats

@Suite struct ZlibTests {
    // Made with Python's zlib module.
    static let hello = bytes("789ccb48cdc9c9d75128492dcae3cac0c10600eb410c6a")

    static let text = Array("hello, tern\nhello, tern\nhello, tern\n".utf8)

    @Test("zlib and gzip streams are made and read", arguments: [0, 1, 6, 9])
    func roundTrip(level: Int) throws {
        var random = FixedRandom(state: 5)
        let noise = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for contents in [[], Self.text, noise, [UInt8](repeating: 7, count: 300_000)] {
            let zlib = Zlib.compress(contents, level: level)
            #expect(try Zlib.decompress(zlib, maximumCount: contents.count) == contents)
            let gzip = Gzip.compress(contents, level: level)
            #expect(try Gzip.decompress(gzip, maximumCount: contents.count) == contents)
            if level == 6 && contents.first == 7 { #expect(zlib.count < 1000 && gzip.count < 1000) }
        }
    }

    @Test("errors name the damage")
    func messages() {
        func message(_ data: [UInt8]) -> String? {
            #expect(throws: FormatError.self) { try Zlib.decompress(data, maximumCount: 100) }?.description
        }
        let stream = Zlib.compress(Self.text)
        var wrongCheck = stream
        wrongCheck[stream.count - 1] ^= 1
        #expect(
            message(wrongCheck)
                == "zlib data, byte \(stream.count): expected zlib data, found incorrect data check (zlib)")
        #expect(
            message(stream + [0])
                == "zlib data, byte \(stream.count): expected the end of the compressed data, found more bytes")
        #expect(message(Array("plain".utf8)) == "zlib data, byte 2: expected zlib data, found no zlib header")
        #expect(message(Gzip.compress([1])) == "zlib data, byte 2: expected zlib data, found no zlib header")
        #expect(
            message(Zlib.compress([UInt8](repeating: 0, count: 101)))
                == "zlib data: expected at most 100 bytes when uncompressed, found more")
        // A stream that needs a dictionary.
        #expect(message(bytes("78bb0000000000")) != nil)
    }

    @Test("fuzz: mutated streams are read or refused")
    func fuzz() throws {
        let zlib = [Zlib.compress(Self.text), Zlib.compress([1, 2, 3], level: 0), Zlib.compress([])]
        try Fuzzer("zlib", samples: zlib).run { _ = try Zlib.decompress($0, maximumCount: 1000) }
        try Fuzzer("zlib", samples: zlib).everyTruncation { _ = try Zlib.decompress($0, maximumCount: 1000) }
        let gzip = [Gzip.compress(Self.text), Gzip.compress([1, 2, 3], level: 0), GzipTests.named]
        try Fuzzer("gzip", samples: gzip).run { _ = try Gzip.decompress($0, maximumCount: 1000) }
        try Fuzzer("gzip", samples: gzip).everyTruncation { _ = try Gzip.decompress($0, maximumCount: 1000) }
        try Fuzzer("gzip", samples: gzip).everyByteChange { _ = try Gzip.decompress($0, maximumCount: 1000) }
    }
}
