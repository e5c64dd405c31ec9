import CTernKernels

/// The element type of a tensor, known at run time.
///
/// | type | bytes | values |
/// |---|---|---|
/// | `bool` | 1 | `false` and `true`; counts as 0 and 1 |
/// | `uint8`, `int8` | 1 | integers |
/// | `uint16`, `int16` | 2 | |
/// | `uint32`, `int32` | 4 | |
/// | `uint64`, `int64` | 8 | |
/// | `float16` | 2 | IEEE half: 11 bits of precision, up to 65504 |
/// | `bfloat16` | 2 | the upper half of a `float32`: 8 bits of precision, its range |
/// | `float32`, `float64` | 4, 8 | IEEE single and double |
///
/// The two *halves* are types of storage: elements are loaded as `float32`, computed on, and rounded once when they are stored
/// (to the nearest, of two equally near to the even one; beyond the range to infinity). Sums, products of matrices and
/// convolutions of halves add in `float32`.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
    /// `Bool`; counts as 0 and 1.
    case bool
    /// `UInt8`: 0...255.
    case uint8
    /// `Int8`: -128...127.
    case int8
    /// `UInt16`.
    case uint16
    /// `Int16`.
    case int16
    /// `UInt32`.
    case uint32
    /// `Int32`.
    case int32
    /// `UInt64`, and `UInt`.
    case uint64
    /// `Int64`, and `Int`; what indices and labels are.
    case int64
    /// `Float16`: IEEE half, 11 bits of precision, up to 65504.
    case float16
    /// ``BFloat16``: 8 bits of precision, the range of `float32`.
    case bfloat16
    /// `Float`: IEEE single, 24 bits of precision; what tensors are unless said otherwise.
    case float32
    /// `Double`: IEEE double, 53 bits of precision.
    case float64

    enum Kind {
        case bool, unsigned, signed, floating
    }

    /// The table of the types: what a new one adds a line to.
    private var row: (name: String, kind: Kind, kernels: TernType) {
        switch self {
        case .bool: ("bool", .bool, .TERN_BOOL)
        case .uint8: ("uint8", .unsigned, .TERN_UINT8)
        case .int8: ("int8", .signed, .TERN_INT8)
        case .uint16: ("uint16", .unsigned, .TERN_UINT16)
        case .int16: ("int16", .signed, .TERN_INT16)
        case .uint32: ("uint32", .unsigned, .TERN_UINT32)
        case .int32: ("int32", .signed, .TERN_INT32)
        case .uint64: ("uint64", .unsigned, .TERN_UINT64)
        case .int64: ("int64", .signed, .TERN_INT64)
        case .float16: ("float16", .floating, .TERN_FLOAT16)
        case .bfloat16: ("bfloat16", .floating, .TERN_BFLOAT16)
        case .float32: ("float32", .floating, .TERN_FLOAT32)
        case .float64: ("float64", .floating, .TERN_FLOAT64)
        }
    }

    /// Bytes one element takes.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether it is `float16`, `bfloat16`, `float32` or `float64`.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: false
        }
    }

    /// Whether the type holds integers; `bool` does not.
    public var isInteger: Bool { kind == .signed || kind == .unsigned }

    /// Whether the type is `float16` or `bfloat16`, which are computed in `float32`.
    public var isHalf: Bool { isFloatingPoint && byteCount < 4 }

    var kind: Kind { row.kind }

    /// The kernels' name of the type.
    var kernelType: TernType { row.kernels }

    /// The type of the result of an arithmetic operation on tensors of two types: the first that holds the values of both,
    /// where there is one.
    ///
    /// | | signed | unsigned | half | `float32` | `float64` |
    /// |---|---|---|---|---|---|
    /// | **`bool`** | the other | the other | the other | the other | the other |
    /// | **signed** | the wider | the signed one if wider, else the next wider signed one; `float64` for `uint64` | the half | `float32` | `float64` |
    /// | **unsigned** | | the wider | the half | `float32` | `float64` |
    /// | **half** | | | itself; `float32` for the two different ones | `float32` | `float64` |
    ///
    /// Arithmetic of two tensors of `bool` gives `int64`. `int32` with `float32` is `float32`, as in PyTorch (NumPy would make
    /// it `float64`). A tensor of rank 0 counts as any other: `float32` of shape [2] times `float64` of shape [] is `float64`,
    /// as in NumPy (PyTorch would keep `float32`).
    ///
    /// A Swift number beside a tensor is weak: see ``WeakScalar``.
    public func promoted(with other: DType) -> DType {
        if self == other { return self }
        switch (kind, other.kind) {
        case (.bool, _): return other
        case (_, .bool): return self
        case (.floating, .floating):
            if isHalf && other.isHalf { return .float32 }
            return byteCount > other.byteCount ? self : other
        case (.floating, _): return self
        case (_, .floating): return other
        case (.signed, .signed), (.unsigned, .unsigned): return byteCount > other.byteCount ? self : other
        case (.signed, .unsigned): return DType.signed(self, holding: other)
        case (.unsigned, .signed): return DType.signed(other, holding: self)
        }
    }

    private static func signed(_ signed: DType, holding unsigned: DType) -> DType {
        if signed.byteCount > unsigned.byteCount { return signed }
        switch unsigned.byteCount {
        case 1: return .int16
        case 2: return .int32
        case 4: return .int64
        default: return .float64
        }
    }

    /// The type in which a true division, a mean or a transcendental function of this type is computed.
    var floating: DType { isFloatingPoint ? self : .float32 }

    /// The type of sums and products over elements, running ones too: `int64` for `bool` and integers (`uint64` for its own),
    /// which wrap; floating-point types keep theirs.
    var summed: DType { isFloatingPoint || self == .uint64 ? self : .int64 }

    /// The floating-point type that this one is computed in, and its sums are added in.
    public var accumulator: DType { isHalf ? .float32 : self }

    /// The largest finite number of a floating-point type, and the least positive one with all digits.
    var limits: (greatest: Double, leastNormal: Double) {
        switch self {
        case .float16: (65504, 0x1p-14)
        case .bfloat16: (0x1.FEp127, 0x1p-126)
        case .float32: (Double(Float.greatestFiniteMagnitude), 0x1p-126)
        case .float64: (.greatestFiniteMagnitude, 0x1p-1022)
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64:
            mistake("DType", "has no limits of floating-point numbers for \(self)")
        }
    }

    /// What messages advise where labels or indices are of this type.
    package var integerHint: String {
        isInteger ? "" : ": make them with dtype: .int64, or convert them with converted(to: .int64)"
    }
}

extension DType: CustomStringConvertible {
    /// The name as NumPy spells it, such as `float32`.
    public var description: String { row.name }
}

/// A Swift type whose values can be the elements of a tensor. `Int` is stored as `int64`, `UInt` as `uint64`.
public protocol TensorScalar: TensorElements, Hashable where Scalar == Self {
    /// The element type whose values these are.
    static var dtype: DType { get }
    /// This value as a `Double`; `true` is 1.
    var asDouble: Double { get }
}

extension TensorScalar where Self: BinaryInteger {
    public var asDouble: Double { Double(self) }
}

extension TensorScalar where Self: BinaryFloatingPoint {
    public var asDouble: Double { Double(self) }
}

extension Bool: TensorScalar {
    public static var dtype: DType { .bool }
    public var asDouble: Double { self ? 1 : 0 }
}
extension UInt8: TensorScalar {
    public static var dtype: DType { .uint8 }
}
extension Int8: TensorScalar {
    public static var dtype: DType { .int8 }
}
extension UInt16: TensorScalar {
    public static var dtype: DType { .uint16 }
}
extension Int16: TensorScalar {
    public static var dtype: DType { .int16 }
}
extension UInt32: TensorScalar {
    public static var dtype: DType { .uint32 }
}
extension Int32: TensorScalar {
    public static var dtype: DType { .int32 }
}
extension UInt64: TensorScalar {
    public static var dtype: DType { .uint64 }
}
extension UInt: TensorScalar {
    public static var dtype: DType { .uint64 }
}
extension Int64: TensorScalar {
    public static var dtype: DType { .int64 }
}
extension Int: TensorScalar {
    public static var dtype: DType { .int64 }
}
#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    extension Float16: TensorScalar {
        public static var dtype: DType { .float16 }
    }
#endif
extension Float: TensorScalar {
    public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
    public static var dtype: DType { .float64 }
}
