import Foundation
import Tern
import TernONNX
import TernTestSupport
import Testing

@Suite("Models that PyTorch exports")
struct TorchTests {
    @Test(
        "they give PyTorch's outputs, and 20 steps of training follow its losses",
        .enabled(if: Python.has("torch", "onnx", "onnxscript"), "needs torch and onnxscript in TERN_PYTHON"))
    func train() throws {
        try withTemporaryFolder { folder in
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("torch_models.py")
            let names = try Python.run(file: script.path, [folder]).split(separator: "\n").map(String.init)
                .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0).losses.npy") }
            #expect(names.count == 5)
            for name in names {
                func array(_ kind: String) throws -> Tensor {
                    try NPY.read(contentsOf: "\(folder)/\(name).\(kind).npy")
                }
                let model = try ONNXModel(contentsOf: "\(folder)/\(name).onnx")
                let (input, target) = (try array("input"), try array("target"))
                let expected = try array("output")
                let difference = withoutGradients { abs(model(input) - expected).max() / abs(expected).max() }
                #expect(difference.item() < 1e-5, "\(name)")
                let optimizer = SGD(model.parameters, learningRate: 0.05)
                var losses: [Float] = []
                for _ in 0..<20 {
                    let tape = GradientTape()
                    let loss = tape.record { square(model(input) - target).mean() }
                    optimizer.step(tape.gradients(of: loss))
                    losses.append(Float(loss.item()))
                }
                let found = Tensor(losses)
                let theirs = try array("losses")
                #expect(found.allClose(to: theirs, relativeTolerance: 1e-4), "\(name): \(found) and \(theirs)")
            }
        }
    }
}
