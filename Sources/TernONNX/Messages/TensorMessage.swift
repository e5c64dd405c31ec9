import TernCore
import TernFormats

/// `TensorProto`: a tensor with its values, or with where they are.
struct TensorMessage: ONNXMessage {
    var sizes: [Int64] = []
    var type: Int64 = 0
    var name = ""
    /// The values, little-endian, of those that are written so.
    var raw: ArraySlice<UInt8>?
    var floats: [Float] = []
    /// Those of all integers up to 32 bits, of bool, and the bits of halves.
    var integers: [Int64] = []
    var doubles: [Double] = []
    /// `int64_data` and `uint64_data`.
    var longs: [Int64] = []
    /// In which file the values are, and where.
    var external: [EntryMessage] = []
    var isExternal = false

    init() {}

    init(_ name: String, _ tensor: Tensor) {
        self.name = name
        sizes = tensor.shape.map(Int64.init)
        type = Int64(ONNXType(tensor.dtype).rawValue)
        raw = tensor.withUnsafeBytes { Array($0) }[...]
    }

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .varint(let number)): sizes.append(Int64(bitPattern: number))
        case (1, .bytes(let bytes)): sizes += try reader.integers(bytes)
        case (2, .varint(let number)): type = Int64(bitPattern: number)
        case (4, .fourBytes(let bits)): floats.append(Float(bitPattern: bits))
        case (4, .bytes(let bytes)): floats += try reader.floats(bytes)
        case (5, .varint(let number)): integers.append(Int64(bitPattern: number))
        case (5, .bytes(let bytes)): integers += try reader.integers(bytes)
        case (7, .varint(let number)), (11, .varint(let number)): longs.append(Int64(bitPattern: number))
        case (7, .bytes(let bytes)), (11, .bytes(let bytes)): longs += try reader.integers(bytes)
        case (8, .bytes(let text)): name = try reader.string(text)
        case (9, .bytes(let bytes)): raw = bytes
        case (10, .eightBytes(let bits)): doubles.append(Double(bitPattern: bits))
        case (10, .bytes(let bytes)): doubles += try reader.doubles(bytes)
        case (13, .bytes(let message)): external.append(try EntryMessage(reader.inner(message)))
        case (14, .varint(let number)): isExternal = number == 1
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        for size in sizes { writer.append(1, size) }
        writer.append(2, type)
        if !floats.isEmpty { writer.append(4, packed: floats) }
        if !integers.isEmpty { writer.append(5, packed: integers) }
        if !longs.isEmpty { writer.append(type == ONNXType.int64.rawValue ? 7 : 11, packed: longs) }
        if !doubles.isEmpty { writer.append(10, packed: doubles) }
        writer.append(8, nonEmpty: name)
        if let raw { writer.append(9, Array(raw)) }
        writer.append(13, external)
        if isExternal { writer.append(14, Int64(1)) }
    }
}

/// `SparseTensorProto`: the elements that are not 0, and their indices, as one number or one for each axis.
struct SparseTensorMessage: ONNXMessage {
    var values = TensorMessage()
    var indices = TensorMessage()
    var sizes: [Int64] = []

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let message)): values = try TensorMessage(reader.inner(message))
        case (2, .bytes(let message)): indices = try TensorMessage(reader.inner(message))
        case (3, .varint(let number)): sizes.append(Int64(bitPattern: number))
        case (3, .bytes(let bytes)): sizes += try reader.integers(bytes)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, values)
        writer.append(2, indices)
        for size in sizes { writer.append(3, size) }
    }
}

/// `SequenceProto` and `OptionalProto` as the standard's tests have them: what the members are, and the members that are
/// tensors or sequences.
struct CompositeMessage: ONNXMessage {
    var name = ""
    var elementType: Int64 = 0
    var tensors: [TensorMessage] = []
    var composites: [CompositeMessage] = []

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): name = try reader.string(text)
        case (2, .varint(let number)): elementType = Int64(bitPattern: number)
        case (3, .bytes(let message)): tensors.append(try TensorMessage(reader.inner(message)))
        case (5, .bytes(let message)): composites.append(try CompositeMessage(reader.inner(message)))
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, nonEmpty: name)
        writer.append(2, elementType)
        writer.append(3, tensors)
        writer.append(5, composites)
    }
}
