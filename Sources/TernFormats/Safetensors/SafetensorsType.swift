import TernCore

/// The types of values that the safetensors format knows.
public enum SafetensorsType: String, Sendable, CaseIterable {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// Four bits, two of them in a byte.
    case float4 = "F4"
    /// Six bits: two of the exponent, three of the fraction.
    case float6e2m3 = "F6_E2M3"
    /// Six bits: three of the exponent, two of the fraction.
    case float6e3m2 = "F6_E3M2"
    /// One byte.
    case uint8 = "U8"
    /// One byte with a sign.
    case int8 = "I8"
    /// One byte: five bits of the exponent, two of the fraction.
    case float8e5m2 = "F8_E5M2"
    /// One byte: four bits of the exponent, three of the fraction.
    case float8e4m3 = "F8_E4M3"
    /// As `float8e5m2`, with another bias, no infinities and no negative zero.
    case float8e5m2fnuz = "F8_E5M2FNUZ"
    /// As `float8e4m3`, with another bias and no negative zero.
    case float8e4m3fnuz = "F8_E4M3FNUZ"
    /// One byte: powers of two.
    case float8e8m0 = "F8_E8M0"
    /// Two bytes with a sign.
    case int16 = "I16"
    /// Two bytes.
    case uint16 = "U16"
    /// IEEE half.
    case float16 = "F16"
    /// The upper half of a `float32`.
    case bfloat16 = "BF16"
    /// Four bytes with a sign.
    case int32 = "I32"
    /// Four bytes.
    case uint32 = "U32"
    /// IEEE single.
    case float32 = "F32"
    /// Two `float32`: a real and an imaginary part.
    case complex64 = "C64"
    /// IEEE double.
    case float64 = "F64"
    /// Eight bytes with a sign.
    case int64 = "I64"
    /// Eight bytes.
    case uint64 = "U64"

    /// The table of the types: the bits of a value, and the type of a tensor that holds such, if there is one.
    private var row: (bits: Int, dtype: DType?) {
        switch self {
        case .bool: (8, .bool)
        case .float4: (4, nil)
        case .float6e2m3, .float6e3m2: (6, nil)
        case .uint8: (8, .uint8)
        case .int8: (8, .int8)
        case .float8e5m2, .float8e4m3, .float8e5m2fnuz, .float8e4m3fnuz, .float8e8m0: (8, nil)
        case .int16: (16, .int16)
        case .uint16: (16, .uint16)
        case .float16: (16, .float16)
        case .bfloat16: (16, .bfloat16)
        case .int32: (32, .int32)
        case .uint32: (32, .uint32)
        case .float32: (32, .float32)
        case .complex64: (64, nil)
        case .float64: (64, .float64)
        case .int64: (64, .int64)
        case .uint64: (64, .uint64)
        }
    }

    /// The size of a value.
    public var bits: Int { row.bits }

    /// The type of a tensor that holds such values, if there is one.
    var dtype: DType? { row.dtype }

    /// How a tensor's values are written.
    init(_ dtype: DType) {
        guard let type = Self.allCases.first(where: { $0.dtype == dtype }) else {
            mistake("SafetensorsType", "has no name for \(dtype)")
        }
        self = type
    }

    /// The place in the order of the reference's types.
    var rank: Int { Self.allCases.firstIndex(of: self)! }
}
