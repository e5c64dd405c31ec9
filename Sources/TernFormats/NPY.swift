import TernCore

/// NumPy's `.npy` format: one array.
///
/// ```swift
/// let weights = try NPY.read(contentsOf: "weights.npy")      // np.save("weights.npy", weights)
/// try NPY.write(weights * 2, to: "doubled.npy")              // np.load("doubled.npy")
/// ```
///
/// | NumPy | in the tensor |
/// | --- | --- |
/// | bool, uint8, int32, int64, float32, float64 | the same |
/// | float16 | float32, if `widening` is asked for |
/// | others | refused |
///
/// Both byte orders and both orders of the elements are read, in all three versions of the format.
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public enum NPY {
    /// The array in a file.
    ///
    /// - Parameter widening: whether float16 values become float32; otherwise they are an error.
    /// - Throws: `FormatError` if the file is not readable, if its header is not what it should be, if Tern has no such
    ///   type or rank, or if the file is shorter or longer than the header says. Python objects are always refused.
    public static func read(contentsOf path: String, widening: Bool = false) throws(FormatError) -> Tensor {
        try read(FileSource(InputFile(path)), widening: widening)
    }

    /// The array in the bytes of a file. Errors call them `name`.
    public static func read(
        _ bytes: [UInt8], name: String = "NPY data", widening: Bool = false
    ) throws(FormatError) -> Tensor {
        try read(MemorySource(bytes, name: name), widening: widening)
    }

    static func read(_ source: some ByteSource, widening: Bool) throws(FormatError) -> Tensor {
        let header = try NPYHeader(source)
        let layout = try header.layout(of: source, widening: widening)
        let result = try Tensor(shape: layout.shape, dtype: layout.dtype) { (values) throws(FormatError) in
            try layout.readValues(of: source, into: values)
        }
        try source.expectEnd()
        return header.isFortranOrder && result.rank > 1 ? result.permuted((0..<result.rank).reversed()) : result
    }

    /// Writes a tensor to a file, whole or not at all: the bytes are those that `np.save` writes.
    public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
        let file = try OutputFile(path)
        try file.append(NPYHeader.bytes(tensor.dtype, tensor.shape))
        try file.append(tensor)
        try file.commit()
    }

    /// The bytes of the file that ``write(_:to:)`` writes.
    public static func encode(_ tensor: Tensor) -> [UInt8] {
        NPYHeader.bytes(tensor.dtype, tensor.shape) + tensor.withUnsafeBytes { Array($0) }
    }
}

/// How the values that follow a header become those of a tensor.
struct NPYLayout {
    let type: NPYType
    let isBigEndian: Bool
    let dtype: DType
    /// The file's shape, reversed if it is in Fortran order.
    let shape: Shape
    /// The values' size in the file.
    let sizeInBytes: Int

    func readValues(of source: some ByteSource, into values: UnsafeMutableRawBufferPointer) throws(FormatError) {
        let start = source.position
        // Halves are read into the end of the memory, from where widening, front to back, never catches up with them.
        let read = UnsafeMutableRawBufferPointer(rebasing: values[(values.count - sizeInBytes)...])
        try source.readFully(into: read, expected: "\(sizeInBytes) bytes of values")
        switch type {
        case .bool:
            if let wrong = read.firstIndex(where: { $0 > 1 }) {
                throw FormatError(
                    source.name, at: .offset(start + wrong), expected: "0 or 1 for a bool",
                    found: hexadecimal(read[wrong]))
            }
        case .float16:
            let halves = read.bindMemory(to: UInt16.self)
            for i in 0..<halves.count {
                let half = isBigEndian ? UInt16(bigEndian: halves[i]) : UInt16(littleEndian: halves[i])
                values.storeBytes(of: HalfFloat.widenFloat16(half), toByteOffset: 4 * i, as: Float.self)
            }
        default:
            // The machine's order is the little-endian one, on all that Swift runs on.
            if isBigEndian && type.size == 4 { swapBytes(values.bindMemory(to: UInt32.self)) }
            if isBigEndian && type.size == 8 { swapBytes(values.bindMemory(to: UInt64.self)) }
        }
    }

    private func swapBytes(_ values: UnsafeMutableBufferPointer<some FixedWidthInteger>) {
        for i in values.indices { values[i] = values[i].byteSwapped }
    }
}

/// The types of values that Tern reads, by NumPy's short names.
enum NPYType: String, CaseIterable {
    case bool = "b1"
    case uint8 = "u1"
    case int32 = "i4"
    case int64 = "i8"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    /// Bytes of a value in the file.
    var size: Int {
        switch self {
        case .bool, .uint8: 1
        case .float16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    func dtype(widening: Bool) -> DType? {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .int32: .int32
        case .int64: .int64
        case .float16: widening ? .float32 : nil
        case .float32: .float32
        case .float64: .float64
        }
    }
}

extension DType {
    /// NumPy's name of the type, with its byte order.
    var npyName: String {
        switch self {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int32: "<i4"
        case .int64: "<i8"
        case .float32: "<f4"
        case .float64: "<f8"
        }
    }
}
