import TernCore

/// The IDX format, in which MNIST is kept: big-endian `00 00 type rank`, a 32-bit number for each dimension, and the
/// values.
///
/// | type | in the file | in the tensor |
/// | --- | --- | --- |
/// | 08 | unsigned byte | uint8 |
/// | 09 | signed byte | int8 |
/// | 0B | 16-bit integer | int16 |
/// | 0C | 32-bit integer | int32 |
/// | 0D | 32-bit float | float32 |
/// | 0E | 64-bit float | float64 |
///
/// Source: <http://yann.lecun.com/exdb/mnist/>, "the IDX file format".
public enum IDX {
    /// The tensor in an IDX file, plain or compressed with gzip (told apart by their first bytes).
    ///
    /// The file must be exactly as long as its header says. The header is checked before memory is taken for the
    /// values.
    public static func read(contentsOf path: String) throws(FormatError) -> Tensor {
        let file = try InputFile(path)
        let start = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
        defer { start.deallocate() }
        let isCompressed = try file.read(at: 0, into: start) == 2 && start[0] == 0x1F && start[1] == 0x8B
        if !isCompressed { return try read(FileSource(file)) }
        // Values that would take far more memory than the file are believed only when they have been seen.
        let source = try InflateSource(FileSource(file), .gzip)
        let header = try IDXHeader(source)
        if header.shape.elements * header.dtype.byteCount / 8 > file.size + 1 << 13 {
            let count = try source.countRemaining()
            if count != header.sizeInBytes {
                throw FormatError(
                    path, at: .offset(source.position - count), expected: header.expectedValues, found: "\(count)")
            }
        }
        return try read(InflateSource(FileSource(file), .gzip))
    }

    /// The tensor in the bytes of an uncompressed IDX file. Errors call them `name`.
    public static func read(_ bytes: [UInt8], name: String = "IDX data") throws(FormatError) -> Tensor {
        try read(FileSource(bytes, name: name))
    }

    static func read(_ source: some ByteSource) throws(FormatError) -> Tensor {
        let header = try IDXHeader(source)
        let result = try Tensor(shape: header.shape, dtype: header.dtype) {
            (values) throws(FormatError) in
            try header.readValues(of: source, into: values)
        }
        try source.expectEnd()
        return result
    }
}

/// What precedes the values of an IDX file.
struct IDXHeader {
    enum ValueType: UInt8 {
        case unsignedByte = 0x08
        case signedByte = 0x09
        case int16 = 0x0B
        case int32 = 0x0C
        case float32 = 0x0D
        case float64 = 0x0E

        var dtype: DType {
            switch self {
            case .unsignedByte: .uint8
            case .signedByte: .int8
            case .int16: .int16
            case .int32: .int32
            case .float32: .float32
            case .float64: .float64
            }
        }
    }

    let type: ValueType
    var dtype: DType { type.dtype }
    let shape: Shape
    /// The values' size in the file.
    let sizeInBytes: Int

    init(_ source: some ByteSource) throws(FormatError) {
        let magic = try source.readBytes(4, expected: "the 4 bytes that begin an IDX file")
        guard magic[0] == 0, magic[1] == 0 else {
            let found = FileKind.found(magic, count: 2)
            throw FormatError(source.name, at: .offset(0), expected: "the two zero bytes of an IDX file", found: found)
        }
        guard let type = ValueType(rawValue: magic[2]) else {
            let types = "an IDX type (0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E)"
            throw FormatError(source.name, at: .offset(2), expected: types, found: hexadecimal(magic[2]))
        }
        let rank = Int(magic[3])
        guard rank <= Shape.maximumRank else {
            let limit = "at most \(Shape.maximumRank) dimensions"
            throw FormatError(source.name, at: .offset(3), expected: limit, found: "\(rank)")
        }
        let bytes = try source.readBytes(4 * rank, expected: "\(rank) dimensions of 4 bytes")
        let dimensions = (0..<rank).map { axis in bigEndian(bytes[4 * axis..<4 * axis + 4]) }
        guard let shape = checkedShape(dimensions),
            let sizeInBytes = checkedProduct([shape.elements, type.dtype.byteCount])
        else {
            throw FormatError(
                source.name, at: .offset(4), expected: "a shape of a possible size", found: "\(dimensions)")
        }
        self.type = type
        self.shape = shape
        self.sizeInBytes = sizeInBytes
        if sizeInBytes > source.remainingAtMost {
            throw FormatError(
                source.name, at: .offset(source.position), expected: expectedValues,
                found: "at most \(source.remainingAtMost)")
        }
    }

    var expectedValues: String { "\(sizeInBytes) bytes of values for the shape \(shape)" }

    /// Reads the values into the memory of a tensor of the `dtype`.
    func readValues(of source: some ByteSource, into values: UnsafeMutableRawBufferPointer) throws(FormatError) {
        try source.readFully(into: values, expected: expectedValues)
        _ = dtype.settle(values, isBigEndian: true)
    }
}
