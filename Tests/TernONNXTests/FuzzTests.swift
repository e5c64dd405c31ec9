import Foundation
import TernCore
import TernFuzzing
import TernTestSupport
import Testing

@testable import TernONNX

/// Whatever is in a file: a model that computes something, or an error, in bounded time and memory.
@Suite("Untrusted ONNX files")
struct FuzzTests {
    private static var limits: ONNXLimits {
        var limits = ONNXLimits()
        limits.elements = 1 << 14
        limits.steps = 1000
        return limits
    }

    /// Reads and runs a model on numbers of the shapes that it asks for.
    private func run(_ bytes: [UInt8]) throws {
        let model = try ONNXModel(bytes: bytes, limits: Self.limits)
        var inputs: [String: Tensor] = [:]
        for port in model.inputs {
            let sizes = (port.shape ?? []).map { Int($0) ?? 2 }
            guard sizes.count <= Shape.maximumRank, sizes.allSatisfy({ (0...64).contains($0) }),
                let count = elementCount(sizes, atMost: Self.limits.elements)
            else { throw ONNXError.input(name: port.name, reason: "is too large") }
            let numbers = Tensor((0..<count).map { Float($0 % 7) - 2 }).reshaped(Shape(sizes))
            inputs[port.name] = numbers.converted(to: port.dtype ?? .float32)
        }
        _ = try withoutGradients { () throws(ONNXError) in try model.run(inputs) }
    }

    private static let tokens = [
        "axis", "axes", "pads", "strides", "dilations", "kernel_shape", "group", "Conv", "MaxPool", "AveragePool",
        "Reshape", "Gather", "Slice", "Pad", "Resize", "Softmax", "Loop", "If", "Scan", "Concat", "Split", "TopK",
        "Einsum", "LSTM", "GRU", "Tile", "Expand", "OneHot", "ScatterND", "CumSum", "Trilu", "Range", "MatMul",
    ]

    @Test("fuzz: mutated models compute something or are refused")
    func fuzz() throws {
        var fuzzer = Fuzzer("onnx", samples: samples().map(\.encoded), tokens: Self.tokens)
        fuzzer.isRefusal = { $0 is ONNXError }
        fuzzer.constantMemory = 8 << 20
        try fuzzer.run(run)
    }

    @Test("the models that are mutated compute something")
    func sound() throws {
        for sample in samples() { try run(sample.encoded) }
    }

    @Test("models cut short are refused, or compute something")
    func truncation() throws {
        let bytes = mlp().encoded
        for count in bytes.indices {
            do { try run(Array(bytes[..<count])) } catch { #expect(error is ONNXError) }
        }
    }

    /// Numbers at which arithmetic ends.
    private static let extremes: [Int64] = [.min, .min + 1, .max, 1 << 31, -1 << 31, 1 << 40, -1, 0, 1]

    /// The model with one integer of its settings and constants another, for each of them.
    private func withExtremes(_ model: ModelMessage) -> [ModelMessage] {
        var result: [ModelMessage] = []
        func add(_ change: (inout ModelMessage) -> Void) {
            var changed = model
            change(&changed)
            result.append(changed)
        }
        for (index, node) in model.graph.nodes.enumerated() {
            for (place, attribute) in node.attributes.enumerated() {
                func set(_ value: AttributeMessage.Value) {
                    add { $0.graph.nodes[index].attributes[place].value = value }
                }
                for number in Self.extremes {
                    switch attribute.value {
                    case .integer: set(.integer(number))
                    case .integers(let numbers):
                        for position in numbers.indices {
                            var numbers = numbers
                            numbers[position] = number
                            set(.integers(numbers))
                        }
                    default: break
                    }
                }
            }
        }
        for (index, message) in model.graph.initializers.enumerated() where message.dtype == .int64 {
            guard let tensor = try? message.tensor(ONNXFolder(file: "", folder: nil)) else { continue }
            let (shape, numbers) = (tensor.shape, tensor.array(of: Int64.self))
            for position in numbers.indices {
                for number in Self.extremes {
                    var numbers = numbers
                    numbers[position] = number
                    add {
                        $0.graph.initializers[index] = TensorMessage(
                            message.name, Tensor(shape: shape, values: numbers))
                    }
                }
            }
        }
        return result
    }

    @Test("extreme numbers in settings and constants are computed with or refused")
    func extremes() throws {
        for changed in samples().flatMap(withExtremes) {
            do { try run(changed.encoded) } catch { #expect(error is ONNXError) }
        }
    }

    /// The standard's own tests of operators, with extreme numbers for settings and for inputs that are few integers.
    @Test(
        "extreme numbers in tests of operators are computed with or refused",
        .enabled(
            if: ProcessInfo.processInfo.environment["TERN_FUZZ"] != nil && Python.has("onnx", "numpy"),
            "needs TERN_FUZZ, and onnx in TERN_PYTHON"))
    func extremeNodes() throws {
        let (cases, data, _) = try NodeTests.read()
        let shows = ProcessInfo.processInfo.environment["TERN_ONNX_SHOW"] != nil
        for test in cases {
            if shows { FileHandle.standardError.write(Data("\(test.name)\n".utf8)) }
            let bytes = Array(data[test.model[0]..<test.model[0] + test.model[1]])
            for changed in withExtremes(try ModelMessage(bytes: bytes, file: test.name)) {
                do { try run(changed.encoded) } catch { #expect(error is ONNXError) }
            }
            guard let model = try? ONNXModel(bytes: bytes, limits: Self.limits), let set = test.sets.first else {
                continue
            }
            var inputs: [String: ONNXValue] = [:]
            for (port, entry) in zip(model.inputs, set.inputs) { inputs[port.name] = try NodeTests.value(entry, data) }
            for (name, value) in inputs {
                guard case .tensor(let tensor) = value, [.int64, .int32].contains(tensor.dtype), tensor.count <= 16
                else {
                    continue
                }
                let numbers = tensor.converted(to: .int64).array(of: Int64.self)
                for position in numbers.indices {
                    for number in Self.extremes {
                        var changed = numbers
                        changed[position] = number
                        let other = Tensor(shape: tensor.shape, values: changed).converted(to: tensor.dtype)
                        var inputs = inputs
                        inputs[name] = .tensor(other)
                        _ = try? model.run(values: inputs)
                    }
                }
            }
        }
    }

    /// The standard's own tests of operators, mutated: with `TERN_FUZZ` alone, as they are many.
    @Test(
        "fuzz: mutated tests of operators compute something or are refused",
        .enabled(
            if: ProcessInfo.processInfo.environment["TERN_FUZZ"] != nil && Python.has("onnx", "numpy"),
            "needs TERN_FUZZ, and onnx in TERN_PYTHON"))
    func fuzzNodes() throws {
        let (cases, data, _) = try NodeTests.read()
        let models = cases.map { Array(data[$0.model[0]..<$0.model[0] + $0.model[1]]) }.filter { $0.count < 4000 }
        var fuzzer = Fuzzer("onnx-nodes", samples: models, tokens: Self.tokens)
        fuzzer.isRefusal = { $0 is ONNXError }
        fuzzer.constantMemory = 16 << 20
        try fuzzer.run(run)
    }

    private func samples() -> [ModelMessage] {
        let image = value("x", .float, [.named("n"), .known(2), .known(6), .known(6)])
        func ints(_ name: String, _ numbers: [Int64]) -> TensorMessage { TensorMessage(name, Tensor(numbers)) }
        let network = model(
            [
                node(
                    "Conv", ["x", "w", "b"], ["c"],
                    ["pads": .integers([1, 1, 1, 1]), "strides": .integers([1, 2]), "group": .integer(2)]),
                node("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"]),
                node("Relu", ["n"], ["r"]),
                node(
                    "MaxPool", ["r"], ["p"],
                    ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 1]), "ceil_mode": .integer(1)]),
                node(
                    "AveragePool", ["p"], ["a"], ["kernel_shape": .integers([1, 2]), "pads": .integers([0, 1, 0, 0])]),
                node("Resize", ["a", "", "scales"], ["u"], ["mode": .string("linear")]),
                node("GlobalAveragePool", ["u"], ["q"]), node("Flatten", ["q"], ["f"]),
                node("Gemm", ["f", "fc", "fb"], ["h"], ["transB": .integer(1), "alpha": .float(0.5)]),
                node("Softmax", ["h"], ["y"], ["axis": .integer(-1)]),
            ], inputs: [image],
            initializers: [
                TensorMessage("w", Tensor.ones([4, 1, 3, 3])), TensorMessage("b", Tensor([1, 2, 3, 4])),
                TensorMessage("g", Tensor.ones([4])), TensorMessage("m", Tensor.zeros([4])),
                TensorMessage("v", Tensor.ones([4])), TensorMessage("fc", Tensor.ones([3, 4])),
                TensorMessage("fb", Tensor.ones([3])), TensorMessage("scales", Tensor([1, 1, 2, 1.5])),
            ])
        let shapes = model(
            [
                node("Shape", ["x"], ["s"]), node("Gather", ["s", "i0"], ["d"], ["axis": .integer(0)]),
                node("Concat", ["d", "rest"], ["t"], ["axis": .integer(0)]), node("Reshape", ["x", "t"], ["r"]),
                node("Slice", ["r", "i0", "i3", "i1", "i2"], ["l"]),
                node("Transpose", ["l"], ["tr"], ["perm": .integers([1, 0])]),
                node("Pad", ["tr", "pads"], ["p"], ["mode": .string("reflect")]),
                node("Tile", ["p", "twice"], ["ti"]), node("TopK", ["ti", "i2"], ["v", "k"]),
                node("GatherElements", ["ti", "k"], ["ge"], ["axis": .integer(1)]),
                node("CumSum", ["ge", "axis"], ["cs"]),
                node("Split", ["cs"], ["p0", "p1"], ["axis": .integer(1), "num_outputs": .integer(2)]),
                node("Einsum", ["p0", "p1"], ["e"], ["equation": .string("ij,kj->ik")]),
                node("ScatterND", ["e", "place", "new"], ["sc"]), node("ReduceMean", ["sc", "i0"], ["y"]),
            ], inputs: [image],
            initializers: [
                ints("i0", [0]), ints("i1", [1]), ints("i2", [2]), ints("i3", [9]), ints("rest", [-1]),
                ints("pads", [1, 0, 0, 1]), ints("twice", [2, 1]), TensorMessage("axis", Tensor(Int64(0))),
                TensorMessage("place", Tensor([[Int64(0), 1]])), TensorMessage("new", Tensor([5])),
            ])
        var body = GraphMessage()
        body.inputs = [value("i", .int64), value("going", .bool), value("sum")]
        body.nodes = [
            node("Add", ["sum", "step"], ["next"]), node("Identity", ["going"], ["still"]),
            node("Mul", ["next", "next"], ["square"]),
        ]
        body.outputs = [value("still", .bool), value("next"), value("square")]
        var branch = GraphMessage()
        branch.nodes = [node("Neg", ["all"], ["chosen"])]
        branch.outputs = [value("chosen")]
        let control = model(
            [
                node("Loop", ["count", "", "x"], ["last", "all"], ["body": .graph(body)]),
                node("ReduceSum", ["all"], ["total"], ["keepdims": .integer(0)]),
                node("Greater", ["total", "step"], ["isLarge"]),
                node("If", ["isLarge"], ["y"], ["then_branch": .graph(branch), "else_branch": .graph(branch)]),
            ], inputs: [value("x", .float, [.known(3)])],
            initializers: [TensorMessage("count", Tensor(Int64(4))), TensorMessage("step", Tensor(0.5))])
        let recurrent = model(
            [
                node(
                    "LSTM", ["x", "w", "r", "b"], ["all", "h", "c"],
                    ["hidden_size": .integer(2), "direction": .string("reverse")]),
                node("Squeeze", ["all", "one"], ["sq"]),
                node("LayerNormalization", ["sq", "g"], ["n"], ["axis": .integer(-1)]),
                node("Dropout", ["n"], ["y"]),
            ], inputs: [value("x", .float, [.known(3), .named("n"), .known(3)])],
            initializers: [
                TensorMessage("w", Tensor.ones([1, 8, 3]) * 0.1), TensorMessage("r", Tensor.ones([1, 8, 2]) * 0.1),
                TensorMessage("b", Tensor.zeros([1, 16])), ints("one", [1]), TensorMessage("g", Tensor.ones([2])),
            ])
        return [mlp(), network, shapes, control, recurrent]
    }
}
