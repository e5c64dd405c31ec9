import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct GzipTests {
    // Made with Python's gzip module.
    static let hello = bytes("1f8b0800000000000203cb48cdc9c9d75128492dcae3cac0c1060098e4483f24000000")
    static let named = bytes("1f8b080800f1536500ff6e616d652e747874002bcf2cc9504854c84bcc4d05008c9b9e8d0b000000")
    static let empty = bytes("1f8b080000000000020303000000000000000000")
    static let stored = bytes("1f8b0800000000000403010600f9ff73746f7265640bf9435606000000")

    static func text(_ data: [UInt8], maximumCount: Int = 1000) throws -> String {
        String(decoding: try Gzip.decompress(data, maximumCount: maximumCount), as: UTF8.self)
    }

    @Test("gzip data is decompressed, also of several members")
    func decompresses() throws {
        #expect(try Self.text(Self.hello) == "hello, tern\nhello, tern\nhello, tern\n")
        #expect(try Self.text(Self.named) == "with a name")
        #expect(try Self.text(Self.empty) == "")
        #expect(try Self.text(Self.stored) == "stored")
        #expect(try Self.text(Self.named + Self.empty + Self.stored + Self.empty) == "with a namestored")
    }

    @Test(
        "every truncation is an error at the end of the data", arguments: [hello, named, empty, stored, named + stored])
    func truncation(data: [UInt8]) {
        for count in data.indices where count != Self.named.count {
            let error = #expect(throws: FormatError.self) { try Self.text(Array(data[..<count])) }
            #expect(
                error
                    == FormatError(
                        "gzip data", at: .offset(count), expected: "more compressed data", found: "the end of the file")
            )
        }
    }

    @Test("every changed byte is found, or changes nothing", arguments: [hello, named, stored])
    func corruption(data: [UInt8]) throws {
        let text = try Self.text(data)
        var unnoticed = 0
        for index in data.indices {
            for bit in 0..<8 {
                var changed = data
                changed[index] ^= 1 << bit
                if let result = try? Self.text(changed) {
                    #expect(result == text)
                    unnoticed += 1
                }
            }
        }
        // The header's time, system and flags say nothing about the contents.
        #expect(unnoticed < 8 * 20)
    }

    @Test(
        "zero bytes behind and between members are padding, as for Python's gzip",
        arguments: [1, 4, 65_535, 65_536, 200_000]
    )
    func padding(count: Int) throws {
        let zeros = [UInt8](repeating: 0, count: count)
        #expect(try Self.text(Self.named + zeros) == "with a name")
        #expect(try Self.text(Self.named + zeros + Self.stored) == "with a namestored")
        #expect(try Self.text(Self.named + zeros + Self.empty + zeros + Self.stored + zeros) == "with a namestored")
        for bad in [zeros + Self.named, Self.named + zeros + [1], Self.named + zeros + Self.stored.dropLast()] {
            #expect(throws: FormatError.self) { try Self.text(bad) }
        }
        #expect(throws: FormatError.self) { try Zlib.decompress(Zlib.compress([1]) + zeros, maximumCount: 9) }
    }

    @Test("a padded IDX file is read")
    func paddedIDX() throws {
        try withTemporaryFolder { folder in
            let member = Gzip.compress([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
            try write(member + [UInt8](repeating: 0, count: 512), to: folder + "/x.gz")
            #expect(try IDX.read(contentsOf: folder + "/x.gz").array(of: UInt8.self) == [7, 9])
        }
    }

    @Test("what else follows the last member must be another one")
    func trailing() {
        let end = Self.hello.count
        for tail: [UInt8] in [[0, 0, 1], Array("tail".utf8), [0x1F, 0x8C, 8, 0]] {
            let error = #expect(throws: FormatError.self) { try Self.text(Self.hello + tail) }
            #expect(error?.file == "gzip data")
        }
        let error = #expect(throws: FormatError.self) { try Self.text(Self.hello + [7, 0, 0, 0]) }
        #expect(error?.expected == "the end of the file or another gzip member")
        #expect(error.map { if case .offset(end...) = $0.place { true } else { false } } == true)
    }

    @Test("messages name the damage")
    func messages() {
        func message(_ data: [UInt8]) -> String? {
            #expect(throws: FormatError.self) { try Self.text(data) }?.description
        }
        var wrongCheck = Self.hello
        wrongCheck[wrongCheck.count - 8] ^= 1
        #expect(message(wrongCheck) == "gzip data, byte 31: expected gzip data, found incorrect data check (zlib)")
        #expect(message(Array("plain text".utf8)) == "gzip data, byte 2: expected gzip data, found no gzip header")
        #expect(message([]) == "gzip data, byte 0: expected more compressed data, found the end of the file")
    }

    @Test("decompression stops at the limit")
    func limit() throws {
        #expect(try Self.text(Self.hello, maximumCount: 36).count == 36)
        let error = #expect(throws: FormatError.self) { try Self.text(Self.hello, maximumCount: 35) }
        #expect(error?.description == "gzip data: expected at most 35 bytes when uncompressed, found more")
    }
}
