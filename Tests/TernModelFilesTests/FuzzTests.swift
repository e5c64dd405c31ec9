import Foundation
import SpatialPyramidPooling
import Tern
import TernAttention
import TernFuzzing
import TernRecurrent
import TernTestSupport
import TernVision
import Testing

@testable import TernModelFiles

/// Whatever is in a file: a model or an error, in bounded time and memory.
@Suite("Untrusted model files")
struct FuzzTests {
    private static let catalogue =
        Catalogue.all + .recurrent + .attention + .vision + Catalogue(SpatialPyramidPooling.self, Tower.self, Bag.self)

    /// Layers of every kind, nested and by themselves, whatever their inputs are.
    private static func models() -> [any Module] {
        [

            Sequential(
                Conv2d(2, 4, kernelSize: 3, groups: 2), BatchNorm2d(4), Residual(ReLU(), projection: Linear(2, 2))),
            Bag([
                Linear(2, 3), Embedding(5, 2, paddingIndex: 1), LayerNorm([2, 3]), GroupNorm(2, 4), PReLU(3),
                Bilinear(2, 3, 4), Upsample(scale: [2, 3], mode: .linear), MaxPool2d(2, padding: 1), AvgPool1d(3),
                ConvTranspose2d(2, 4, kernelSize: 3, groups: 2), DepthwiseConv2d(3, kernelSize: 3, multiplier: 2),
                SeparableConv1d(2, 3, kernelSize: 3), FractionalMaxPool2d(2, outputRatio: [0.5]),
                Hardtanh(min: -2, max: 3),
                AdaptiveLogSoftmaxWithLoss(16, 40, cutoffs: [10, 20]),
                Normalization(mean: .zeros([3]), variance: .ones([3])),
                ConstantPad2d(1, value: 0.5), Cropping1d(1), Reshape([-1, 2]), UnitNormalization(axes: [1, 2]),
            ]),
            Bag([
                LSTM(3, 4, layers: 2, bidirectional: true, projectionSize: 2), GRU(3, 2),
                RNNCell(2, 3, activation: .relu),
                MultiheadAttention(4, heads: 2, addsKeyAndValueBias: true, keyFeatures: 3),
                Transformer(4, heads: 2, encoderLayers: 1, decoderLayers: 1, feedForwardSize: 6),
                GPT(vocabulary: 5, context: 4, modelSize: 4, heads: 2, layers: 2),
            ]),
            Bag([
                UNet(1, classes: 2, features: 2, depth: 2), SqueezeExcitation(4, 2),
                SpatialPyramidPooling(levels: [2, 1]),
                VisionTransformer(imageSize: 8, patchSize: 4, layers: 1, heads: 2, hiddenSize: 4, classes: 3),
                Tower(widths: [2, 3], classes: 2),
            ]),
        ]
    }

    @Test("fuzz: mutated descriptions of models are models or refused")
    func fuzzText() throws {
        let files = try Self.models().map { try ModelFile($0) }
        // The tensors of all of them: what one lacks another may have.
        let tensors = files.map(\.tensors)
        var fuzzer = Fuzzer(
            "model", samples: try files.map { Array(try $0.json().utf8) },
            tokens: [
                "null", "-1", "0", "2147483647", "9223372036854775807", "1e308", "\"same\"", "true", "[", "]", "{", "}",
                ",", "\"settings\"", "\"TernLayers.Linear\"", "\"TernNN.Sequential\"", "\"path\"",
            ])
        fuzzer.isRefusal = { $0 is ModelFileError || $0 is FormatError }
        // What is made of so little text: layers, and messages.
        fuzzer.constantMemory = 4 << 20
        try fuzzer.run { bytes in
            let content = try ModelFile.content(String(decoding: bytes, as: UTF8.self), "x")
            _ = try ModelFile(content, tensors[bytes.count % tensors.count], [:], "x").makeModel(Self.catalogue)
        }
    }

    @Test("fuzz: settings, types, paths and versions that others have, or nobody, are models or refused")
    func fuzzRecords() throws {
        var random = FixedRandom(state: 3)
        let files = try Self.models().map { try ModelFile($0) }
        var records: [LayerRecord] = []
        for file in files { file.architecture.visit { records.append($0) } }
        let values = records.flatMap(\.settings.values) + hostileValues
        let names = Array(Set(records.flatMap(\.settings.keys)))

        func change(_ record: inout LayerRecord) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: record.type = records.randomElement(using: &random)!.type
            case 1: record.version = [-1, 0, 2, .max].randomElement(using: &random)!
            case 2: record.path = records.randomElement(using: &random)!.path
            case 3: record.settings[names.randomElement(using: &random)!] = values.randomElement(using: &random)!
            default:
                guard let name = record.settings.keys.sorted().randomElement(using: &random) else { return }
                record.settings[name] = changed(record.settings[name]!)
            }
        }
        func changed(_ value: SettingValue) -> SettingValue {
            switch value {
            case .layer(var record) where Bool.random(using: &random):
                change(&record)
                return .layer(record)
            case .list(var list) where !list.isEmpty && Bool.random(using: &random):
                let index = list.indices.randomElement(using: &random)!
                list[index] = changed(list[index])
                return .list(list)
            default: return values.randomElement(using: &random)!
            }
        }

        let count = ProcessInfo.processInfo.environment["TERN_FUZZ"].flatMap { Int($0) } ?? 4000
        var made = 0
        for _ in 0..<count {
            let file = files.randomElement(using: &random)!
            var record = Bool.random(using: &random) ? file.architecture : records.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...3, using: &random) { change(&record) }
            let content = ModelContent(model: record, frozen: [], evaluating: [])
            do throws(ModelFileError) {
                _ = try ModelFile(content, file.tensors, [:], "x").makeModel(Self.catalogue)
                made += 1
            } catch {
                #expect("\(error)".utf8.count < 10_000)
            }
        }
        #expect(made < count)
    }

    @Test("fuzz: mutated files are models or refused")
    func fuzzFiles() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            let samples = try Self.models().map { model in
                try saveModel(model, to: path)
                return try bytes(ofFile: path)
            }
            // A file has thousands of bytes, most of them of tensors: what is in them is fuzzed above.
            var fuzzer = Fuzzer("model-file", samples: samples, tokens: ["tern.model", "\\\"", "0", "dtype", "shape"])
            fuzzer.count = 400
            fuzzer.isRefusal = { $0 is ModelFileError }
            fuzzer.constantMemory = 4 << 20
            try fuzzer.run { bytes in
                try write(bytes, to: path)
                _ = try ModelFile(contentsOf: path).makeModel(Self.catalogue)
            }
        }
    }

    @Test("layers within layers to a depth that a stack has no room for are refused")
    func depth() throws {
        let json = String(
            repeating: "{\"type\":\"TernLayers.TimeDistributed\",\"version\":1,\"path\":\"\",\"settings\":{\"module\":",
            count: 100_000)
        #expect(throws: FormatError.self) {
            try ModelFile.content("{\"format\":1,\"frozen\":[],\"evaluating\":[],\"model\":" + json, "x")
        }
    }
}

private let hostileValues: [SettingValue] = [
    .absent, .flag(true), .flag(false), .integer(0), .integer(-1), .integer(2), .integer(1024),
    .integer(Int(Int32.max)), .integer(.max), .integer(.min), .number(.nan), .number(.infinity), .number(1e-300),
    .number(1e300), .number(-0.5), .text(""), .text("same"), .text("nan"), .list([]), .list([.integer(-1)]),
    .list(Array(repeating: .integer(Int(Int32.max)), count: 9)), .same(path: ""), .same(path: "members.0"),
]

/// Any layers in one.
final class Bag: Module, RebuildableModule {
    let members: [any Module]
    init(_ members: [any Module]) { self.members = members }
    func forward(_ x: Tensor) -> Tensor { x }
    static let blueprint = Blueprint<Bag>("", .layers("members", \.members)) { Bag($0) }
}
