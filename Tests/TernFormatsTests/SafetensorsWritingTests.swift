import Foundation
import TernCore
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
