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
        let digits = try source.readBytes(lengthSize, expected: "the \(lengthSize) bytes of the header's length")
        let length = digits.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maximumSize else {
            throw FormatError(
                source.name, at: .offset(start + 8), expected: "a header of at most \(Self.maximumSize) bytes",
                found: "\(length)")
        }
        let base = source.position
        let text = try source.readBytes(length, expected: "a header of \(length) bytes")
        var scanner = PythonScanner(text, file: source.name, base: base)
        (type, isFortranOrder, shape) = try scanner.readHeader()
    }

    /// How the values are to be read; checked against what can follow before memory is taken for them.
    func layout(of source: some ByteSource, widening: Bool) throws(FormatError) -> NPYLayout {
        func error(_ expected: String, _ found: String) -> FormatError {
            FormatError(source.name, at: .offset(source.position), expected: expected, found: found)
        }
        guard let kind = NPYType(type) else {
            throw error("values of a type of Tern's", type.hasSuffix("O") ? "Python objects" : quoted(type))
        }
        guard let dtype = kind.stored.dtype(widening: widening) else {
            throw error("values of a type of Tern's (or widening to float32 asked for)", quoted(type))
        }
        guard let shape = checkedShape(isFortranOrder ? shape.reversed() : shape),
            let size = checkedProduct([shape.elements, kind.stored.size]),
            checkedProduct([shape.elements, dtype.byteCount]) != nil
        else {
            let limit = "at most \(Shape.maximumRank) dimensions of a possible size"
            throw error(limit, self.shape.count > Shape.maximumRank ? "\(self.shape.count)" : "\(self.shape)")
        }
        if size > source.remainingAtMost {
            throw error("\(size) bytes of values for the shape \(self.shape)", "at most \(source.remainingAtMost)")
        }
        return NPYLayout(type: kind, dtype: dtype, shape: shape, sizeInBytes: size)
    }

    /// The header that NumPy writes.
    static func bytes(_ dtype: DType, _ shape: Shape) -> [UInt8] {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(dtype.npyName)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // Room for the first axis to grow in place.
        if let first = shape.first { text += String(repeating: " ", count: 21 - String(first).count) }
        let length = (magic.count + 4 + text.utf8.count + 1 + 63) / 64 * 64 - magic.count - 4
        text += String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
        var result = magic + [1, 0]
        result.appendLittleEndian(UInt16(length))
        return result + Array(text.utf8)
    }
}

/// Reads the Python literals that can stand in the header of an array.
private struct PythonScanner {
    private let bytes: [UInt8]
    private let file: String
    /// The offset of the text in its file, for errors.
    private let base: Int
    private var index = 0

    init(_ bytes: [UInt8], file: String, base: Int) {
        self.bytes = bytes
        self.file = file
        self.base = base
    }

    /// The dictionary, with its three members in any order, and nothing but spaces behind.
    mutating func readHeader() throws(FormatError) -> (String, Bool, [Int]) {
        var (type, isFortranOrder, shape): (String?, Bool?, [Int]?)
        try expect("{")
        while !skip("}") {
            skipSpace()
            let start = index
            let name = try readString("a name")
            try expect(":")
            let isNew: Bool
            switch name {
            case "descr":
                isNew = type == nil
                type = try readString("the name of a type")
            case "fortran_order":
                isNew = isFortranOrder == nil
                isFortranOrder = try readBool()
            case "shape":
                isNew = shape == nil
                shape = try readTuple()
            default: throw error(at: start, "descr, fortran_order or shape", quoted(name))
            }
            if !isNew { throw error(at: start, "a new name", quoted(name) + " again") }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        if index < bytes.count { throw error("the end of the header") }
        guard let type, let isFortranOrder, let shape else {
            let missing = [("descr", type == nil), ("fortran_order", isFortranOrder == nil), ("shape", shape == nil)]
            throw error(missing.first { $0.1 }!.0, "none")
        }
        return (type, isFortranOrder, shape)
    }

    // MARK: Values

    private mutating func readString(_ what: String) throws(FormatError) -> String {
        skipSpace()
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw error("\(what): a string")
        }
        let start = index + 1
        let isEnd = { (byte: UInt8) in byte == quote || byte == UInt8(ascii: "\\") || byte < 0x20 || byte > 0x7E }
        guard let end = bytes[start...].firstIndex(where: isEnd), bytes[end] == quote else {
            throw error("\(what): a string of printable ASCII characters", "another")
        }
        index = end + 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func readBool() throws(FormatError) -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)] where bytes[index...].starts(with: word.utf8) {
            index += word.utf8.count
            return value
        }
        throw error("True or False")
    }

    /// `()`, `(3,)`, `(2, 3)`.
    private mutating func readTuple() throws(FormatError) -> [Int] {
        try expect("(")
        var result: [Int] = []
        while !skip(")") {
            result.append(try readCount())
            if !skip(",") {
                // `(3)` is a number.
                if result.count == 1 { throw error("\",\"") }
                try expect(")")
                break
            }
        }
        return result
    }

    private mutating func readCount() throws(FormatError) -> Int {
        skipSpace()
        let start = index
        var value = 0
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            if first || second { throw error(at: start, "a dimension below 2^63", "a larger number") }
            value = sum
            index += 1
        }
        let hasLeadingZero = index > start + 1 && bytes[start] == UInt8(ascii: "0")
        if index == start || hasLeadingZero {
            index = start
            throw error("a dimension: an integer of at least 0")
        }
        // Python 2's mark of a long integer.
        if next == UInt8(ascii: "L") { index += 1 }
        return value
    }

    // MARK: Pieces

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func error(at offset: Int? = nil, _ expected: String, _ found: String? = nil) -> FormatError {
        let nextAsText = next.map { hexadecimal($0) } ?? "the end of the header"
        return FormatError(file, at: .offset(base + (offset ?? index)), expected: expected, found: found ?? nextAsText)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
        if !skip(character) { throw error("\"\(character)\"") }
    }
}
