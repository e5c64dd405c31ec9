import Foundation
import SpatialPyramidPooling
import Tern
import TernRecurrent
import TernTestSupport
import Testing

@Suite("What is wrong with a model file, or a model,")
struct ModelFileErrorTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch let error as ModelFileError {
            return "\(error)"
        } catch {
            return "another error: \(error)"
        }
    }

    /// What loading a file says of this model whose JSON was changed.
    private func message(
        _ model: any Module, _ catalogue: Catalogue = .all, replacing old: String, by new: String
    ) throws -> String {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            try saveModel(model, to: path)
            let file = try SafetensorsFile(contentsOf: path)
            let json = try #require(file.metadata["tern.model"])
            try #require(json.contains(old), "\(json)")
            try SafetensorsFile.write(
                file.tensors(), metadata: ["tern.model": json.replacing(old, with: new)], to: path)
            return message { _ = try ModelFile(contentsOf: path).makeModel(catalogue) }.replacing(path, with: "x")
        }
    }

    @Test("types that the program does not have are named all at once, with what to do")
    func unknownTypes() throws {
        let model = Sequential(
            SpatialPyramidPooling(levels: [1]), Tower(widths: [2], classes: 2), Tower(widths: [2], classes: 2))
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/x")
            #expect(
                message { _ = try loadModel(folder + "/x") } == """
                    \(folder)/x: has layers that the catalogue does not have:
                      SpatialPyramidPooling.SpatialPyramidPooling (at 0): import SpatialPyramidPooling, and Catalogue.register(SpatialPyramidPooling.self)
                      TernModelFilesTests.Tower (at 1 and 1 more): import TernModelFilesTests, and Catalogue.register(Tower.self)
                    """)
        }
    }

    @Test("settings that are none are named with the layer and its place")
    func settings() throws {
        let model = Sequential(Conv2d(4, 6, kernelSize: 3, groups: 2), BatchNorm2d(6))
        let cases = [
            (
                "\"groups\":2", "\"groups\":3",
                "x: 0 (TernLayers.Conv2d): groups must divide in_channels 4, got 3"
            ),
            (
                "\"groups\":2", "\"groups\":0",
                "x: 0 (TernLayers.Conv2d): groups must be an integer, at least 1, got 0"
            ),
            (
                "\"momentum\":0.1", "\"momentum\":\"high\"",
                "x: 1 (TernLayers.BatchNorm2d): momentum must be a number, or nothing, in 0.0...1.0, got 'high'"
            ),
            (
                "\"bias\":true", "\"biases\":true",
                "x: 0 (TernLayers.Conv2d): has no setting 'biases'"
            ),
            (
                "\"type\":\"TernLayers.BatchNorm2d\",\"version\":2",
                "\"type\":\"TernLayers.BatchNorm2d\",\"version\":7",
                "x: 1 (TernLayers.BatchNorm2d): has version 7, this program knows up to 2"
            ),
            (
                "\"type\":\"TernLayers.BatchNorm2d\",\"version\":2", "\"type\":\"TernLayers.BatchNorm2d\"",
                "x, \"tern.model\": expected a model as JSON, found no 'version' in model.settings.layers.1"
            ),
            ("\"format\":1", "\"format\":2", "x: is of format 2, and this version of Tern knows formats up to 1"),
            ("\"format\"", "format", "x, \"tern.model\": expected a model as JSON, found text that is not"),
        ]
        for (old, new, expected) in cases {
            #expect(try message(model, replacing: old, by: new) == expected)
        }
    }

    @Test("references to layers must go back, and two layers cannot have one path")
    func references() throws {
        let shared = Linear(2, 2)
        let model = Sequential(shared, Tanh(), shared)
        #expect(
            try message(model, replacing: "{\"same\":\"0\"}", by: "{\"same\":\"\"}")
                == "x: the model (TernNN.Sequential): layers is the layer at '', which does not come before")
        #expect(
            try message(model, replacing: "\"path\":\"1\"", by: "\"path\":\"0\"")
                == "x: 0 (TernLayers.Tanh): is at a path that another layer has")
    }

    @Test("tensors that are missing, left over or of another shape are named; nothing is allocated for claimed sizes")
    func tensors() throws {
        let claimed = Int(Int32.max)
        #expect(
            try message(Linear(3, 2), replacing: "\"out_features\":2", by: "\"out_features\":\(claimed)") == """
                x: cannot load the state dictionary into Linear:
                  weight: expects [2147483647, 3], got [2, 3]
                  bias: expects [2147483647], got [2]
                """)
        #expect(
            try message(
                LSTM(3, 2), .all + .recurrent, replacing: "\"num_layers\":1", by: "\"num_layers\":1024"
            ).hasPrefix("x: the model (TernRecurrent.LSTM): asks for more parameters than the file has"))
    }

    @Test("a file of tensors alone and a model of another type are refused")
    func otherFiles() throws {
        try withTemporaryFolder { folder in
            try SafetensorsFile.write(["weight": Tensor.ones([2])], to: folder + "/x")
            #expect(
                message { _ = try loadModel(folder + "/x") } == """
                    \(folder)/x, "tern.model": expected a model of Tern, found tensors alone (make the model, and loadStateDictionary)
                    """)
            try saveModel(Linear(2, 2), to: folder + "/x")
            #expect(
                message { _ = try loadModel(folder + "/x", as: Conv2d.self) }
                    == "\(folder)/x: expected a model of type Conv2d, found a Linear")
            #expect(message { _ = try loadModel(folder + "/none") }.contains("none: expected"))
        }
    }

    @Test("a model that a file could not give back is refused with everything that stands in the way")
    func unfit() throws {
        let replaced = Tower(widths: [2], classes: 3)
        (replaced.blocks[0])[1] = GELU()
        let tied = Sequential(Linear(2, 2), Linear(2, 2))
        let cases: [(any Module, String)] = [
            (
                Sequential(Lambda { $0 }, Linear(2, 2), Lambda { $0 }),
                "0: Lambda is no RebuildableModule\n  2: Lambda is no RebuildableModule"
            ),
            (replaced, "blocks.0.1: is GELU(approximate='none'), its settings give ReLU()"),
            (weightNorm(Linear(2, 3)), "parametrizations.weight: a file cannot have it: see removeParametrizations"),
            (Forgetful(3), "the model: is Forgetful(size=3), its settings give Forgetful(size=1)"),
            (tied, "no error"),
        ]
        for (model, expected) in cases {
            let text = message { _ = try ModelFile(model) }
            #expect(
                text
                    == (expected == "no error"
                        ? expected
                        : "the model cannot be written to a file that gives it back:\n  " + expected))
        }
    }

    /// A blueprint that leaves out a setting.
    final class Forgetful: Module, RebuildableModule {
        let size: Int
        init(_ size: Int = 1) { self.size = size }
        func forward(_ x: Tensor) -> Tensor { x * Double(size) }
        var settingsDescription: String { "size=\(size)" }
        static let blueprint = Blueprint<Forgetful>("") { Forgetful() }
    }

    @Test("an older version of a layer migrates, with its settings and the names of its tensors")
    func migration() throws {
        let old = Sequential(Tanh(), ScaleVersion1(inverse: 4))
        try withTemporaryFolder { folder in
            try saveModel(old, to: folder + "/x")
            let model = try loadModel(folder + "/x", as: Sequential.self, catalogue: .all + Catalogue(Scale.self))
            let x = Tensor.normal([5])
            #expect(model(x) == old(x))
            #expect(model.namedParameters.map(\.name) == ["1.weight"])
            // What it is now is what it is saved as.
            try saveModel(model, to: folder + "/y")
            #expect(
                try ModelFile(contentsOf: folder + "/y").architecture
                    != ModelFile(contentsOf: folder + "/x").architecture)
            #expect(
                message {
                    _ = try loadModel(folder + "/x", catalogue: .all + Catalogue(ScaleVersion3.self))
                }.hasSuffix("1 (Scale): has version 1, and version 3 has no migration"))
        }
    }

    final class ScaleVersion1: Module, RebuildableModule {
        let inverse: Double
        let scale = Parameter([1], .ones)
        init(inverse: Double) { self.inverse = inverse }
        func forward(_ x: Tensor) -> Tensor { x * scale.value / inverse }
        var settingsDescription: String { "\(inverse)" }
        static let blueprint = Blueprint<ScaleVersion1>("", name: "Scale", .init("inverse", \.inverse)) {
            ScaleVersion1(inverse: $0)
        }
    }

    final class Scale: Module, RebuildableModule {
        let factor: Double
        let weight = Parameter([1], .ones)
        init(factor: Double) { self.factor = factor }
        func forward(_ x: Tensor) -> Tensor { x * weight.value * factor }
        var settingsDescription: String { "\(factor)" }
        static let blueprint = Blueprint<Scale>(
            "", name: "Scale", version: 2, .init("factor", \.factor),
            migrate: { old, version in
                let inverse = old.settings.removeValue(forKey: "inverse").flatMap(Double.fromSetting)
                guard version == 1, let inverse else { throw ConfigurationError("has no inverse") }
                old.settings["factor"] = .number(1 / inverse)
                old.rename("scale", to: "weight")
            }, make: Scale.init)
    }

    final class ScaleVersion3: Module, RebuildableModule {
        func forward(_ x: Tensor) -> Tensor { x }
        static let blueprint = Blueprint<ScaleVersion3>("", name: "Scale", version: 3) { ScaleVersion3() }
    }
}
