import Tern
import TernTesting
import Testing

@Suite("Layers against PyTorch")
struct LayerTests {
    static let goldens = Goldens(
        "activation_layers", "convolution_layers", "image_layers", "layers", "norm_layers",
        "parametrizations")

    /// The case's name, and a layer with the settings that the case gives PyTorch's.
    static let table = layers.merging(convolutions) { $1 }.merging(images) { $1 }
        .merging(norms) { $1 }.merging(parametrized) { $1 }
    private static let layers: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "Linear": { Linear(7, 5) },
        "Linear-no-bias": { Linear(7, 5, bias: false) },
        "Linear-rank-3": { Linear(3, 2) },
        "Conv2d": { Conv2d(3, 4, kernelSize: 3) },
        "Conv2d-no-bias": { Conv2d(3, 4, kernelSize: 3, bias: false) },
        "Conv2d-padding": { Conv2d(1, 6, kernelSize: 5, padding: 2) },
        "Conv2d-stride": { Conv2d(3, 4, kernelSize: 3, stride: 2, padding: 1) },
        "Conv2d-uneven": { Conv2d(2, 3, kernelSize: [3, 2], stride: [2, 1], padding: [0, 1]) },
        "Conv2d-dilation": { Conv2d(2, 3, kernelSize: 3, dilation: 2) },
        "Conv2d-groups": { Conv2d(4, 6, kernelSize: 3, padding: 1, groups: 2) },
        "Conv2d-depthwise": { Conv2d(4, 4, kernelSize: 3, groups: 4) },
        "Conv2d-same": { Conv2d(2, 3, kernelSize: 3, padding: .same) },
        "MaxPool2d": { MaxPool2d(2) },
        "MaxPool2d-padded": { MaxPool2d(3, stride: 2, padding: 1) },
        "MaxPool2d-ceil": { MaxPool2d(3, stride: 2, ceilMode: true) },
        "AvgPool2d": { AvgPool2d(2) },
        "AvgPool2d-padded": { AvgPool2d(3, stride: 2, padding: 1) },
        "AvgPool2d-not-counted": { AvgPool2d(3, stride: 2, padding: 1, countsPadding: false) },
        "AdaptiveAvgPool2d": { AdaptiveAvgPool2d([2, 3]) },
        "AdaptiveMaxPool2d": { AdaptiveMaxPool2d([2, 3]) },
        "BatchNorm1d": { BatchNorm1d(3) },
        "BatchNorm1d-sequences": { BatchNorm1d(3) },
        "BatchNorm2d": { BatchNorm2d(3) },
        "BatchNorm2d-settings": { BatchNorm2d(3, epsilon: 1e-2, momentum: 0.3) },
        "BatchNorm2d-cumulative": { BatchNorm2d(3, momentum: nil) },
        "BatchNorm2d-not-affine": { BatchNorm2d(3, affine: false) },
        "BatchNorm2d-not-tracking": { BatchNorm2d(3, tracksRunningStatistics: false) },
        "ReLU": { ReLU() },
        "LeakyReLU": { LeakyReLU(slope: 0.3) },
        "Sigmoid": { Sigmoid() },
        "Tanh": { Tanh() },
        "GELU": { GELU() },
        "GELU-tanh": { GELU(approximation: .tanh) },
        "SiLU": { SiLU() },
        "Softplus": { Softplus() },
        "ELU": { ELU(alpha: 0.7) },
        "Softmax": { Softmax() },
        "LogSoftmax": { LogSoftmax(axis: 1) },
        "Identity": { Identity() },
        "Flatten": { Flatten() },
        "Dropout-0": { Dropout(0) },
        "LogSigmoid": { LogSigmoid() },
        "Softsign": { Softsign() },
        "Mish": { Mish() },
        "Hardswish": { Hardswish() },
        "Hardtanh": { Hardtanh(min: -0.5, max: 2) },
        "ReLU6": { ReLU6() },
        "SELU": { SELU() },
        "CELU": { CELU(alpha: 0.7) },
        "PReLU": { PReLU() },
        "PReLU-channels": { PReLU(3) },
        "GLU": { GLU() },
        "Threshold": { Threshold(0.25, -2) },
        "Softshrink": { Softshrink(0.25) },
        "Hardshrink": { Hardshrink(0.25) },
        "Tanhshrink": { Tanhshrink() },
        "Softmin": { Softmin(axis: 1) },
        "RReLU-fixed": { RReLU(lower: 0.25, upper: 0.25) },
        "Softplus-beta": { Softplus(beta: 2.5) },
        "Softmax2d": { Softmax2d() },
        "Sequential": {
            Sequential {
                Conv2d(1, 2, kernelSize: 3, padding: 1)
                BatchNorm2d(2)
                LeakyReLU(slope: 0.3)
                MaxPool2d(2)
                Flatten()
                Linear(18, 8)
                BatchNorm1d(8)
                Sigmoid()
                Linear(8, 3)
            }
        },
    ]

    @Test(
        "a layer loads PyTorch's state and gives its outputs, gradients and buffers, in training and in evaluation",
        arguments: goldens.cases.keys.sorted(), [DType.float32, .float64])
    func agrees(name: String, dtype: DType) throws {
        let make = try #require(Self.table[name], "\(name) is not tested")
        let group = Self.goldens.cases[name]!
        let model = make()
        model.to(dtype)
        try model.loadStateDictionary(tensors(group, "state."))
        for layout in TensorLayout.allCases {
            // The state is loaded again for each layout: batch normalization has changed its buffers.
            try model.loadStateDictionary(tensors(group, "state."))
            for parameter in model.parameters { parameter.gradient = nil }
            check(model, group, dtype, layout, name)
        }
    }

    @Test("every layer in the table has a golden case")
    func complete() { #expect(Set(Self.table.keys).subtracting(Self.goldens.cases.keys) == []) }

    private func check(
        _ model: any Module<Tensor, Tensor>, _ group: [String: Tensor], _ dtype: DType, _ layout: TensorLayout,
        _ name: String
    ) {
        let expect = { (actual: Tensor?, key: String) in
            let expected = group[key]!
            let type = expected.dtype.isFloatingPoint ? dtype : expected.dtype
            let text = actual.map { difference($0, expected, .of(type)) } ?? "none"
            #expect(text == nil, "\(name), \(dtype), \(layout), \(key): \(text!)")
            #expect(actual?.dtype == type, "\(name), \(key)")
        }
        model.train()
        for index in 0..<2 {
            let input = Variable(layout.of(group["in\(index)"]!.converted(to: dtype)))
            let output = model(input.value)
            expect(output, "out\(index)")
            output.backward(layout.of(group["cot\(index)"]!.converted(to: dtype)))
            expect(input.gradient, "grad\(index)")
        }
        for (path, parameter) in model.namedParameters { expect(parameter.gradient, "grad.\(path)") }
        for (path, buffer) in model.namedBuffers { expect(buffer.value, "after.\(path)") }
        model.eval()
        expect(model(layout.of(group["in0"]!.converted(to: dtype))), "eval")
    }
}

/// The tensors whose names begin with `prefix`, by the rest of their names.
func tensors(_ group: [String: Tensor], _ prefix: String) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, tensor) in group where name.hasPrefix(prefix) { found[String(name.dropFirst(prefix.count))] = tensor }
    return found
}
