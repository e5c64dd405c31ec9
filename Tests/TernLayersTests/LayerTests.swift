import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Layers")
struct LayerTests {
    @Test("Linear is a proper module, sized or lazy, with and without bias")
    func linearModule() throws {
        let input = Tensor.normal([3, 4])
        let both: [(String, Shape)] = [("weight", [5, 4]), ("bias", [5])]
        try checkModule({ Linear(4, 5) }, input: input, parameters: both)
        try checkModule({ Linear(5) }, input: input, parameters: both)
        try checkModule({ Linear(4, 5, bias: false) }, input: input, parameters: [("weight", [5, 4])])
        try checkModule({ Linear(4, 5) }, input: Tensor.normal([2, 3, 4]), parameters: both)
    }

    @Test("Conv2d is a proper module, sized or lazy, grouped, with and without bias")
    func convModule() throws {
        let input = Tensor.normal([2, 4, 7, 7])
        let both: [(String, Shape)] = [("weight", [6, 4, 3, 5]), ("bias", [6])]
        try checkModule({ Conv2d(4, 6, kernelSize: [3, 5]) }, input: input, parameters: both)
        try checkModule({ Conv2d(6, kernelSize: [3, 5]) }, input: input, parameters: both)
        try checkModule(
            { Conv2d(6, kernelSize: 3, padding: .same, groups: 2, bias: false) }, input: input,
            parameters: [("weight", [6, 2, 3, 3])])
    }

    @Test("batch normalizations are proper modules, sized or lazy, with and without parameters and statistics")
    func batchNormModule() throws {
        let parameters: [(String, Shape)] = [("weight", [4]), ("bias", [4])]
        let buffers: [(String, Shape)] = [("running_mean", [4]), ("running_var", [4]), ("num_batches_tracked", [])]
        let images = Tensor.normal([2, 4, 3, 3])
        try checkModule({ BatchNorm2d(4) }, input: images, parameters: parameters, buffers: buffers)
        try checkModule({ BatchNorm2d() }, input: images, parameters: parameters, buffers: buffers)
        try checkModule({ BatchNorm2d(4, affine: false) }, input: images, buffers: buffers)
        try checkModule(
            { BatchNorm2d(4, tracksRunningStatistics: false) }, input: images, parameters: parameters)
        try checkModule({ BatchNorm2d(affine: false, tracksRunningStatistics: false) }, input: images)
        for input in [Tensor.normal([5, 4]), Tensor.normal([5, 4, 3])] {
            try checkModule({ BatchNorm1d() }, input: input, parameters: parameters, buffers: buffers)
        }
    }

    @Test("layers compute what their operations compute")
    func operations() {
        let x = Tensor.normal([2, 4, 7, 6])
        func expectSame(_ layer: some Module<Tensor, Tensor>, _ operation: (Tensor) -> Tensor) {
            #expect(layer(x) == operation(x))
        }
        let conv = Conv2d(4, 6, kernelSize: [3, 2], stride: [2, 1], padding: [1, 0], dilation: 2, groups: 2)
        expectSame(conv) {
            conv2d(
                $0, conv.weight.value, conv.bias!.value, stride: [2, 1], padding: [1, 0], dilation: 2, groups: 2)
        }
        let linearLayer = Linear(6, 3)
        expectSame(linearLayer) { linear($0, linearLayer.weight.value, linearLayer.bias!.value) }
        expectSame(MaxPool2d(3, stride: 2, padding: 1, ceilMode: true)) {
            maxPool2d($0, 3, stride: 2, padding: 1, ceilMode: true)
        }
        expectSame(AvgPool2d(2, padding: 1, countsPadding: false)) {
            avgPool2d($0, 2, padding: 1, countsPadding: false)
        }
        expectSame(AdaptiveAvgPool2d([3, 2])) { adaptiveAvgPool2d($0, [3, 2]) }
        expectSame(AdaptiveMaxPool2d(3)) { adaptiveMaxPool2d($0, 3) }
        expectSame(Flatten()) { $0.reshaped([2, 168]) }
        expectSame(Flatten(from: 0, to: 1)) { $0.reshaped([8, 7, 6]) }
        expectSame(Identity()) { $0 }
        expectSame(ReLU()) { relu($0) }
        expectSame(LeakyReLU(slope: 0.3)) { leakyRelu($0, slope: 0.3) }
        expectSame(Sigmoid()) { sigmoid($0) }
        expectSame(Tanh()) { tanh($0) }
        expectSame(GELU(approximation: .tanh)) { gelu($0, approximation: .tanh) }
        expectSame(SiLU()) { silu($0) }
        expectSame(Softplus()) { softplus($0) }
        expectSame(ELU(alpha: 0.5)) { elu($0, alpha: 0.5) }
        expectSame(Softmax(axis: 1)) { softmax($0, axis: 1) }
        expectSame(LogSoftmax(axis: 1)) { logSoftmax($0, axis: 1) }
    }

    @Test("weights and biases start uniform within 1 / sqrt(fan-in)")
    func initialization() {
        seed(1)
        let layers: [(Parameter, Parameter?, Double)] = [
            (Linear(400, 120).weight, Linear(400, 120).bias, 400),
            (Conv2d(6, 160, kernelSize: 5).weight, Conv2d(6, 160, kernelSize: 5).bias, 150),
        ]
        for (weight, bias, fanIn) in layers {
            let bound = 1 / fanIn.squareRoot()
            for parameter in [weight, bias!] {
                let largest = parameter.value.array(of: Double.self).map { abs($0) }.max()!
                #expect(largest <= bound && largest > 0.9 * bound)
            }
        }
        let layer = Linear(3, 2, weightInitializer: .constant(2), biasInitializer: .zeros)
        #expect(layer.weight.value == Tensor.full([2, 3], 2) && layer.bias!.value == [0, 0])
    }

    @Test("the same seed gives the same layers")
    func seeds() {
        seed(7)
        let a = Linear(4, 4)
        seed(7)
        let b = Linear(4, 4)
        #expect(a.weight.value == b.weight.value && a.bias!.value == b.bias!.value)
    }

    @Test("lazy layers know their size after the first call, and optimizers see the same parameters")
    func lazySizes() {
        let layer = Linear(3)
        let weight = layer.weight
        #expect(layer.inFeatures == -1 && layer.description == "Linear(in_features=?, out_features=3, bias=True)")
        _ = layer(Tensor.zeros([2, 5]))
        #expect(layer.inFeatures == 5 && layer.weight === weight && weight.shape == [3, 5])
        let conv = Conv2d(8, kernelSize: 3, groups: 2)
        #expect(conv.inputChannels == -1)
        _ = conv(Tensor.zeros([1, 4, 5, 5]))
        #expect(conv.inputChannels == 4 && conv.weight.shape == [8, 2, 3, 3])
        let norm = BatchNorm2d()
        #expect(norm.channels == -1)
        _ = norm(Tensor.ones([2, 3, 2, 2]))
        #expect(norm.channels == 3)
    }

    @Test("dropout drops and rescales in training, and lets all pass in evaluation")
    func dropoutModes() {
        seed(3)
        let layer = Dropout(0.25)
        let x = Tensor.ones([10_000])
        let values = layer(x).array(of: Double.self)
        let kept = values.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - 1 / 0.75) < 1e-6 })
        #expect(abs(Double(kept.count) / 10_000 - 0.75) < 0.02)
        #expect(layer(x) != layer(x))
        layer.eval()
        #expect(layer(x) == x)
    }

    @Test("batch normalization agrees with PyTorch in training, in its running statistics and in evaluation")
    func batchNormValues() {
        // bn = torch.nn.BatchNorm1d(2, momentum=0.25).double(), weight [2, 0.5], bias [1, -1]; bn(x); bn(2 * x); bn.eval()
        let layer = BatchNorm1d(2, momentum: 0.25)
        layer.weight!.value = [2, 0.5]
        layer.bias!.value = [1, -1]
        layer.to(.float64)
        let x = Tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]] as [[Double]])
        expectClose(
            layer(x),
            [
                0.07418386800236898, -0.9188893854866053, 3.7774483959928933, -1.648884916107157, -0.851632263995262,
                -0.43222569840623737,
            ])
        expectClose(layer.runningMean!.value, [0.375, 0.4166666666666667])
        expectClose(layer.runningVariance!.value, [1.1875, 2.3333333333333335])
        _ = layer(x * 2)
        expectClose(layer.runningMean!.value, [1.03125, 1.1458333333333335])
        expectClose(layer.runningVariance!.value, [2.640625, 8.083333333333334])
        #expect(layer.batchesTracked!.value.item() == 2)
        layer.eval()
        expectClose(
            layer(x),
            [
                0.9615385343648364, -0.8497836825911405, 3.423072335015307, -1.3773726998320135, 0.34615508420221874,
                -0.498057671097225,
            ])
        #expect(layer.batchesTracked!.value.item() == 2)
    }

    @Test("without momentum the running statistics are the mean over all batches")
    func cumulativeStatistics() {
        let layer = BatchNorm1d(2, momentum: nil)
        layer.to(.float64)
        let x = Tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]] as [[Double]])
        for batch in [x, x * 2, x - 1] { _ = layer(batch) }
        expectClose(layer.runningMean!.value, [1.666666666666667, 1.8888888888888893])
        expectClose(layer.runningVariance!.value, [3.5, 12.66666666666667])
    }

    @Test("unfreezing a model does not make running statistics trainable")
    func frozenStatistics() {
        let model = Sequential(BatchNorm2d(3))
        model.freeze()
        model.unfreeze()
        #expect(model.parameters.count == 2 && model.buffers.allSatisfy { !$0.value.requiresGradient })
    }

    @Test("wrong settings and inputs stop with a message that names the layer's place")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Sequential(Conv2d(6, 16, kernelSize: 5))(Tensor.zeros([64, 3, 14, 14]))
        }.expectMessage(
            "Sequential.0: conv2d: expects 6 input channels, got 3 (input [64, 3, 14, 14], weight [16, 6, 5, 5])")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Dropout(1.5) }
            .expectMessage("Dropout: probability must be in 0...1, got 1.5")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Linear(0, 3) }
            .expectMessage("Linear: inFeatures must be positive, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BatchNorm2d(3)(Tensor.zeros([2, 3]))
        }.expectMessage("BatchNorm2d: BatchNorm2d: expects an input of shape [N, C, H, W], got [2, 3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Conv2d(4, 6, kernelSize: 3, groups: 4)
        }.expectMessage("Conv2d: groups must divide 6 output channels, got 4")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Linear(3).weight.value
        }.expectMessage(
            "Linear.weight: has no value yet, because its layer takes its size ([3, -1], -1 is unknown) from the first "
                + "input: call the model on a batch or load a state dictionary first, or give the layer its input size")
    }
}

func expectClose(_ tensor: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(tensor.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(tensor.array(of: Double.self), expected) {
        #expect(abs(value - expected) <= 1e-7 + 1e-7 * abs(expected), sourceLocation: sourceLocation)
    }
}
