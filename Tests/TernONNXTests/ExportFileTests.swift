import Foundation
import Tern
import TernONNX
import TernTestSupport
import Testing

/// What of a model an export can set: types, sizes, versions, and where its values are.
@Suite("Files of exported models", .serialized)
struct ExportFileTests {
    /// What is wrong in onnxruntime with the models of a folder, or nothing without it.
    private func problems(_ folder: String) throws -> [String] {
        guard Python.has("onnx", "onnxruntime") else { return [] }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("check_exports.py")
        return try Python.run(file: script.path, [folder]).split(separator: "\n").map(String.init)
            .filter { !$0.hasSuffix(" ok") }
    }

    /// Writes the numbers that a model is held against.
    private func writeCase(_ inputs: [Tensor], _ output: Tensor, _ path: String) throws {
        for (index, input) in inputs.enumerated() {
            try NPY.write(input, to: "\(path).0.input\(inputs.count > 1 ? ".\(index)" : "").npy")
        }
        try NPY.write(output, to: "\(path).0.output.npy")
    }

    @Test(
        "weights of every floating-point type are written, and computed with",
        arguments: [
            DType.float16, .bfloat16, .float64,
        ])
    func types(dtype: DType) throws {
        let model = Sequential(Linear(4, 8), ReLU(), LayerNorm([8]), Linear(8, 3))
        model.to(dtype)
        let x = Tensor.normal([2, 4]).converted(to: dtype)
        try withTemporaryFolder { folder in
            try exportONNX(model, example: x, to: folder + "/net.onnx", dynamicAxes: ["input": [0: "batch"]])
            let again = try ONNXModel(contentsOf: folder + "/net.onnx")
            #expect(again.inputs[0].dtype == dtype)
            #expect(again.namedParameters.map(\.name) == model.namedParameters.map(\.name))
            for ((_, a), (_, b)) in zip(again.namedParameters, model.namedParameters) { #expect(a.value == b.value) }
            let expected = withoutGradients { model(x) }
            let found = try again.run(["input": x])["output"]!
            // A node's settings are float32.
            #expect(found.allClose(to: expected, relativeTolerance: 1e-6, absoluteTolerance: 0))
            // The processors' part of onnxruntime has no products of bfloat16.
            if dtype != .bfloat16 {
                try writeCase([x], expected, folder + "/net")
                #expect(try problems(folder) == [])
            }
        }
    }

    @Test("each opset is written with its format's version", arguments: 17...21)
    func opsets(opset: Int) throws {
        try withTemporaryFolder { folder in
            for network in networks where ["cnn", "gpt", "lstm"].contains(network.name) {
                let model = network.make()
                let path = "\(folder)/\(network.name)"
                func export(_ model: some Module<Tensor, Tensor>) throws {
                    try exportONNX(
                        model, example: network.inputs[0], to: path + ".onnx", opset: opset,
                        dynamicAxes: ["input": network.dynamicAxes], documentation: "A network.")
                }
                try export(model)
                model.eval()
                let again = try ONNXModel(contentsOf: path + ".onnx")
                #expect(again.opsets == ["": opset])
                #expect(again.metadata["producer_name"] == "Tern" && again.metadata["documentation"] == "A network.")
                for (index, x) in network.inputs.enumerated() {
                    let expected = withoutGradients { model(x) }
                    let found = try again.run(["input": x])["output"]!
                    #expect(found.allClose(to: expected, relativeTolerance: 1e-5, absoluteTolerance: 1e-6))
                    try NPY.write(x, to: "\(path).\(index).input.npy")
                    try NPY.write(expected, to: "\(path).\(index).output.npy")
                }
            }
            #expect(try problems(folder) == [])
        }
    }

    private final class Sum: Module {
        let a = Linear(3, 2), b = Linear(3, 2)
        func forward(_ input: (Tensor, Tensor)) -> Tensor { a(input.0) * b(input.1).sum(axes: 0) }
    }

    private final class Labeled: Module {
        let sum = Sum()
        func forward(_ input: (left: Tensor, right: Tensor)) -> Tensor { sum((input.left, input.right)) }
    }

    private final class Listed: Module {
        let sum = Sum()
        func forward(_ input: [Tensor]) -> Tensor { sum((input[0], input[1])) }
    }

    @Test("inputs that are tuples and arrays have dynamic axes, too")
    func tuples() throws {
        try withTemporaryFolder { folder in
            let (x, y) = (Tensor.normal([2, 3]), Tensor.normal([4, 3]))
            func check<M: Module>(
                _ model: M, _ example: M.Input, _ other: M.Input, _ names: [String], _ title: String
            ) throws where M.Output == Tensor {
                try exportONNX(
                    model, example: example, to: "\(folder)/\(title).onnx",
                    dynamicAxes: [names[0]: [0: "rows"], names[1]: [0: "others"]])
                let again = try ONNXModel(contentsOf: "\(folder)/\(title).onnx")
                #expect(again.inputs.map(\.name) == names)
                #expect(again.inputs.map(\.shape) == [["rows", "3"], ["others", "3"]])
                for (rows, others) in [(2, 4), (1, 7), (5, 2)] {
                    let tensors = [Tensor.normal([rows, 3]), Tensor.normal([others, 3])]
                    let sum = (model as? Sum) ?? (model as? Labeled)?.sum ?? (model as! Listed).sum
                    let expected = withoutGradients { sum((tensors[0], tensors[1])) }
                    #expect(withoutGradients { again(tensors)[0] } == expected)
                    try writeCase(tensors, expected, "\(folder)/\(title)")
                }
            }
            try check(Sum(), (x, y), (y, x), ["input.0", "input.1"], "tuple")
            try check(Labeled(), (x, y), (y, x), ["input.left", "input.right"], "labeled")
            try check(Listed(), [x, y], [y, x], ["input.0", "input.1"], "list")
            #expect(try problems(folder) == [])
        }
    }

    /// `net.onnx` is a model, and gives what this one gives: to the bit here, and to onnxruntime's rounding there.
    private func expectSame(_ model: some Module<Tensor, Tensor>, _ x: Tensor, _ folder: String) throws {
        let again = try ONNXModel(contentsOf: folder + "/net.onnx")
        let expected = withoutGradients { model(x) }
        let found = try again.run(["input": x])["output"]!
        #expect(found == expected)
        try writeCase([x], expected, folder + "/net")
        #expect(try problems(folder) == [])
    }

    @Test("values of more bytes than a file shall have stand beside it")
    func external() throws {
        let model = Sequential(Linear(40, 30), ReLU(), Linear(30, 20, bias: false))
        let x = Tensor.normal([2, 40])
        try withTemporaryFolder { folder in
            try exportONNX(model, example: x, to: folder + "/net.onnx", largestFile: 4000)
            let sizes = try ["net.onnx", "net.onnx.data"].map { try bytes(ofFile: "\(folder)/\($0)").count }
            #expect(sizes[0] < 2000 && sizes[1] >= 40 * 30 * 4 + 30 * 20 * 4)
            try expectSame(model, x, folder)
            // In one file again, the values of before are not left.
            try exportONNX(model, example: x, to: folder + "/net.onnx")
            #expect(try ONNXModel(contentsOf: folder + "/net.onnx").parameters.count == 3)
        }
    }

    @Test(
        "a model of more than 2 GB is written and read",
        .enabled(if: ProcessInfo.processInfo.environment["TERN_LARGE"] != nil, "needs TERN_LARGE and 10 GB of memory"))
    func large() throws {
        let model = Sequential(Linear(24_000, 24_000, bias: false, weightInitializer: .constant(0.5)))
        let x = Tensor.normal([1, 24_000])
        try withTemporaryFolder { folder in
            try exportONNX(model, example: x, to: folder + "/net.onnx")
            try expectSame(model, x, folder)
        }
    }
}
