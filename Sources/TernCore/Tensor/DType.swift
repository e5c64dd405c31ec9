import CTernKernels

/// The element type of a tensor, known at run time.
///
/// The order of the cases is the order of promotion: the result of an operation on two types is the later one
/// (``promoted(with:)``).
public enum DType: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    case bool, uint8, int32, int64, float32, float64

    /// Bytes one element takes.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8: 1
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    public var isFloatingPoint: Bool { self >= .float32 }

    /// Whether the type is one of `uint8`, `int32` and `int64`.
    public var isInteger: Bool { self > .bool && self < .float32 }

    public static func < (lhs: DType, rhs: DType) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The type of the result of an arithmetic operation on tensors of two types: the later one in the order
    /// `bool < uint8 < int32 < int64 < float32 < float64`, but `int64` for two of `bool`. `int32` with `float32` is
    /// `float32`, as in PyTorch (NumPy would make it `float64`). A tensor of rank 0 counts as any other: `float32` of shape
    /// [2] times `float64` of shape [] is `float64`, as in NumPy (PyTorch would keep `float32`).
    ///
    /// A Swift number beside a tensor is weak: see ``WeakScalar``.
    public func promoted(with other: DType) -> DType { max(self, other) }

    /// The type in which a true division, a mean or a transcendental function of this type is computed.
    var floating: DType { isFloatingPoint ? self : .float32 }

    /// What messages advise where labels or indices are of this type.
    package var integerHint: String {
        isInteger ? "" : ": make them with dtype: .int64, or convert them with converted(to: .int64)"
    }

    var kernelType: TernType {
        switch self {
        case .bool: .TERN_BOOL
        case .uint8: .TERN_UINT8
        case .int32: .TERN_INT32
        case .int64: .TERN_INT64
        case .float32: .TERN_FLOAT32
        case .float64: .TERN_FLOAT64
        }
    }
}

extension DType: CustomStringConvertible {
    /// The name as NumPy spells it, such as `float32`.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .uint8: "uint8"
        case .int32: "int32"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        }
    }
}

/// A Swift type whose values can be the elements of a tensor. `Int` is stored as `int64`.
public protocol TensorScalar: Sendable, Hashable {
    static var dtype: DType { get }
    /// This value as a `Double`; `true` is 1.
    var asDouble: Double { get }
}

extension Bool: TensorScalar {
    public static var dtype: DType { .bool }
    public var asDouble: Double { self ? 1 : 0 }
}
extension UInt8: TensorScalar {
    public static var dtype: DType { .uint8 }
    public var asDouble: Double { Double(self) }
}
extension Int32: TensorScalar {
    public static var dtype: DType { .int32 }
    public var asDouble: Double { Double(self) }
}
extension Int64: TensorScalar {
    public static var dtype: DType { .int64 }
    public var asDouble: Double { Double(self) }
}
extension Int: TensorScalar {
    public static var dtype: DType { .int64 }
    public var asDouble: Double { Double(self) }
}
extension Float: TensorScalar {
    public static var dtype: DType { .float32 }
    public var asDouble: Double { Double(self) }
}
extension Double: TensorScalar {
    public static var dtype: DType { .float64 }
    public var asDouble: Double { self }
}
