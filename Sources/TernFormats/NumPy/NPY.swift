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
/// | bool, integers, float16, float32, float64 | the same; float16 becomes float32 if `widening` is asked for |
/// | others | refused |
///
/// Both byte orders and both orders of the elements are read, in all three versions of the format.
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public enum NPY {
    /// The array in a file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - widening: whether float16 values become float32.
    /// - Throws: `FormatError` if the file is not readable, if its header is not what it should be, if Tern has no such
    ///   type or rank, or if the file is shorter or longer than the header says. Python objects are always refused.
    public static func read(contentsOf path: String, widening: Bool = false) throws(FormatError) -> Tensor {
        try read(FileSource(InputFile(path)), widening: widening)
    }

    /// The array in the bytes of a file. Errors call them `name`.
    public static func read(
        _ bytes: [UInt8], name: String = "NPY data", widening: Bool = false
    ) throws(FormatError) -> Tensor {
        try read(FileSource(bytes, name: name), widening: widening)
    }

    static func read(_ source: some ByteSource, widening: Bool) throws(FormatError) -> Tensor {
        let header = try NPYHeader(source)
        let layout = try header.layout(of: source)
        let stored = try Tensor(shape: layout.shape, dtype: layout.type.dtype) { (values) throws(FormatError) in
            try layout.readValues(of: source, into: values)
        }
        try source.expectEnd()
        let result = stored.widened(widening)
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
    /// The file's shape, reversed if it is in Fortran order.
    let shape: Shape
    /// The values' size in the file.
    let sizeInBytes: Int

    func readValues(of source: some ByteSource, into values: UnsafeMutableRawBufferPointer) throws(FormatError) {
        let start = source.position
        try source.readFully(into: values, expected: "\(sizeInBytes) bytes of values")
        if let wrong = type.dtype.settle(values, isBigEndian: type.isBigEndian) {
            throw FormatError(
                source.name, at: .offset(start + wrong.index * type.dtype.byteCount), expected: wrong.expected,
                found: wrong.found)
        }
    }
}
