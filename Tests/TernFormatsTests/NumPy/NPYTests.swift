import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct NPYTests {
    /// A file of version 1 with this dictionary, given as text.
    static func file(_ text: String, data: [UInt8] = [], version: [UInt8] = [1, 0]) -> [UInt8] {
        let length = text.utf8.count
        let size = version[0] == 1 ? 2 : 4
        return NPYHeader.magic + version + (0..<size).map { UInt8(length >> (8 * $0) & 0xFF) } + Array(text.utf8) + data
    }

    static func header(
        _ type: String = "|u1", fortran: String = "False", shape: String = "(2, 3)"
    ) -> String { "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }" }

    static let bytes: [UInt8] = [0, 1, 2, 3, 4, 5]

    @Test("a scalar, an empty array and arrays of all ranks are written as NumPy writes them")
    func written() throws {
        let zeros = NPY.encode(Tensor.zeros([2, 3]))
        #expect(zeros.count == 152)
        #expect(zeros.starts(with: TernFormatsTests.bytes("934e554d505901007600")))
        #expect(
            String(decoding: zeros[10..<128], as: UTF8.self)
                == Self.header("<f4").padded(to: 117) + "\n")
        #expect(String(decoding: NPY.encode(Tensor(1))[10...], as: UTF8.self).contains("'shape': (), }"))
        #expect(String(decoding: NPY.encode(Tensor([1]))[10...], as: UTF8.self).contains("'shape': (1,), }"))
        for shape: Shape in [[], [0], [1, 0, 2], [1, 2, 1, 2, 1, 2, 1, 2]] {
            let tensor = Tensor.arange(0.0, Double(shape.elements)).reshaped(shape)
            #expect(NPY.encode(tensor).count % 64 == tensor.count * 4 % 64)
            #expect(try NPY.read(NPY.encode(tensor)) == tensor)
        }
    }

    @Test("versions 2 and 3 are read")
    func versions() throws {
        for version in [2, 3] {
            let tensor = try NPY.read(golden("version-\(version).npy"))
            #expect(tensor == [[1.5, -2, 0], [3.25, .init(floatLiteral: .infinity), -0.0]])
        }
    }

    @Test("a file is written whole and read back, views included")
    func files() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.npy"
            let view = Tensor([[1, 2, 3], [4, 5, 6]]).transposed(0, 1)
            try NPY.write(view, to: path)
            #expect(try NPY.read(contentsOf: path) == view)
            #expect(try TernTestSupport.bytes(ofFile: path) == NPY.encode(view))
            let error = #expect(throws: FormatError.self) { try NPY.read(contentsOf: folder + "/none") }
            #expect(error?.description == "\(folder)/none: expected a readable file, found No such file or directory")
        }
    }

    @Test(
        "accepted",
        arguments: [
            header(), header() + "   \n", header(fortran: "True"), header(shape: "(2, 3, )"), header(shape: "(2,3)"),
            header(shape: "(6,)"), header(shape: "(2L, 3L)"), header(shape: "( 1 ,6)"),
            #"{"descr": "|u1", "fortran_order": False, "shape": (2, 3)}"#,
            "{'shape':(2,3),'fortran_order':False,'descr':'<u1'}",
            "\n{\t'shape':(2,3),'fortran_order':False,'descr':'>u1'}",
        ])
    func accepted(text: String) throws {
        #expect(try NPY.read(Self.file(text, data: Self.bytes)).count == 6)
    }

    @Test(
        "rejected",
        arguments: [
            "", "{", "{}", "[]", "None", header() + "x", header() + header(), header() + "\0",
            header(fortran: "0"), header(fortran: "true"), header(fortran: "Truex"),
            header(shape: "[2, 3]"), header(shape: "6"), header(shape: "(6)"), header(shape: "(2, 3"),
            header(shape: "(,)"), header(shape: "(2, 3,,)"), header(shape: "(-2, -3)"), header(shape: "(2.0, 3)"),
            header(shape: "(02, 3)"), header(shape: "('2', 3)"), header(shape: "(2 3)"), header(shape: "None"),
            header(shape: "(1,)*6"),
            header(shape: "(0x2, 3)"), header(shape: "(7,)"), header(shape: "(5,)"),
            header(shape: "(18446744073709551617, 6)"), header(shape: "(4294967296, 4294967296)"),
            header(shape: "(9223372036854775807, 0, 3)"), header(shape: "(1, 1, 1, 1, 1, 1, 1, 2, 3)"),
            header("|u1 "), header("<x1"), header("\\x7cu1"),
            header("<M8[ns]", shape: "(0,)"),
            "{'descr': '|u1', 'fortran_order': False, }", "{'descr': '|u1', 'shape': (2, 3), }",
            "{'fortran_order': False, 'shape': (2, 3), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'shape': (2, 3)}",
            "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2, 3), }",
            "{'descr': '|u1' 'fortran_order': False, 'shape': (2, 3), }", "{'descr: '|u1'}", "{'descr", "{'descr'",
            "{descr: '|u1', 'fortran_order': False, 'shape': (2, 3), }",
            "{,'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }",
        ])
    func rejected(text: String) {
        #expect(throws: FormatError.self) { try NPY.read(Self.file(text, data: Self.bytes)) }
    }

    @Test("errors say what was expected at which offset")
    func messages() {
        func message(_ bytes: [UInt8]) -> String? {
            #expect(throws: FormatError.self) { try NPY.read(bytes, name: "x") }?.description
        }
        func message(_ text: String) -> String? { message(Self.file(text, data: Self.bytes)) }
        #expect(message([]) == "x, byte 0: expected the 8 bytes that begin an NPY file, found 0 bytes and the end")
        #expect(
            message(Array("PK\u{3}\u{4}....".utf8))
                == "x, byte 0: expected \\x93NUMPY, found a ZIP archive, perhaps of torch.save or numpy.savez")
        #expect(
            message(Array("PK......".utf8))
                == "x, byte 0: expected \\x93NUMPY, found 0x50 0x4B 0x2E 0x2E 0x2E 0x2E")
        #expect(
            message(Self.file(Self.header(), version: [4, 0]))
                == "x, byte 6: expected version 1.0, 2.0 or 3.0, found 4.0")
        #expect(
            message(Self.file(Self.header() + String(repeating: " ", count: 10_000)))
                == "x, byte 8: expected a header of at most 10000 bytes, found 10059")
        #expect(
            message(NPYHeader.magic + [2, 0, 255, 255, 255, 255])
                == "x, byte 8: expected a header of at most 10000 bytes, found 4294967295")
        #expect(message(Self.header("|O")) == "x, byte 68: expected values of a type of Tern's, found Python objects")
        #expect(message(Self.header("<c8")) == "x, byte 69: expected values of a type of Tern's, found \"<c8\"")
        #expect(
            message(Self.header(shape: "(7,)"))
                == "x, byte 67: expected 7 bytes of values for the shape [7], found at most 6")
        #expect(message(Self.header(shape: "(5,)")) == "x, byte 72: expected the end, found more bytes, the first 0x05")
        #expect(message(Self.header(shape: "(6)")) == "x, byte 62: expected \",\", found \")\"")
        #expect(message(Self.header("|b1")) == "x, byte 71: expected 0 or 1 for a bool, found 0x02")
        #expect(message("{'descr': 1}") == "x, byte 20: expected the name of a type: a string, found \"1\"")
        #expect(message("{'x': 1}") == "x, byte 11: expected descr, fortran_order or shape, found \"x\"")
        #expect(message("{'descr': '|u1'}") == "x, byte 26: expected fortran_order, found none")
    }

    @Test("fuzz: mutated files are read or refused")
    func fuzz() throws {
        let samples = try [
            NPY.encode(Tensor(shape: [2, 3], values: Self.bytes)),
            Self.file(Self.header(fortran: "True"), data: Self.bytes),
            Self.file(Self.header("<f2", shape: "(3,)"), data: Self.bytes), golden("version-3.npy"),
            Self.file(Self.header("uint8"), data: Self.bytes),
            Self.file(Self.header(">h", shape: "(3,)"), data: Self.bytes),
        ]
        let words = [
            "{", "}", "(", ")", "'", ",", ":", "True", "descr", "shape", "<f8", ">i8", "u8", "?", "|O", "9", " ",
        ]
        let fuzzer = Fuzzer("npy", samples: samples, tokens: words)
        try fuzzer.run { _ = try NPY.read($0, widening: true) }
        try fuzzer.everyTruncation { _ = try NPY.read($0, widening: true) }
        try fuzzer.everyByteChange { _ = try NPY.read($0, widening: true) }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: " ", count: count - utf8.count) }
}
