import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct SafetensorsTests {
    /// A file with this header, given as text.
    static func file(_ json: String, data: [UInt8] = []) -> [UInt8] {
        let text = Array(json.utf8)
        return (0..<8).map { UInt8(text.count >> (8 * $0) & 0xFF) } + text + data
    }

    /// Reads the header of a file, and all of its tensors that Tern has a type for.
    static func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try withTemporaryFolder { folder in
            try write(bytes, to: folder + "/x")
            let file = try SafetensorsFile(contentsOf: folder + "/x")
            for name in file.names where file.entry(named: name)?.type.dtype != nil {
                _ = try file.tensor(named: name, widening: true)
            }
            return file
        }
    }

    @Test("a file of the reference library is read")
    func reference() throws {
        let file = try Self.read(golden("reference.safetensors"))
        #expect(file.metadata == ["made by": "test \"é\""])
        #expect(file.names == ["i64", "f64", "f32", "none", "i32", "brain", "half", "i16", "u8", "flag"])
        #expect(file.entry(named: "half")?.type == .float16)
        #expect(file.entry(named: "f32")?.shape == [2, 2])
        #expect(file.entry(named: "other") == nil)

        let f32 = try file.tensor(named: "f32")
        #expect(f32.shape == [2, 2])
        #expect(f32.array(of: Float.self) == [1.5, -2, 0, 3.25])
        #expect(try file.tensor(named: "f64").array(of: Double.self) == [0.1])
        #expect(try file.tensor(named: "i32").array(of: Int32.self) == [1, -2])
        #expect(try file.tensor(named: "i64").array(of: Int64.self) == [7])
        #expect(try file.tensor(named: "i64").shape == [])
        #expect(try file.tensor(named: "u8").array(of: UInt8.self) == [255, 0])
        #expect(try file.tensor(named: "flag").array(of: Bool.self) == [true, false])
        #expect(try file.tensor(named: "none").shape == [0, 3])
    }

    @Test("half types become float32 when widening is asked for")
    func halves() throws {
        let file = try Self.read(golden("reference.safetensors"))
        let half = try file.tensor(named: "half", widening: true)
        #expect(half.array(of: Float.self) == [1.5, -65504, 0x1p-24, .infinity])
        let brain = try file.tensor(named: "brain", widening: true).array(of: Float.self)
        #expect(brain[..<2] == [1.5, Float(bitPattern: 0xFF62_0000)])
        #expect(brain[2].isNaN)
    }

    @Test("every float16 widens to the value that its bits stand for")
    func everyHalf() throws {
        let bytes = (UInt16.min...UInt16.max).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let file = NPYTests.file(NPYTests.header("<f2", shape: "(65536,)"), data: bytes)
        let values = try NPY.read(file, widening: true).array(of: Float.self)
        let wrong = (UInt16.min...UInt16.max).filter { bits in
            let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
            let magnitude =
                switch exponent {
                case 0: fraction * 0x1p-24
                case 31: fraction == 0 ? Float.infinity : .nan
                default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
                }
            let expected = bits >> 15 == 1 ? -magnitude : magnitude
            let widened = values[Int(bits)]
            return (widened != expected || widened.sign != expected.sign) && !(widened.isNaN && expected.isNaN)
        }
        #expect(wrong == [])
    }

    @Test("a name, type or rank that cannot be had is an error with the name")
    func refusedAccess() throws {
        let ranks = String(repeating: ",1", count: 8)
        let json =
            #"{"a":{"dtype":"C64","shape":[0],"data_offsets":[0,0]},"#
            + #""z0":{"dtype":"U8","shape":[0,9223372036854775807,2],"data_offsets":[0,0]},"#
            + #""r":{"dtype":"U8","shape":[1\#(ranks)],"data_offsets":[0,1]},"#
            + #""b":{"dtype":"BOOL","shape":[2],"data_offsets":[1,3]}}"#
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            try write(Self.file(json, data: [0, 1, 2]), to: path)
            let file = try SafetensorsFile(contentsOf: path)
            func message(_ name: String) -> String? {
                #expect(throws: FormatError.self) { try file.tensor(named: name) }?.description
            }
            #expect(message("z") == "\(path), \"z\": expected a tensor of this name, found none among 4")
            #expect(message("a") == "\(path), \"a\": expected a type of Tern's, found C64")
            #expect(message("r") == "\(path), \"r\": expected at most 8 dimensions of a possible size, found 9")
            #expect(
                message("z0")
                    == "\(path), \"z0\": expected at most 8 dimensions of a possible size, found [0, 9223372036854775807, 2]"
            )
            #expect(message("b") == "\(path), \"b\": expected 0 or 1 for a bool, found 0x02 at index 1")
            try write(Self.file(json), to: path)
            #expect(message("b") == "\(path), \"b\": expected 2 bytes of values, found 0 and the end of the file")
        }
    }

    @Test("every truncation, and a longer file, is an error")
    func wrongLength() throws {
        let whole = try golden("reference.safetensors")
        for count in whole.indices {
            #expect(throws: FormatError.self) { try Self.read(Array(whole[..<count])) }
        }
        let error = #expect(throws: FormatError.self) { try Self.read(whole + [0]) }
        #expect(error?.expected == "60 bytes of data, as the header says")
        #expect(error?.found == "61")
    }

    @Test("a header's length beyond the file or the limit is an error before memory is taken")
    func headerLength() throws {
        for length: [UInt8] in [
            [UInt8](repeating: 0xFF, count: 8), [0, 0, 0, 0, 0, 0, 0, 0x80], [3, 0, 0, 0, 0, 0, 0, 0],
            [1, 0xE1, 0xF5, 5, 0, 0, 0, 0],
        ] {
            let error = #expect(throws: FormatError.self) { try Self.read(length + Array("{}".utf8)) }
            #expect(error?.expected == "a header of at most 2 bytes")
        }
    }

    static let words = [
        "dtype", "shape", "data_offsets", "__metadata__", "{", "}", "[", "]", "\"", ":", ",", "9", "\\u",
    ]

    @Test("fuzz: mutated headers are read or refused")
    func fuzzHeader() throws {
        let whole = try golden("reference.safetensors")
        let json = Array(whole[8..<whole.count - 60])
        try Fuzzer("safetensors-header", samples: [json], tokens: Self.words).run {
            _ = try SafetensorsHeader(json: $0, dataSize: 60, file: "x")
        }
    }

    @Test("fuzz: mutated files are read or refused")
    func fuzz() throws {
        let samples = [try golden("reference.safetensors"), Self.file("{}")]
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            let read = { (bytes: [UInt8]) in
                try write(bytes, to: path)
                let file = try SafetensorsFile(contentsOf: path)
                for name in file.names where file.entry(named: name)?.type.dtype != nil {
                    _ = try file.tensor(named: name, widening: true)
                }
            }
            let fuzzer = Fuzzer("safetensors", samples: samples, tokens: Self.words)
            try fuzzer.run(read)
            try fuzzer.everyTruncation(read)
        }
    }

    @Test("fuzz: large files take no more than ten times their size")
    func fuzzLarge() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            let many = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("\($0)", Tensor([Float($0)])) })
            try SafetensorsFile.write(many, to: path)
            let small = try bytes(ofFile: path)
            try SafetensorsFile.write(["a": Tensor.zeros([100_000])], to: path)
            let shape = "[" + String(repeating: "0,", count: 100_000) + "0]"
            let deep = Self.file("{\"a\":{\"dtype\":\"U8\",\"shape\":\(shape),\"data_offsets\":[0,0]}}")
            var fuzzer = Fuzzer("safetensors-large", samples: [small, try bytes(ofFile: path), deep])
            (fuzzer.count, fuzzer.isLarge) = (3, true)
            try fuzzer.run { bytes in
                try write(bytes, to: path)
                _ = try SafetensorsFile(contentsOf: path).tensors(widening: true)
            }
        }
    }

    @Test("fuzz: every changed byte of a header is read or refused")
    func fuzzBytes() throws {
        let whole = try golden("reference.safetensors")
        let json = Array(whole[8..<whole.count - 60])
        try Fuzzer("safetensors-bytes", samples: [json]).everyByteChange {
            _ = try SafetensorsHeader(json: $0, dataSize: 60, file: "x")
        }
    }
}
