import TernCore
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct NPZTests {
    static let files = ["numpy.npz", "numpy-compressed.npz"]

    @Test("what NumPy saves is read", arguments: files)
    func reads(name: String) throws {
        let file = try NPZFile(golden(name))
        #expect(file.names.count == 22)
        func values<T: TensorScalar>(_ name: String, _ type: T.Type) throws -> [T] {
            let tensor = try file.tensor(named: name)
            #expect(tensor.dtype == T.dtype)
            return tensor.array(of: type)
        }
        #expect(try file.tensor(named: "f4").shape == [2, 3])
        #expect(try values("f4", Float.self) == [1.5, -2, 0, 3.25, .infinity, 0])
        #expect(try values("f8", Double.self) == [0.1, -1e300])
        #expect(try values("i4", Int32.self) == [1, -2])
        #expect(try values("i8", Int64.self) == [1 << 62, -1])
        #expect(try values("u1", UInt8.self) == [255, 0])
        #expect(try values("b1", Bool.self) == [true, false])
        #expect(try values("big-f4", Float.self) == [1.5, -2])
        #expect(try values("big-f8", Double.self) == [0.1])
        #expect(try values("big-i4", Int32.self) == [1, -2])
        #expect(try values("big-i8", Int64.self) == [1 << 62])
        #expect(try file.tensor(named: "f2", widening: true).array(of: Float.self) == [1.5, -65504, 0x1p-24])
        #expect(try file.tensor(named: "big-f2", widening: true).array(of: Float.self) == [1.5, 2])
        #expect(try file.tensor(named: "fortran") == Tensor.arange(0.0, 24).reshaped([2, 3, 4]))
        #expect(try file.tensor(named: "scalar").shape == [])
        #expect(try values("scalar", Int64.self) == [7])
        #expect(try file.tensor(named: "empty").shape == [0, 3])
        #expect(try file.tensor(named: "zeros") == Tensor.zeros([5000]))
        #expect(try values("é", UInt8.self) == [1])
    }

    @Test("NumPy's archives with numbers of 64 bits are read")
    func zip64() throws {
        let bytes = try golden("numpy-zip64.npz")
        #expect(bytes.indices.dropLast(4).contains { bytes.uint32($0) == ZipRecord.end64 })
        let file = try NPZFile(bytes)
        #expect(file.names == ["f4", "i8", "empty"])
        #expect(try file.tensor(named: "i8").array(of: Int64.self) == [1 << 62, -1])
        #expect(try file.tensor(named: "f4")[1, 0].item() == 3.25)
    }

    @Test("other types are listed, but refused")
    func refused() throws {
        let file = try NPZFile(golden("numpy.npz"), name: "x")
        #expect(try file.entry(named: "c8")?.type == "<c8")
        #expect(try file.entry(named: "fortran")?.shape == [2, 3, 4])
        #expect(try file.entry(named: "none") == nil)
        func message(_ name: String) -> String? {
            #expect(throws: FormatError.self) { try file.tensor(named: name) }?.description
        }
        let wanted = "expected values of a type of Tern's"
        #expect(message("c8") == "x, \"c8\": \(wanted), found \"<c8\" (at byte 128)")
        #expect(message("text") == "x, \"text\": \(wanted), found \"<U1\" (at byte 128)")
        #expect(message("object") == "x, \"object\": \(wanted), found Python objects (at byte 128)")
        #expect(
            message("record") == "x, \"record\": expected the name of a type: a string, found \"[\" (at byte 20)")
        #expect(message("none") == "x, \"none\": expected an array of this name, found none among 22")
    }

    @Test("an array is written as NumPy writes it, byte for byte")
    func sameBytes() throws {
        let archive = try ZipArchive(golden("numpy.npz"))
        let file = try NPZFile(golden("numpy.npz"))
        for name in ["f4", "f8", "i4", "i8", "u1", "b1", "scalar", "empty", "zeros"] {
            #expect(try NPY.encode(file.tensor(named: name)) == archive.contents(of: name + ".npy"))
        }
    }

    static let tensors: [String: Tensor] = [
        "f32": [[1.5, -2], [0, 3.25]], "f64": Tensor(shape: [1], values: [0.1]),
        "i32": Tensor(shape: [2], values: [1, -2] as [Int32]), "i64": Tensor(shape: [], values: [7] as [Int64]),
        "u8": Tensor(shape: [1, 2], values: [255, 0] as [UInt8]), "flag": Tensor(shape: [2], values: [true, false]),
        "none": Tensor.zeros([0, 3]), "a/b é": Tensor.ones([100, 100]), "": Tensor([1]),
        "view": Tensor([[1, 2, 3], [4, 5, 6]]).transposed(0, 1),
    ]

    @Test(
        "what is written is read back, stored and deflated, with 32- and 64-bit sizes", arguments: [false, true],
        [ZipRecord.elsewhere, 300, 0])
    func roundTrip(isCompressed: Bool, zip64Limit: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x.npz"
            try NPZFile.write(Self.tensors, to: path, isCompressed: isCompressed, zip64Limit: zip64Limit)
            let file = try NPZFile(contentsOf: path)
            #expect(Set(file.names) == Set(Self.tensors.keys))
            for (name, tensor) in try file.tensors() { #expect(tensor == Self.tensors[name]) }
            let first = try bytes(ofFile: path)
            #expect((first.count < 10_000) == isCompressed)
            try NPZFile.write(Self.tensors, to: path, isCompressed: isCompressed, zip64Limit: zip64Limit)
            #expect(try bytes(ofFile: path) == first)
        }
    }

    @Test("every changed bit of an array is found")
    func corruption() throws {
        for name in Self.files {
            let whole = try golden(name)
            let data = 30 + "f4.npy".utf8.count + 20
            for index in data..<data + 60 {
                var changed = whole
                changed[index] ^= 1 << UInt8(index % 8)
                #expect(throws: FormatError.self) { try NPZFile(changed).tensor(named: "f4") }
            }
        }
    }

    /// What `np.savez` wrote into an archive to which other things were added.
    static func archiveWithOthers(isCompressed: Bool) throws -> [UInt8] {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/x")
            let array = NPY.encode([1, 2, 3])
            try archive.append("folder/", [], isCompressed: isCompressed)
            try archive.append("README.txt", Array("Three numbers.".utf8), isCompressed: isCompressed)
            try archive.append("short", [0x93], isCompressed: isCompressed)
            try archive.append("folder/a.npy", array, isCompressed: isCompressed)
            try archive.append("plain", array, isCompressed: isCompressed)
            try archive.append("damaged.npy", Array("no array".utf8), isCompressed: isCompressed)
            try archive.append("latin-1 e.npy", array, isCompressed: isCompressed)
            try archive.finish()
            // A name as Latin-1 has it, of as many bytes.
            var bytes = try bytes(ofFile: folder + "/x")
            let name = Array("latin-1 e.npy".utf8)
            for start in 0..<bytes.count - name.count where bytes[start..<start + name.count] == name[...] {
                bytes[start + 8] = 0xE9
            }
            return bytes
        }
    }

    @Test("what is no array and a name outside UTF-8 leave the arrays readable", arguments: [false, true])
    func others(isCompressed: Bool) throws {
        let file = try NPZFile(Self.archiveWithOthers(isCompressed: isCompressed), name: "x")
        // The last as Python's zipfile, and so NumPy, calls it.
        #expect(file.names == ["folder/a", "plain", "damaged", "latin-1 Θ"])
        for name in ["folder/a", "plain", "latin-1 Θ"] { #expect(try file.tensor(named: name) == [1, 2, 3]) }
        for name in ["folder/", "README.txt", "short"] {
            let error = #expect(throws: FormatError.self) { try file.tensor(named: name) }
            #expect(
                error?.description
                    == "x, \"\(name)\": expected an array of this name, found a file that is no array")
        }
        let error = #expect(throws: FormatError.self) { try file.tensor(named: "damaged") }
        #expect(error?.expected == "\\x93NUMPY")
        #expect(error?.place == .key("damaged"))
    }

    @Test(
        "NumPy finds the same arrays under the same names",
        .enabled(if: Python.has("numpy"), "TERN_PYTHON names no interpreter with NumPy"))
    func othersInNumPy() throws {
        try withTemporaryFolder { folder in
            try write(Self.archiveWithOthers(isCompressed: true), to: folder + "/x.npz")
            let script = """
                import sys, numpy as np
                with np.load(sys.argv[1]) as file:
                    for name in file.files:
                        try: print(name, isinstance(file[name], np.ndarray))
                        except Exception: print(name, False)
                """
            #expect(
                try Python.run(script, [folder + "/x.npz"]) == """
                    folder/ False
                    README.txt False
                    short False
                    folder/a True
                    plain True
                    damaged False
                    latin-1 Θ True

                    """)
        }
    }

    @Test("two arrays of a name are an error")
    func names() throws {
        try withTemporaryFolder { folder in
            var archive = try ZipWriter(folder + "/x")
            try archive.append("a", NPY.encode([1]))
            try archive.append("a.npy", [])
            try archive.finish()
            let error = #expect(throws: FormatError.self) { try NPZFile(contentsOf: folder + "/x") }
            #expect(error?.description == "\(folder)/x, \"a\": expected one array of a name, found two")
        }
    }
}
