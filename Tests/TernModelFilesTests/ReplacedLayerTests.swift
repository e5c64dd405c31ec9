import Tern
import Testing

@testable import TernVision

@Suite("Model files and networks for images with other layers")
struct ReplacedLayerTests {
    private static let networks: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "resnet18": { resnet18(classes: 3, stem: .small) },
        "mobilenet_v2": { MobileNetV2(classes: 3, widthMultiplier: 0.1) },
        "efficientnet_b0": { efficientNetB0(classes: 3) }, "unet": { UNet(2, classes: 3, features: 4, depth: 2) },
        "vgg": {
            VGG([1, 1, 1, 1, 2], classes: 3, batchNorm: true, dropout: 0.2, widths: [2, 2, 3, 2, 2], hiddenSize: 4)
        },
        "vit": {
            VisionTransformer(
                imageSize: 16, patchSize: 8, layers: 1, heads: 1, hiddenSize: 8, feedForwardSize: 8, classes: 3)
        },
    ]

    @Test(
        "whichever layer is replaced or removed: the model is saved, or refused with an error",
        arguments: networks.keys.sorted())
    func replaced(name: String) throws {
        let model = Self.networks[name]!()
        _ = try ModelFile(model)
        for (path, module) in model.namedModules.dropFirst() where module is any Module<Tensor, Tensor> {
            let isList = module is Sequential
            let isDeep = path.split(separator: ".").count > 3
            // One of a kind in each place is enough.
            if isDeep && !isList { continue }
            model.replace(path, with: Sequential(Identity()))
            checkSaving(model)
            model.replace(path, with: module)
            guard let list = module as? Sequential else { continue }
            let layers = Array(list)
            for _ in layers { list.remove(at: list.count - 1) }
            checkSaving(model)
            for layer in layers { list.append(layer) }
        }
        _ = try ModelFile(model)
    }

    /// Anything but a result or an error would end the process.
    private func checkSaving(_ model: any Module) {
        do throws(ModelFileError) { _ = try ModelFile(model) } catch { #expect(!"\(error)".isEmpty) }
    }

    @Test("another last layer of the kind is saved with its size")
    func classes() throws {
        for name in ["vgg", "mobilenet_v2", "efficientnet_b0"] {
            let model = Self.networks[name]!()
            let classifier = try #require(model.module(at: "classifier") as? Sequential)
            let last = try #require(classifier.last as? Linear)
            classifier[classifier.count - 1] = Linear(last.inFeatures, 7)
            let copy = try ModelFile(model).makeModel(Catalogue(type(of: model) as! any RebuildableModule.Type))
            #expect(copy.description == model.description)
        }
    }
}
