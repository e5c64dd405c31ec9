import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct ZipTests {
    static let text = Array(String(repeating: "tern ", count: 40).utf8)

    /// Two entries, stored or deflated.
    static func archive(isCompressed: Bool = true, limit: Int = ZipRecord.elsewhere) throws -> [UInt8] {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/x", limit: limit)
            try archive.append("text", text, isCompressed: isCompressed)
            try archive.append("a", [7], isCompressed: isCompressed)
            try archive.finish()
            return try bytes(ofFile: folder + "/x")
        }
    }

    /// Reads everything.
    static func read(_ bytes: [UInt8]) throws {
        let archive = try ZipArchive(bytes)
        for entry in archive.entries { _ = try archive.contents(of: entry.name) }
    }

    /// The archive with other bytes at the place of a field in the record that begins with `signature`.
    static func changed(
        _ archive: [UInt8], _ signature: UInt32, _ field: Int, _ bytes: [UInt8], occurrence: Int = 0
    ) -> [UInt8] {
        let places = archive.indices.dropLast(4).filter { archive.uint32($0) == signature }
        var result = archive
        result.replaceSubrange(places[occurrence] + field..<places[occurrence] + field + bytes.count, with: bytes)
        return result
    }

    static func message(_ bytes: [UInt8]) -> String? {
        #expect(throws: FormatError.self) { try read(bytes) }?.description
    }

    @Test("entries are written and read, stored and deflated, with 32- and 64-bit sizes", arguments: [false, true])
    func roundTrip(isCompressed: Bool) throws {
        for limit in [ZipRecord.elsewhere, 100, 2, 0] {
            let archive = try ZipArchive(Self.archive(isCompressed: isCompressed, limit: limit))
            #expect(archive.entries.map(\.name) == ["text", "a"])
            #expect(archive.entry(named: "text")?.size == 200)
            #expect(archive.entry(named: "none") == nil)
            #expect(try archive.contents(of: "text") == Self.text)
            #expect(try archive.contents(of: "a", maximumCount: 1) == [7])
            let error = #expect(throws: FormatError.self) { try archive.contents(of: "text", maximumCount: 199) }
            #expect(
                error?.description
                    == "ZIP data, \"text\": expected at most 199 bytes when uncompressed, found 200")
        }
        #expect(
            throws: FormatError(
                "ZIP data", at: .key("b"), expected: "an entry of this name", found: "none among 2")
        ) { try ZipArchive(Self.archive()).contents(of: "b") }
    }

    @Test("an empty archive has no entries, and empty entries no bytes")
    func empty() throws {
        try withTemporaryFolder { folder in
            try ZipWriter(folder + "/x").finish()
            #expect(
                try bytes(ofFile: folder + "/x")
                    == TernFormatsTests.bytes("504b0506" + String(repeating: "00", count: 18)))
            #expect(try ZipArchive(contentsOf: folder + "/x").entries.isEmpty)
            var archive = try ZipWriter(folder + "/x")
            try archive.append("folder/", [], isCompressed: false)
            try archive.append("é", [])
            try archive.finish()
            let read = try ZipArchive(contentsOf: folder + "/x")
            #expect(read.entries.map(\.name) == ["folder/", "é"])
            #expect(try read.contents(of: "é") == [])
            #expect(try read.contents(of: "folder/") == [])
        }
    }

    @Test("an archive may end with a comment, even one that looks like an archive's end")
    func comments() throws {
        let archive = try Self.archive()
        let comment = archive.suffix(22) + Array("text".utf8)
        try Self.read(Self.changed(archive, ZipRecord.end, 20, [UInt8(comment.count), 0]) + comment)
        // Without the comment's length, its bytes do not belong to the archive.
        #expect(throws: FormatError.self) { try Self.read(archive + [0]) }
        #expect(throws: FormatError.self) { try Self.read([0] + archive) }
    }

    @Test("what leads astray is refused: each of these is an error that names the entry or the place")
    func rejected() throws {
        let archive = try Self.archive(isCompressed: false)
        let central = ZipRecord.central
        func message(_ signature: UInt32, _ field: Int, _ bytes: [UInt8], occurrence: Int = 0) -> String? {
            Self.message(Self.changed(archive, signature, field, bytes, occurrence: occurrence))
        }
        #expect(Self.message([]) == "ZIP data: expected a ZIP archive, found none: no record of its end")
        #expect(Self.message(Self.text) == "ZIP data: expected a ZIP archive, found none: no record of its end")
        // Names.
        let twice = Self.changed(archive, central, 46, Array("text".utf8), occurrence: 0)
        #expect(
            Self.message(Self.changed(twice, ZipRecord.local, 30, Array("taxt".utf8)))
                == "ZIP data, \"text\": expected the name that the directory tells, found another")
        let equal = try Self.twoEqualNames()
        #expect(Self.message(equal) == "ZIP data, \"a\": expected one entry of a name, found two")
        #expect(
            message(central, 46, [0xFE])
                == "ZIP data, \"■ext\": expected the name that the directory tells, found another")
        // Contents.
        #expect(
            message(ZipRecord.local, 34, [0])
                == "ZIP data, \"text\": expected CRC-32 0x\(Self.crc(Self.text)), found 0x\(Self.crc([0] + Self.text.dropFirst()))"
        )
        #expect(
            message(central, 8, [1])
                == "ZIP data, \"text\": expected an entry that is not encrypted, found an encrypted one")
        #expect(
            message(central, 10, [12])
                == "ZIP data, \"text\": expected a stored or deflated entry, found compression method 12")
        #expect(message(central, 10, [8]) == "ZIP data, \"text\": expected compression method 8, found 0")
        #expect(
            message(central, 24, [201])
                == "ZIP data, byte 266: expected a size that 200 bytes can stand for, found 201")
        #expect(
            message(central, 20, [201, 0, 0, 0, 201])
                == "ZIP data, \"text\": expected 201 bytes of data in front of what follows, found room for 200")
        // Places.
        #expect(
            message(central, 42, [0], occurrence: 1)
                == "ZIP data, \"text\": expected 200 bytes of data in front of what follows, found room for 0")
        #expect(
            message(central, 42, [255, 255, 255, 254], occurrence: 1)
                == "ZIP data, \"a\": expected 1 bytes of data in front of what follows, found room for 0")
        #expect(message(central, 42, [1]) != nil)
        #expect(
            message(central, 34, [1]) == "ZIP data, byte 266: expected an entry of this file, found one on another disk"
        )
        #expect(
            message(central, 24, [255, 255, 255, 255])
                == "ZIP data, byte 266: expected a 64-bit extra field with a number below 2^63, found none")
        #expect(message(central, 30, [4]) != nil)
        // The end.
        #expect(message(ZipRecord.end, 4, [1]) == "ZIP data, byte 367: expected an archive in one file, found a part")
        #expect(message(ZipRecord.end, 10, [1]) == "ZIP data, byte 367: expected an archive in one file, found a part")
        #expect(
            message(ZipRecord.end, 8, [1, 0, 1, 0])
                == "ZIP data, byte 316: expected the end of the directory's 1 entries, found 47 more bytes")
        #expect(
            message(ZipRecord.end, 8, [3, 0, 3, 0])
                == "ZIP data, byte 266: expected a directory of 3 entries, found 97 bytes")
        #expect(
            message(ZipRecord.end, 16, [0])
                == "ZIP data, byte 363: expected the end of the directory, found an end after 97 bytes from 256 on")
    }

    static func crc(_ bytes: [UInt8]) -> String {
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.append($0) }
        return String(hexadecimal(checksum.value).dropFirst(2))
    }

    /// An archive with two entries `a`.
    static func twoEqualNames() throws -> [UInt8] {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/x")
            try archive.append("a", [1], isCompressed: false)
            try archive.append("b", [2], isCompressed: false)
            try archive.finish()
            return try bytes(ofFile: folder + "/x").map { $0 == UInt8(ascii: "b") ? UInt8(ascii: "a") : $0 }
        }
    }

    @Test("a deflated entry must have the size that the directory tells")
    func deflatedSize() throws {
        let archive = try Self.archive()
        for (size, found) in [([199 as UInt8], "more"), ([201], "200")] {
            #expect(
                Self.message(Self.changed(archive, ZipRecord.central, 24, size))
                    == "ZIP data, \"text\": expected \(size[0]) bytes when uncompressed, found \(found)")
        }
        // One byte cannot stand for 65,536.
        #expect(
            Self.message(Self.changed(archive, ZipRecord.central, 24, [0, 0, 1]))?.contains("a size that") == true)
    }

    @Test("a size that lies takes no memory, and one that is true is read")
    func bomb() throws {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/x")
            try archive.append("zeros", [UInt8](repeating: 0, count: 10 << 20))
            try archive.finish()
            let whole = try bytes(ofFile: folder + "/x")
            #expect(whole.count < 11_000)
            #expect(try ZipArchive(whole).contents(of: "zeros").count == 10 << 20)
            // As many bytes as the compressed ones can stand for, but not the ones that they do.
            let error = Self.message(Self.changed(whole, ZipRecord.central, 24, [0, 0x80, 0xA0, 0]))
            #expect(error == "ZIP data, \"zeros\": expected 10518528 bytes when uncompressed, found 10485760")
        }
    }

    @Test("fuzz: mutated archives are read or refused")
    func fuzz() throws {
        let samples = try [
            Self.archive(), Self.archive(isCompressed: false), Self.archive(limit: 0), Self.archive(limit: 2),
        ]
        var fuzzer = Fuzzer("zip", samples: samples, tokens: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}"])
        try fuzzer.run(Self.read)
        try fuzzer.everyTruncation(Self.read)
        fuzzer = Fuzzer("zip-bytes", samples: Array(samples[1...2]))
        try fuzzer.everyByteChange(Self.read)
    }

    @Test("fuzz: mutated NumPy archives are read or refused")
    func fuzzNPZ() throws {
        let small = try withTemporaryFolder { folder in
            try [false, true].map { isCompressed in
                let tensors = ["a": Tensor([1, 2, 3]), "b": Tensor.zeros([0, 2], dtype: .int64)]
                try NPZFile.write(tensors, to: folder + "/x", isCompressed: isCompressed)
                return try bytes(ofFile: folder + "/x")
            }
        }
        let read = { (bytes: [UInt8]) in
            let file = try NPZFile(bytes)
            for name in file.names {
                _ = try file.entry(named: name)
                _ = try file.tensor(named: name, widening: true)
            }
        }
        let others = try [false, true].map(NPZTests.archiveWithOthers)
        var fuzzer = Fuzzer("npz", samples: small + others, tokens: ["PK\u{1}\u{2}", "descr", "<f2", "True", ".npy"])
        // The checksums made right, so that changed arrays are read.
        fuzzer.repair = Self.repairChecksums
        fuzzer.constantMemory = 2 << 20
        try fuzzer.run(read)
        try fuzzer.everyTruncation(read)
    }

    @Test("fuzz: large NumPy archives take no more than ten times their size")
    func fuzzLarge() throws {
        var random = FixedRandom(state: 4)
        let noise = Tensor(shape: [20_000], values: (0..<20_000).map { _ in Int32(truncatingIfNeeded: random.next()) })
        let samples = try withTemporaryFolder { folder in
            try [["a": noise, "b": noise.converted(to: .int64)], ["a": Tensor.zeros([1_000_000])]].map {
                try NPZFile.write($0, to: folder + "/x", isCompressed: true)
                return try bytes(ofFile: folder + "/x")
            }
        }
        var fuzzer = Fuzzer("npz-large", samples: samples, tokens: ["PK\u{1}\u{2}"])
        (fuzzer.count, fuzzer.isLarge) = (3, true)
        // Zeros are compressed a thousand times, and are read if nothing of them was changed.
        fuzzer.constantMemory = 6 << 20
        try fuzzer.run { bytes in _ = try NPZFile(bytes).tensors(widening: true) }
    }

    /// Sets the CRC-32 of every entry that can be found to what it should be.
    static func repairChecksums(_ bytes: inout [UInt8]) {
        guard let archive = try? ZipArchive(bytes) else { return }
        var position = archive.entries.map(\.end).max() ?? 0
        for entry in archive.entries {
            let data = entry.headerOffset + 30 + Int(bytes.uint16(entry.headerOffset + 26))
            let start = data + Int(bytes.uint16(entry.headerOffset + 28))
            if position + 46 > bytes.count || start + entry.compressedSize > bytes.count { return }
            if entry.method == 0 {
                var checksum = CRC32()
                bytes[start..<start + entry.size].withUnsafeBytes { checksum.append($0) }
                var field: [UInt8] = []
                field.appendLittleEndian(checksum.value)
                bytes.replaceSubrange(position + 16..<position + 20, with: field)
            }
            position += 46 + [28, 30, 32].reduce(0) { $0 + Int(bytes.uint16(position + $1)) }
        }
    }
}
