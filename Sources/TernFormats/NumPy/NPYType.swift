import TernCore

/// The type of an array's values, as NumPy names it in a header.
struct NPYType {
    let dtype: DType
    let isBigEndian: Bool

    /// - Parameter name: NumPy writes `<f4`, and takes whatever `numpy.dtype` does: a letter, or a letter and the bytes of
    ///   a value, behind the byte order (`<` little, `>` big, `=` and `|` the machine's, which is taken for little, as is
    ///   none); or a whole word.
    init?(_ name: String) {
        if let dtype = Self.words[name] {
            self.init(dtype: dtype, isBigEndian: false)
            return
        }
        let order = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        guard let dtype = Self.codes[String(order == nil ? name[...] : name.dropFirst())] else { return nil }
        self.init(dtype: dtype, isBigEndian: order == ">")
    }

    private init(dtype: DType, isBigEndian: Bool) {
        (self.dtype, self.isBigEndian) = (dtype, isBigEndian)
    }

    /// The table of NumPy's names: codes, of which the first is the one that is written, and words. (NumPy has no bfloat16.)
    private static func spellings(of type: DType) -> (codes: String, words: String) {
        // C's `long` and a pointer's integers have 64 bits, as on all that Tern runs on.
        switch type {
        case .bool: ("b1 ?", "bool bool_")
        case .int8: ("i1 b", "int8 byte")
        case .uint8: ("u1 B", "uint8 ubyte")
        case .int16: ("i2 h", "int16 short")
        case .uint16: ("u2 H", "uint16 ushort")
        case .int32: ("i4 i", "int32 intc")
        case .uint32: ("u4 I", "uint32 uintc")
        case .int64: ("i8 l q n p", "int64 int int_ intp long longlong")
        case .uint64: ("u8 L Q N P", "uint64 uint uintp ulong ulonglong")
        case .float16: ("f2 e", "float16 half")
        case .bfloat16: ("", "")
        case .float32: ("f4 f", "float32 single")
        case .float64: ("f8 d", "float64 float double")
        }
    }

    private static let codes = types { spellings(of: $0).codes }
    private static let words = types { spellings(of: $0).words }

    private static func types(_ names: (DType) -> String) -> [String: DType] {
        var types: [String: DType] = [:]
        for type in DType.allCases { for name in names(type).split(separator: " ") { types[String(name)] = type } }
        return types
    }

    /// The name that is written for a tensor's type, with its byte order.
    static func name(of dtype: DType) -> String {
        guard let code = spellings(of: dtype).codes.split(separator: " ").first else {
            mistake("NPY", "expects a type of NumPy's, got \(dtype): convert the tensor to float32")
        }
        return (dtype.byteCount == 1 ? "|" : "<") + code
    }
}
