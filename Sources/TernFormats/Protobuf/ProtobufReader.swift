package enum Protobuf {
    enum WireType: UInt8 {
        case varint = 0
        case eightBytes = 1
        case bytes = 2
        case fourBytes = 5
    }

    package enum Value {
        case varint(UInt64)
        case eightBytes(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fourBytes(UInt32)
    }
}

/// The fields of a message one after the other.
package struct ProtobufReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// What errors call the file, and where in it the first of the bytes is.
    private let file: String
    private let offset: Int
    /// How many messages this one is inside of.
    private let depth: Int

    /// Messages that hold themselves, as graphs do, are read by recursion.
    private static let maximumDepth = 100

    /// - Parameter offset: of `bytes[0]` in the file.
    package init(_ bytes: ArraySlice<UInt8>, file: String, offset: Int = 0) {
        self.init(bytes, file, offset, depth: 0)
    }

    private init(_ bytes: ArraySlice<UInt8>, _ file: String, _ offset: Int, depth: Int) {
        self.bytes = bytes
        position = bytes.startIndex
        self.file = file
        self.offset = offset
        self.depth = depth
    }

    /// The fields of a message inside of this one.
    package func inner(_ bytes: ArraySlice<UInt8>) -> ProtobufReader {
        ProtobufReader(bytes, file, offset, depth: depth + 1)
    }

    /// The next field's number and value: nil at the end.
    package mutating func next() throws(FormatError) -> (field: Int, value: Protobuf.Value)? {
        if position == bytes.endIndex { return nil }
        let start = position
        if depth > Self.maximumDepth {
            throw error(at: start, "at most \(Self.maximumDepth) messages inside of one another", "more")
        }
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
    package func count(ofField number: Int) throws(FormatError) -> Int {
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

    package func error(at position: Int, _ expected: String, _ found: String) -> FormatError {
        FormatError(file, at: .offset(offset + position), expected: expected, found: found)
    }

    package func error(_ expected: String, _ found: String) -> FormatError {
        error(at: bytes.startIndex, expected, found)
    }
}

// What fields of bytes hold.
extension ProtobufReader {
    package func string(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error(at: bytes.startIndex, "text in UTF-8", "bytes that are not")
        }
        return text
    }

    package func doubles(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> [Double] {
        try numbers(bytes, UInt64.self) { Double(bitPattern: $0) }
    }

    package func floats(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> [Float] {
        try numbers(bytes, UInt32.self) { Float(bitPattern: $0) }
    }

    private func numbers<Bits: FixedWidthInteger, Number>(
        _ bytes: ArraySlice<UInt8>, _: Bits.Type, _ number: (Bits) -> Number
    ) throws(FormatError) -> [Number] {
        let size = Bits.bitWidth / 8
        guard bytes.count % size == 0 else {
            throw error(at: bytes.startIndex, "numbers of \(size) bytes", "\(bytes.count) bytes")
        }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map { index in
                number(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: size * index, as: Bits.self)))
            }
        }
    }

    package func integers(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> [Int64] {
        var reader = inner(bytes)
        var values: [Int64] = []
        while reader.position < bytes.endIndex { values.append(Int64(bitPattern: try reader.varint())) }
        return values
    }
}
