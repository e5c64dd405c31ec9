import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct IDXTests {
    static let bytesFile = bytes("00000802" + "00000002" + "00000003" + "000102fdfeff")

    @Test("unsigned bytes keep their shape and order")
    func unsignedBytes() throws {
        let tensor = try IDX.read(Self.bytesFile)
        #expect(tensor.dtype == .uint8)
        #expect(tensor.shape == [2, 3])
        #expect(tensor.array(of: UInt8.self) == [0, 1, 2, 253, 254, 255])
    }

    @Test("signed bytes and 16- and 32-bit integers are read as such")
    func integers() throws {
        let files: [(DType, String)] = [
            (.int8, "0000090100000003" + "017f80"), (.int16, "00000b0100000003" + "0001007fff80"),
            (.int32, "00000c0100000003" + "000000010000007fffffff80"),
        ]
        for (dtype, data) in files {
            let tensor = try IDX.read(bytes(data))
            #expect(tensor.dtype == dtype)
            #expect(tensor.array(of: Int32.self) == [1, 127, -128])
        }
        #expect(try IDX.read(bytes("00000b01000000027fff8000")).array(of: Int32.self) == [32767, -32768])
    }

    @Test("floats are read from big-endian bytes")
    func floats() throws {
        let single = try IDX.read(bytes("00000d01000000023fc00000c0000000"))
        #expect(single.array(of: Float.self) == [1.5, -2])
        let double = try IDX.read(bytes("00000e01000000013fb999999999999a"))
        #expect(double.array(of: Double.self) == [0.1])
    }

    @Test("rank 0 and empty dimensions are shapes like others")
    func extremes() throws {
        let scalar = try IDX.read(bytes("0000080007"))
        #expect(scalar.shape == [])
        #expect(scalar.array(of: UInt8.self) == [7])
        #expect(try IDX.read(bytes("000008020000000000000005")).shape == [0, 5])
        #expect(try IDX.read(bytes("00000808" + String(repeating: "00000001", count: 8) + "07")).rank == 8)
    }

    @Test(
        "every truncation and every longer file is an error",
        arguments: ["00000802000000020000000300010203fdfe", "00000e01000000013fb999999999999a"])
    func wrongLength(data: String) throws {
        let whole = bytes(data)
        for count in whole.indices {
            #expect(throws: FormatError.self) { try IDX.read(Array(whole[..<count])) }
        }
        #expect(
            throws: FormatError(
                "IDX data", at: .offset(whole.count), expected: "the end", found: "more bytes, the first 0xAB")
        ) {
            try IDX.read(whole + [0xAB])
        }
    }

    @Test("errors say what was expected at which offset")
    func messages() {
        func message(_ data: String) -> String? {
            #expect(throws: FormatError.self) { try IDX.read(bytes(data), name: "x.idx") }?.description
        }
        #expect(
            message("0000") == "x.idx, byte 0: expected the 4 bytes that begin an IDX file, found 2 bytes and the end")
        #expect(message("01000801") == "x.idx, byte 0: expected the two zero bytes of an IDX file, found 0x01 0x00")
        #expect(
            message("00000A01")
                == "x.idx, byte 2: expected an IDX type (0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E), found 0x0A")
        #expect(message("00000809") == "x.idx, byte 3: expected at most 8 dimensions, found 9")
        #expect(
            message("00000802000000") == "x.idx, byte 4: expected 2 dimensions of 4 bytes, found 3 bytes and the end")
        #expect(
            message("000008010000000a0102")
                == "x.idx, byte 8: expected 10 bytes of values for the shape [10], found at most 2")
        #expect(
            message("00000803" + "ffffffffffffffffffffffff")
                == "x.idx, byte 4: expected a shape of a possible size, found [4294967295, 4294967295, 4294967295]")
    }

    @Test("files are read plain and compressed, and errors name them")
    func files() throws {
        try withTemporaryFolder { folder in
            try write(Self.bytesFile, to: folder + "/plain")
            #expect(try IDX.read(contentsOf: folder + "/plain").array(of: UInt8.self) == [0, 1, 2, 253, 254, 255])

            // gzip of bytesFile, by Python's gzip module.
            let compressed = bytes("1f8b08000000000002036360e0606260600061660646a6bffffe0300c960425812000000")
            try write(compressed, to: folder + "/compressed")
            #expect(try IDX.read(contentsOf: folder + "/compressed").shape == [2, 3])
            for count in 2..<compressed.count {
                try write(Array(compressed[..<count]), to: folder + "/cut")
                let error = #expect(throws: FormatError.self) { try IDX.read(contentsOf: folder + "/cut") }
                #expect(
                    error?.description
                        == "\(folder)/cut, byte \(count): expected more compressed data, found the end of the file")
            }
            #expect(throws: FormatError.self) { try IDX.read(contentsOf: folder + "/none") }
        }
    }

    @Test("a compressed file that claims more values than it can hold takes no memory for them")
    func bomb() throws {
        try withTemporaryFolder { folder in
            // gzip of the header of a [2^31 - 1] float64 tensor, without values.
            try write(bytes("1f8b08000000000002036360e063acffffff3f007101aa5108000000"), to: folder + "/bomb")
            let error = #expect(throws: FormatError.self) { try IDX.read(contentsOf: folder + "/bomb") }
            #expect(error?.expected == "17179869176 bytes of values for the shape [2147483647]")
        }
    }

    @Test("values that take far more memory than their file are believed when they have been seen")
    func zeros() throws {
        try withTemporaryFolder { folder in
            let header = bytes("00000801000f4240")
            try write(Gzip.compress(header + [UInt8](repeating: 0, count: 1_000_000)), to: folder + "/x")
            #expect(try IDX.read(contentsOf: folder + "/x").shape == [1_000_000])
            try write(Gzip.compress(header + [UInt8](repeating: 0, count: 999_999)), to: folder + "/x")
            let error = #expect(throws: FormatError.self) { try IDX.read(contentsOf: folder + "/x") }
            #expect(
                error?.description
                    == "\(folder)/x, byte 8: expected 1000000 bytes of values for the shape [1000000], found 999999")
        }
    }

    @Test("fuzz: mutated compressed files are read or refused")
    func fuzzCompressed() throws {
        try withTemporaryFolder { folder in
            let contents = [Self.bytesFile, bytes("00000901000f4240") + [UInt8](repeating: 0, count: 1_000_000)]
            var fuzzer = Fuzzer("idx-gzip", samples: contents.map { Gzip.compress($0, level: 1) })
            (fuzzer.count, fuzzer.isLarge) = (300, true)
            try fuzzer.run {
                try write($0, to: folder + "/x")
                _ = try IDX.read(contentsOf: folder + "/x")
            }
        }
    }

    @Test("fuzz: mutated files are read or refused")
    func fuzz() throws {
        let fuzzer = Fuzzer("idx", samples: [Self.bytesFile, bytes("00000d01000000023fc00000c0000000")])
        try fuzzer.run { _ = try IDX.read($0) }
        try fuzzer.everyTruncation { _ = try IDX.read($0) }
        try fuzzer.everyByteChange { _ = try IDX.read($0) }
    }
}
