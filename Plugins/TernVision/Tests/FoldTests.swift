import Tern
import TernTestSupport
import Testing

@testable import TernVision

@Suite("Folding of networks for images")
struct FoldTests {
    static let networks: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "resnet18": { resnet18(classes: 3, stem: .small) }, "resnet50": { resnet50(classes: 3) },
        "mobilenet_v2": { MobileNetV2(classes: 3, widthMultiplier: 0.35) },
        "efficientnet_b0": { efficientNetB0(classes: 3) }, "unet": { UNet(2, classes: 3, features: 4, depth: 2) },
        "vgg": {
            VGG([1, 1, 1, 1, 2], classes: 3, batchNorm: true, dropout: 0.2, widths: [2, 2, 3, 2, 2], hiddenSize: 4)
        },
        "vit": {
            VisionTransformer(
                imageSize: 32, patchSize: 8, layers: 1, heads: 1, hiddenSize: 8, feedForwardSize: 8, classes: 3)
        },
    ]

    @Test(
        "every batch norm of a network goes into the layer before it, and outputs stay",
        arguments: networks.keys.sorted())
    func folded(name: String) {
        let (model, images) = (Self.networks[name]!(), Tensor.normal([2, name == "unet" ? 2 : 3, 32, 32]))
        func run(_ model: some Module<Tensor, Tensor>) {
            let norms = model.modules.compactMap { $0 as? BatchNorm }
            for norm in norms {
                norm.runningMean!.value = Tensor.normal(norm.runningMean!.shape, standardDeviation: 0.1)
                norm.runningVariance!.value = Tensor.uniform(norm.runningVariance!.shape, in: 0.5..<2)
                norm.bias!.value = Tensor.normal(norm.bias!.shape, standardDeviation: 0.1)
            }
            model.eval()
            let expected = withoutGradients { model(images) }
            let folding = fold(model, tracing: images)
            #expect(folding.folded.count == norms.count && folding.left.isEmpty)
            let output = withoutGradients { model(images) }
            let size = abs(expected).max().item()
            #expect(abs(output - expected).max().item() <= 2e-5 * size, "\(name): of \(size)")
            #expect(!model.modules.contains { ($0 as? BatchNorm)?.isFolded == false })
        }
        run(model)
    }
}
