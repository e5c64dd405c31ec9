import Foundation
import Tern
import TernONNX
import TernTestSupport
import Testing

/// The networks of `torch_models.py`: the small ones of `Goldens`, or those of usual size in the folder that
/// `TERN_ONNX_TORCH` names, where `torch_models.py FOLDER --whole` has made them, in float64.
@Suite("Models that PyTorch exports")
struct TorchTests {
    static let folder =
        ProcessInfo.processInfo.environment["TERN_ONNX_TORCH"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens").path

    /// A model, and what PyTorch got of it.
    static func read(_ name: String) throws -> (model: ONNXModel, arrays: [String: Tensor]) {
        let base = name.hasSuffix("-script") ? String(name.dropLast(7)) : name
        let arrays = try SafetensorsFile(contentsOf: "\(folder)/\(base).safetensors").tensors()
        return (try ONNXModel(contentsOf: "\(folder)/\(name).onnx"), arrays)
    }

    static let names = [
        "mlp", "lenet", "lenet-relu", "cnn", "lstm", "gru", "gpt", "resnet18", "mobilenetv2", "unet", "mlp-script",
        "resnet18-script",
    ]

    private func expectClose(_ found: Tensor, _ expected: Tensor, _ tolerance: Double, _ title: String) {
        let difference = abs(found - expected).max().item() / abs(expected).max().item()
        #expect(found.shape == expected.shape && difference < tolerance, "\(title): \(difference)")
    }

    @Test("they give PyTorch's outputs, for several sizes of batches and sequences", arguments: names)
    func outputs(name: String) throws {
        let (model, arrays) = try Self.read(name)
        for index in 0..<3 {
            let output = withoutGradients { model(arrays["input.\(index)"]!) }
            expectClose(output, arrays["output.\(index)"]!, 1e-5, "\(name) \(index)")
        }
    }

    @Test(
        "20 steps of training follow PyTorch's losses in both modes, and so do running statistics", arguments: names)
    func train(name: String) throws {
        for mode in ["eval", "train"] {
            let (model, arrays) = try Self.read(name)
            let isWide = arrays["target"]!.dtype == .float64
            if mode == "train" { model.train() }
            let optimizer = SGD(model.parameters, learningRate: 0.005)
            var losses: [Double] = []
            for _ in 0..<20 {
                let tape = GradientTape()
                let loss = tape.record { square(model(arrays["input.0"]!) - arrays["target"]!).mean() }
                optimizer.step(tape.gradients(of: loss))
                losses.append(loss.item())
            }
            let expected = arrays["losses.\(mode)"]!
            let isClose = Tensor(shape: [20], values: losses).allClose(
                to: expected.converted(to: .float64), relativeTolerance: isWide ? 1e-6 : 1e-4, absoluteTolerance: 0)
            #expect(isClose, "\(name), \(mode): \(losses) and \(expected)")
            if mode == "train" {
                model.eval()
                let output = withoutGradients { model(arrays["input.0"]!) }
                expectClose(output, arrays["trained"]!, isWide ? 1e-5 : 1e-3, "\(name) when it has trained")
            }
        }
    }
}
