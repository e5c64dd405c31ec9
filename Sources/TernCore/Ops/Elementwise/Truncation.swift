import Foundation

// Rounding towards zero, and what goes with it.

/// The integer part, rounded towards zero. The derivative is 0.
public func trunc(_ x: Tensor) -> Tensor { whole(x, "trunc", .trunc) }

/// The part behind the point, with the sign of `x`: `x - trunc(x)`. The derivative is 1. PyTorch's `torch.frac`.
public func frac(_ x: Tensor) -> Tensor {
    if !x.dtype.isFloatingPoint { return Tensor.zeros(x.shape, dtype: x.dtype == .bool ? .int64 : x.dtype) }
    return x.map(.frac).output(of: "frac", from: x) { g, _ in InputGradients(g) }
}

/// Rounded to so many decimals, ties to even; negative ones count tens before the point. PyTorch's `torch.round(decimals=)`.
///
/// ```swift
/// round(Tensor([1.2345]), decimals: 2)   // [1.23]
/// ```
public func round(_ x: Tensor, decimals: Int) -> Tensor {
    if !x.dtype.isFloatingPoint { mistake("round", "with decimals expects floating-point numbers, got \(x.dtype)") }
    let scale: Double = pow(10, Double(decimals.magnitude))
    return x.composed { decimals < 0 ? round($0 / scale) * scale : round($0 * scale) / scale }
}

/// The quotient rounded towards zero, broadcast; 0 for an integer divisor of 0. The derivative is 0. PyTorch's
/// `torch.div(rounding_mode="trunc")`.
public func truncDivide(_ a: Tensor, _ b: Tensor) -> Tensor {
    wholeQuotient(a, b, "truncDivide") { a, b in
        // A quotient of halves may be rounded up to the next whole number.
        let wide = a.dtype.isHalf ? DType.float32 : a.dtype
        let quotient = Tensor.zip(
            .divide, a.detached.converted(to: wide), b.detached.converted(to: wide), "truncDivide")
        return a.dtype.isFloatingPoint ? quotient.map(.trunc).converted(to: a.dtype) : quotient
    }
}
/// ``truncDivide(_:_:)-(Tensor,Tensor)`` by a number.
public func truncDivide(_ a: Tensor, _ b: some WeakScalar) -> Tensor {
    b.weakNumber.combined(with: a) { truncDivide($0, $1) }
}
/// ``truncDivide(_:_:)-(Tensor,Tensor)`` of a number.
public func truncDivide(_ a: some WeakScalar, _ b: Tensor) -> Tensor {
    a.weakNumber.combined(with: b) { truncDivide($1, $0) }
}

/// The remainder with the sign of the dividend, as in C, broadcast; 0 for an integer divisor of 0. `%` is that with the
/// divisor's. PyTorch's `torch.fmod`.
///
/// ```swift
/// fmod(Tensor([-5]), 3)   // [-2], and Tensor([-5]) % 3 is [1]
/// ```
public func fmod(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = Tensor.arithmeticOperands(a, b)
    return Tensor.zip(.truncatedRemainder, a, b, "fmod").output(of: "fmod", from: a, b) { g, node in
        InputGradients(
            node.needs(0) ? g.reduced(to: a.shape) : nil,
            node.needs(1) ? (-(g * truncDivide(a, b))).reduced(to: b.shape) : nil)
    }
}
/// ``fmod(_:_:)-(Tensor,Tensor)`` by a number.
public func fmod(_ a: Tensor, _ b: some WeakScalar) -> Tensor { b.weakNumber.combined(with: a) { fmod($0, $1) } }
/// ``fmod(_:_:)-(Tensor,Tensor)`` of a number.
public func fmod(_ a: some WeakScalar, _ b: Tensor) -> Tensor { a.weakNumber.combined(with: b) { fmod($1, $0) } }
