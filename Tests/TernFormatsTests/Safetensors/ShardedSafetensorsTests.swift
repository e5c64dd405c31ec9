import Foundation
import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct ShardedSafetensorsTests {
    static let tensors: [String: Tensor] = [
        "a": Tensor([1, 2, 3, 4]), "b": Tensor([5]), "c": Tensor(shape: [9], values: [UInt8](1...9)),
        "d": Tensor.zeros([0]), "é\"": Tensor([[6, 7]]),
    ]

    static func withShards(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try ShardedSafetensors.write(tensors, metadata: ["format": "pt"], to: folder, maximumShardSize: 16)
            try body(folder)
        }
    }

    static func index(_ folder: String) throws -> String {
        String(decoding: try bytes(ofFile: folder + "/model.safetensors.index.json"), as: UTF8.self)
    }

    @Test("tensors are split by size, in the order of their names, under an index as Hugging Face writes it")
    func written() throws {
        try Self.withShards { folder in
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files == (1...3).map { "model-0000\($0)-of-00003.safetensors" } + ["model.safetensors.index.json"])
            #expect(
                try Self.index(folder) == """
                    {
                      "metadata": {
                        "format": "pt",
                        "total_size": 37
                      },
                      "weight_map": {
                        "a": "model-00001-of-00003.safetensors",
                        "b": "model-00002-of-00003.safetensors",
                        "c": "model-00002-of-00003.safetensors",
                        "d": "model-00002-of-00003.safetensors",
                        "é\\"": "model-00003-of-00003.safetensors"
                      }
                    }

                    """)
            #expect(try SafetensorsFile(contentsOf: folder + "/" + files[1]).metadata == ["format": "pt"])
        }
    }

    @Test("all tensors are found through the index and through the folder")
    func readBack() throws {
        try Self.withShards { folder in
            for path in [folder, folder + "/model.safetensors.index.json"] {
                let model = try ShardedSafetensors(contentsOf: path)
                #expect(model.names == ["a", "b", "d", "c", "é\""])
                #expect(model.metadata == ["format": "pt"])
                #expect(model.paths.count == 3)
                #expect(model.entry(named: "c")?.type == .uint8)
                #expect(model.entry(named: "x") == nil)
                for (name, tensor) in try model.tensors() { #expect(tensor == Self.tensors[name]) }
                let error = #expect(throws: FormatError.self) { try model.tensor(named: "x") }
                #expect(error?.place == .key("x"))
                #expect(error?.found == "none among 5")
            }
        }
    }

    @Test("a model that fits one file is one file, and what was there before goes")
    func oneFile() throws {
        try Self.withShards { folder in
            try ShardedSafetensors.write(["x": Tensor([1])], to: folder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
            #expect(try ShardedSafetensors(contentsOf: folder).tensors() == ["x": Tensor([1])])
            try ShardedSafetensors.write(Self.tensors, to: folder, maximumShardSize: 36)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                    "model.safetensors.index.json",
                ])
            try ShardedSafetensors.write([:], to: folder)
            #expect(try ShardedSafetensors(contentsOf: folder).names == [])
        }
    }

    @Test("a write that fails leaves what was there")
    func failure() throws {
        try Self.withShards { folder in
            let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            let error = #expect(throws: FormatError.self) {
                try ShardedSafetensors.write(
                    ["a": Tensor([1]), "__metadata__": Tensor([1])], to: folder, maximumShardSize: 4)
            }
            #expect(error?.place == .key("__metadata__"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
            #expect(try ShardedSafetensors(contentsOf: folder).tensors().count == 5)
        }
    }

    @Test("files and index that do not agree are an error that lists everything")
    func disagreement() throws {
        try Self.withShards { folder in
            let path = folder + "/model.safetensors.index.json"
            let index = try Self.index(folder)
            func message(_ text: String) throws -> String? {
                try write(Array(text.utf8), to: path)
                let error = #expect(throws: FormatError.self) { try ShardedSafetensors(contentsOf: folder) }
                return error?.description.replacingOccurrences(of: path, with: "index")
            }
            #expect(
                try message(index.replacingOccurrences(of: "-of-00003", with: "-of-00004"))
                    == "index: expected 3 files beside the index, found 3 missing: model-00001-of-00004.safetensors, "
                    + "model-00002-of-00004.safetensors, model-00003-of-00004.safetensors")
            #expect(
                try message(index.replacingOccurrences(of: "\"b\"", with: "\"x\""))
                    == "index: expected an index that agrees with its files, found \"b\" in "
                    + "model-00002-of-00003.safetensors, but not in the index, \"x\" missing from "
                    + "model-00002-of-00003.safetensors")
            #expect(
                try message(index.replacingOccurrences(of: "37", with: "36"))
                    == "index, \"total_size\": expected 37, as the files hold, found 36")
            for name in ["../x", "a/b", "/etc/passwd", "..", ".", "", "a\\u0000"] {
                let changed = index.replacingOccurrences(
                    of: "\"b\": \"model-00002-of-00003.safetensors", with: "\"b\": \"\(name)")
                #expect(
                    try message(changed)?.hasPrefix(
                        "index, \"b\": expected the name of a file beside the index, found \"") == true)
            }
            #expect(try message("{}") == "index, \"weight_map\": expected the tensors' files by name, found none")
            #expect(
                try message("{\"weight_map\": {\"a\": 1}}")
                    == "index, byte 21: expected the name of a file: a string, found \"1\"")
            try write([], to: folder + "/model-00001-of-00003.safetensors")
            try write(Array(index.utf8), to: path)
            #expect(throws: FormatError.self) { try ShardedSafetensors(contentsOf: folder) }
        }
        try withTemporaryFolder { folder in
            let error = #expect(throws: FormatError.self) { try ShardedSafetensors(contentsOf: folder) }
            #expect(
                error?.description
                    == "\(folder): expected a folder with model.safetensors.index.json or model.safetensors, found neither"
            )
        }
    }

    @Test("an index without a total size, and with other fields, is accepted")
    func lenient() throws {
        let index = try SafetensorsIndex(
            json: Array(
                #"{"x": [1], "weight_map": {}, "metadata": {"total_parameters": 12, "a": "b", "c": null, "d": 1.5e3}}"#
                    .utf8), file: "x")
        #expect(index.totalSize == nil)
        #expect(index.metadata == ["total_parameters": "12", "a": "b", "d": "1.5e3"])
    }

    @Test("fuzz: mutated indices are read or refused")
    func fuzz() throws {
        try Self.withShards { folder in
            let sample = Array(try Self.index(folder).utf8)
            let fuzzer = Fuzzer(
                "safetensors-index", samples: [sample], tokens: ["weight_map", "total_size", "..", "/", "{", "\"", "}"])
            let read = { (bytes: [UInt8]) in _ = try SafetensorsIndex(json: bytes, file: "x") }
            try fuzzer.run(read)
            try fuzzer.everyTruncation(accepted: [sample.count - 1], read)
            try fuzzer.everyByteChange(read)
        }
    }
}
