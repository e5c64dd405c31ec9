import TernCore

@testable import TernONNX

/// Small models, made of messages.
func model(
    _ nodes: [NodeMessage], inputs: [ValueInfoMessage] = [], outputs: [String] = ["y"],
    initializers: [TensorMessage] = [], functions: [FunctionMessage] = [], opset: Int64 = 18
) -> ModelMessage {
    var model = ModelMessage()
    model.irVersion = 8
    model.operatorSets = [OperatorSetMessage(domain: "", version: opset)]
    model.graph.name = "test"
    model.graph.nodes = nodes
    model.graph.inputs = inputs
    model.graph.outputs = outputs.map { value($0) }
    model.graph.initializers = initializers
    model.functions = functions
    return model
}

func value(_ name: String, _ type: ONNXType = .float, _ sizes: [TensorTypeMessage.Size]? = nil) -> ValueInfoMessage {
    var tensor = TensorTypeMessage()
    tensor.type = Int64(type.rawValue)
    tensor.sizes = sizes
    var message = ValueInfoMessage()
    message.name = name
    message.type = TypeMessage(kind: .tensor(tensor))
    return message
}

func node(
    _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: AttributeMessage.Value] = [:],
    name: String = "", domain: String = ""
) -> NodeMessage {
    var node = NodeMessage()
    node.type = type
    node.inputs = inputs
    node.outputs = outputs
    node.name = name
    node.domain = domain
    node.attributes = attributes.sorted { $0.key < $1.key }.map { AttributeMessage($0.key, $0.value) }
    return node
}

/// A linear layer and what follows it.
func mlp() -> ModelMessage {
    model(
        [
            node("Gemm", ["x", "fc1.weight", "fc1.bias"], ["h"], ["transB": .integer(1)], name: "fc1"),
            node("Relu", ["h"], ["r"]), node("Mul", ["r", "half"], ["y"]),
        ],
        inputs: [value("x", .float, [.named("batch"), .known(3)])],
        initializers: [
            TensorMessage("fc1.weight", Tensor([[1, 2, 3], [-1, 0, 1]])),
            TensorMessage("fc1.bias", Tensor([0.5, -0.5])), TensorMessage("half", Tensor(0.5)),
        ])
}
