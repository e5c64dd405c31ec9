extension Tensor {
    private static func bits(
        _ a: Tensor, _ b: Tensor, _ function: IntegerFunction, _ name: StaticString, takesBool: Bool = true
    ) -> Tensor {
        let (a, b) = promoted(a, b)
        if !(a.dtype.isInteger || takesBool && a.dtype == .bool) {
            mistake("\(name)", "expects integers\(takesBool ? " or bool" : ""), got \(a.dtype)")
        }
        let result = Tensor(uninitialized: broadcastShape(a, b, name), dtype: a.dtype)
        a.backend.integer(function, a, b, into: result)
        return result.output(of: name, from: [a, b])
    }

    /// The bits of a number beside these integers: its low ones.
    private func bits(of number: some BinaryInteger & WeakScalar) -> Tensor {
        Tensor.full([], number.weakNumber, dtype: dtype == .bool ? .int64 : dtype)
    }

    /// Bit by bit, broadcast: of integers, and of `bool` the logic. PyTorch's `torch.bitwise_and` and so on.
    ///
    /// ```swift
    /// Tensor([6, 5], dtype: .int64) & 3                  // [2, 1]
    /// (x .> 0) & (x .< 1)                                // as logicalAnd
    /// ~Tensor([0], dtype: .int64)                        // [-1]
    /// ```
    public func bitwiseAnd(_ other: Tensor) -> Tensor { Tensor.bits(self, other, .and, "bitwiseAnd") }
    /// The bits that are set in one or both, broadcast; of `bool`, "or". PyTorch's `torch.bitwise_or`.
    public func bitwiseOr(_ other: Tensor) -> Tensor { Tensor.bits(self, other, .or, "bitwiseOr") }
    /// The bits that are set in one alone, broadcast; of `bool`, whether they differ. PyTorch's `torch.bitwise_xor`.
    public func bitwiseXor(_ other: Tensor) -> Tensor { Tensor.bits(self, other, .xor, "bitwiseXor") }
    /// The bits that are set in each integer and in a number.
    public func bitwiseAnd(_ other: some BinaryInteger & WeakScalar) -> Tensor { bitwiseAnd(bits(of: other)) }
    /// The bits that are set in each integer or in a number.
    public func bitwiseOr(_ other: some BinaryInteger & WeakScalar) -> Tensor { bitwiseOr(bits(of: other)) }
    /// The bits that are set in one of each integer and a number.
    public func bitwiseXor(_ other: some BinaryInteger & WeakScalar) -> Tensor { bitwiseXor(bits(of: other)) }
    /// Each bit the other way round; of `bool`, "not". PyTorch's `torch.bitwise_not`.
    public func bitwiseNot() -> Tensor { Tensor.bits(self, Tensor.full([], -1, dtype: dtype), .xor, "bitwiseNot") }

    /// The bits moved up by as many places as `count` says, broadcast; 0 if that is not in `0..<bits`. PyTorch's
    /// `torch.bitwise_left_shift`.
    public func bitwiseLeftShift(_ count: Tensor) -> Tensor {
        Tensor.bits(self, count, .shiftLeft, "bitwiseLeftShift", takesBool: false)
    }
    /// The bits moved down by as many places as `count` says, with copies of the sign above, broadcast; nothing but those if that
    /// is not in `0..<bits`. PyTorch's `torch.bitwise_right_shift`.
    public func bitwiseRightShift(_ count: Tensor) -> Tensor {
        Tensor.bits(self, count, .shiftRight, "bitwiseRightShift", takesBool: false)
    }
    /// The bits moved up by `count` places; 0 if that is not in `0..<bits`.
    public func bitwiseLeftShift(_ count: Int) -> Tensor { bitwiseLeftShift(place(count)) }
    /// The bits moved down by `count` places, with copies of the sign above.
    public func bitwiseRightShift(_ count: Int) -> Tensor { bitwiseRightShift(place(count)) }

    /// A number of places in this type, which holds all that matter.
    private func place(_ count: Int) -> Tensor {
        Tensor.full([], (0..<64).contains(count) ? count : 64, dtype: dtype == .bool ? .int64 : dtype)
    }

    /// ``bitwiseAnd(_:)-(Tensor)`` of two tensors.
    public static func & (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.bitwiseAnd(rhs) }
    /// ``bitwiseOr(_:)-(Tensor)`` of two tensors.
    public static func | (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.bitwiseOr(rhs) }
    /// ``bitwiseXor(_:)-(Tensor)`` of two tensors.
    public static func ^ (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.bitwiseXor(rhs) }
    /// ``bitwiseNot()``.
    public static prefix func ~ (operand: Tensor) -> Tensor { operand.bitwiseNot() }
    /// ``bitwiseLeftShift(_:)-(Tensor)`` by the elements of a tensor.
    public static func << (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.bitwiseLeftShift(rhs) }
    /// ``bitwiseRightShift(_:)-(Tensor)`` by the elements of a tensor.
    public static func >> (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.bitwiseRightShift(rhs) }
    /// The bits that are set in each integer and in a number.
    public static func & (lhs: Tensor, rhs: some BinaryInteger & WeakScalar) -> Tensor { lhs.bitwiseAnd(rhs) }
    /// The bits that are set in each integer or in a number.
    public static func | (lhs: Tensor, rhs: some BinaryInteger & WeakScalar) -> Tensor { lhs.bitwiseOr(rhs) }
    /// The bits that are set in one of each integer and a number.
    public static func ^ (lhs: Tensor, rhs: some BinaryInteger & WeakScalar) -> Tensor { lhs.bitwiseXor(rhs) }
    /// The bits that are set in each integer and in a number.
    public static func & (lhs: some BinaryInteger & WeakScalar, rhs: Tensor) -> Tensor { rhs.bitwiseAnd(lhs) }
    /// The bits that are set in each integer or in a number.
    public static func | (lhs: some BinaryInteger & WeakScalar, rhs: Tensor) -> Tensor { rhs.bitwiseOr(lhs) }
    /// The bits that are set in one of each integer and a number.
    public static func ^ (lhs: some BinaryInteger & WeakScalar, rhs: Tensor) -> Tensor { rhs.bitwiseXor(lhs) }
    /// The bits moved up by `rhs` places; 0 if that is not in `0..<bits`.
    public static func << (lhs: Tensor, rhs: Int) -> Tensor { lhs.bitwiseLeftShift(rhs) }
    /// The bits moved down by `rhs` places, with copies of the sign above.
    public static func >> (lhs: Tensor, rhs: Int) -> Tensor { lhs.bitwiseRightShift(rhs) }

    fileprivate static func greatestCommonDivisor(_ a: Tensor, _ b: Tensor) -> Tensor {
        bits(a, b, .greatestCommonDivisor, "gcd", takesBool: false)
    }
}

/// The greatest common divisor of integers, broadcast; that of 0 and `b` is `|b|`. PyTorch's `torch.gcd`.
public func gcd(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.greatestCommonDivisor(a, b) }

/// The least common multiple of integers, broadcast; 0 if one is 0. PyTorch's `torch.lcm`.
public func lcm(_ a: Tensor, _ b: Tensor) -> Tensor { abs(truncDivide(a, gcd(a, b)) * b) }
