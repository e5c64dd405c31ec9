import Foundation
import Tern
import TernONNX

/// Looks into ONNX files, runs them, and compares what they give with what others gave.
///
///     tern-onnx info --model net.onnx
///     tern-onnx run --model net.onnx --input input=x.npy --output y.npz
///     tern-onnx diff --model net.onnx --input inputs.npz --expected outputs.npz
///     tern-onnx export-example --model lenet.onnx
///     tern-onnx time --model net.onnx --threads 1
func inspectModels() throws {
    let commands = ["info", "run", "diff", "export-example", "time"]
    let words = Array(CommandLine.arguments.dropFirst())
    let command = words.first.flatMap { commands.contains($0) ? $0 : nil } ?? ""
    let arguments = Arguments(
        "tern-onnx \(command.isEmpty ? "COMMAND" : command)",
        "Looks into ONNX files and runs them. COMMAND is info, run, diff, export-example or time.",
        Array(words.dropFirst(command.isEmpty ? 0 : 1)))
    let path = arguments.string("model", "FILE", "the model; the one to write, of export-example")
    let inputs = arguments.strings("input", "[NAME=]FILE", "an input's .npy, or all of them in an .npz")
    let output = arguments.string("output", "FILE", "where run writes the outputs, as .npz")
    let expected = arguments.string("expected", "FILE", "the outputs that diff compares with, as .npz")
    let tolerance = arguments.double("tolerance", default: 1e-5, "the largest relative error that diff accepts")
    let threads = arguments.int("threads", default: threadCount, "processors to compute on")
    let rounds = arguments.int("rounds", default: 20, "runs, of which time shows the median")
    if command.isEmpty { arguments.complain("expects a command: \(commands.joined(separator: ", "))") }
    if path == nil { arguments.complain("expects --model FILE") }
    if command == "diff" && expected == nil { arguments.complain("expects --expected FILE") }
    arguments.finish()
    let file = path!
    threadCount = threads

    switch command {
    case "info": printInformation(try ONNXModel(contentsOf: file))
    case "run":
        let results = try ONNXModel(contentsOf: file).run(try read(inputs))
        for (name, tensor) in results.sorted(by: { $0.key < $1.key }) { print("\(name): \(tensor)") }
        if let output { try NPZFile.write(results, to: output) }
    case "diff":
        let results = try ONNXModel(contentsOf: file).run(try read(inputs))
        let others = try NPZFile(contentsOf: expected!).tensors()
        if !compare(results, others, tolerance) { exit(1) }
    case "time": try timeModel(file, rounds: rounds)
    default: try exportExample(to: file)
    }
}

/// The tensors of files, by the names of the inputs.
func read(_ files: [String]) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for file in files {
        let parts = file.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 {
            tensors[parts[0]] = try NPY.read(contentsOf: parts[1])
        } else if file.hasSuffix(".npz") {
            tensors.merge(try NPZFile(contentsOf: file).tensors()) { $1 }
        } else {
            tensors["input"] = try NPY.read(contentsOf: file)
        }
    }
    return tensors
}

func printInformation(_ model: ONNXModel) {
    for (name, text) in model.metadata.sorted(by: { $0.key < $1.key }) { print("\(name): \(text)") }
    for (domain, version) in model.opsets.sorted(by: { $0.key < $1.key }) {
        print("opset \(version)\(domain.isEmpty ? "" : " of \(domain)")")
    }
    func list(_ title: String, _ ports: [ONNXModel.Port]) {
        for port in ports {
            let type = port.dtype.map { "\($0)" } ?? "?"
            print("\(title) \(port.name): \(type) [\(port.shape?.joined(separator: ", ") ?? "...")]")
        }
    }
    list("input", model.inputs)
    list("output", model.outputs)
    var (count, bytes) = (0, 0)
    for (_, parameter) in model.namedParameters {
        count += parameter.shape.elements
        bytes += parameter.shape.elements * parameter.dtype.byteCount
    }
    print("parameters: \(count) in \(model.parameters.count) tensors, \(bytes) bytes")
    for (name, parameter) in model.namedParameters { print("  \(name): \(parameter.dtype) \(parameter.shape)") }
    print("constants: \(model.buffers.count)")
    print("nodes: \(model.operatorCounts.values.reduce(0, +))")
    for (type, count) in model.operatorCounts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        print("  \(type): \(count)")
    }
}

/// Prints how far each output is from what is expected.
func compare(_ found: [String: Tensor], _ expected: [String: Tensor], _ tolerance: Double) -> Bool {
    var isClose = true
    for (name, other) in expected.sorted(by: { $0.key < $1.key }) {
        guard let tensor = found[name], tensor.shape == other.shape else {
            print(
                "\(name): expected shape \(other.shape), got \(found[name].map { "\($0.shape)" } ?? "no such output")")
            isClose = false
            continue
        }
        if tensor.count == 0 { continue }
        let (a, b) = (tensor.converted(to: .float64), other.converted(to: .float64))
        let largest = abs(b).max().item()
        let error = abs(a - b).max().item()
        let relative = error == 0 ? 0 : error / largest
        print("\(name): largest difference \(error), relative \(relative)")
        if !(relative <= tolerance) { isClose = false }
    }
    print(isClose ? "equal within \(tolerance)" : "different")
    return isClose
}

/// Prints how long it takes to read a model, and to run it on random numbers: sizes that are not fixed are 1.
/// `time_onnxruntime.py` beside this file takes turns with onnxruntime.
func timeModel(_ file: String, rounds: Int) throws {
    func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6
    }
    var model: ONNXModel?
    let reading = try milliseconds { model = try ONNXModel(contentsOf: file) }
    guard let model else { return }
    var inputs: [String: Tensor] = [:]
    for port in model.inputs {
        let shape = Shape((port.shape ?? []).map { Int($0) ?? 1 })
        inputs[port.name] = Tensor.normal(shape).converted(to: port.dtype ?? .float32)
    }
    let times = try (0..<max(1, rounds)).map { _ in
        try milliseconds { _ = try withoutGradients { () throws(ONNXError) in try model.run(inputs) } }
    }
    print(
        "{\"system\": \"tern\", \"threads\": \(threadCount), \"read_ms\": \(reading), \"first_ms\": \(times[0]), "
            + "\"run_ms\": \(times.sorted()[times.count / 2])}")
}

/// A convolutional network with weights that are not trained.
func exportExample(to path: String) throws {
    let model = Sequential {
        Conv2d(1, 6, kernelSize: 5, padding: 2)
        ReLU()
        MaxPool2d(2)
        Conv2d(6, 16, kernelSize: 5)
        ReLU()
        MaxPool2d(2)
        Flatten()
        Linear(400, 120)
        ReLU()
        Linear(120, 10)
    }
    try exportONNX(
        model, example: Tensor.zeros([1, 1, 28, 28]), to: path, dynamicAxes: ["input": [0: "batch"]],
        documentation: "A network for digits of 28 x 28, not trained.")
    print("model: \(path)")
}

runProgram("tern-onnx") { try inspectModels() }
