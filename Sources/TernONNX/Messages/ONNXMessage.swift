import TernFormats

/// A message of ONNX's files.
///
/// Source: `onnx/onnx.proto` of <https://github.com/onnx/onnx>, whose names the messages here have without `Proto`.
protocol ONNXMessage: Sendable {
    init()
    /// Takes a field; those that are unknown are passed over.
    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError)
    func write(to writer: inout ProtobufWriter)
}

extension ONNXMessage {
    init(_ reader: ProtobufReader) throws(FormatError) {
        self.init()
        var reader = reader
        while let (field, value) = try reader.next() { try read(field, value, reader) }
    }

    /// The message of a whole file.
    init(bytes: [UInt8], file: String) throws(FormatError) {
        try self.init(ProtobufReader(bytes[...], file: file))
    }

    var encoded: [UInt8] {
        var writer = ProtobufWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension ProtobufWriter {
    mutating func append(_ field: Int, _ message: some ONNXMessage) { append(field, message.encoded) }

    mutating func append(_ field: Int, _ messages: [some ONNXMessage]) {
        for message in messages { append(field, message) }
    }

    mutating func append(_ field: Int, _ texts: [String]) {
        for text in texts { append(field, text) }
    }

    /// A text that is left out where it is empty, which is its default.
    mutating func append(_ field: Int, nonEmpty text: String) {
        if !text.isEmpty { append(field, text) }
    }

    mutating func append(_ field: Int, nonZero number: Int64) {
        if number != 0 { append(field, number) }
    }
}

/// `OperatorSetIdProto`: which version of a domain's operators a model is written in.
struct OperatorSetMessage: ONNXMessage, Hashable {
    var domain = ""
    var version: Int64 = 0

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): domain = try reader.string(text)
        case (2, .varint(let number)): version = Int64(bitPattern: number)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, domain)
        writer.append(2, version)
    }
}

/// `StringStringEntryProto`.
struct EntryMessage: ONNXMessage, Hashable {
    var key = ""
    var value = ""

    mutating func read(_ field: Int, _ value: Protobuf.Value, _ reader: ProtobufReader) throws(FormatError) {
        switch (field, value) {
        case (1, .bytes(let text)): key = try reader.string(text)
        case (2, .bytes(let text)): self.value = try reader.string(text)
        default: break
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.append(1, key)
        writer.append(2, value)
    }
}
