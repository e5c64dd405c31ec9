import TernCore

/// The element types of ONNX, `TensorProto.DataType`.
enum ONNXType: Int, CaseIterable, Sendable {
    case float = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64, complex64, complex128
    case bfloat16, float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1, float8e8m0
    case uint2, int2

    /// Tern's type of the same values, if there is one.
    var dtype: DType? {
        switch self {
        case .float: .float32
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .bool: .bool
        case .float16: .float16
        case .double: .float64
        case .uint32: .uint32
        case .uint64: .uint64
        case .bfloat16: .bfloat16
        case .string, .complex64, .complex128, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .uint4,
            .int4, .float4e2m1, .float8e8m0, .uint2, .int2:
            nil
        }
    }

    init(_ dtype: DType) {
        guard let type = Self.allCases.first(where: { $0.dtype == dtype }) else {
            mistake("ONNXType", "has no name for \(dtype)")
        }
        self = type
    }

    /// What a file's number of a type is called.
    static func name(_ number: Int64) -> String {
        Int(exactly: number).flatMap(Self.init(rawValue:)).map { "\($0)" } ?? "type \(number)"
    }

    static func dtype(_ number: Int64) -> DType? { Int(exactly: number).flatMap(Self.init(rawValue:))?.dtype }
}
