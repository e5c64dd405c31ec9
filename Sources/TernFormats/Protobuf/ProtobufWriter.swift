/// Protocol buffers' wire format, as much as TensorBoard's and ONNX's files need: a message is a sequence of fields, each a
/// number and a type followed by a value.
///
/// Source: <https://protobuf.dev/programming-guides/encoding>.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ field: Int, _ value: Int64) {
        appendKey(field, .varint)
        appendVarint(UInt64(bitPattern: value))
    }

    package mutating func append(_ field: Int, _ value: Double) {
        appendKey(field, .eightBytes)
        bytes.appendLittleEndian(value.bitPattern)
    }

    package mutating func append(_ field: Int, _ value: Float) {
        appendKey(field, .fourBytes)
        bytes.appendLittleEndian(value.bitPattern)
    }

    package mutating func append(_ field: Int, _ value: String) { append(field, Array(value.utf8)) }

    package mutating func append(_ field: Int, _ value: [UInt8]) {
        appendKey(field, .bytes)
        appendVarint(UInt64(value.count))
        bytes += value
    }

    package mutating func append(_ field: Int, _ message: ProtobufWriter) { append(field, message.bytes) }

    package mutating func append(_ field: Int, packed values: [Float]) {
        appendKey(field, .bytes)
        appendVarint(UInt64(4 * values.count))
        for value in values { bytes.appendLittleEndian(value.bitPattern) }
    }

    package mutating func append(_ field: Int, packed values: [Int64]) {
        var packed = ProtobufWriter()
        for value in values { packed.appendVarint(UInt64(bitPattern: value)) }
        append(field, packed.bytes)
    }

    package mutating func append(_ field: Int, packed values: [Double]) {
        appendKey(field, .bytes)
        appendVarint(UInt64(8 * values.count))
        for value in values { bytes.appendLittleEndian(value.bitPattern) }
    }

    private mutating func appendKey(_ field: Int, _ type: Protobuf.WireType) {
        appendVarint(UInt64(field << 3) | UInt64(type.rawValue))
    }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
