import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Norms, embeddings and dropouts as layers")
struct NormLayerTests {
    @Test("layer and root-mean-square normalization are proper modules, sized or lazy")
    func layerNorms() throws {
        let input = Tensor.normal([3, 4, 5])
        let both: [(String, Shape)] = [("weight", [5]), ("bias", [5])]
        try checkModule({ LayerNorm(5) }, input: input, parameters: both)
        try checkModule({ LayerNorm() }, input: input, parameters: both)
        try checkModule(
            { LayerNorm([4, 5], bias: false) }, input: input, parameters: [("weight", [4, 5])])
        try checkModule({ LayerNorm(5, elementwiseAffine: false) }, input: input)
        try checkModule({ LayerNorm(elementwiseAffine: false) }, input: input)
        try checkModule({ RMSNorm(5) }, input: input, parameters: [("weight", [5])])
        try checkModule({ RMSNorm() }, input: input, parameters: [("weight", [5])])
        try checkModule({ RMSNorm([4, 5], elementwiseAffine: false) }, input: input)
    }

    @Test("group and instance normalization are proper modules, sized or lazy")
    func groupNorms() throws {
        let images = Tensor.normal([2, 4, 3, 3])
        let both: [(String, Shape)] = [("weight", [4]), ("bias", [4])]
        let buffers: [(String, Shape)] = [("running_mean", [4]), ("running_var", [4]), ("num_batches_tracked", [])]
        try checkModule({ GroupNorm(2, 4) }, input: images, parameters: both)
        try checkModule({ GroupNorm(2) }, input: images, parameters: both)
        try checkModule({ GroupNorm(2, 4, affine: false) }, input: images)
        try checkModule({ GroupNorm(2, 4, bias: false) }, input: images, parameters: [("weight", [4])])
        try checkModule({ InstanceNorm2d(4) }, input: images)
        try checkModule({ InstanceNorm2d() }, input: images)
        try checkModule(
            { InstanceNorm2d(affine: true, tracksRunningStatistics: true) }, input: images, parameters: both,
            buffers: buffers)
        try checkModule(
            { InstanceNorm1d(4, affine: true) }, input: Tensor.normal([2, 4, 7]), parameters: both)
        try checkModule({ InstanceNorm3d(4) }, input: Tensor.normal([2, 4, 2, 2, 3]))
        try checkModule(
            { BatchNorm3d() }, input: Tensor.normal([2, 4, 2, 2, 3]), parameters: both, buffers: buffers)
    }

    @Test(
        "norms that keep their statistics compute in training as in evaluation, backward too, as Keras's frozen ones do"
    )
    func keptStatistics() {
        for norm: ChannelNormalization in [
            BatchNorm2d(4), InstanceNorm2d(4, affine: true, tracksRunningStatistics: true),
        ] {
            let x = Parameter(Tensor.normal([2, 4, 3, 3]))
            for _ in 0..<3 { _ = norm(Tensor.normal([2, 4, 3, 3], mean: 2, standardDeviation: 3)) }
            let (mean, variance) = (norm.runningMean!.value, norm.runningVariance!.value)
            func pass() -> (output: Tensor, gradients: [Tensor]) {
                let output = norm(x.value)
                square(output).sum().backward()
                let parameters = [x] + norm.parameters
                defer { for parameter in parameters { parameter.gradient = nil } }
                return (output.detached, parameters.map { $0.gradient! })
            }
            let model = Sequential { norm }
            model.eval()
            let expected = pass()
            model.train()
            #expect(pass().output != expected.output)
            (norm.runningMean!.value, norm.runningVariance!.value) = (mean, variance)
            model.keepStatistics()
            let kept = pass()
            #expect(kept.output == expected.output && kept.gradients == expected.gradients)
            #expect(norm.runningMean!.value == mean && norm.runningVariance!.value == variance)
            model.keepStatistics(false)
            _ = pass()
            #expect(norm.runningMean!.value != mean)
        }
    }

    @Test("one sample of instance normalization is a batch of one")
    func oneSample() {
        let x = Tensor.normal([3, 5])
        let layer = InstanceNorm1d()
        #expect(layer(x) == layer(x.unsqueezed(axes: 0)).squeezed(axes: 0))
    }

    @Test("the default epsilon of RMSNorm is that of the type")
    func epsilon() {
        for (dtype, epsilon) in [(DType.float32, Double(Float.ulpOfOne)), (.float64, Double.ulpOfOne)] {
            let x = Tensor.full([4], 1e-8, dtype: dtype)
            let expected = 1e-8 / (1e-16 + epsilon).squareRoot()
            #expect(abs(RMSNorm(4, elementwiseAffine: false)(x)[0].item() / expected - 1) < 1e-6)
        }
    }

    @Test("dropout of channels, samples and noise work in training alone")
    func modes() {
        seed(11)
        let x = Tensor.ones([64, 8, 5])
        let channels = Dropout1d(0.25)
        let dropped = channels(x)
        // Each channel is 0 or 4 / 3 as a whole.
        #expect(dropped.max(axes: 2) == dropped.min(axes: 2))
        #expect(abs(dropped.mean().item() - 1) < 0.2 && dropped != x)
        let path = DropPath(0.5)(x)
        #expect(path.max(axes: [1, 2]) == path.min(axes: [1, 2]))
        #expect(Set(path[.all, 0, 0].array(of: Float.self)) == [0, 2])
        let normal = Tensor.normal([100_000])
        let alpha = AlphaDropout(0.3)(normal)
        #expect(abs(alpha.mean().item()) < 0.02 && abs(alpha.variance().item() - 1) < 0.03)
        let noise = GaussianNoise(0.5)(normal) - normal
        #expect(abs(noise.mean().item()) < 0.01 && abs(noise.standardDeviation().item() - 0.5) < 0.01)
        let factors = GaussianDropout(0.2)(Tensor.ones([100_000]))
        #expect(abs(factors.mean().item() - 1) < 0.01 && abs(factors.variance().item() - 0.25) < 0.01)
        for layer in [channels, DropPath(0.5), AlphaDropout(0.3), GaussianNoise(1), GaussianDropout()] as [any Module] {
            layer.eval()
            let layer = layer as! any Module<Tensor, Tensor>
            #expect(layer(x) == x)
        }
    }

    @Test("an embedding starts normal with a row of zeros for padding, which stays through training")
    func embeddings() throws {
        seed(12)
        let layer = Embedding(1000, 20, paddingIndex: -1)
        #expect(layer.paddingIndex == 999 && layer.weight.value[999] == Tensor.zeros([20]))
        #expect(abs(layer.weight.value.standardDeviation().item() - 1) < 0.02)
        let ids = Tensor([[1, 999], [5, 1]] as [[Int]])
        let output = layer(ids)
        #expect(output.shape == [2, 2, 20])
        output.sum().backward()
        let gradient = layer.weight.gradient!
        #expect(gradient[999] == Tensor.zeros([20]) && gradient[1] == Tensor.full([20], 2))
        let other = Embedding(1000, 20)
        try other.loadStateDictionary(layer.stateDictionary())
        #expect(other(ids) == output)
    }

    @Test("rows that are longer than the limit are cut, those that are read alone")
    func limitedNorm() {
        let layer = Embedding(3, 2, maximumNorm: 1)
        layer.weight.value = [[3, 4], [0.3, 0.4], [6, 8]]
        let rows = layer(Tensor([0, 1] as [Int]))
        #expect(rows.isClose(to: [[0.6, 0.8], [0.3, 0.4]]).all().item() == 1)
        #expect(layer.weight.value[2] == [6, 8] && layer.weight.value[1] == [0.3, 0.4])
    }

    @Test("bags of ids begin at offsets")
    func bags() {
        let layer = EmbeddingBag(4, 2, mode: .sum)
        layer.weight.value = [[1, 2], [3, 4], [5, 6], [7, 8]]
        #expect(layer(Tensor([[0, 1], [2, 2]] as [[Int]])) == [[4, 6], [10, 12]])
        let ids = Tensor([0, 1, 2] as [Int])
        #expect(layer(ids, offsets: Tensor([0, 1] as [Int])) == [[1, 2], [8, 10]])
        let weighted = layer(ids, offsets: Tensor([0, 1] as [Int]), perSampleWeights: Tensor([2, 1, 0]))
        #expect(weighted == [[2, 4], [3, 4]])
        nonisolated(unsafe) var sizes: [Shape] = []
        layer.addForwardHook { input, output in
            sizes.append(input.offsets?.shape ?? [])
            output = -output
        }
        #expect(layer(ids, offsets: Tensor([0, 1] as [Int])) == [[-1, -2], [-8, -10]] && sizes == [[2]])
        let rows = summary(of: layer, .init(ids, offsets: Tensor([0, 1] as [Int]))).rows
        #expect(rows.map(\.inputShapes) == [[[3], [2]]])
    }

    @Test("pairs of tensors are compared")
    func pairs() {
        let (a, b) = (Tensor([[1, 0], [3, 4]]), Tensor([[0, 2], [3, 4]]))
        #expect(CosineSimilarity()(a, b).isClose(to: [0, 1]).all().item() == 1)
        #expect(PairwiseDistance(p: 1, epsilon: 0)(a, b) == [3, 0])
    }

    @Test("rotary positions go on at an offset")
    func rotary() {
        let x = Tensor.normal([2, 6, 8])
        let layer = RotaryEmbedding(layout: .interleaved)
        let later = layer(x[.all, 4...], offset: 4)
        #expect(layer(x)[.all, 4...].isClose(to: later).all().item() == 1)
        layer.addForwardPreHook { $0.offset += 1 }
        #expect(layer(x[.all, 4...], offset: 3) == later)
        #expect(captureGraph(of: layer, .init(x, offset: 2)).inputs.map(\.name) == ["input.values"])
    }

    @Test("a batch of one stops training with the loader's setting, and evaluation never")
    func lastBatchOfOne() async {
        let layer = BatchNorm1d(3)
        layer.eval()
        #expect(layer(Tensor.ones([1, 3])).shape == [1, 3])
        let plain = BatchNorm1d(3, tracksRunningStatistics: false)
        plain.bias!.value = [1, 2, 3]
        plain.eval()
        #expect(plain(Tensor.ones([1, 3])) == [[1, 2, 3]])
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BatchNorm1d(3)(Tensor.ones([1, 3]))
        }.expectMessage(
            "BatchNorm1d: batchNorm: expects more than one value for each channel in training, got input [1, 3]: if it is the "
                + "last batch of an epoch, batched(_:dropLast: true) leaves it out")
    }

    /// PyTorch 2.13's.
    static let printed: [(@Sendable () -> any Module, String)] = [
        ({ LayerNorm(4) }, "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)"),
        (
            { LayerNorm([3, 4], epsilon: 1e-3, elementwiseAffine: false) },
            "LayerNorm((3, 4), eps=0.001, elementwise_affine=False, bias=False)"
        ),
        ({ LayerNorm(4, bias: false) }, "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=False)"),
        ({ LayerNorm() }, "LayerNorm((?,), eps=1e-05, elementwise_affine=True, bias=True)"),
        ({ GroupNorm(2, 4) }, "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)"),
        ({ GroupNorm(2, 4, affine: false) }, "GroupNorm(2, 4, eps=1e-05, affine=False, bias=False)"),
        (
            { InstanceNorm1d(3) },
            "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)"
        ),
        (
            { InstanceNorm2d(3, affine: true, tracksRunningStatistics: true) },
            "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
        ),
        ({ RMSNorm(4) }, "RMSNorm((4,), eps=None, elementwise_affine=True)"),
        (
            { RMSNorm([3, 4], epsilon: 1e-3, elementwiseAffine: false) },
            "RMSNorm((3, 4), eps=0.001, elementwise_affine=False)"
        ),
        (
            { BatchNorm3d(3) },
            "BatchNorm3d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
        ),
        ({ Dropout1d(0.2) }, "Dropout1d(p=0.2, inplace=False)"),
        ({ AlphaDropout() }, "AlphaDropout(p=0.5, inplace=False)"),
        ({ FeatureAlphaDropout() }, "FeatureAlphaDropout(p=0.5, inplace=False)"),
        ({ Embedding(5, 3) }, "Embedding(5, 3)"),
        (
            { Embedding(5, 3, paddingIndex: 0, maximumNorm: 1, scalesGradientByFrequency: true) },
            "Embedding(5, 3, padding_idx=0, max_norm=1.0, scale_grad_by_freq=True)"
        ),
        ({ EmbeddingBag(5, 3) }, "EmbeddingBag(5, 3, mode='mean')"),
        (
            { EmbeddingBag(5, 3, mode: .sum, paddingIndex: 1, maximumNorm: 2) },
            "EmbeddingBag(5, 3, max_norm=2.0, mode='sum', padding_idx=1)"
        ),
        ({ CosineSimilarity() }, "CosineSimilarity()"), ({ PairwiseDistance() }, "PairwiseDistance()"),
    ]

    @Test("printed forms are PyTorch's", arguments: printed)
    func printing(make: @Sendable () -> any Module, expected: String) { #expect(make().description == expected) }
}
