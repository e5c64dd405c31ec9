import Foundation
import TernCore
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct SafetensorsWritingTests {
    static let tensors: [String: Tensor] = [
        "f32": [[1.5, -2], [0, 3.25]],
        "f64": Tensor(shape: [1], values: [0.1]),
        "i32": Tensor(shape: [2], values: [1, -2] as [Int32]),
        "i64": Tensor(shape: [], values: [7] as [Int64]),
        "u8": Tensor(shape: [1, 2], values: [255, 0] as [UInt8]),
        "flag": Tensor(shape: [2], values: [true, false]),
        "none": Tensor.zeros([0, 3]),
        "a\n\"\\é\u{1}": Tensor.ones([2, 1, 3]),
        "f": Tensor.zeros([1]),
    ]

    @Test("the bytes are those of the reference library")
    func reference() throws {
        try withTemporaryFolder { folder in
            try SafetensorsFile.write(Self.tensors, metadata: ["made by": "test\t"], to: folder + "/x")
            #expect(try bytes(ofFile: folder + "/x") == golden("written.safetensors"))
        }
    }

    @Test("what is written is read back, views included")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            var tensors = Self.tensors
            tensors["view"] = (Tensor([[1, 2, 3], [4, 5, 6]])).transposed(0, 1)
            tensors[""] = Tensor([.nan, .infinity, -0.0])
            let metadata = ["b": "2", "a": "\u{0}\u{1F}\"\\/é😀"]
            try SafetensorsFile.write(tensors, metadata: metadata, to: folder + "/x")
            let file = try SafetensorsFile(contentsOf: folder + "/x")
            #expect(file.metadata == metadata)
            #expect(Set(file.names) == Set(tensors.keys))
            for (name, tensor) in try file.tensors() where name != "" { #expect(tensor == tensors[name]) }
            let bits = try file.tensor(named: "").array(of: Float.self).map(\.bitPattern)
            #expect(bits == [Float.nan, .infinity, -0.0].map(\.bitPattern))

            try SafetensorsFile.write([:], to: folder + "/x")
            #expect(try SafetensorsFile(contentsOf: folder + "/x").names == [])
        }
    }

    @Test("many tensors are written and read")
    func many() throws {
        try withTemporaryFolder { folder in
            let tensors = Dictionary(uniqueKeysWithValues: (0..<3000).map { ("layer.\($0)", Tensor([Float($0)])) })
            try SafetensorsFile.write(tensors, to: folder + "/x")
            let file = try SafetensorsFile(contentsOf: folder + "/x")
            #expect(file.names.count == 3000)
            #expect(try file.tensor(named: "layer.2718").item() == 2718)
        }
    }

    @Test("tensors that are made one after the other are written as if all were there")
    func streaming() throws {
        try withTemporaryFolder { folder in
            try SafetensorsFile.write(Self.tensors, metadata: ["a": "b"], to: folder + "/x")
            var asked: [String] = []
            let entries = Self.tensors.mapValues { (dtype: $0.dtype, shape: $0.shape) }
            try SafetensorsFile.write(entries, metadata: ["a": "b"], to: folder + "/y") { name in
                asked.append(name)
                return Self.tensors[name]!
            }
            #expect(try bytes(ofFile: folder + "/x") == bytes(ofFile: folder + "/y"))
            #expect(try SafetensorsFile(contentsOf: folder + "/y").names.count == asked.count)
            #expect(throws: FormatError.self) {
                try SafetensorsFile.write(entries, to: folder + "/y") { name throws(FormatError) in
                    throw FormatError("source", expected: "", found: "")
                }
            }
            #expect(try bytes(ofFile: folder + "/x") == bytes(ofFile: folder + "/y"))
        }
    }

    @Test("a large tensor passes through several threads; a file cut short in the meantime is an error")
    func large() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            let tensor = Tensor(shape: [35 << 20], dtype: .uint8) { bytes in
                for start in stride(from: 0, to: bytes.count, by: 4096) {
                    bytes.storeBytes(
                        of: UInt8(truncatingIfNeeded: start / 4096 % 251), toByteOffset: start, as: UInt8.self)
                }
            }
            try SafetensorsFile.write(["a": tensor, "b": Tensor([1])], to: path)
            let file = try SafetensorsFile(contentsOf: path)
            let read = try file.tensor(named: "a")
            #expect(
                read.withUnsafeBytes { a in tensor.withUnsafeBytes { memcmp(a.baseAddress!, $0.baseAddress!, a.count) }
                } == 0)
            #expect(truncate(path, 10 << 20) == 0)
            let error = #expect(throws: FormatError.self) { try file.tensor(named: "a") }
            let header = try bytes(ofFile: path).prefix(8).first.map { Int($0) + 8 } ?? 0
            #expect(
                error?.description
                    == "\(path), \"a\": expected 36700160 bytes of values, found \((10 << 20) - header - 4) and the end of the file"
            )
        }
    }

    @Test("a file is replaced whole, and stays if writing fails")
    func atomic() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            try SafetensorsFile.write(["a": Tensor([1])], to: path)
            try SafetensorsFile.write(["b": Tensor([2])], to: path)
            #expect(try SafetensorsFile(contentsOf: path).names == ["b"])

            let name = #expect(throws: FormatError.self) {
                try SafetensorsFile.write(["__metadata__": Tensor([1])], to: path)
            }
            #expect(
                name?.description
                    == "\(path), \"__metadata__\": expected another name for a tensor, found the metadata's")
            #expect(try SafetensorsFile(contentsOf: path).names == ["b"])

            try FileManager.default.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
            let taken = #expect(throws: FormatError.self) { try SafetensorsFile.write([:], to: folder + "/folder") }
            #expect(taken?.description == "\(folder)/folder: expected a file that can be written, found Is a directory")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["folder", "x"])

            let missing = #expect(throws: FormatError.self) { try SafetensorsFile.write([:], to: folder + "/none/x") }
            #expect(
                missing?.description
                    == "\(folder)/none/x: expected a file that can be written, found No such file or directory")
        }
    }
}
