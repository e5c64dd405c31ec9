/// A Swift number beside a tensor, such as the 2 of `x * 2`, on either side of an operation.
///
/// The number is *weak*: the tensor decides the type.
///
/// - An integer keeps the tensor's type (`int64` beside `bool`). A `Double` or `Float` keeps a floating-point type and
///   makes `float32` of integers and `bool`, also if it is a whole number: `Tensor([1], dtype: .int64) * 2.0` is `float32`.
/// - Beside floating-point numbers it is rounded to their type.
/// - A true quotient is computed with the number as it is: `Tensor([UInt8(200)]) / 256` is 0.78125.
/// - Comparisons are mathematical: `Tensor([UInt8(255)]) .< 256` is true, and so is `Tensor([1]) .< 1.5` for integers of any
///   size. Only a `Double` beside `float32` is rounded first, so that `Tensor([0.1]) .== 0.1`.
/// - Other arithmetic of integers has the mathematical result, cut to the bits of the tensor's type as sums of two such
///   tensors are: `Tensor([UInt8(200)]) + 256` is 200, `% 256` is 200, `* -1` is 56.
/// - ``clamp(_:min:max:)-(_,WeakScalar,_)``, ``maximum(_:_:)-(_,WeakScalar)`` and ``minimum(_:_:)-(_,WeakScalar)`` with
///   integers keep a tensor of integers; bounds beyond the type do not bind, or give its end.
/// - Elsewhere (`which`, `full`) an integer is converted, see ``Tensor/converted(to:)``.
///
/// The rule is PyTorch's, which stops at some integers that the type cannot hold.
public protocol WeakScalar: Sendable {
    /// The number, without its type.
    var weakNumber: WeakNumber { get }
}

/// The value of a ``WeakScalar``.
public enum WeakNumber: Sendable {
    /// An integer, which keeps the tensor's type.
    case integer(Int64)
    /// A `Double` or `Float`, which makes `float32` of integers.
    case real(Double)
}

// So that numbers can be assigned to parts of tensors.
extension WeakNumber: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }

    /// Not a number.
    public static var nan: WeakNumber { .real(.nan) }
    /// Infinity.
    public static var infinity: WeakNumber { .real(.infinity) }
    /// The number with the other sign.
    public static prefix func - (number: WeakNumber) -> WeakNumber {
        switch number {
        case .integer(let value): .integer(0 &- value)
        case .real(let value): .real(-value)
        }
    }
}

extension Int: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension Int64: WeakScalar {
    public var weakNumber: WeakNumber { .integer(self) }
}
extension Int32: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension UInt16: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension Int16: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension Int8: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension UInt32: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension UInt8: WeakScalar {
    public var weakNumber: WeakNumber { .integer(Int64(self)) }
}
extension Double: WeakScalar {
    public var weakNumber: WeakNumber { .real(self) }
}
extension Float: WeakScalar {
    public var weakNumber: WeakNumber { .real(Double(self)) }
}

extension WeakNumber {
    /// This number as a scalar of the type it has beside a tensor of `dtype`.
    @inline(__always)
    func tensor(beside dtype: DType) -> Tensor {
        switch self {
        case .integer: Tensor.full([], self, dtype: dtype == .bool ? .int64 : dtype)
        case .real: Tensor.full([], self, dtype: dtype.floating)
        }
    }

    /// `operation` on `tensor` and this number. Where the tensor's integers do not hold the number, both are widened, and
    /// the result is cut.
    @inline(__always)
    func combined(with tensor: Tensor, _ operation: (_ tensor: Tensor, _ number: Tensor) -> Tensor) -> Tensor {
        let dtype = tensor.dtype
        guard dtype.isInteger, case .integer(let value) = self, !dtype.integers!.contains(value) else {
            return operation(tensor, self.tensor(beside: dtype))
        }
        let result = operation(tensor.converted(to: .int64), Tensor.full([], value, dtype: .int64))
        return result.converted(to: dtype)
    }

    /// The largest value of a type that is not above this number, and whether it is the number itself; `nil` if there is none.
    /// A `Double` counts as what it is rounded to.
    func floor(in dtype: DType) -> (value: WeakNumber, isExact: Bool)? {
        guard let range = dtype.integers else {
            guard case .integer(let value) = self else { return (self, true) }
            switch dtype {
            case .float64: return Self.floor(of: value, Double.self)
            case .float32: return Self.floor(of: value, Float.self)
            default: return floor(in: .float32).flatMap { $0.value.floor(ofHalf: dtype, isExact: $0.isExact) }
            }
        }
        switch self {
        case .integer(let value):
            return value < range.lowerBound
                ? nil : (.integer(Swift.min(value, range.upperBound)), range.contains(value))
        case .real(let value):
            // 2^63 is the first number above all integers.
            if !(value >= Double(range.lowerBound)) { return nil }
            guard value < 0x1p63 else { return (.integer(range.upperBound), false) }
            let whole = Int64(value.rounded(.down))
            return (.integer(Swift.min(whole, range.upperBound)), Double(whole) == value && range.contains(whole))
        }
    }

    /// The largest value of a half type that is not above this number, which `float32` holds.
    private func floor(ofHalf dtype: DType, isExact: Bool) -> (value: WeakNumber, isExact: Bool)? {
        guard case .real(let value) = self else { return nil }
        let nearest = Tensor.full([], value, dtype: dtype).item()
        if nearest <= value { return (.real(nearest), isExact && nearest == value) }
        return (.real(dtype.half(below: nearest)), false)
    }

    private static func floor<Real: BinaryFloatingPoint>(
        of value: Int64, _ type: Real.Type
    ) -> (value: WeakNumber, isExact: Bool) {
        let nearest = Real(value)
        // What no longer fits is 2^63, which is above.
        guard let back = Int64(exactly: nearest), back <= value else { return (.real(Double(nearest.nextDown)), false) }
        return (.real(Double(nearest)), back == value)
    }
}

// `x .== .infinity` and `which(mask, x, .nan)`.
extension WeakScalar where Self == Double {
    /// Infinity, so that `clamp(x, min: -.infinity)` can be written.
    public static var infinity: Double { Double.infinity }
    /// Not a number, so that `.nan` can be written beside a tensor.
    public static var nan: Double { Double.nan }
    /// The circle's number, so that `x * .pi` can be written.
    public static var pi: Double { Double.pi }
}

extension Int64 {
    func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

extension WeakNumber {
    var isNaN: Bool {
        guard case .real(let value) = self else { return false }
        return value.isNaN
    }
}

extension Tensor {
    /// A tensor whose elements are all `number`, converted.
    @inline(__always)
    static func full(_ shape: Shape, _ number: WeakNumber, dtype: DType) -> Tensor {
        switch number {
        case .integer(let value): full(shape, value, dtype: dtype)
        case .real(let value): full(shape, value, dtype: dtype)
        }
    }
}

extension DType {
    /// The values of a type that holds integers.
    var integers: ClosedRange<Int64>? {
        let bits = 8 * byteCount
        return switch kind {
        case .bool: 0...1
        // A weak number is not above the largest Int64.
        case .unsigned: 0...(bits == 64 ? .max : 1 << bits - 1)
        case .signed: (Int64.min >> (64 - bits))...(Int64.max >> (64 - bits))
        case .floating: nil
        }
    }
}
