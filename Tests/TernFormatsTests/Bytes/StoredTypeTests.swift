import TernCore
import TernTestSupport
import Testing

@testable import TernFormats

/// Numbers of every type that other libraries store, whichever format they are in.
@Suite struct StoredTypeTests {
    /// The type of a tensor by NumPy's name of that in the file.
    static let dtypes: [String: DType] = [
        "b1": .bool, "u1": .uint8, "i1": .int8, "i2": .int16, "u2": .uint16, "i4": .int32, "u4": .uint32, "i8": .int64,
        "u8": .uint64, "f2": .float32, "f4": .float32, "f8": .float64,
    ]

    @Test("a type is read under each name that NumPy has for it, and under no other")
    func spellings() throws {
        for line in try String(decoding: golden("numpy-spellings.txt"), as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let (spelling, type) = (fields[0], fields[1])
            let size = max(type.last?.wholeNumberValue ?? 1, 1)
            let file = NPYTests.file(
                NPYTests.header(spelling, shape: "(1,)"), data: [1] + [UInt8](repeating: 0, count: size - 1))
            guard let dtype = Self.dtypes[String(type.dropFirst())] else {
                #expect(throws: FormatError.self, "\(spelling) as \(type)") { try NPY.read(file, widening: true) }
                continue
            }
            let tensor = try NPY.read(file, widening: true)
            #expect(tensor.dtype == dtype && tensor.shape == [1], "\(spelling)")
            let bits: UInt64 = type.first == ">" ? 1 << UInt64(8 * (size - 1)) : 1
            let expected =
                switch type.dropFirst() {
                case "f2": Double(Float16(bitPattern: UInt16(bits)))
                case "f4": Double(Float(bitPattern: UInt32(bits)))
                case "f8": Double(bitPattern: bits)
                default: Double(bits)
                }
            #expect(tensor.converted(to: .float64)[0].item() == expected, "\(spelling)")
        }
    }

    @Test("tensors of every type come back from every format, bit for bit", arguments: DType.allCases)
    func everyType(dtype: DType) throws {
        let (stored, size) = (SafetensorsType(dtype), dtype.byteCount)
        #expect(stored.bits == 8 * size && stored.dtype == dtype)
        let values = (0..<6 * size).map { dtype == .bool ? UInt8($0 % 2) : UInt8($0 * 37 % 256) }
        let tensor = Tensor(shape: [2, 3], dtype: dtype) { $0.copyBytes(from: values) }
        func check(_ read: Tensor, _ format: String) {
            let isSame = read.dtype == dtype && read.shape == [2, 3] && read.withUnsafeBytes { Array($0) } == values
            #expect(isSame, "\(dtype) from \(format)")
        }
        try withTemporaryFolder { folder in
            try SafetensorsFile.write(["x": tensor], to: folder + "/x.safetensors")
            check(try SafetensorsFile(contentsOf: folder + "/x.safetensors").tensor(named: "x"), "safetensors")
            let numbers = Tensor([[0.1, 1], [1, 0]]).converted(to: dtype)
            try CSV.write(numbers, header: ["a", "b"], to: folder + "/x.csv")
            let table = try CSVTable(contentsOf: folder + "/x.csv")
            #expect(try table.tensor(dtype: dtype) == numbers)
            // NumPy has no bfloat16.
            if dtype == .bfloat16 { return }
            try NPZFile.write(["x": tensor], to: folder + "/x.npz")
            check(try NPZFile(contentsOf: folder + "/x.npz").tensor(named: "x"), "NPZ")
            check(try NPY.read(NPY.encode(tensor)), "NPY")
            let code = NPYType.name(of: dtype).dropFirst()
            let swapped = (0..<6).flatMap { values[$0 * size..<($0 + 1) * size].reversed() }
            check(try NPY.read(NPYTests.file(NPYTests.header(">\(code)"), data: swapped)), "big-endian NPY")
        }
    }

    private static func values<T: FixedWidthInteger>(_: T.Type) -> [Int64] {
        [Int64(T.min), 1, Int64(clamping: T.max)]
    }

    static let integers: [(name: String, dtype: DType, values: [Int64])] = [
        ("int8", .int8, values(Int8.self)), ("uint8", .uint8, values(UInt8.self)),
        ("int16", .int16, values(Int16.self)), ("uint16", .uint16, values(UInt16.self)),
        ("int32", .int32, values(Int32.self)), ("uint32", .uint32, values(UInt32.self)),
        ("int64", .int64, values(Int64.self)), ("uint64", .uint64, values(UInt64.self)),
    ]

    @Test(
        "the least and the greatest integer of each type are read, from NumPy's files and safetensors",
        arguments: integers.indices)
    func everyInteger(index: Int) throws {
        let (name, dtype, values) = Self.integers[index]
        let npz = try NPZFile(golden("numpy-integers.npz"))
        let tensors = try [
            npz.tensor(named: name), npz.tensor(named: "big " + name),
            SafetensorsFile(contentsOf: goldenPath("integers.safetensors")).tensor(named: name),
        ]
        for tensor in tensors {
            #expect(tensor.dtype == dtype)
            #expect(tensor.array(of: Int64.self) == values)
        }
    }

    @Test("an integer beyond int64 is read as the uint64 that it is")
    func largest() throws {
        let npz = try NPZFile(golden("numpy-integers.npz"))
        let safetensors = try SafetensorsFile(contentsOf: goldenPath("integers.safetensors"))
        for tensor in try [
            npz.tensor(named: "too large"), npz.tensor(named: "big too large"), safetensors.tensor(named: "too large"),
        ] {
            #expect(tensor.dtype == .uint64 && tensor.array(of: UInt64.self).contains(1 << 63))
        }
    }

    @Test("data of another format is called by its name, whichever reader it is given to")
    func otherKinds() throws {
        let zip = try golden("numpy.npz")
        let npy = try golden("version-2.npy")
        let png = PNG.encode(Tensor.zeros([1, 2, 2]))
        let kinds: [(bytes: [UInt8], name: String)] = [
            (zip, "a ZIP archive, perhaps of torch.save or numpy.savez"), (npy, "an array of NumPy (NPY)"),
            (png, "a PNG picture"), ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], "a Python pickle"),
            (Gzip.compress(npy), "gzip data"), ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A, 0x46], "a JPEG picture"),
            (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "the pointer that Git LFS keeps"),
        ]
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            for (bytes, name) in kinds {
                try write(bytes, to: path)
                // The readers whose own kind it is, or that have too little of it to tell.
                let readers: [(String, [String], () throws -> Void)] = [
                    ("safetensors", [], { _ = try SafetensorsFile(contentsOf: path) }),
                    ("npy", ["(NPY)"], { _ = try NPY.read(contentsOf: path) }),
                    ("npz", ["ZIP"], { _ = try NPZFile(contentsOf: path) }),
                    ("png", ["PNG"], { _ = try PNG.read(contentsOf: path) }),
                    ("csv", ["Git", "pickle"], { _ = try CSVTable(contentsOf: path) }),
                    ("idx", ["Git", "gzip", "(NPY)", "PNG"], { _ = try IDX.read(contentsOf: path) }),
                ]
                for (reader, own, read) in readers where !own.contains(where: name.contains) {
                    let error = #expect(throws: FormatError.self, "\(name) given to \(reader)") { try read() }
                    #expect(error?.found.contains(name) == true, "\(reader): \(error?.description ?? "")")
                }
            }
        }
    }
}
