import TernCore
import TernFormats

/// `ValueInfoProto`: a value's name and type.
struct ValueInfoMessage: ONNXMessage {
    var name = ""
    var type: TypeMessage?
    var documentation = ""

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): name = try reader.string(text)
        case (2, .bytes(let message)): type = try TypeMessage(reader.inner(message))
        case (3, .bytes(let text)): documentation = try reader.string(text)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, name)
        if let type { writer.append(2, type) }
        writer.append(3, nonEmpty: documentation)
    }
}

/// `TypeProto`.
struct TypeMessage: ONNXMessage {
    indirect enum Kind: Sendable {
        case unknown
        case tensor(TensorTypeMessage)
        case sequence(TypeMessage)
        case optional(TypeMessage)
        /// A map, or a sparse tensor.
        case other(String)
    }
    var kind = Kind.unknown

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        guard case .bytes(let message) = value else { return }
        switch field {
        case 1: kind = .tensor(try TensorTypeMessage(reader.inner(message)))
        case 4: kind = .sequence(try Self.element(reader.inner(message)))
        case 5: kind = .other("a map")
        case 8: kind = .other("a sparse tensor")
        case 9: kind = .optional(try Self.element(reader.inner(message)))
        default: break
        }
    }

    private static func element(_ reader: ProtobufReader) throws(FormatError) -> TypeMessage {
        var reader = reader
        var type = TypeMessage()
        while let (field, value) = try reader.next() {
            if field == 1, case .bytes(let message) = value { type = try TypeMessage(reader.inner(message)) }
        }
        return type
    }

    func write(to writer: inout ProtobufWriter) {
        func appendElement(_ field: Int, _ type: TypeMessage) {
            var element = ProtobufWriter()
            element.append(1, type)
            writer.append(field, element)
        }
        switch kind {
        case .tensor(let tensor): writer.append(1, tensor)
        case .sequence(let type): appendElement(4, type)
        case .optional(let type): appendElement(9, type)
        case .unknown, .other: break
        }
    }
}

/// `TypeProto.Tensor`.
struct TensorTypeMessage: ONNXMessage {
    enum Size: Sendable, Hashable {
        case known(Int64)
        case named(String)
        case unknown
    }
    var type: Int64 = 0
    /// Absent if not even the number of axes is known.
    var sizes: [Size]?

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .varint(let number)): type = Int64(bitPattern: number)
        case (2, .bytes(let message)):
            var shape = reader.inner(message)
            var sizes: [Size] = []
            while let (field, value) = try shape.next() {
                guard field == 1, case .bytes(let message) = value else { continue }
                var dimension = shape.inner(message)
                var size = Size.unknown
                while let (field, value) = try dimension.next() {
                    switch (field, value) {
                    case (1, .varint(let number)): size = .known(Int64(bitPattern: number))
                    case (2, .bytes(let text)): size = .named(try dimension.string(text))
                    default: break
                    }
                }
                sizes.append(size)
            }
            self.sizes = sizes
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, type)
        guard let sizes else { return }
        var shape = ProtobufWriter()
        for size in sizes {
            var dimension = ProtobufWriter()
            switch size {
            case .known(let number): dimension.append(1, number)
            case .named(let name): dimension.append(2, name)
            case .unknown: break
            }
            shape.append(1, dimension)
        }
        writer.append(2, shape)
    }
}
