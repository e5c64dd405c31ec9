import Foundation
import Tern
import TernTestSupport
import Testing

/// The LeNet of the reference workloads.
private final class LeNet: Module {
    let conv1: Conv2d, conv2: Conv2d
    let fc1: Linear, fc2: Linear, fc3: Linear

    init(_ c1: Int = 6, _ c2: Int = 16, _ f1: Int = 120, _ f2: Int = 84) {
        conv1 = Conv2d(1, c1, kernelSize: 5, padding: 2)
        conv2 = Conv2d(c1, c2, kernelSize: 5)
        (fc1, fc2, fc3) = (Linear(25 * c2, f1), Linear(f1, f2), Linear(f2, 10))
    }

    func forward(_ images: Tensor) -> Tensor {
        var x = avgPool2d(sigmoid(conv1(images)), 2)
        x = avgPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(sigmoid(fc2(sigmoid(fc1(x)))))
    }
}

/// The convolutional network of the reference workloads.
private func cnn(_ c1: Int = 32, _ c2: Int = 32, _ c3: Int = 64, _ c4: Int = 64, _ f: Int = 128) -> Sequential {
    var layers: [Sequential.Layer] = []
    for (inputs, outputs, stride) in [(3, c1, 1), (c1, c2, 2), (c2, c3, 1), (c3, c4, 2)] {
        layers.append(Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: 1))
        layers.append(BatchNorm2d(outputs))
        layers.append(LeakyReLU(slope: 0.3))
    }
    layers += [Flatten(), Linear(64 * c4, f), BatchNorm1d(f), LeakyReLU(slope: 0.3), Dropout(0.5), Linear(f, 10)]
    return Sequential(layers)
}

/// State dictionaries that PyTorch saved with safetensors load without a mapping, and give PyTorch's results. See
/// `pytorch_models.py` in Tests/Goldens.
@Suite struct PyTorchModelTests {
    static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Goldens").path

    static func logits(_ text: String) -> [Float] {
        text.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
    }

    /// The same four images as in Python.
    static func images(_ shape: Shape) -> Tensor {
        Tensor(shape: shape, values: (0..<shape.elements).map { Float($0 * 37 % 101 - 50) / 50 })
    }

    /// Loads a file strictly, and compares the logits with those that PyTorch put into its metadata.
    @discardableResult
    static func check(_ model: some Module<Tensor, Tensor>, _ path: String, _ shape: Shape) throws -> [Float] {
        let file = try SafetensorsFile(contentsOf: path)
        try model.loadStateDictionary(file.tensors())
        model.eval()
        let expected = logits(try #require(file.metadata["logits"]))
        let actual = withoutGradients { model(images(shape)).array(of: Float.self) }
        #expect(expected.count == 40 && actual.count == 40)
        #expect(Set(expected).count > 20)
        for (a, b) in zip(actual, expected) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b))) }
        return actual
    }

    @Test("LeNet and a network with BatchNorm, narrow ones, give PyTorch's logits")
    func narrow() throws {
        try Self.check(LeNet(2, 3, 8, 6), Self.goldens + "/lenet.safetensors", [4, 1, 28, 28])
        try Self.check(cnn(2, 3, 4, 4, 8), Self.goldens + "/cnn.safetensors", [4, 3, 32, 32])
    }

    static func run(_ arguments: String...) throws -> String {
        try Python.run(file: goldens + "/pytorch_models.py", arguments)
    }

    @Test(
        "the networks in full size give PyTorch's logits, and what Tern saves, loads in PyTorch",
        .enabled(if: Python.has("torch", "safetensors"), "TERN_PYTHON names no Python with PyTorch and safetensors"))
    func full() throws {
        try withTemporaryFolder { folder in
            _ = try Self.run("full", folder)
            func exchange(_ name: String, _ model: some Module<Tensor, Tensor>, _ shape: Shape) throws {
                let ours = try Self.check(model, "\(folder)/\(name).safetensors", shape)
                try SafetensorsFile.write(model.stateDictionary(), to: "\(folder)/ours.safetensors")
                let theirs = Self.logits(try Self.run("check", name, folder + "/ours.safetensors"))
                #expect(theirs.count == 40)
                for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b))) }
            }
            try exchange("lenet", LeNet(), [4, 1, 28, 28])
            try exchange("cnn", cnn(), [4, 3, 32, 32])
        }
    }
}
