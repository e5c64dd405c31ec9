import TernCore

/// What precedes the values of an array: `\x93NUMPY`, a version, a length and a Python dictionary.
///
/// ```
/// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
/// ```
struct NPYHeader {
    /// As NumPy names it, such as `<f4`.
    let type: String
    let isFortranOrder: Bool
    let shape: [Int]

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// NumPy's limit on the dictionary's length, against what could make its parser run long.
    static let maximumSize = 10_000

    init(_ source: some ByteSource) throws(FormatError) {
        let start = source.position
        let prefix = try source.readBytes(8, expected: "the 8 bytes that begin an NPY file")
        guard prefix.starts(with: Self.magic) else {
            throw FormatError(
                source.name, at: .offset(start), expected: "\\x93NUMPY", found: FileKind.found(prefix, count: 6))
        }
        guard (1...3).contains(prefix[6]), prefix[7] == 0 else {
            throw FormatError(
                source.name, at: .offset(start + 6), expected: "version 1.0, 2.0 or 3.0",
                found: "\(prefix[6]).\(prefix[7])")
        }
        let lengthSize = prefix[6] == 1 ? 2 : 4
        let bytes = try source.readBytes(lengthSize, expected: "the \(lengthSize) bytes of the header's length")
        let length = lengthSize == 2 ? Int(bytes.uint16(0)) : Int(bytes.uint32(0))
        guard length <= Self.maximumSize else {
            throw FormatError(
                source.name, at: .offset(start + 8), expected: "a header of at most \(Self.maximumSize) bytes",
                found: "\(length)")
        }
        let base = source.position
        let text = try source.readBytes(length, expected: "a header of \(length) bytes")
        var scanner = LiteralScanner(.python, text, file: source.name, base: base)
        (type, isFortranOrder, shape) = try Self.read(&scanner)
    }

    /// The dictionary, with its three members in any order, and nothing but spaces behind.
    private static func read(_ scanner: inout LiteralScanner) throws(FormatError) -> (String, Bool, [Int]) {
        var (type, isFortranOrder, shape): (String?, Bool?, [Int]?)
        let names = ["descr", "fortran_order", "shape"]
        try scanner.readObject("a dictionary", of: names) { (name, scanner) throws(FormatError) in
            let isNew: Bool
            switch name {
            case "descr":
                isNew = type == nil
                type = try scanner.readString("the name of a type")
            case "fortran_order":
                isNew = isFortranOrder == nil
                isFortranOrder = try scanner.readBool(name)
            default:
                isNew = shape == nil
                var sizes: [Int] = []
                try scanner.readList("a shape") { scanner throws(FormatError) in
                    sizes.append(try scanner.readCount("a dimension"))
                }
                shape = sizes
            }
            return isNew
        }
        try scanner.expectEnd()
        guard let type, let isFortranOrder, let shape else {
            throw scanner.error(expected: names[type == nil ? 0 : isFortranOrder == nil ? 1 : 2], found: "none")
        }
        return (type, isFortranOrder, shape)
    }

    /// How the values are to be read; checked against what can follow before memory is taken for them.
    func layout(of source: some ByteSource) throws(FormatError) -> NPYLayout {
        func error(_ expected: String, _ found: String) -> FormatError {
            FormatError(source.name, at: .offset(source.position), expected: expected, found: found)
        }
        guard let kind = NPYType(type) else {
            throw error("values of a type of Tern's", type.hasSuffix("O") ? "Python objects" : quoted(type))
        }
        guard let shape = checkedShape(isFortranOrder ? shape.reversed() : shape),
            let size = checkedProduct([shape.elements, kind.dtype.byteCount])
        else {
            let limit = "at most \(Shape.maximumRank) dimensions of a possible size"
            throw error(limit, self.shape.count > Shape.maximumRank ? "\(self.shape.count)" : "\(self.shape)")
        }
        if size > source.remainingAtMost {
            throw error("\(size) bytes of values for the shape \(self.shape)", "at most \(source.remainingAtMost)")
        }
        return NPYLayout(type: kind, shape: shape, sizeInBytes: size)
    }

    /// The header that NumPy writes.
    static func bytes(_ dtype: DType, _ shape: Shape) -> [UInt8] {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(NPYType.name(of: dtype))', 'fortran_order': False, 'shape': (\(sizes)), }"
        // Room for the first axis to grow in place.
        if let first = shape.first { text += String(repeating: " ", count: 21 - String(first).count) }
        let length = (magic.count + 4 + text.utf8.count + 1 + 63) / 64 * 64 - magic.count - 4
        text += String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
        var result = magic + [1, 0]
        result.appendLittleEndian(UInt16(length))
        return result + Array(text.utf8)
    }
}
