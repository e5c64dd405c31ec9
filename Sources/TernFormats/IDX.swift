import TernCore

/// The IDX format, in which MNIST is kept: big-endian `00 00 type rank`, a 32-bit number for each dimension, and the
/// values.
///
/// | type | in the file | in the tensor |
/// | --- | --- | --- |
/// | 08 | unsigned byte | uint8 |
/// | 09 | signed byte | int32 |
/// | 0B | 16-bit integer | int32 |
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
        if header.shape.elements * header.type.dtype.byteCount / 8 > file.size + 1 << 13 {
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
        try read(MemorySource(bytes, name: name))
    }

    static func read(_ source: some ByteSource) throws(FormatError) -> Tensor {
        let header = try IDXHeader(source)
        let result = try Tensor(shape: header.shape, dtype: header.type.dtype) {
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

        /// Bytes of a value in the file.
        var size: Int {
            switch self {
            case .unsignedByte, .signedByte: 1
            case .int16: 2
            case .int32, .float32: 4
            case .float64: 8
            }
        }

        var dtype: DType {
            switch self {
            case .unsignedByte: .uint8
            case .signedByte, .int16, .int32: .int32
            case .float32: .float32
            case .float64: .float64
            }
        }
    }

    let type: ValueType
    let shape: Shape
    /// The values' size in the file.
    let sizeInBytes: Int

    init(_ source: some ByteSource) throws(FormatError) {
        let magic = try source.readBytes(4, expected: "the 4 bytes that begin an IDX file")
        guard magic[0] == 0, magic[1] == 0 else {
            let found = magic[..<2].map(hexadecimal).joined(separator: " ")
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
        let dimensions = (0..<rank).map { axis in bytes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard let shape = checkedShape(dimensions), let sizeInBytes = checkedProduct([shape.elements, type.size]) else {
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

    /// Reads the values into the memory of a tensor of the type's `dtype`.
    func readValues(of source: some ByteSource, into values: UnsafeMutableRawBufferPointer) throws(FormatError) {
        // Values that get wider are read into the end of the memory, from where widening, front to back, never catches
        // up with them.
        let read = UnsafeMutableRawBufferPointer(rebasing: values[(values.count - sizeInBytes)...])
        try source.readFully(into: read, expected: expectedValues)
        switch type {
        case .unsignedByte: break
        case .signedByte: widen(read.bindMemory(to: Int8.self), into: values)
        case .int16: widen(read.bindMemory(to: Int16.self), into: values)
        case .int32, .float32: swapBytes(values.bindMemory(to: UInt32.self))
        case .float64: swapBytes(values.bindMemory(to: UInt64.self))
        }
    }

    private func widen<T: FixedWidthInteger>(
        _ narrow: UnsafeMutableBufferPointer<T>, into values: UnsafeMutableRawBufferPointer
    ) {
        for i in 0..<narrow.count {
            values.storeBytes(of: Int32(T(bigEndian: narrow[i])), toByteOffset: 4 * i, as: Int32.self)
        }
    }

    private func swapBytes<T: FixedWidthInteger>(_ values: UnsafeMutableBufferPointer<T>) {
        for i in values.indices { values[i] = T(bigEndian: values[i]) }
    }
}
