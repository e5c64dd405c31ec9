/// Protocol buffers' wire format, as much as TensorBoard's files need: a message is a sequence of fields, each a number
/// and a type followed by a value.
///
/// Source: <https://protobuf.dev/programming-guides/encoding>.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ field: Int, _ value: Int64) {
        appendKey(field, .varint)
        appendVarint(UInt64(bitPattern: value))
    }

    mutating func append(_ field: Int, _ value: Double) {
        appendKey(field, .eightBytes)
        bytes.appendLittleEndian(value.bitPattern)
    }

    mutating func append(_ field: Int, _ value: Float) {
        appendKey(field, .fourBytes)
        bytes.appendLittleEndian(value.bitPattern)
    }

    mutating func append(_ field: Int, _ value: String) { append(field, Array(value.utf8)) }

    mutating func append(_ field: Int, _ value: [UInt8]) {
        appendKey(field, .bytes)
        appendVarint(UInt64(value.count))
        bytes += value
    }

    mutating func append(_ field: Int, _ message: ProtobufWriter) { append(field, message.bytes) }

    mutating func append(_ field: Int, packed values: [Double]) {
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

enum Protobuf {
    enum WireType: UInt8 {
        case varint = 0
        case eightBytes = 1
        case bytes = 2
        case fourBytes = 5
    }

    enum Value {
        case varint(UInt64)
        case eightBytes(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fourBytes(UInt32)
    }
}

/// The fields of a message one after the other.
struct ProtobufReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// What errors call the file, and where in it the first of the bytes is.
    private let file: String
    private let offset: Int

    /// - Parameter offset: of `bytes[0]` in the file.
    init(_ bytes: ArraySlice<UInt8>, file: String, offset: Int) {
        self.bytes = bytes
        position = bytes.startIndex
        self.file = file
        self.offset = offset
    }

    /// The fields of a message inside of this one.
    func inner(_ bytes: ArraySlice<UInt8>) -> ProtobufReader {
        ProtobufReader(bytes, file: file, offset: offset)
    }

    /// The next field's number and value: nil at the end.
    mutating func next() throws(FormatError) -> (field: Int, value: Protobuf.Value)? {
        if position == bytes.endIndex { return nil }
        let start = position
        let key = try varint()
        let field = key >> 3
        guard field > 0, field < 1 << 29, let type = Protobuf.WireType(rawValue: UInt8(key & 7)) else {
            throw error(at: start, "a field's number and type", "\(key)")
        }
        switch type {
        case .varint: return (Int(field), .varint(try varint()))
        case .eightBytes: return (Int(field), .eightBytes(try littleEndian()))
        case .fourBytes: return (Int(field), .fourBytes(try littleEndian()))
        case .bytes:
            let start = position
            let count = try varint()
            guard count <= bytes.endIndex - position else {
                throw error(at: start, "a field of at most \(bytes.endIndex - position) bytes", "\(count)")
            }
            let end = position + Int(count)
            defer { position = end }
            return (Int(field), .bytes(bytes[position..<end]))
        }
    }

    /// How many fields of this number follow, and that all that follow can be read.
    func count(ofField number: Int) throws(FormatError) -> Int {
        var reader = self
        var count = 0
        while let (field, _) = try reader.next() { count += field == number ? 1 : 0 }
        return count
    }

    private mutating func varint() throws(FormatError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            if position == bytes.endIndex { break }
            let byte = bytes[position]
            position += 1
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw error(at: start, "a number of at most 64 bits", "none")
    }

    private mutating func littleEndian<Number: FixedWidthInteger & UnsignedInteger>() throws(FormatError) -> Number {
        let size = Number.bitWidth / 8
        guard bytes.endIndex - position >= size else {
            throw error(at: position, "\(size) bytes of a number", "\(bytes.endIndex - position)")
        }
        defer { position += size }
        return bytes[position..<position + size].reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    func error(at position: Int, _ expected: String, _ found: String) -> FormatError {
        FormatError(file, at: .offset(offset + position), expected: expected, found: found)
    }

    func error(_ expected: String, _ found: String) -> FormatError {
        error(at: bytes.startIndex, expected, found)
    }
}
