import Foundation
import TernCore
import TernFormats
import TernLayers
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

@testable import TernONNX

@Suite("Models from ONNX files")
struct ImportTests {
    private func made(_ message: ModelMessage, _ operators: ONNXOperators = .standard) throws -> ONNXModel {
        try ONNXModel(bytes: message.encoded, operators: operators)
    }

    /// What is thrown, as text.
    private func refusal(_ message: ModelMessage) -> String {
        do { _ = try made(message) } catch { return "\(error)" }
        return "none"
    }

    @Test("a model computes, and tells its inputs, outputs, parameters and operators")
    func small() throws {
        let model = try made(mlp())
        #expect(model.inputs == [ONNXModel.Port(name: "x", dtype: .float32, shape: ["batch", "3"])])
        #expect(model.outputs.map(\.name) == ["y"])
        #expect(model.namedParameters.map(\.name) == ["fc1.weight", "fc1.bias"])
        #expect(model.namedBuffers.map(\.name) == ["half"])
        #expect(model.operatorCounts == ["Gemm": 1, "Relu": 1, "Mul": 1])
        let x = Tensor([[1, 1, 1], [0, 0, 1]])
        #expect(try model.run(["x": x])["y"] == Tensor([[3.25, 0], [1.75, 0.25]]))
        #expect(model(x) == Tensor([[3.25, 0], [1.75, 0.25]]))
    }

    @Test("its parameters train as those of the layer that it is")
    func trains() throws {
        let model = try made(mlp())
        let layer = Parameter(Tensor([[1, 2, 3], [-1, 0, 1]]))
        let bias = Parameter(Tensor([0.5, -0.5]))
        let optimizers = (SGD(model.parameters, learningRate: 0.1), SGD([layer, bias], learningRate: 0.1))
        let x = Tensor([[1, 1, 1], [0, 0, 1]])
        for _ in 0..<3 {
            let a = GradientTape()
            let loss = a.record { square(model(x)).sum() }
            optimizers.0.step(a.gradients(of: loss))
            let b = GradientTape()
            let other = b.record { square(relu(linear(x, layer.value, bias.value)) * 0.5).sum() }
            optimizers.1.step(b.gradients(of: other))
            #expect(loss == other)
        }
        #expect(model.parameters[0].value == layer.value)
        #expect(model.parameters[0].value != Tensor([[1, 2, 3], [-1, 0, 1]]))
    }

    @Test("it has a state dictionary and a summary, as any module")
    func module() throws {
        let model = try made(mlp())
        #expect(Set(model.stateDictionary().keys) == ["fc1.weight", "fc1.bias", "half"])
        let other = try made(mlp())
        for parameter in other.parameters { parameter.value = parameter.value * 2 }
        try model.loadStateDictionary(other.stateDictionary())
        #expect(model(Tensor([[1, 1, 1]])) == other(Tensor([[1, 1, 1]])))
        let text = "\(summary(of: model, [Tensor([[1, 1, 1]])]))"
        #expect(text.contains("ONNXModel") && text.contains("8"), "\(text)")
    }

    @Test("running statistics move in training alone, as those of the layer, and dropout drops there")
    func training() throws {
        let message = model(
            [
                node(
                    "BatchNormalization", ["x", "w", "b", "m", "v"], ["n"],
                    ["momentum": .float(0.75), "training_mode": .integer(1)]),
                node("BatchNormalization", ["n", "w", "b", "m", "v"], ["p"], ["momentum": .float(0.75)]),
                node("Dropout", ["p", "half"], ["d"]), node("Dropout", ["d", "half", "no"], ["y"]),
            ], inputs: [value("x", .float, [.named("n"), .known(2)])],
            initializers: [
                TensorMessage("w", Tensor([1, 2])), TensorMessage("b", Tensor([0, 1])),
                TensorMessage("m", Tensor([0.5, 0])), TensorMessage("v", Tensor([2, 3])),
                TensorMessage("half", Tensor(0.5)), TensorMessage("no", Tensor(false)),
            ])
        let (found, layer) = (try made(message), BatchNorm1d(2, momentum: 0.25))
        try layer.loadStateDictionary([
            "weight": Tensor([1, 2]), "bias": Tensor([0, 1]), "running_mean": Tensor([0.5, 0]),
            "running_var": Tensor([2, 3]), "num_batches_tracked": Tensor(Int64(0)),
        ])
        let x = Tensor.normal([64, 2])
        layer.eval()
        #expect(found(x) == layer(layer(x)))
        found.train()
        layer.train()
        let (y, expected) = (found(x), layer(layer(x)))
        let kept = y.notEqual(to: 0)
        #expect(y == which(kept, expected * 2, 0.0))
        #expect((30...100).contains(kept.converted(to: .int64).sum().item(as: Int.self)))
        #expect(found.stateDictionary()["m"] == layer.stateDictionary()["running_mean"])
        #expect(found.stateDictionary()["v"] == layer.stateDictionary()["running_var"])
        found.eval()
        layer.eval()
        #expect(found(x) == layer(layer(x)))
    }

    @Test("a run that fails moves no running statistics")
    func failedTraining() throws {
        let message = model(
            [
                node("BatchNormalization", ["x", "w", "w", "m", "w"], ["n"]),
                node("Reshape", ["n", "shape"], ["y"]),
            ], inputs: [value("x")],
            initializers: [
                TensorMessage("w", Tensor([1, 2])), TensorMessage("m", Tensor([0, 0])),
                TensorMessage("shape", Tensor([Int64(7)])),
            ])
        let failing = try made(message)
        failing.train()
        #expect(throws: ONNXError.self) { try failing.run(["x": Tensor([[1, 2], [3, 4]])]) }
        #expect(failing.stateDictionary()["m"] == Tensor([0, 0]))
    }

    @Test("operators and types that are unknown are told all at once, before anything runs")
    func unknown() throws {
        var message = mlp()
        message.graph.nodes += [
            node("Strange", ["y"], ["a"], name: "one"), node("Strange", ["a"], ["b"]),
            node("Odd", ["b"], ["c"], domain: "my"),
        ]
        message.graph.inputs.append(value("text", .string))
        #expect(
            refusal(message) == """
                model: has what Tern does not have:
                  operator Strange (one and 1 more)
                  operator my.Odd (Odd 5)
                  type string (text)
                """)
    }

    @Test("own operators stand beside the standard's")
    func own() throws {
        var message = mlp()
        message.graph.nodes.append(node("Twice", ["y"], ["z"], ["times": .integer(2)], domain: "my"))
        message.graph.outputs = [value("z")]
        message.operatorSets.append(OperatorSetMessage(domain: "my", version: 1))
        var operators = ONNXOperators.standard
        operators.add(
            ONNXOperator("Twice", domain: "my", inputs: 1...1) { call in
                [.tensor(try call.tensor(0) * (try call.integer("times")))]
            })
        let model = try made(message, operators)
        #expect(model(Tensor([[1, 1, 1]])) == Tensor([[6.5, 0]]))
    }

    @Test(
        "graphs that do not hold together are refused",
        arguments: [
            (
                "reads \"b\", which it or a later node computes: the nodes have a cycle",
                [
                    node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"]),
                ]
            ),
            ("reads \"nothing\", which nothing computes", [node("Relu", ["nothing"], ["y"])]),
            (
                "computes \"y\", which another node computes too",
                [
                    node("Relu", ["x"], ["y"]), node("Abs", ["x"], ["y"]),
                ]
            ),
            ("has 1 inputs, and Add takes 2", [node("Add", ["x"], ["y"])]),
            ("has an output that nothing computes: \"y\"", [node("Relu", ["x"], ["z"])]),
            ("has no operator", [node("", ["x"], ["y"])]),
        ])
    func broken(expected: String, nodes: [NodeMessage]) {
        let text = refusal(model(nodes, inputs: [value("x")]))
        #expect(text.contains(expected), "\(text)")
    }

    @Test("functions that call themselves, and graphs within graphs without end, are refused")
    func recursion() {
        var function = FunctionMessage()
        (function.name, function.domain) = ("F", "my")
        (function.inputs, function.outputs) = (["a"], ["b"])
        function.nodes = [node("F", ["a"], ["b"], domain: "my")]
        function.operatorSets = [OperatorSetMessage(domain: "my", version: 1)]
        let calls = model([node("F", ["x"], ["y"], domain: "my")], inputs: [value("x")], functions: [function])
        #expect(refusal(calls).contains("is a function that calls itself"))

        var graph = GraphMessage()
        for _ in 0..<200 {
            var outer = GraphMessage()
            outer.nodes = [node("If", ["x"], ["y"], ["then_branch": .graph(graph)])]
            graph = outer
        }
        #expect(refusal(model(graph.nodes, inputs: [value("x", .bool)])).contains("messages inside of one another"))
    }

    @Test("functions get their settings, and defaults where a call has none")
    func functions() throws {
        var function = FunctionMessage()
        (function.name, function.domain) = ("Leak", "my")
        (function.inputs, function.outputs) = (["a"], ["b"])
        function.attributeDefaults = [AttributeMessage("slope", .float(0.5))]
        function.nodes = [node("LeakyRelu", ["a"], ["b"], ["alpha": .reference("slope")])]
        function.operatorSets = [OperatorSetMessage(domain: "", version: 18)]
        var message = model(
            [
                node("Leak", ["x"], ["y"], domain: "my"),
                node("Leak", ["x"], ["z"], ["slope": .float(0.25)], domain: "my"),
            ], inputs: [value("x")], outputs: ["y", "z"], functions: [function])
        message.operatorSets.append(OperatorSetMessage(domain: "my", version: 1))
        let outputs = try made(message).run(["x": Tensor([-4, 2])])
        #expect(outputs == ["y": Tensor([-2, 2]), "z": Tensor([-1, 2])])
    }

    @Test("inputs are held against what the model says")
    func inputs() throws {
        let model = try made(mlp())
        func refusal(_ inputs: [String: Tensor]) -> String {
            do { _ = try model.run(inputs) } catch { return "\(error)" }
            return "none"
        }
        #expect(refusal([:]) == "input x: is missing")
        #expect(refusal(["x": Tensor([1, 2, 3])]) == "input x: expected shape [batch, 3], got [3]")
        #expect(
            refusal(["x": Tensor.zeros([1, 3], dtype: .float64)]) == "input x: expected float32, got float64")
        #expect(
            refusal(["x": Tensor.zeros([1, 3]), "z": Tensor(1)])
                == "input z: the model has no such input: it has [\"x\"]")
    }

    @Test("what only values show is an error with the node's name")
    func operation() throws {
        let message = model(
            [node("Reshape", ["x", "shape"], ["y"], name: "flat")], inputs: [value("x")],
            initializers: [TensorMessage("shape", Tensor([Int64(2), 5]))])
        #expect(
            throws: ONNXError.operation(
                node: "flat", type: "Reshape", reason: "cannot give shape [3] the sizes [2, 5]")
        ) {
            try made(message).run(["x": Tensor([1, 2, 3])])
        }
    }

    @Test("a model asks for no more elements and steps than the limits allow")
    func limits() throws {
        let large = model(
            [node("ConstantOfShape", ["shape"], ["y"])],
            initializers: [TensorMessage("shape", Tensor([Int64(1) << 40, 1 << 7]))])
        #expect(throws: ONNXError.self) { try made(large).run([:]) }

        var body = GraphMessage()
        body.inputs = [value("i", .int64), value("going", .bool)]
        body.nodes = [node("Identity", ["going"], ["still"])]
        body.outputs = [value("still", .bool)]
        let endless = model(
            [node("Loop", ["", "yes"], [], ["body": .graph(body)], name: "loop"), node("Not", ["yes"], ["y"])],
            initializers: [TensorMessage("yes", Tensor(true))])
        var limits = ONNXLimits()
        limits.steps = 1000
        let looping = try ONNXModel(bytes: endless.encoded, limits: limits)
        #expect(throws: ONNXError.self) { try looping.run([:]) }
    }

    @Test("values beside the model are read from its folder alone")
    func external() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/model", withIntermediateDirectories: true)
            let values = Tensor([1, 2, 3]).withUnsafeBytes { Array($0) }
            try write([0, 0, 0, 0] + values, to: folder + "/model/weights.bin")
            try write(values, to: folder + "/outside.bin")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/model/link.bin", withDestinationPath: folder + "/outside.bin")
            func read(_ entries: [String: String]) throws -> Tensor {
                var tensor = TensorMessage("w", Tensor([1, 2, 3]))
                tensor.raw = nil
                tensor.isExternal = true
                tensor.external = entries.map { EntryMessage(key: $0, value: $1) }
                let message = model([node("Identity", ["w"], ["y"])], initializers: [tensor])
                try write(message.encoded, to: folder + "/model/net.onnx")
                return try ONNXModel(contentsOf: folder + "/model/net.onnx").run([:])["y"]!
            }
            #expect(try read(["location": "weights.bin", "offset": "4", "length": "12"]) == Tensor([1, 2, 3]))
            for location in ["../outside.bin", "link.bin", "/etc/passwd", "", "missing.bin", "."] {
                #expect(throws: ONNXError.self, "\(location)") { try read(["location": location]) }
            }
            for (offset, length) in [
                ("-1", "12"), ("8", "12"), ("4", "16"), ("x", "12"), ("9223372036854775807", "12"),
            ] {
                #expect(throws: ONNXError.self) {
                    try read(["location": "weights.bin", "offset": offset, "length": length])
                }
            }
        }
    }

    @Test("what is no model is refused as a file")
    func noModel() {
        for bytes in [[], Array("hello".utf8), [UInt8](repeating: 0xFF, count: 100)] {
            #expect(throws: ONNXError.self) { try ONNXModel(bytes: bytes) }
        }
        #expect(throws: ONNXError.self) { try ONNXModel(contentsOf: "/no/such/file.onnx") }
    }

    @Test("messages are written as they were read")
    func messages() throws {
        let bytes = mlp().encoded
        #expect(try ModelMessage(bytes: bytes, file: "x").encoded == bytes)
    }
}
