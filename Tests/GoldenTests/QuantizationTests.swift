import Tern
import TernTesting
import Testing

/// Against sums of integers by NumPy, which PyTorch's quantized operators agree with: see cases_quantization.py.
@Suite("Quantized layers against integers")
struct QuantizationTests {
    private static let goldens = Goldens("quantization")
    static let names = goldens.cases.keys.sorted()

    private struct Case {
        let tensors: [String: Tensor]
        let numbers: [Double]

        init(_ name: String) throws {
            tensors = try #require(goldens.cases[name])
            numbers = try #require(tensors["settings"]).array(of: Double.self)
        }

        var input: QuantizationParameters {
            QuantizationParameters(scale: Float(numbers[0]), zeroPoint: Int(numbers[1]))
        }

        func layer(givesBytes: Bool) throws -> QuantizedLayer {
            let layer = try makeLayer(givesBytes)
            var state = [
                "weight": tensors["weight"]!, "weight_scale": tensors["scales"]!, "bias": tensors["bias"]!,
                "input_scale": Tensor(Float(numbers[0])), "input_zero_point": Tensor(Int32(numbers[1])),
            ]
            if givesBytes {
                state["output_scale"] = Tensor(Float(numbers[2]))
                state["output_zero_point"] = Tensor(Int32(numbers[3]))
            }
            try layer.loadStateDictionary(state)
            return layer
        }

        private func makeLayer(_ givesBytes: Bool) throws -> QuantizedLayer {
            let shape = tensors["weight"]!.shape
            let settings = numbers.map { Int($0) }
            let (stride, padding, dilation, groups) = (settings[4], settings[5], settings[6], settings[7])
            let (inputs, outputs) = (shape[1] * groups, shape[0])
            let activation = settings[8] == 1 ? PiecewiseLinear.relu : nil
            func convolution<let dimensions: Int>(_ kernel: SpatialSize<dimensions>) -> QuantizedConvolution<dimensions>
            {
                QuantizedConvolution(
                    inputs, outputs, kernelSize: kernel, stride: SpatialSize(stride), padding: SpatialPadding(padding),
                    dilation: SpatialSize(dilation), groups: groups, activation: activation, givesBytes: givesBytes)
            }
            switch shape.count {
            case 2: return QuantizedLinear(inputs, outputs, activation: activation, givesBytes: givesBytes)
            case 3: return convolution(Size1d(shape[2]))
            case 4: return convolution(Size2d(shape[2], shape[3]))
            default: return convolution(Size3d(shape[2], shape[3], shape[4]))
            }
        }
    }

    @Test("bytes and floats are exactly those of integer sums, from bytes and from floats", arguments: names)
    func exact(name: String) throws {
        let golden = try Case(name)
        let bytes = golden.tensors["x"]!
        for x in [bytes, bytes.dequantized(golden.input)] {
            #expect(hasSameBits(try golden.layer(givesBytes: true)(x), golden.tensors["bytes"]!))
            #expect(hasSameBits(try golden.layer(givesBytes: false)(x), golden.tensors["floats"]!))
        }
    }

    @Test("any layout and number of threads give the same bits", arguments: names)
    func layouts(name: String) throws {
        let golden = try Case(name)
        let layer = try golden.layer(givesBytes: true)
        for layout in TensorLayout.allCases {
            #expect(hasSameBits(layer(layout.of(golden.tensors["x"]!)), golden.tensors["bytes"]!), "\(layout)")
        }
        let whole = concatenated(Array(repeating: golden.tensors["x"]!, count: 5), axis: 0)
        let expected = concatenated(Array(repeating: golden.tensors["bytes"]!, count: 5), axis: 0)
        let saved = threadCount
        defer { threadCount = saved }
        for threads in 1...3 {
            threadCount = threads
            #expect(hasSameBits(layer(whole), expected))
        }
    }
}
