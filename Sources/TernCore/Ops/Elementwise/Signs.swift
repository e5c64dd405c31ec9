/// The magnitude of `a` with the sign of `b`, that of zeros and NaN too, broadcast. The derivative with respect to `b` is 0, as
/// is that at 0. PyTorch's `torch.copysign`.
public func copysign(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = Tensor.floatingOperands(a, b)
    return Tensor.zip(.copySign, a, b, "copysign").output(of: "copysign", from: a, b) { g, node in
        let isKept = signbit(a).equal(to: signbit(b))
        let slope = which(a.equal(to: 0), 0, which(isKept, g, -g))
        return InputGradients(
            node.needs(0) ? slope.reduced(to: a.shape) : nil, node.needs(1) ? b.zerosLike : nil)
    }
}
/// ``copysign(_:_:)-(Tensor,Tensor)`` with the sign of a number.
public func copysign(_ a: Tensor, _ b: some WeakScalar) -> Tensor { copysign(a, b.weakNumber.floating(beside: a)) }
/// ``copysign(_:_:)-(Tensor,Tensor)`` of a number.
public func copysign(_ a: some WeakScalar, _ b: Tensor) -> Tensor { copysign(a.weakNumber.floating(beside: b), b) }

/// Whether the sign is a minus, that of -0 and of NaN too. PyTorch's `torch.signbit`.
public func signbit(_ x: Tensor) -> Tensor {
    let result = asOneOperation {
        let source = x.detached
        return source.dtype.isFloatingPoint ? copysign(1, source).less(than: 0) : source.less(than: 0)
    }
    return result.output(of: "signbit", from: [x])
}

/// 0 below 0, 1 above, and `values` at 0, broadcast. PyTorch's and NumPy's `heaviside`.
public func heaviside(_ x: Tensor, _ values: Tensor) -> Tensor {
    let (x, values) = Tensor.promoted(x, values)
    return which(x.equal(to: 0), values, x.greater(than: 0).converted(to: values.dtype))
}
/// ``heaviside(_:_:)-(Tensor,Tensor)`` with a number for 0.
public func heaviside(_ x: Tensor, _ value: some WeakScalar) -> Tensor {
    heaviside(x, value.weakNumber.tensor(beside: x.dtype))
}

/// The larger of two elements, broadcast; NaN only if both are. Where they are equal, `a` gets the gradient. PyTorch's
/// `torch.fmax`.
public func fmax(_ a: Tensor, _ b: Tensor) -> Tensor { which(a.greaterOrEqual(b).logicalOr(b.isNaN()), a, b) }
/// The smaller of two elements, broadcast; NaN only if both are. Where they are equal, `a` gets the gradient. PyTorch's
/// `torch.fmin`.
public func fmin(_ a: Tensor, _ b: Tensor) -> Tensor { which(a.lessOrEqual(b).logicalOr(b.isNaN()), a, b) }

/// `a + weight * (b - a)`, from `a` at 0 to exactly `b` at 1, broadcast. PyTorch's `torch.lerp`.
public func lerp(_ a: Tensor, _ b: Tensor, _ weight: Tensor) -> Tensor {
    let dtype = a.dtype.promoted(with: b.dtype).promoted(with: weight.dtype)
    if dtype.isHalf {
        return lerp(a.converted(to: .float32), b.converted(to: .float32), weight.converted(to: .float32))
            .converted(to: dtype)
    }
    let difference = b - a
    return which(weight.less(than: 0.5), a + weight * difference, b - difference * (1 - weight))
}
/// ``lerp(_:_:_:)-(_,_,Tensor)`` with one weight.
public func lerp(_ a: Tensor, _ b: Tensor, _ weight: Double) -> Tensor {
    let dtype = a.dtype.promoted(with: b.dtype)
    if dtype.isHalf { return lerp(a.converted(to: .float32), b.converted(to: .float32), weight).converted(to: dtype) }
    return weight < 0.5 ? a + (b - a) * weight : b - (b - a) * (1 - weight)
}

/// `x * 2^exponent`, broadcast. PyTorch's `torch.ldexp`.
public func ldexp(_ x: Tensor, _ exponent: Tensor) -> Tensor { x * exp2(exponent) }
/// ``ldexp(_:_:)-(_,Tensor)`` with one exponent.
public func ldexp(_ x: Tensor, _ exponent: Int) -> Tensor {
    x * Double(sign: .plus, exponent: exponent, significand: 1)
}
