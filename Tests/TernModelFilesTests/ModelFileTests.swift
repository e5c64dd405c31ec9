import Foundation
import SpatialPyramidPooling
import Tern
import TernAttention
import TernRecurrent
import TernTestSupport
import Testing

@Suite("A model file")
struct ModelFileTests {
    @Test("gives back a nested network of library layers: the same outputs to the bit, printed the same")
    func nested() throws {
        let model = Sequential {
            Conv2d(3, 8, kernelSize: [3, 5], stride: 2, padding: .same, groups: 1, bias: false, paddingMode: .reflect)
            BatchNorm2d(8)
            LeakyReLU(slope: 0.3)
            Residual(projection: Conv2d(8, 12, kernelSize: 1)) {
                Conv2d(8, 12, kernelSize: 3, padding: 1)
                GroupNorm(3, 12)
                Residual { Sequential(SiLU(), Conv2d(12, 12, kernelSize: 1)) }
            }
            MaxPool2d(2)
            Flatten()
            Dropout(0.25)
            Linear(96, 10)
        }
        let x = Tensor.normal([4, 3, 8, 16])
        _ = model(x)
        try roundTrip(model, x)
    }

    @Test("gives back a class of one's own with layers, a list of them and a plug-in among them")
    func ownClass() throws {
        let catalogue = Catalogue.all + Catalogue(Tower.self, SpatialPyramidPooling.self)
        try roundTrip(Tower(widths: [4, 6, 6], classes: 3), Tensor.normal([2, 3, 8, 8]), catalogue)
    }

    @Test("gives back models with several inputs: a Transformer with its encoder and decoder, by its class")
    func transformer() throws {
        let model = Transformer(8, heads: 2, encoderLayers: 2, decoderLayers: 1, feedForwardSize: 12, batchFirst: true)
        model.eval()
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/x")
            let copy = try loadModel(folder + "/x", as: Transformer.self, catalogue: .all + .attention)
            let (source, target) = (Tensor.normal([2, 5, 8]), Tensor.normal([2, 3, 8]))
            #expect(copy(source, target) == model(source, target))
            #expect("\(copy)" == "\(model)")
        }
    }

    @Test("keeps types of numbers, frozen parameters, modes, and a layer that has two places")
    func details() throws {
        let shared = Linear(4, 4)
        let model = Sequential(shared, BatchNorm1d(4), Dropout(0.5), shared, Linear(4, 2))
        (model[4] as! Linear).to(.bfloat16)
        shared.weight.requiresGradient = false
        model[1].eval()
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/x", metadata: ["author": "me"])
            let copy = try loadModel(folder + "/x", as: Sequential.self)
            #expect(copy[0] === copy[3])
            #expect((copy[4] as! Linear).weight.dtype == .bfloat16)
            #expect(copy.namedParameters.filter { !$0.parameter.requiresGradient }.map(\.name) == ["0.weight"])
            #expect((copy[1] as! BatchNorm1d).isTraining == false && (copy[2] as! Dropout).isTraining)
            #expect(try ModelFile(contentsOf: folder + "/x").metadata == ["author": "me"])
            // Tied weights train as one.
            #expect(copy.parameters.count == model.parameters.count)
        }
    }

    @Test("draws no random numbers when it is read, and its parameters train on")
    func training() throws {
        try withTemporaryFolder { folder in
            try saveModel(Linear(3, 2), to: folder + "/x")
            seed(5)
            let expected = Tensor.uniform([3], in: 0..<1)
            seed(5)
            let copy = try loadModel(folder + "/x")
            #expect(Tensor.uniform([3], in: 0..<1) == expected)
            copy(Tensor.ones([1, 3])).sum().backward()
            #expect(copy.parameters.allSatisfy { $0.gradient != nil })
        }
    }

    @Test("holds tensors under the names of the state dictionary, for every reader of safetensors")
    func plainTensors() throws {
        try withTemporaryFolder { folder in
            let model = Sequential(Linear(3, 4), Tanh())
            try saveModel(model, to: folder + "/x")
            let file = try SafetensorsFile(contentsOf: folder + "/x")
            #expect(try file.tensors() == model.stateDictionary())
            let other = Sequential(Linear(3, 4), Tanh())
            try other.loadStateDictionary(file.tensors())
            #expect(other.stateDictionary() == model.stateDictionary())
        }
    }

    @Test("prints its layers and their settings before any is made")
    func printed() throws {
        let model = Sequential(Linear(3, 4, bias: false), Residual(Tanh()))
        #expect(
            try "\(ModelFile(model))" == """
                TernNN.Sequential()
                  0: TernLayers.Linear(bias=false, in_features=3, out_features=4)
                  1: TernLayers.Residual(projection=nothing)
                    1.module: TernLayers.Tanh()
                """)
    }

    private func roundTrip(_ model: any Module<Tensor, Tensor>, _ x: Tensor, _ catalogue: Catalogue = .all) throws {
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/x")
            let copy = try loadModel(folder + "/x", catalogue: catalogue)
            #expect("\(copy)" == "\(model)")
            #expect(copy.stateDictionary() == model.stateDictionary())
            for module in [model, copy] { module.eval() }
            #expect(copy(x) == model(x))
            // The copy is saved as the model was.
            try saveModel(copy, to: folder + "/y")
            for module in [model, copy] { module.train() }
            try saveModel(copy, to: folder + "/y")
            #expect(try bytes(ofFile: folder + "/y") == bytes(ofFile: folder + "/x"))
        }
    }
}

/// A network as a user writes one.
final class Tower: Module, RebuildableModule {
    let blocks: [Sequential]
    let pool = SpatialPyramidPooling(levels: [2, 1])
    let head: Linear
    private let widths: [Int]

    init(widths: [Int], classes: Int) {
        self.widths = widths
        blocks = zip([3] + widths, widths).map { Sequential(Conv2d($0, $1, kernelSize: 3, padding: 1), ReLU()) }
        head = Linear(pool.outputFeatures(channels: widths.last!), classes)
    }

    func forward(_ x: Tensor) -> Tensor { head(pool(blocks.reduce(x) { $1($0) })) }

    private var classes: Int { head.outFeatures }

    static let blueprint = Blueprint<Tower>(
        "[N, 3, H, W] -> [N, classes]", .init("widths", \.widths, in: .sizes), .init("classes", \.classes, in: .sizes)
    ) { widths, classes in
        if widths.isEmpty { throw ConfigurationError("expects at least one width") }
        return Tower(widths: widths, classes: classes)
    }
}
