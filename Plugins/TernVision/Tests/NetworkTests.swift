import Tern
import TernTestSupport
import TernVision
import Testing

extension Module {
    fileprivate var elementCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}

@Suite("Networks for images", .serialized)
struct NetworkTests {
    static let networks: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "resnet18": { resnet18() }, "resnet34": { resnet34() }, "resnet50": { resnet50() }, "vgg11": { vgg11() },
        "vgg13_bn": { vgg13(batchNorm: true) }, "mobilenet_v2": { MobileNetV2() },
        "efficientnet_b0": { efficientNetB0() },
        "vit": {
            VisionTransformer(
                imageSize: 32, patchSize: 8, layers: 2, heads: 3, hiddenSize: 24, feedForwardSize: 48, classes: 7)
        },
        "unet": { UNet(2, classes: 3, features: 4, depth: 2) },
    ]

    @Test(
        "weights load under torchvision's names, and give its outputs and gradients of images",
        arguments: Golden.all.keys.sorted(), [DType.float32, .float64])
    func agrees(name: String, dtype: DType) throws {
        // A gigabyte of weights once is enough.
        if dtype == .float64, name.hasPrefix("vgg") { return }
        let golden = Golden.all[name]!
        let model = Self.networks[name]!()
        model.eval()
        let state = golden.state.map { name, shape in
            let shape = Shape(shape)
            return (name, name.hasSuffix("tracked") ? Tensor.zeros(shape, dtype: .int64) : Golden.value(name, shape))
        }
        try model.loadStateDictionary(Dictionary(uniqueKeysWithValues: state))
        model.to(dtype)

        let images = (Golden.pattern("images", Shape(golden.shape).elements).converted(to: .float32) * 3)
            .converted(to: dtype).reshaped(Shape(golden.shape))
        let tape = GradientTape()
        let watched = tape.watch(images)
        let output = tape.record { model(watched) }
        let weights = Golden.pattern("cotangent", output.count).reshaped(output.shape).converted(to: dtype)
        let gradient = tape.gradient(of: output, with: watched, gradient: weights)!
        check(output, golden.output, weights, golden.sums[0], "output")
        check(
            gradient, golden.gradient, Golden.pattern("sum", images.count).reshaped(images.shape), golden.sums[1],
            "gradient")
    }

    /// Every so-and-so-manieth element, and a weighted sum of all.
    private func check(_ found: Tensor, _ part: [Double], _ weights: Tensor, _ sum: Double, _ what: String) {
        let values = found.array(of: Double.self)
        let step = max(1, values.count / 50)
        let chosen = stride(from: 0, to: values.count, by: step).map { values[$0] }
        #expect(chosen.count == part.count)
        let largest = part.map { Swift.abs($0) }.max()!
        let tolerance = (found.dtype == .float64 ? 1e-10 : what == "output" ? 1e-5 : 1e-4) * largest
        for (a, b) in zip(chosen, part) { #expect(Swift.abs(a - b) <= tolerance, "\(what)") }
        let whole = (found.detached.converted(to: .float64) * weights.converted(to: .float64)).sum().item()
        #expect(Swift.abs(whole - sum) <= tolerance * Double(values.count).squareRoot(), "sum of \(what)")
    }

    @Test("networks have as many parameters as torchvision's")
    func sizes() {
        #expect(resnet18().elementCount == 11_689_512)
        #expect(resnet34().elementCount == 21_797_672)
        #expect(resnet50().elementCount == 25_557_032)
        #expect(MobileNetV2().elementCount == 3_504_872)
        // torchvision's counts for its `width_mult`, with 10 classes.
        let counts = [0.1: 98_890, 0.35: 408_938, 0.5: 700_490, 0.75: 1_368_234, 1.4: 4_333_706]
        for (width, count) in counts {
            #expect(MobileNetV2(classes: 10, widthMultiplier: width).elementCount == count)
        }
        #expect(efficientNetB0().elementCount == 5_288_548)
        #expect(vitTiny().elementCount == 5_717_416)
        #expect(vitSmall().elementCount == 22_050_664)
        #expect(resnet18(classes: 10, stem: .small).elementCount == 11_173_962)
    }

    @Test("small networks learn, batch norms, dropped paths and all")
    func learning() {
        seed(3)
        let images = Tensor.normal([4, 3, 16, 16])
        let labels = Tensor([0, 1, 2, 1], dtype: .int64)
        let models: [any Module<Tensor, Tensor>] = [
            resnet18(classes: 3, stem: .small), efficientNetB0(classes: 3, dropout: 0),
            MobileNetV2(classes: 3, dropout: 0),
            VisionTransformer(imageSize: 16, patchSize: 4, layers: 1, heads: 2, hiddenSize: 16, classes: 3),
        ]
        for model in models {
            let optimizer = Adam(model.parameters, learningRate: 1e-3)
            let losses = (0..<8).map { _ in
                let loss = crossEntropy(model(images), labels)
                loss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                return loss.item()
            }
            #expect(losses.allSatisfy(\.isFinite) && losses.min()! < losses[0], "\(type(of: model))")
        }
    }

    @Test("images of another size, and settings that do not fit, stop with both")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = resnet18(classes: 10)(Tensor.zeros([2, 1, 32, 32]))
        }.expectMessage("ResNet: ResNet: expects images [N, 3, H, W], got [2, 1, 32, 32]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = vitTiny(imageSize: 30)
        }.expectMessage("VisionTransformer: patchSize must divide imageSize 30, got 16")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = UNet(classes: 2)(Tensor.zeros([1, 3, 32, 8]))
        }.expectMessage("UNet: UNet: expects images of at least 16 x 16 pixels, got [1, 3, 32, 8]")
    }
}
