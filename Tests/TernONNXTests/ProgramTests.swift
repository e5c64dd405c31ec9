import Foundation
import TernCore
import TernFormats
import TernTestSupport
import Testing

/// The program `tern-onnx`, as it was built.
@Suite("tern-onnx", .enabled(if: BuiltProgram("tern-onnx").isThere, "it is not built"))
struct ProgramTests {
    private func run(_ words: String...) throws -> (text: String, status: Int32) {
        try BuiltProgram("tern-onnx").run(words)
    }

    @Test("it writes a model, tells what is in it, runs it, and compares outputs")
    func commands() throws {
        try withTemporaryFolder { folder in
            let model = folder + "/net.onnx"
            var (text, status) = try run("export-example", "--model", model)
            #expect(status == 0 && text == "model: \(model)\n")

            (text, status) = try run("info", "--model", model)
            #expect(status == 0)
            for line in [
                "producer_name: Tern", "opset 18", "input input: float32 [batch, 1, 28, 28]",
                "output output: float32 [batch, 10]", "parameters: 51902 in 8 tensors, 207608 bytes",
                "  0.weight: float32 [6, 1, 5, 5]", "  Conv: 2",
            ] {
                #expect(text.split(separator: "\n").contains { $0 == line }, "\(line) in \(text)")
            }

            let x = Tensor.normal([3, 1, 28, 28])
            try NPY.write(x, to: folder + "/x.npy")
            (text, status) = try run(
                "run", "--model", model, "--input", folder + "/x.npy", "--output", folder + "/y.npz")
            #expect(status == 0 && text.hasPrefix("output: ["), "\(text)")
            let outputs = try NPZFile(contentsOf: folder + "/y.npz").tensors()
            #expect(outputs["output"]?.shape == [3, 10])

            let input = "input=\(folder)/x.npy"
            (text, status) = try run("diff", "--model", model, "--input", input, "--expected", folder + "/y.npz")
            #expect(
                status == 0 && text == "output: largest difference 0.0, relative 0.0\nequal within 1e-05\n", "\(text)")
            try NPZFile.write(["output": outputs["output"]! * 1.01], to: folder + "/z.npz")
            (text, status) = try run("diff", "--model", model, "--input", input, "--expected", folder + "/z.npz")
            #expect(status == 1 && text.hasSuffix("different\n"), "\(text)")
            (text, status) = try run(
                "diff", "--model", model, "--input", input, "--expected", folder + "/z.npz", "--tolerance", "0.1")
            #expect(status == 0 && text.hasSuffix("equal within 0.1\n"), "\(text)")

            (text, status) = try run("time", "--model", model, "--threads", "1", "--rounds", "2")
            #expect(status == 0 && text.hasPrefix("{\"system\": \"tern\", \"threads\": 1, \"read_ms\": "), "\(text)")
        }
    }

    @Test("what is wrong is said, and fails")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            try write(Array("no model".utf8), to: folder + "/bad.onnx")
            for (words, expected) in [
                ([], "expects a command: info, run, diff, export-example, time"),
                (["info"], "expects --model FILE"), (["diff", "--model", "x"], "expects --expected FILE"),
                (["info", "--model", folder + "/none.onnx"], "none.onnx"),
                (["info", "--model", folder + "/bad.onnx"], "bad.onnx"),
            ] {
                let (text, status) = try BuiltProgram("tern-onnx").run(words)
                #expect(status != 0 && text.contains(expected), "\(words): \(text)")
            }
        }
    }
}
