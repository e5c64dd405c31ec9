import TernCore
import TernLayers
import TernNN
import Testing

@Suite("Layers of convolution and padding")
struct ConvolutionLayerTests {
    @Test("convolutions of sequences and volumes are proper modules, sized or lazy, grouped, with and without bias")
    func plain() throws {
        let sequences = Tensor.normal([2, 4, 9])
        let both: [(String, Shape)] = [("weight", [6, 4, 3]), ("bias", [6])]
        try checkModule({ Conv1d(4, 6, kernelSize: 3) }, input: sequences, parameters: both)
        try checkModule({ Conv1d(6, kernelSize: [3]) }, input: sequences, parameters: both)
        let size = 3
        try checkModule(
            { Conv1d(6, kernelSize: size, stride: size, padding: .same, groups: 2, bias: false) }, input: sequences,
            parameters: [("weight", [6, 2, 3])])
        let volumes = Tensor.normal([2, 4, 3, 4, 5])
        try checkModule(
            { Conv3d(4, 6, kernelSize: [1, 2, 3]) }, input: volumes,
            parameters: [("weight", [6, 4, 1, 2, 3]), ("bias", [6])])
        try checkModule(
            { Conv3d(6, kernelSize: 2, groups: 2, bias: false, paddingMode: .circular) }, input: volumes,
            parameters: [("weight", [6, 2, 2, 2, 2])])
    }

    @Test("transposed convolutions have the input's channels first")
    func transposed() throws {
        try checkModule(
            { ConvTranspose1d(4, 6, kernelSize: 3, stride: 2) }, input: Tensor.normal([2, 4, 5]),
            parameters: [("weight", [4, 6, 3]), ("bias", [6])])
        let images = Tensor.normal([2, 4, 3, 5])
        try checkModule(
            { ConvTranspose2d(6, kernelSize: [2, 3], groups: 2) }, input: images,
            parameters: [("weight", [4, 3, 2, 3]), ("bias", [6])])
        try checkModule(
            { ConvTranspose2d(4, 6, kernelSize: 3, padding: .same, bias: false) }, input: images,
            parameters: [("weight", [4, 6, 3, 3])])
        try checkModule(
            { ConvTranspose3d(2, kernelSize: 2) }, input: Tensor.normal([1, 3, 2, 3, 2]),
            parameters: [("weight", [3, 2, 2, 2, 2]), ("bias", [2])])
    }

    @Test("depthwise and separable convolutions are proper modules, sized or lazy")
    func separable() throws {
        let images = Tensor.normal([2, 3, 5, 4])
        for channels in [nil, 3] {
            try checkModule(
                { DepthwiseConv2d(channels, kernelSize: 3, multiplier: 2, padding: .same) }, input: images,
                parameters: [("weight", [6, 1, 3, 3]), ("bias", [6])])
        }
        try checkModule(
            { DepthwiseConv1d(kernelSize: 3, bias: false) }, input: Tensor.normal([2, 3, 6]),
            parameters: [("weight", [3, 1, 3])])
        let parameters: [(String, Shape)] = [
            ("depthwise.weight", [6, 1, 3, 3]), ("pointwise.weight", [4, 6, 1, 1]), ("pointwise.bias", [4]),
        ]
        try checkModule(
            { SeparableConv2d(3, 4, kernelSize: 3, multiplier: 2) }, input: images, parameters: parameters)
        try checkModule({ SeparableConv2d(4, kernelSize: 3, multiplier: 2) }, input: images, parameters: parameters)
        try checkModule(
            { SeparableConv1d(3, 4, kernelSize: 2, stride: 2, padding: .same) }, input: Tensor.normal([2, 3, 6]),
            parameters: [("depthwise.weight", [3, 1, 2]), ("pointwise.weight", [4, 3, 1]), ("pointwise.bias", [4])])

        let layer = SeparableConv2d(3, 4, kernelSize: 3, stride: 2, padding: 1)
        let (depthwise, pointwise) = (layer.depthwise.weight.value, layer.pointwise)
        let expected = conv2d(
            conv2d(images, depthwise, stride: 2, padding: 1, groups: 3), pointwise.weight.value, pointwise.bias!.value)
        #expect(layer(images) == expected)
    }

    @Test("a layer that waits for its input loads a state first")
    func loading() throws {
        let sized = DepthwiseConv2d(3, kernelSize: 3, multiplier: 2)
        let lazy = DepthwiseConv2d(kernelSize: 3, multiplier: 2)
        try lazy.loadStateDictionary(sized.stateDictionary())
        let images = Tensor.normal([1, 3, 4, 4])
        #expect(lazy.groups == 3 && lazy(images) == sized(images))
    }

    @Test("weights and biases start uniform within 1 / sqrt(n), of the sizes of the weight but the first")
    func initialization() {
        seed(3)
        let layers: [(Parameter, Parameter?, Double)] = [
            (Conv1d(30, 200, kernelSize: 5).weight, Conv1d(30, 200, kernelSize: 5).bias, 150),
            (Conv3d(6, 60, kernelSize: 3).weight, nil, 162),
            (ConvTranspose2d(80, 20, kernelSize: 2).weight, ConvTranspose2d(80, 200, kernelSize: 2).bias, 80),
            (DepthwiseConv2d(300, kernelSize: 3).weight, DepthwiseConv2d(300, kernelSize: 3).bias, 9),
        ]
        for (number, (weight, bias, inner)) in layers.enumerated() {
            let bound = 1 / inner.squareRoot()
            let largest = weight.value.array(of: Double.self).map { abs($0) }.max()!
            #expect(largest <= bound && largest > 0.9 * bound, "\(number)")
            if number == 2 { continue }
            guard let bias else { continue }
            let largestBias = bias.value.array(of: Double.self).map { abs($0) }.max()!
            #expect(largestBias <= bound && largestBias > 0.9 * bound, "\(number)")
        }
    }

    /// Layers, images or the like, and what comes out.
    static let pads: [(@Sendable () -> any Module<Tensor, Tensor>, Tensor, Tensor)] = [
        ({ ZeroPad1d(1) }, Tensor([1, 2]), Tensor([0, 1, 2, 0])),
        ({ ZeroPad2d([0, 1]) }, [[1, 2]], [[0, 1, 2, 0]]),
        (
            { ZeroPad3d(.explicit(front: 1, back: 0, top: 0, bottom: 1, left: 0, right: 0)) }, [[[1]]],
            Tensor(shape: [2, 2, 1], values: [0, 0, 1, 0] as [Float])
        ),
        ({ ConstantPad2d(.explicit(top: 1, bottom: 0, left: 0, right: -1), value: 7) }, [[1, 2]], [[7], [1]]),
        ({ ReflectionPad1d(2) }, Tensor([1, 2, 3]), Tensor([3, 2, 1, 2, 3, 2, 1])),
        ({ ReplicationPad2d(1) }, [[1, 2]], [[1, 1, 2, 2], [1, 1, 2, 2], [1, 1, 2, 2]]),
        ({ CircularPad1d(2) }, Tensor([1, 2, 3]), Tensor([2, 3, 1, 2, 3, 1, 2])),
        ({ Cropping1d(.explicit(before: 1, after: 0)) }, Tensor([1, 2, 3]), Tensor([2, 3])),
        ({ Cropping2d([0, 1]) }, [[1, 2, 3]], [[2]]),
        ({ Cropping3d(1) }, Tensor.arange(27).reshaped([3, 3, 3]), Tensor(shape: [1, 1, 1], values: [13])),
    ]

    @Test("what pads and crops", arguments: pads.indices)
    func padding(_ number: Int) throws {
        let (make, input, expected) = Self.pads[number]
        func check(_ layer: some Module<Tensor, Tensor>) throws {
            #expect(layer(input) == expected)
        }
        try check(make())
    }

    /// PyTorch 2.13's, from `print(torch.nn.Conv1d(16, 33, 3))` and so on; depthwise and separable ones are Keras's.
    static let printed: [(@Sendable () -> any Module, String)] = [
        ({ Conv1d(16, 33, kernelSize: 3) }, "Conv1d(16, 33, kernel_size=(3,), stride=(1,))"),
        (
            { Conv3d(2, 4, kernelSize: [1, 2, 3], padding: 1, paddingMode: .reflect) },
            "Conv3d(2, 4, kernel_size=(1, 2, 3), stride=(1, 1, 1), padding=(1, 1, 1), padding_mode=reflect)"
        ),
        (
            { ConvTranspose2d(4, 6, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2, bias: false) },
            "ConvTranspose2d(4, 6, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1), groups=2, "
                + "bias=False)"
        ),
        (
            { ConvTranspose1d(6, kernelSize: 3, dilation: 2) },
            "ConvTranspose1d(?, 6, kernel_size=(3,), stride=(1,), dilation=(2,))"
        ),
        (
            { DepthwiseConv2d(kernelSize: 3) },
            "DepthwiseConv2d(?, ?, kernel_size=(3, 3), stride=(1, 1), groups=?)"
        ),
        (
            { DepthwiseConv2d(3, kernelSize: 3, multiplier: 2) },
            "DepthwiseConv2d(3, 6, kernel_size=(3, 3), stride=(1, 1), groups=3)"
        ),
        ({ ZeroPad2d(.explicit(top: 3, bottom: 4, left: 1, right: 2)) }, "ZeroPad2d((1, 2, 3, 4))"),
        ({ ConstantPad1d(1, value: 2) }, "ConstantPad1d(padding=(1, 1), value=2.0)"),
        ({ ReflectionPad3d([1, 2, 3]) }, "ReflectionPad3d((3, 3, 2, 2, 1, 1))"),
    ]

    @Test("printed forms are PyTorch's", arguments: printed)
    func printing(make: @Sendable () -> any Module, expected: String) { #expect(make().description == expected) }

    @Test("a summary counts the operations of every kind of convolution")
    func operations() {
        let model = Sequential(
            Conv1d(2, 3, kernelSize: 3), ConvTranspose1d(3, 4, kernelSize: 2, stride: 2),
            DepthwiseConv1d(4, kernelSize: 5))
        // 2 * (6 * 3 * 2 * 3), 2 * (6 * 3 * 4 * 2) and 2 * (8 * 4 * 5).
        #expect(summary(of: model, inputShape: [1, 2, 8]).rows.map(\.flops) == [216, 288, 320])
    }

    @Test("a call of a transposed convolution can say the output's size, with hooks as every call")
    func outputSizes() async {
        let layer = ConvTranspose2d(3, kernelSize: 3, stride: [2, 3], padding: 1)
        let x = Tensor.normal([1, 2, 4, 5])
        nonisolated(unsafe) var shapes: [Shape] = []
        layer.addForwardHook { _, output in shapes.append(output.shape) }
        let large = layer(x, outputSize: [8, 15])
        #expect(layer(x).shape == [1, 3, 7, 13] && shapes == [[1, 3, 8, 15], [1, 3, 7, 13]])
        #expect(layer(x, outputSize: [7, 13]) == layer(x))
        let padded = convTranspose2d(
            x, layer.weight.value, layer.bias?.value, stride: [2, 3], padding: 1, outputPadding: [1, 2])
        #expect(large == padded)
        #expect(ConvTranspose1d(4, 3, kernelSize: 2, stride: 2)(x[0], outputSize: Size1d(11)).shape == [2, 3, 11])
        let volumes = ConvTranspose3d(2, kernelSize: 2, padding: .same)
        #expect(volumes(Tensor.ones([1, 3, 2, 2, 2]), outputSize: 2).shape == [1, 2, 2, 2, 2])
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ConvTranspose1d(2, 3, kernelSize: 2, stride: 2)(Tensor.ones([1, 2, 4]), outputSize: 10)
        }.expectMessage(
            "ConvTranspose1d: ConvTranspose1d: expects an output size of at least [8] and less than a stride [2] above that, got [10] "
                + "(input [1, 2, 4])")
    }

    @Test("a setting that cannot be stops the program")
    func mistakes() async {
        await #expect(processExitsWith: .failure) { _ = ConvTranspose2d(6, kernelSize: 3, groups: 4) }
        await #expect(processExitsWith: .failure) { _ = DepthwiseConv2d(3, kernelSize: 3, multiplier: 0) }
        await #expect(processExitsWith: .failure) { _ = ZeroPad2d(.same) }
        await #expect(processExitsWith: .failure) { _ = Cropping1d(3)(Tensor.zeros([1, 5])) }
    }
}
