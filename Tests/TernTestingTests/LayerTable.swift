import Tern
import TernTesting

/// A layer of the library under check: its class, and what is checked.
struct LayerRow: Sendable {
    let name: String
    let check: @Sendable () throws -> Void

    init(_ name: String, _ check: @escaping @Sendable () throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// Numbers of the standard normal distribution, the same ones each time.
func numbers(_ shape: Shape, seed: UInt64 = 5) -> Tensor { Tensor.normal(shape, generator: Generator(seed: seed)) }

/// Every layer and container, with settings that are not its defaults. What is left out of a check stands there with its
/// reason.
let layerTable: [LayerRow] =
    linearRows + quantizedRows + convolutionRows + normalizationRows + poolingRows + activationRows
    + regularizationRows + paddingRows + imageRows + shapingRows + combiningRows + embeddingRows + containerRows
    + pluginRows

private let batch = numbers([3, 4])
private let sequences = numbers([2, 3, 7])
private let images = numbers([2, 3, 5, 6])
private let volumes = numbers([2, 2, 4, 4, 5])

/// Settings of convolutions that are not shown where they are the defaults, or follow from others.
let unset: Set<String> = ["padding", "dilation", "paddingMode", "groupCount", "multiplier", "outputPadding"]
/// What a class keeps that is the same for all of its layers.
let constant: Set<String> = ["shapeName", "positions", "ranks", "keepsStatistics", "isFolded"]

private let linearRows = [
    LayerRow("Linear") { try checkLayer(Linear(4, 5, bias: false), batch, outputShapes: [[3, 5]]) },
    LayerRow("Linear") { try checkLayer(Linear(5), numbers([2, 3, 4]), outputShapes: [[2, 3, 5]]) },
    LayerRow("Identity") { try checkLayer(Identity(), batch) },
    LayerRow("Bilinear") { try checkLayer(Bilinear(4, 3, 2), batch, numbers([3, 3]), outputShapes: [[3, 2]]) },
    LayerRow("Bilinear") { try checkLayer(Bilinear(2, bias: false), batch, numbers([3, 3])) },
]

private let withoutDerivative: [LayerCheck: String] = [
    .floatTypes: "computes in float32", .gradients: "has no derivative", .secondGradients: "has no derivative",
    .freezing: "has no parameters, and its input gets no gradients",
]

/// A quantized layer with values.
private func filled<Layer: QuantizedLayer>(_ layer: Layer) -> Layer {
    let generator = Generator(seed: 7)
    layer.weight.value = Tensor.randomIntegers(layer.weight.shape, in: -127..<128, generator: generator)
        .converted(to: .int8)
    layer.weightScale.value = Tensor.uniform(layer.weightScale.shape, in: 0.001..<0.01, generator: generator)
    layer.bias?.value = numbers(layer.weightScale.shape)
    layer.inputScale?.value = Tensor(Float(0.02))
    layer.inputZeroPoint?.value = Tensor(Int32(120))
    layer.outputScale?.value = Tensor(Float(0.05))
    layer.outputZeroPoint?.value = Tensor(Int32(100))
    return layer
}

private let quantizedRows = [
    LayerRow("QuantizedLinear") {
        try checkLayer(
            filled(QuantizedLinear(4, 5, bias: false, activation: .relu, givesBytes: true)), batch,
            outputShapes: [[3, 5]],
            except: withoutDerivative, unprinted: ["prepared"])
    },
    LayerRow("QuantizedLinear") {
        try checkLayer(
            filled(QuantizedLinear(4, 2, isDynamic: true)), batch,
            except: withoutDerivative.merging([.batchInvariance: "takes the range of the batch"]) { $1 },
            unprinted: ["prepared"])
    },
    LayerRow("QuantizedConv1d") {
        try checkLayer(
            filled(
                QuantizedConv1d(
                    3, 6, kernelSize: 3, stride: 2, padding: 2, dilation: 2, groups: 3, bias: false,
                    paddingMode: .circular, activation: .leakyRelu(slope: 0.3))), sequences, except: withoutDerivative,
            unprinted: ["prepared"])
    },
    LayerRow("QuantizedConv2d") {
        try checkLayer(
            filled(QuantizedConv2d(3, 6, kernelSize: [3, 2], padding: .same, givesBytes: true)), images,
            except: withoutDerivative, unprinted: unset.union(["prepared", "groups", "activation"]))
    },
    LayerRow("QuantizedConv3d") {
        try checkLayer(
            filled(QuantizedConv3d(2, 3, kernelSize: [2, 3, 2], stride: 2, padding: 1, paddingMode: .reflect)), volumes,
            except: withoutDerivative, unprinted: unset.union(["prepared", "groups", "activation"]))
    },
]

private let convolutionRows = [
    LayerRow("Conv1d") {
        try checkLayer(
            Conv1d(
                3, 6, kernelSize: 3, stride: 2, padding: 2, dilation: 2, groups: 3, bias: false, paddingMode: .circular),
            sequences)
    },
    LayerRow("Conv2d") {
        try checkLayer(
            Conv2d(3, 6, kernelSize: [3, 2], stride: 2, padding: 1, groups: 3, bias: false), images, unprinted: unset)
    },
    LayerRow("Conv2d") {
        try checkLayer(Conv2d(4, kernelSize: 3, padding: .same, paddingMode: .reflect), images, unprinted: unset)
    },
    LayerRow("Conv3d") { try checkLayer(Conv3d(2, 3, kernelSize: [2, 3, 2], padding: 1), volumes, unprinted: unset) },
    LayerRow("ConvTranspose1d") {
        try checkLayer(
            ConvTranspose1d(3, 2, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1), sequences, unprinted: unset)
    },
    LayerRow("ConvTranspose2d") {
        try checkLayer(ConvTranspose2d(4, kernelSize: 3, stride: 2, dilation: 2), images, unprinted: unset)
    },
    LayerRow("ConvTranspose3d") {
        try checkLayer(ConvTranspose3d(2, 2, kernelSize: 2, groups: 2, bias: false), volumes, unprinted: unset)
    },
    LayerRow("DepthwiseConv1d") {
        try checkLayer(DepthwiseConv1d(kernelSize: 3, multiplier: 2), sequences, unprinted: unset)
    },
    LayerRow("DepthwiseConv2d") {
        try checkLayer(
            DepthwiseConv2d(3, kernelSize: 3, multiplier: 2, stride: 2, padding: 1), images, unprinted: unset)
    },
    LayerRow("SeparableConv1d") {
        try checkLayer(SeparableConv1d(3, 4, kernelSize: 3, multiplier: 2), sequences, unprinted: unset)
    },
    LayerRow("SeparableConv2d") {
        try checkLayer(SeparableConv2d(4, kernelSize: 3, padding: 1), images, unprinted: unset)
    },
]

private let normalizationRows = [
    LayerRow("BatchNorm1d") {
        try checkLayer(BatchNorm1d(4, epsilon: 1e-3, momentum: 0.3), batch, unprinted: constant)
    },
    LayerRow("BatchNorm1d") { try checkLayer(BatchNorm1d(momentum: nil), sequences, unprinted: constant) },
    LayerRow("BatchNorm2d") { try checkLayer(BatchNorm2d(3, affine: false), images, unprinted: constant) },
    LayerRow("BatchNorm3d") {
        try checkLayer(
            BatchNorm3d(2, tracksRunningStatistics: false), volumes,
            except: [
                .batchInvariance: "without running statistics it normalizes by those of the batch",
                .emptyBatch: "an empty batch has no statistics",
            ], unprinted: constant)
    },
    LayerRow("InstanceNorm1d") { try checkLayer(InstanceNorm1d(3, affine: true), sequences, unprinted: constant) },
    LayerRow("InstanceNorm2d") {
        try checkLayer(InstanceNorm2d(tracksRunningStatistics: true), images, unprinted: constant)
    },
    LayerRow("InstanceNorm3d") { try checkLayer(InstanceNorm3d(2, epsilon: 1e-3), volumes, unprinted: constant) },
    LayerRow("GroupNorm") { try checkLayer(GroupNorm(2, epsilon: 1e-3), numbers([2, 4, 3])) },
    LayerRow("LayerNorm") { try checkLayer(LayerNorm([3, 7], bias: false), sequences) },
    LayerRow("LayerNorm") { try checkLayer(LayerNorm(), batch) },
    LayerRow("RMSNorm") { try checkLayer(RMSNorm(4, epsilon: 1e-4), batch) },
    LayerRow("Normalization") {
        try checkLayer(Normalization(mean: [1, 2, 3, 4], variance: [0.5, 1, 2, 3], inverse: true), batch)
    },
    LayerRow("UnitNormalization") { try checkLayer(UnitNormalization(axes: 1), sequences) },
    LayerRow("LocalResponseNorm") { try checkLayer(LocalResponseNorm(3, alpha: 0.5, beta: 0.7, k: 2), images) },
]

private let poolingRows = [
    LayerRow("MaxPool1d") { try checkLayer(MaxPool1d(3, stride: 2, padding: 1), sequences) },
    LayerRow("MaxPool2d") { try checkLayer(MaxPool2d(2, stride: 3, ceilMode: true), images) },
    LayerRow("MaxPool3d") { try checkLayer(MaxPool3d(2, stride: 1, dilation: 2), volumes) },
    LayerRow("AvgPool1d") {
        try checkLayer(AvgPool1d(3, stride: 2, padding: 1, ceilMode: true, countsPadding: false), sequences)
    },
    LayerRow("AvgPool2d") {
        try checkLayer(AvgPool2d([2, 3], stride: 2, ceilMode: true), images, unprinted: ["countsPadding"])
    },
    LayerRow("AvgPool3d") {
        try checkLayer(AvgPool3d(2, divisor: 7), volumes, unprinted: ["countsPadding", "ceilMode"])
    },
    LayerRow("LPPool1d") { try checkLayer(LPPool1d(2, 3, stride: 2), sequences) },
    LayerRow("LPPool2d") { try checkLayer(LPPool2d(2, 2, ceilMode: true), images) },
    LayerRow("LPPool3d") { try checkLayer(LPPool3d(2, 2), volumes) },
    LayerRow("AdaptiveAvgPool1d") { try checkLayer(AdaptiveAvgPool1d(3), sequences) },
    LayerRow("AdaptiveAvgPool2d") { try checkLayer(AdaptiveAvgPool2d([2, 3]), images) },
    LayerRow("AdaptiveAvgPool3d") { try checkLayer(AdaptiveAvgPool3d(2), volumes) },
    LayerRow("AdaptiveMaxPool1d") { try checkLayer(AdaptiveMaxPool1d(3), sequences) },
    LayerRow("AdaptiveMaxPool2d") { try checkLayer(AdaptiveMaxPool2d([2, 3]), images) },
    LayerRow("AdaptiveMaxPool3d") { try checkLayer(AdaptiveMaxPool3d(2), volumes) },
    LayerRow("GlobalAveragePool1d") { try checkLayer(GlobalAveragePool1d(keepAxes: true), sequences) },
    LayerRow("GlobalAveragePool2d") { try checkLayer(GlobalAveragePool2d(keepAxes: true), images) },
    LayerRow("GlobalAveragePool3d") { try checkLayer(GlobalAveragePool3d(keepAxes: true), volumes) },
    LayerRow("GlobalMaxPool1d") { try checkLayer(GlobalMaxPool1d(keepAxes: true), sequences) },
    LayerRow("GlobalMaxPool2d") { try checkLayer(GlobalMaxPool2d(keepAxes: true), images) },
    LayerRow("GlobalMaxPool3d") { try checkLayer(GlobalMaxPool3d(keepAxes: true), volumes) },
    LayerRow("FractionalMaxPool2d") {
        try checkLayer(FractionalMaxPool2d(2, outputSize: [3, 4]), images, except: drawnWindows)
    },
    LayerRow("FractionalMaxPool3d") {
        try checkLayer(FractionalMaxPool3d(2, outputRatio: [0.6]), volumes, except: drawnWindows)
    },
    LayerRow("MaxUnpool1d") {
        let (values, places) = maxPool1dWithIndices(sequences, 2)
        try checkLayer(MaxUnpool1d(2, outputSize: 7), values, places)
    },
    LayerRow("MaxUnpool2d") {
        let (values, places) = maxPool2dWithIndices(images, 2)
        try checkLayer(MaxUnpool2d(2, outputSize: [5, 6]), values, places)
    },
    LayerRow("MaxUnpool3d") {
        let (values, places) = maxPool3dWithIndices(volumes, 2)
        try checkLayer(MaxUnpool3d(2, outputSize: [4, 4, 5]), values, places)
    },
]

private let drawnWindows: [LayerCheck: String] = [
    .evaluation: "windows are drawn in evaluation too", .batchInvariance: "each example has windows of its own",
]

private let activationRows = [
    LayerRow("ReLU") { try checkLayer(ReLU(), batch) },
    LayerRow("ReLU6") { try checkLayer(ReLU6(), batch * 4) },
    LayerRow("LeakyReLU") { try checkLayer(LeakyReLU(slope: 0.3), batch) },
    LayerRow("PReLU") { try checkLayer(PReLU(4, initial: 0.5), batch) },
    LayerRow("RReLU") { try checkLayer(RReLU(lower: 0.2, upper: 0.4), batch) },
    LayerRow("ELU") { try checkLayer(ELU(alpha: 0.7), batch) },
    LayerRow("CELU") { try checkLayer(CELU(alpha: 0.7), batch) },
    LayerRow("SELU") { try checkLayer(SELU(), batch) },
    LayerRow("GELU") { try checkLayer(GELU(approximation: .tanh), batch) },
    LayerRow("QuickGELU") { try checkLayer(QuickGELU(), batch) },
    LayerRow("SiLU") { try checkLayer(SiLU(), batch) },
    LayerRow("Mish") { try checkLayer(Mish(), batch) },
    LayerRow("Softplus") { try checkLayer(Softplus(beta: 2.5), batch) },
    LayerRow("Softsign") { try checkLayer(Softsign(), batch) },
    LayerRow("Softshrink") { try checkLayer(Softshrink(0.25), batch) },
    LayerRow("Hardshrink") { try checkLayer(Hardshrink(0.25), batch) },
    LayerRow("Hardsigmoid") { try checkLayer(Hardsigmoid(), batch * 3) },
    LayerRow("Hardswish") { try checkLayer(Hardswish(), batch * 3) },
    LayerRow("Hardtanh") { try checkLayer(Hardtanh(min: -0.5, max: 0.75), batch) },
    LayerRow("Tanh") { try checkLayer(Tanh(), batch) },
    LayerRow("Tanhshrink") { try checkLayer(Tanhshrink(), batch) },
    LayerRow("Sigmoid") { try checkLayer(Sigmoid(), batch) },
    LayerRow("LogSigmoid") { try checkLayer(LogSigmoid(), batch) },
    LayerRow("Threshold") { try checkLayer(Threshold(0.25, -2), batch) },
    LayerRow("GLU") { try checkLayer(GLU(axis: 1), batch) },
    LayerRow("SwiGLU") { try checkLayer(SwiGLU(axis: 1), batch) },
    LayerRow("GEGLU") { try checkLayer(GEGLU(axis: 1), batch) },
    LayerRow("Softmax") { try checkLayer(Softmax(axis: 1), batch) },
    LayerRow("LogSoftmax") { try checkLayer(LogSoftmax(axis: 1), batch) },
    LayerRow("Softmin") { try checkLayer(Softmin(axis: 1), batch) },
    LayerRow("Softmax2d") { try checkLayer(Softmax2d(), images) },
    LayerRow("AdaptiveLogSoftmaxWithLoss") {
        try checkLayer(
            AdaptiveLogSoftmaxWithLoss(4, 7, cutoffs: [2, 4], divisor: 2, headBias: true),
            inputs: [numbers([4, 4]), Tensor([0, 3, 5, 6], dtype: .int64)], outputShapes: [[4]]
        ) { layer, inputs in layer(inputs[0], inputs[1]).output }
    },
]

private let regularizationRows = [
    LayerRow("Dropout") { try checkLayer(Dropout(0.3), batch) },
    LayerRow("Dropout1d") { try checkLayer(Dropout1d(0.3), sequences) },
    LayerRow("Dropout2d") { try checkLayer(Dropout2d(0.3), images) },
    LayerRow("Dropout3d") { try checkLayer(Dropout3d(0.3), volumes) },
    LayerRow("AlphaDropout") { try checkLayer(AlphaDropout(0.3), batch) },
    LayerRow("FeatureAlphaDropout") { try checkLayer(FeatureAlphaDropout(0.3), sequences) },
    LayerRow("GaussianDropout") { try checkLayer(GaussianDropout(0.3), batch) },
    LayerRow("GaussianNoise") { try checkLayer(GaussianNoise(0.2), batch) },
    LayerRow("DropPath") { try checkLayer(DropPath(0.3), batch) },
]

private let paddingRows = [
    LayerRow("ZeroPad1d") { try checkLayer(ZeroPad1d(2), sequences, unprinted: ["mode"]) },
    LayerRow("ZeroPad2d") { try checkLayer(ZeroPad2d(2), images, unprinted: ["mode"]) },
    LayerRow("ZeroPad3d") { try checkLayer(ZeroPad3d(1), volumes, unprinted: ["mode"]) },
    LayerRow("ConstantPad1d") { try checkLayer(ConstantPad1d(2, value: 1.5), sequences) },
    LayerRow("ConstantPad2d") { try checkLayer(ConstantPad2d(2, value: 1.5), images) },
    LayerRow("ConstantPad3d") { try checkLayer(ConstantPad3d(1, value: 1.5), volumes) },
    LayerRow("ReflectionPad1d") { try checkLayer(ReflectionPad1d(2), sequences, unprinted: ["mode"]) },
    LayerRow("ReflectionPad2d") { try checkLayer(ReflectionPad2d(2), images, unprinted: ["mode"]) },
    LayerRow("ReflectionPad3d") { try checkLayer(ReflectionPad3d(1), volumes, unprinted: ["mode"]) },
    LayerRow("ReplicationPad1d") { try checkLayer(ReplicationPad1d(2), sequences, unprinted: ["mode"]) },
    LayerRow("ReplicationPad2d") { try checkLayer(ReplicationPad2d(2), images, unprinted: ["mode"]) },
    LayerRow("ReplicationPad3d") { try checkLayer(ReplicationPad3d(1), volumes, unprinted: ["mode"]) },
    LayerRow("CircularPad1d") { try checkLayer(CircularPad1d(2), sequences, unprinted: ["mode"]) },
    LayerRow("CircularPad2d") { try checkLayer(CircularPad2d(2), images, unprinted: ["mode"]) },
    LayerRow("CircularPad3d") { try checkLayer(CircularPad3d(1), volumes, unprinted: ["mode"]) },
    LayerRow("Cropping1d") { try checkLayer(Cropping1d(2), sequences, unprinted: ["mode"]) },
    LayerRow("Cropping2d") { try checkLayer(Cropping2d(1), images, unprinted: ["mode"]) },
    LayerRow("Cropping3d") { try checkLayer(Cropping3d(1), volumes, unprinted: ["mode"]) },
]

private let imageRows = [
    LayerRow("PixelShuffle") { try checkLayer(PixelShuffle(2), numbers([2, 4, 3, 2])) },
    LayerRow("PixelUnshuffle") { try checkLayer(PixelUnshuffle(2), numbers([2, 1, 4, 6])) },
    LayerRow("ChannelShuffle") { try checkLayer(ChannelShuffle(2), numbers([2, 4, 3])) },
    LayerRow("Unfold") { try checkLayer(Unfold([2, 3], stride: 2, padding: 1), images) },
    LayerRow("Fold") { try checkLayer(Fold([5, 6], [2, 3], stride: 3), numbers([2, 12, 4])) },
    LayerRow("Upsample") {
        try checkLayer(Upsample(scale: 1.5, mode: .linear, alignCorners: true), images)
    },
    LayerRow("Upsample") { try checkLayer(Upsample(size: [9], mode: .linear), sequences, unprinted: ["alignCorners"]) },
    LayerRow("UpsamplingNearest2d") { try checkLayer(UpsamplingNearest2d(size: [7, 9]), images) },
    LayerRow("UpsamplingBilinear2d") { try checkLayer(UpsamplingBilinear2d(scale: 1.5), images) },
]

private let shapingRows = [
    LayerRow("Flatten") { try checkLayer(Flatten(from: 2), images) },
    LayerRow("Unflatten") { try checkLayer(Unflatten(axis: 1, sizes: [2, 2]), batch) },
    LayerRow("Reshape") { try checkLayer(Reshape([7, 3]), sequences) },
    LayerRow("Permute") { try checkLayer(Permute([0, 2, 1]), sequences) },
    LayerRow("RepeatVector") { try checkLayer(RepeatVector(3), batch) },
    LayerRow("Rescaling") { try checkLayer(Rescaling(0.5, offset: -1), batch) },
    LayerRow("Lambda") { try checkLayer(Lambda { $0 * 2 }, batch) },
    LayerRow("TimeDistributed") { try checkLayer(TimeDistributed(Linear(4, 2)), numbers([2, 3, 4])) },
    // No step is masked here: differences would move it from the value.
    LayerRow("Masking") { try checkLayer(Masking(maskValue: 1.5), numbers([2, 3, 4])) },
    LayerRow("SinusoidalPositions") { try checkLayer(SinusoidalPositions(theta: 100), numbers([2, 3, 4])) },
    LayerRow("RotaryEmbedding") {
        try checkLayer(RotaryEmbedding(theta: 100, layout: .interleaved), inputs: [numbers([2, 3, 4])]) {
            layer, inputs in
            layer(inputs[0], offset: 2)
        }
    },
]

private let pairs = [numbers([3, 4], seed: 6), numbers([3, 4], seed: 7), numbers([3, 4], seed: 8)]

private let combiningRows = [
    LayerRow("Add") { try checkLayer(Add(), pairs) },
    LayerRow("Subtract") { try checkLayer(Subtract(), Array(pairs[..<2])) },
    LayerRow("Multiply") { try checkLayer(Multiply(), pairs) },
    LayerRow("Average") { try checkLayer(Average(), pairs) },
    LayerRow("Maximum") { try checkLayer(Maximum(), pairs) },
    LayerRow("Minimum") { try checkLayer(Minimum(), pairs) },
    LayerRow("Concatenate") { try checkLayer(Concatenate(axis: 1), pairs, outputShapes: [[3, 12]]) },
    LayerRow("Dot") { try checkLayer(Dot(axes: (1, 2), normalized: true), numbers([2, 3, 4]), numbers([2, 4, 3])) },
    LayerRow("CosineSimilarity") { try checkLayer(CosineSimilarity(axis: -1, epsilon: 1e-6), pairs[0], pairs[1]) },
    LayerRow("PairwiseDistance") {
        try checkLayer(PairwiseDistance(p: 3, epsilon: 1e-5, keepAxes: true), pairs[0], pairs[1])
    },
    LayerRow("Residual") {
        try checkLayer(Residual(projection: Linear(4, 2)) { Linear(4, 2) }, batch, outputShapes: [[3, 2]])
    },
]

// Without the padding: its row has no gradient, whatever differences say.
private let ids = Tensor([[1, 0, 4], [3, 3, 1]], dtype: .int64)

private let embeddingRows = [
    LayerRow("Embedding") {
        try checkLayer(
            Embedding(5, 3, paddingIndex: 2), ids, outputShapes: [[2, 3, 3]], unprinted: ["scalesGradientByFrequency"])
    },
    LayerRow("EmbeddingBag") {
        try checkLayer(
            EmbeddingBag(5, 3, mode: .mean), inputs: [ids], outputShapes: [[2, 3]],
            unprinted: ["normType", "includesLastOffset"]
        ) { layer, inputs in
            layer(inputs[0])
        }
    },
]

private let containerRows = [
    LayerRow("Sequential") {
        try checkLayer(
            Sequential {
                Conv2d(3, 2, kernelSize: 3, padding: 1)
                BatchNorm2d(2)
                Tanh()
                Dropout(0.2)
                Flatten()
                Linear(3)
            }, images, unprinted: unset.union(constant))
    },
    LayerRow("ParametrizationList") {
        try checkLayer(
            orthogonal(weightNorm(Linear(4, 3), "bias", axis: nil)), batch, except: noFile,
            unprinted: ["knownShape", "axis", "map"])
    },
    LayerRow("WeightNorm") {
        try checkLayer(weightNorm(Linear(4, 3), axis: 1), batch, except: noFile, unprinted: ["knownShape"])
    },
    LayerRow("SpectralNorm") {
        // So many steps that the singular vectors are exact: then gradients are, which do not flow through these.
        try checkLayer(
            spectralNorm(Linear(4, 3), powerIterations: 100), batch,
            except: noFile.merging([.secondGradients: "the singular vectors count as constants"]) { $1 },
            unprinted: ["knownShape", "isVector"])
    },
    LayerRow("Orthogonal") {
        try checkLayer(orthogonal(Linear(4, 3)), batch, except: noFile, unprinted: ["knownShape"])
    },
]

private let noFile: [LayerCheck: String] = [.modelFile: "weights are parametrized"]
