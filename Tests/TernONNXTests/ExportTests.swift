import Foundation
import Tern
import TernONNX
import TernTestSupport
import Testing

@Suite("Models as ONNX files", .serialized)
struct ExportTests {
    /// Statistics and biases that are not those of a new model.
    private func stirred(_ model: any Module<Tensor, Tensor>, _ example: Tensor) {
        let generator = Generator(seed: 9)
        model.train()
        if example.dtype.isFloatingPoint { _ = withoutGradients { model(example) } }
        for parameter in model.parameters where parameter.value.rank == 1 {
            parameter.value = parameter.value.detached + Tensor.normal(parameter.shape, generator: generator) * 0.1
        }
    }

    @Test(
        "exported networks give onnxruntime the same outputs, at several sizes",
        .enabled(if: Python.has("onnx", "onnxruntime"), "needs onnx and onnxruntime in TERN_PYTHON"))
    func onnxruntime() throws {
        try withTemporaryFolder { folder in
            for network in networks {
                let model = network.make()
                stirred(model, network.inputs[0])
                let path = "\(folder)/\(network.name)"
                do {
                    try export(model, network, to: path + ".onnx")
                } catch {
                    Issue.record("\(network.name): \(error)")
                    continue
                }
                model.eval()
                for (index, input) in network.inputs.enumerated() {
                    try NPY.write(input, to: "\(path).\(index).input.npy")
                    try NPY.write(withoutGradients { model(input) }, to: "\(path).\(index).output.npy")
                }
            }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("check_exports.py")
            let lines = try Python.run(file: script.path, [folder]).split(separator: "\n").map(String.init)
            #expect(lines.sorted() == networks.map { "\($0.name) ok" }.sorted())
        }
    }

    @Test(
        "imported again, they give the same bits, or the same to rounding where operations are others",
        arguments: networks)
    func roundTrip(network: Network) throws {
        let model = network.make()
        stirred(model, network.inputs[0])
        try withTemporaryFolder { folder in
            let path = folder + "/net.onnx"
            try export(model, network, to: path)
            model.eval()
            let again = try ONNXModel(contentsOf: path)
            let names = Set(again.namedParameters.map(\.name) + again.namedBuffers.map(\.name))
            for (name, _) in model.namedParameters { #expect(names.contains(name), "\(name)") }
            for input in network.inputs {
                let (expected, found) = withoutGradients { (model(input), again(input)) }
                if !["cnn", "gpt"].contains(network.name) {
                    #expect(found == expected)
                } else {
                    #expect(found.allClose(to: expected, relativeTolerance: 1e-5, absoluteTolerance: 1e-6))
                }
            }
        }
    }

    private func export(_ model: any Module<Tensor, Tensor>, _ network: Network, to path: String) throws {
        func export(_ model: some Module<Tensor, Tensor>) throws {
            try exportONNX(model, example: network.inputs[0], to: path, dynamicAxes: ["input": network.dynamicAxes])
        }
        try export(model)
    }

    private final class Odd: Module {
        func forward(_ x: Tensor) -> Tensor { lgamma(x) + i0(x).sorted().values + lgamma(x * 2) }
    }

    @Test("operations that ONNX lacks are told all at once, and nothing is written")
    func unexportable() throws {
        try withTemporaryFolder { folder in
            #expect(
                throws: ONNXError.unexportable([
                    "lgamma": ["Odd", "Odd"], "i0": ["Odd"], "argsorted": ["Odd"],
                ])
            ) {
                try exportONNX(Odd(), example: Tensor([1, 2]), to: folder + "/odd.onnx")
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.isEmpty)
        }
    }

    @Test("layers in 8 bits are refused")
    func quantized() throws {
        let model = Sequential(Linear(4, 3), ReLU(), Linear(3, 2))
        model.eval()
        let x = Tensor.normal([5, 4])
        try quantize(model, calibrating: [x])
        try withTemporaryFolder { folder in
            #expect(throws: ONNXError.self) { try exportONNX(model, example: x, to: folder + "/net.onnx") }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.isEmpty)
        }
    }

    @Test("a model keeps its mode")
    func modes() throws {
        let model = Sequential(Linear(2, 2), Dropout(0.5))
        try withTemporaryFolder { folder in
            try exportONNX(model, example: Tensor([[1, 2]]), to: folder + "/x.onnx")
        }
        #expect((model[1] as? Dropout)?.isTraining == true)
    }
}
