import TernFormats

/// `ModelProto`: what a file holds.
struct ModelMessage: ONNXMessage {
    var irVersion: Int64 = 0
    var producerName = ""
    var producerVersion = ""
    var domain = ""
    var modelVersion: Int64 = 0
    var documentation = ""
    var graph = GraphMessage()
    var operatorSets: [OperatorSetMessage] = []
    var metadata: [EntryMessage] = []
    var functions: [FunctionMessage] = []

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .varint(let number)): irVersion = Int64(bitPattern: number)
        case (2, .bytes(let text)): producerName = try reader.string(text)
        case (3, .bytes(let text)): producerVersion = try reader.string(text)
        case (4, .bytes(let text)): domain = try reader.string(text)
        case (5, .varint(let number)): modelVersion = Int64(bitPattern: number)
        case (6, .bytes(let text)): documentation = try reader.string(text)
        case (7, .bytes(let message)): graph = try GraphMessage(reader.inner(message))
        case (8, .bytes(let message)): operatorSets.append(try OperatorSetMessage(reader.inner(message)))
        case (14, .bytes(let message)): metadata.append(try EntryMessage(reader.inner(message)))
        case (25, .bytes(let message)): functions.append(try FunctionMessage(reader.inner(message)))
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, irVersion)
        writer.append(2, nonEmpty: producerName)
        writer.append(3, nonEmpty: producerVersion)
        writer.append(4, nonEmpty: domain)
        writer.append(5, nonZero: modelVersion)
        writer.append(6, nonEmpty: documentation)
        writer.append(7, graph)
        writer.append(8, operatorSets)
        writer.append(14, metadata)
        writer.append(25, functions)
    }
}

/// `GraphProto`.
struct GraphMessage: ONNXMessage {
    var nodes: [NodeMessage] = []
    var name = ""
    var initializers: [TensorMessage] = []
    var documentation = ""
    var inputs: [ValueInfoMessage] = []
    var outputs: [ValueInfoMessage] = []
    var values: [ValueInfoMessage] = []
    var sparseInitializers: [SparseTensorMessage] = []

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let message)): nodes.append(try NodeMessage(reader.inner(message)))
        case (2, .bytes(let text)): name = try reader.string(text)
        case (5, .bytes(let message)): initializers.append(try TensorMessage(reader.inner(message)))
        case (10, .bytes(let text)): documentation = try reader.string(text)
        case (11, .bytes(let message)): inputs.append(try ValueInfoMessage(reader.inner(message)))
        case (12, .bytes(let message)): outputs.append(try ValueInfoMessage(reader.inner(message)))
        case (13, .bytes(let message)): values.append(try ValueInfoMessage(reader.inner(message)))
        case (15, .bytes(let message)): sparseInitializers.append(try SparseTensorMessage(reader.inner(message)))
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, nodes)
        writer.append(2, name)
        writer.append(5, initializers)
        writer.append(10, nonEmpty: documentation)
        writer.append(11, inputs)
        writer.append(12, outputs)
        writer.append(13, values)
        writer.append(15, sparseInitializers)
    }
}

/// `FunctionProto`: an operator that the model defines by others.
struct FunctionMessage: ONNXMessage {
    var name = ""
    var domain = ""
    var overload = ""
    var inputs: [String] = []
    var outputs: [String] = []
    /// Those without a default.
    var attributes: [String] = []
    var attributeDefaults: [AttributeMessage] = []
    var nodes: [NodeMessage] = []
    var operatorSets: [OperatorSetMessage] = []

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): name = try reader.string(text)
        case (4, .bytes(let text)): inputs.append(try reader.string(text))
        case (5, .bytes(let text)): outputs.append(try reader.string(text))
        case (6, .bytes(let text)): attributes.append(try reader.string(text))
        case (7, .bytes(let message)): nodes.append(try NodeMessage(reader.inner(message)))
        case (9, .bytes(let message)): operatorSets.append(try OperatorSetMessage(reader.inner(message)))
        case (10, .bytes(let text)): domain = try reader.string(text)
        case (11, .bytes(let message)): attributeDefaults.append(try AttributeMessage(reader.inner(message)))
        case (13, .bytes(let text)): overload = try reader.string(text)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, name)
        writer.append(4, inputs)
        writer.append(5, outputs)
        writer.append(6, attributes)
        writer.append(7, nodes)
        writer.append(9, operatorSets)
        writer.append(10, nonEmpty: domain)
        writer.append(11, attributeDefaults)
        writer.append(13, nonEmpty: overload)
    }
}
