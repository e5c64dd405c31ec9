import TernFormats

/// `NodeProto`: one application of an operator.
struct NodeMessage: ONNXMessage {
    /// The names of values; empty for one that is left out.
    var inputs: [String] = []
    var outputs: [String] = []
    var name = ""
    var type = ""
    var domain = ""
    var overload = ""
    var attributes: [AttributeMessage] = []
    var documentation = ""

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): inputs.append(try reader.string(text))
        case (2, .bytes(let text)): outputs.append(try reader.string(text))
        case (3, .bytes(let text)): name = try reader.string(text)
        case (4, .bytes(let text)): type = try reader.string(text)
        case (5, .bytes(let message)): attributes.append(try AttributeMessage(reader.inner(message)))
        case (6, .bytes(let text)): documentation = try reader.string(text)
        case (7, .bytes(let text)): domain = try reader.string(text)
        case (8, .bytes(let text)): overload = try reader.string(text)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, inputs)
        writer.append(2, outputs)
        writer.append(3, nonEmpty: name)
        writer.append(4, type)
        writer.append(5, attributes)
        writer.append(6, nonEmpty: documentation)
        writer.append(7, nonEmpty: domain)
        writer.append(8, nonEmpty: overload)
    }
}

/// `AttributeProto`: a setting of a node.
struct AttributeMessage: ONNXMessage {
    enum Value: Sendable {
        case float(Float)
        case integer(Int64)
        case string(String)
        case tensor(TensorMessage)
        case graph(GraphMessage)
        case sparseTensor(SparseTensorMessage)
        case type(TypeMessage)
        case floats([Float])
        case integers([Int64])
        case strings([String])
        case tensors([TensorMessage])
        case graphs([GraphMessage])
        /// What the function that the node is in was called with.
        case reference(String)
    }

    var name = ""
    var value = Value.integers([])

    init() {}

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    // `AttributeProto.AttributeType`.
    private static let floatsType: UInt64 = 6
    private static let stringsType: UInt64 = 8
    private static let tensorsType: UInt64 = 9
    private static let graphsType: UInt64 = 10

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): name = try reader.string(text)
        case (2, .fourBytes(let bits)): self.value = .float(Float(bitPattern: bits))
        case (3, .varint(let number)): self.value = .integer(Int64(bitPattern: number))
        case (4, .bytes(let text)): self.value = .string(try reader.string(text))
        case (5, .bytes(let message)): self.value = .tensor(try TensorMessage(reader.inner(message)))
        case (6, .bytes(let message)): self.value = .graph(try GraphMessage(reader.inner(message)))
        case (7, .bytes(let bytes)): append(try reader.floats(bytes))
        case (7, .fourBytes(let bits)): append([Float(bitPattern: bits)])
        case (8, .bytes(let bytes)): append(try reader.integers(bytes))
        case (8, .varint(let number)): append([Int64(bitPattern: number)])
        case (9, .bytes(let text)):
            let text = try reader.string(text)
            var values: [String] = []
            if case .strings(let before) = self.value { values = before }
            self.value = .strings([])
            values.append(text)
            self.value = .strings(values)
        case (10, .bytes(let message)):
            let tensor = try TensorMessage(reader.inner(message))
            var values: [TensorMessage] = []
            if case .tensors(let before) = self.value { values = before }
            self.value = .tensors([])
            values.append(tensor)
            self.value = .tensors(values)
        case (11, .bytes(let message)):
            let graph = try GraphMessage(reader.inner(message))
            var values: [GraphMessage] = []
            if case .graphs(let before) = self.value { values = before }
            self.value = .graphs([])
            values.append(graph)
            self.value = .graphs(values)
        case (14, .bytes(let message)): self.value = .type(try TypeMessage(reader.inner(message)))
        case (20, .varint(let type)): if case .integers([]) = self.value { self.value = Self.empty(type) }
        case (21, .bytes(let text)): self.value = .reference(try reader.string(text))
        case (22, .bytes(let message)): self.value = .sparseTensor(try SparseTensorMessage(reader.inner(message)))
        default: break
        }
    }

    /// A value without fields: an empty list, or the default of a number or a text, which writers may leave out.
    private static func empty(_ type: UInt64) -> Value {
        switch type {
        case 1: .float(0)
        case 2: .integer(0)
        case 3: .string("")
        case floatsType: .floats([])
        case stringsType: .strings([])
        case tensorsType: .tensors([])
        case graphsType: .graphs([])
        default: .integers([])
        }
    }

    private mutating func append(_ numbers: [Float]) {
        guard case .floats(var values) = value else {
            value = .floats(numbers)
            return
        }
        value = .floats([])
        values += numbers
        value = .floats(values)
    }

    private mutating func append(_ numbers: [Int64]) {
        guard case .integers(var values) = value else {
            value = .integers(numbers)
            return
        }
        value = .integers([])
        values += numbers
        value = .integers(values)
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, name)
        let type: Int64
        switch value {
        case .float(let number): (type, _) = (1, writer.append(2, number))
        case .integer(let number): (type, _) = (2, writer.append(3, number))
        case .string(let text): (type, _) = (3, writer.append(4, text))
        case .tensor(let tensor): (type, _) = (4, writer.append(5, tensor))
        case .graph(let graph): (type, _) = (5, writer.append(6, graph))
        case .floats(let numbers):
            type = Int64(Self.floatsType)
            for number in numbers { writer.append(7, number) }
        case .integers(let numbers):
            type = 7
            for number in numbers { writer.append(8, number) }
        case .strings(let texts): (type, _) = (Int64(Self.stringsType), writer.append(9, texts))
        case .tensors(let tensors): (type, _) = (Int64(Self.tensorsType), writer.append(10, tensors))
        case .graphs(let graphs): (type, _) = (Int64(Self.graphsType), writer.append(11, graphs))
        case .sparseTensor(let tensor): (type, _) = (11, writer.append(22, tensor))
        case .type(let proto): (type, _) = (13, writer.append(14, proto))
        case .reference(let name): (type, _) = (0, writer.append(21, name))
        }
        if type != 0 { writer.append(20, type) }
    }
}
