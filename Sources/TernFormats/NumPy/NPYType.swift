import TernCore

/// The type of an array's values, as NumPy names it in a header.
struct NPYType {
    let stored: StoredType
    let isBigEndian: Bool

    /// - Parameter name: NumPy writes `<f4`, and takes whatever `numpy.dtype` does: a letter, or a letter and the bytes of
    ///   a value, behind the byte order (`<` little, `>` big, `=` and `|` the machine's, which is taken for little, as is
    ///   none); or a whole word.
    init?(_ name: String) {
        if let stored = Self.words[name] {
            self.init(stored: stored, isBigEndian: false)
            return
        }
        let order = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        guard let stored = Self.codes[String(order == nil ? name[...] : name.dropFirst())] else { return nil }
        self.init(stored: stored, isBigEndian: order == ">")
    }

    private init(stored: StoredType, isBigEndian: Bool) {
        (self.stored, self.isBigEndian) = (stored, isBigEndian)
    }

    // C's `long` and a pointer's integers have 64 bits, as on all that Tern runs on.
    private static let codes = table([
        .bool: "b1 ?", .int8: "i1 b", .uint8: "u1 B", .int16: "i2 h", .uint16: "u2 H", .int32: "i4 i",
        .uint32: "u4 I", .int64: "i8 l q n p", .uint64: "u8 L Q N P", .float16: "f2 e", .float32: "f4 f",
        .float64: "f8 d",
    ])
    private static let words = table([
        .bool: "bool bool_", .int8: "int8 byte", .uint8: "uint8 ubyte", .int16: "int16 short",
        .uint16: "uint16 ushort", .int32: "int32 intc", .uint32: "uint32 uintc",
        .int64: "int64 int int_ intp long longlong", .uint64: "uint64 uint uintp ulong ulonglong",
        .float16: "float16 half", .float32: "float32 single", .float64: "float64 float double",
    ])

    private static func table(_ names: [StoredType: String]) -> [String: StoredType] {
        var table: [String: StoredType] = [:]
        for (type, names) in names { for name in names.split(separator: " ") { table[String(name)] = type } }
        return table
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
