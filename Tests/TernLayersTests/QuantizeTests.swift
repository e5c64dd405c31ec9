import TernCore
import TernLayers
import TernNN
import TernTestSupport
import TernTesting
import Testing

/// A model of one's own: batch norms, a pooling and a residual way, whose sum is of floats.
private final class Small: Module {
    let conv1 = Conv2d(3, 8, kernelSize: 3, padding: 1, bias: false), bn1 = BatchNorm2d(8)
    let conv2 = Conv2d(8, 8, kernelSize: 3, padding: 1), around = Conv2d(8, 8, kernelSize: 1)
    let depthwise = DepthwiseConv2d(8, kernelSize: 3, padding: 1)
    let fc1 = Linear(72, 16), fc2 = Linear(16, 4)

    func forward(_ x: Tensor) -> Tensor {
        let first = relu(bn1(conv1(x)))
        let sum = relu(conv2(first) + around(first))
        let pooled = maxPool2d(relu(depthwise(sum)), 2)
        return fc2(relu(fc1(pooled.flattened(from: 1))))
    }
}

private func batches(_ shape: Shape, count: Int = 3) -> [Tensor] {
    (0..<count).map { Tensor.normal(shape, generator: Generator(seed: UInt64($0))) }
}

private func predict<Model: Module>(_ model: Model, _ input: Model.Input) -> Model.Output {
    withoutGradients { model(input) }
}

/// The largest difference as a share of the largest number.
private func error(_ actual: Tensor, _ expected: Tensor) -> Double {
    (abs(actual - expected).max() / abs(expected).max()).item()
}

private func quantizedLayers(of model: some Module, _ quantization: Quantization) throws -> [QuantizedLayer] {
    try quantization.quantized.map { try #require(model.module(at: $0) as? QuantizedLayer) }
}

private func smallModel() -> Small {
    let model = Small()
    _ = model(Tensor.normal([8, 3, 6, 6]))
    model.eval()
    return model
}

@Suite("Quantizing", .serialized)
struct QuantizeTests {
    @Test("a quantized model computes nearly the same, in bytes between its layers")
    func small() throws {
        let (model, inputs) = (smallModel(), batches([4, 3, 6, 6]))
        let expected = predict(model, inputs[0])
        let quantization = try quantize(model, calibrating: inputs)
        #expect(quantization.quantized == ["conv1", "conv2", "around", "depthwise", "fc1", "fc2"])
        #expect(quantization.left.isEmpty && quantization.folding.folded.map(\.batchNorm) == ["bn1"])
        #expect(error(predict(model, inputs[0]), expected) < 0.05)
        // What a sum reads is floats.
        let layers = try quantizedLayers(of: model, quantization)
        #expect(layers.map(\.givesBytes) == [true, false, false, true, true, false])
        #expect(layers.map { $0.activation == .relu } == [true, false, false, true, true, false])
        let operations = withoutGradients { captureGraph(of: model, inputs[0]) }.operations
        #expect(operations.first { $0.name == "maxPool2d" }?.outputs[0].dtype == .uint8)
    }

    @Test("a Sequential with its batch norms folded keeps one layer's bytes for the next", arguments: [1, 5])
    func sequential(batch: Int) throws {
        let model = Sequential {
            Conv1d(2, 6, kernelSize: 3, bias: false)
            BatchNorm1d(6)
            ReLU()
            MaxPool1d(2)
            Conv1d(6, 5, kernelSize: 2, paddingMode: .circular)
            LeakyReLU(slope: 0.3)
            Flatten()
            Linear(10, 8)
            ReLU6()
            Linear(8, 8)
            Sigmoid()
            Linear(8, 3)
            Hardtanh(min: -0.1, max: 0.2)
        }
        let inputs = batches([batch, 2, 8])
        _ = model(Tensor.normal([6, 2, 8]))
        model.eval()
        let expected = predict(model, inputs[0])
        let quantization = try quantize(model, calibrating: inputs, by: .minMax)
        #expect(quantization.quantized == ["0", "4", "7", "9", "11"])
        let layers = try quantizedLayers(of: model, quantization)
        #expect(layers.map(\.givesBytes) == [true, true, true, false, false])
        #expect(
            layers.map(\.activation) == [
                .relu, .leakyRelu(slope: 0.3), .hardTanh(min: 0, max: 6), nil, .hardTanh(min: -0.1, max: 0.2),
            ])
        #expect([2, 5, 8, 12].allSatisfy { model[$0] is Identity } && model[10] is Sigmoid)
        #expect(error(predict(model, inputs[0]), expected) < 0.05)
    }

    @Test(
        "a network for images computes nearly the same in bytes, for any batch",
        arguments: [1, 2, 70])
    func network(batch: Int) throws {
        var layers: [Sequential.Layer] = []
        for (inputs, outputs, stride) in [(3, 16, 1), (16, 16, 2), (16, 20, 1), (20, 20, 2)] {
            layers += [
                Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: .same), BatchNorm2d(outputs),
                LeakyReLU(slope: 0.3),
            ]
        }
        layers += [Flatten(), Linear(320, 24), BatchNorm1d(24), LeakyReLU(slope: 0.3), Dropout(0.5), Linear(24, 10)]
        let model = Sequential(layers)
        for _ in 0..<20 { _ = model(Tensor.uniform([16, 3, 16, 16])) }
        model.eval()
        let inputs = (0..<3).map { Tensor.uniform([batch, 3, 16, 16], generator: Generator(seed: UInt64($0))) }
        let expected = predict(model, inputs[0])
        let calibration = (0..<8).map { Tensor.uniform([16, 3, 16, 16], generator: Generator(seed: UInt64($0))) }
        let quantization = try quantize(model, calibrating: calibration)
        let found = try quantizedLayers(of: model, quantization).map(\.givesBytes)
        #expect(found == [true, true, true, true, true, false])
        #expect(error(predict(model, inputs[0]), expected) < 0.1)
    }

    @Test("a state dictionary has bytes and scales, and another such model loads it")
    func state() throws {
        let (model, inputs) = (smallModel(), batches([4, 3, 6, 6]))
        try quantize(model, except: ["fc2"], calibrating: inputs)
        let state = model.stateDictionary()
        #expect(state["conv1.weight"]?.dtype == .int8 && state["conv1.weight_scale"]?.shape == [8])
        #expect(state["conv1.bias"]?.shape == [8] && state["conv1.output_zero_point"]?.item() == 0)
        #expect(state["conv2.input_scale"] != nil && state["conv2.output_scale"] == nil)
        #expect(state["fc2.weight"]?.dtype == .float32)
        let other = smallModel()
        try quantize(other, except: ["fc2"], calibrating: batches([2, 3, 6, 6], count: 1))
        let before = predict(other, inputs[0])
        try other.loadStateDictionary(state)
        #expect(hasSameBits(predict(other, inputs[0]), predict(model, inputs[0])))
        #expect(!hasSameBits(predict(other, inputs[0]), before))
        // Half types convert scales, not bytes.
        other.to(.float64)
        #expect(other.module(at: "conv1")!.buffers[0].dtype == .int8)
        let first = try #require(other.module(at: "conv1") as? QuantizedConv2d)
        #expect(predict(first, inputs[0].converted(to: .float64)).shape == [4, 8, 6, 6])
    }

    @Test("layers are left by name and by what they are, with the reasons")
    func left() throws {
        final class Several: Module {
            let first = Linear(4, 4), shared = Linear(4, 4), again: Linear
            let read = Linear(4, 4), computed = Linear(4, 4), never = Linear(4, 4), wide = Linear(4, 4)
            let last = Linear(4, 4)

            init() { again = shared }

            func forward(_ x: Tensor) -> Tensor {
                var x = first(x)
                x = again(shared(x))
                x = read(x) + read.weight.value.sum()
                x = wide(computed(x).converted(to: .float64)).converted(to: .float32)
                return last(x)
            }
        }
        let model = Several()
        weightNorm(model.computed)
        model.wide.to(.float64)
        model.eval()
        let quantization = try quantize(model, except: ["la*"], calibrating: batches([2, 4]))
        #expect(quantization.quantized == ["first"])
        #expect(
            quantization.left.map { "\($0.layer): \($0.reason)" } == [
                "shared: it is a member of the model in several places",
                "computed: it has parametrizations",
                "wide: its weight is of float64, not float32",
                "last: it was left out by name",
                "never: it was not called for any batch",
                "read: its parameters are read outside of it",
            ])
    }

    @Test("a layer that runs twice is quantized for both inputs")
    func twice() throws {
        final class Twice: Module {
            let first = Linear(6, 6), again = Linear(6, 6)
            func forward(_ x: Tensor) -> Tensor { again(relu(again(relu(first(x)) * 8))) }
        }
        let (model, inputs) = (Twice(), batches([5, 6]))
        let expected = predict(model, inputs[0])
        #expect(try quantize(model, calibrating: inputs, by: .minMax).quantized == ["first", "again"])
        #expect((model.module(at: "again") as? QuantizedLinear)?.givesBytes == false)
        #expect(error(predict(model, inputs[0]), expected) < 0.05)
    }

    @Test("what cannot be quantized is an error, and changes nothing")
    func errors() throws {
        let model = smallModel()
        #expect(throws: QuantizationError.noBatches) { try quantize(model, calibrating: []) }
        let infinite = Tensor.full([1, 3, 6, 6], Double.infinity)
        #expect(throws: QuantizationError.notFinite(layer: "conv1")) { try quantize(model, calibrating: [infinite]) }
        let error = #expect(throws: QuantizationError.self) {
            try quantize(model, layers: "fc*", except: ["fc*"], calibrating: batches([1, 3, 6, 6]))
        }
        #expect(
            error?.description == """
                no Linear or convolution with a path like 'fc*' can be quantized
                  'fc1': it was left out by name
                  'fc2': it was left out by name
                """)
        #expect(throws: QuantizationError.self) { try quantize(Linear(2, 2), calibrating: [Tensor.ones([1, 2])]) }
        #expect(throws: QuantizationError.self) { try quantizeDynamically(Sequential(ReLU())) }
        #expect(model.module(at: "conv1") is Conv2d && model.stateDictionary()["bn1.weight"] != nil)
    }

    @Test("dynamic quantization needs no calibration, and follows the range of each input")
    func dynamic() throws {
        let model = Sequential(Linear(12, 20), ReLU(), Linear(20, 5))
        let inputs = batches([3, 12])
        let expected = inputs.map { predict(model, $0 * 50) }
        #expect(try quantizeDynamically(model).quantized == ["0", "2"])
        for (input, expected) in zip(inputs, expected) {
            #expect(error(predict(model, input * 50), expected) < 0.03)
        }
        #expect(
            model.stateDictionary().keys.sorted() == [
                "0.bias", "0.weight", "0.weight_scale", "2.bias", "2.weight", "2.weight_scale",
            ])
        #expect(predict(model, Tensor.zeros([0, 12])).shape == [0, 5])
    }

    @Test("ranges: the least squares have the least error, and a percentile leaves out what is far from all others")
    func methods() throws {
        let normal = Tensor.normal([400, 100], generator: Generator(seed: 1))
        let numbers = normal * normal * normal
        func parameters(_ method: CalibrationMethod) throws -> QuantizationParameters {
            let model = Sequential(Linear(100, 1))
            // The range grows from batch to batch.
            try quantize(model, calibrating: [numbers[0..<1], numbers[1..<200], numbers[200...]], by: method)
            let state = model.stateDictionary()
            return QuantizationParameters(
                scale: Float(state["0.input_scale"]!.item()), zeroPoint: state["0.input_zero_point"]!.item(as: Int.self)
            )
        }
        func error(_ parameters: QuantizationParameters) -> Double {
            square(numbers.quantized(parameters).dequantized(parameters) - numbers).mean().item()
        }
        let whole = try parameters(.minMax)
        #expect(whole == QuantizationParameters(range: numbers.min().item()...numbers.max().item()))
        let best = try parameters(.leastSquares)
        #expect(error(best) < error(whole))
        for share: Float in [0.5, 0.9, 1.5] {
            #expect(error(best) < error(QuantizationParameters(scale: best.scale * share, zeroPoint: best.zeroPoint)))
        }
        let most = try parameters(.percentile(0.99))
        let (low, high) = (numbers.quantile(0.01).item(), numbers.quantile(0.99).item())
        #expect(abs(Double(most.scale) * 255 / (high - low) - 1) < 0.02)
        #expect(try parameters(.percentile(1)) == whole)
    }

    @Test("there is no derivative: outputs need no gradients")
    func derivative() throws {
        let model = Sequential(Linear(2, 2), Linear(2, 2))
        #expect(model(Tensor.ones([1, 2])).requiresGradient)
        try quantize(model, layers: "1", calibrating: [Tensor.ones([1, 2])])
        #expect(!model(Tensor.ones([1, 2])).requiresGradient && model.parameters.count == 2)
    }

    @Test("bytes are rounded to even, cut off and read back")
    func bytes() {
        let parameters = QuantizationParameters(range: -1...2)
        #expect(parameters.scale == 3 / 255 && parameters.zeroPoint == 85)
        #expect(Tensor([0, 1, 5, -7, .nan]).quantized(parameters).array(of: UInt8.self) == [85, 170, 255, 0, 0])
        #expect(Tensor([85, 170], dtype: .uint8).dequantized(parameters).array(of: Float.self) == [0, 85 * (3 / 255)])
        let halves = QuantizationParameters(scale: 2, zeroPoint: 3)
        #expect(Tensor([1, 3, 5, -1, -3, 1000]).quantized(halves).array(of: UInt8.self) == [3, 5, 5, 3, 1, 255])
        #expect(QuantizationParameters(range: 1...3) == QuantizationParameters(range: 0...3))
        #expect(QuantizationParameters(range: 0...0).scale == .ulpOfOne)
    }

    @Test("buffers that change are read anew")
    func changed() {
        let layer = QuantizedLinear(3, 2)
        layer.weight.value = Tensor([[1, 2, 3], [4, 5, 6]], dtype: .int8)
        let x = Tensor([[1, 2, 3]])
        #expect(layer(x).array(of: Float.self) == [14, 32])
        layer.weightScale.update { $0 = $0 * 2 }
        #expect(layer(x).array(of: Float.self) == [28, 64])
        layer.weight.update { $0 = -$0 }
        #expect(layer(x).array(of: Float.self) == [-28, -64])
        layer.inputZeroPoint!.value = Tensor(Int32(10))
        #expect(layer(x - 20).array(of: Float.self) == [12 * 10, 2 * 15 * 10])
    }
}
