// Bessel functions. Integers are computed on as `float32`.

/// The modified Bessel function of the first kind and order 0, `sum of (x^2 / 4)^k / (k!)^2`. PyTorch's `torch.i0`.
public func i0(_ x: Tensor) -> Tensor { bessel(x, "i0", .i0) { g, x in g * i1(x) } }
/// ``i0(_:)`` times `e^-|x|`, which does not overflow. PyTorch's `torch.special.i0e`.
public func i0e(_ x: Tensor) -> Tensor { bessel(x, "i0e", .i0e) { g, x in g * (i1e(x) - sign(x) * i0e(x)) } }
/// The modified Bessel function of the first kind and order 1, the derivative of ``i0(_:)``. PyTorch's `torch.special.i1`.
public func i1(_ x: Tensor) -> Tensor { bessel(x, "i1", .i1) { g, x in g * (i0(x) - quotient(i1(x), x)) } }
/// ``i1(_:)`` times `e^-|x|`, which does not overflow. PyTorch's `torch.special.i1e`.
public func i1e(_ x: Tensor) -> Tensor {
    bessel(x, "i1e", .i1e) { g, x in
        let y = i1e(x)
        return g * (i0e(x) - sign(x) * y - quotient(y, x))
    }
}

/// The Bessel function of the first kind and order 0. PyTorch's `torch.special.bessel_j0`, which has no derivative there.
public func besselJ0(_ x: Tensor) -> Tensor { bessel(x, "besselJ0", .besselJ0) { g, x in -(g * besselJ1(x)) } }
/// The Bessel function of the first kind and order 1. PyTorch's `torch.special.bessel_j1`, which has no derivative there.
public func besselJ1(_ x: Tensor) -> Tensor {
    bessel(x, "besselJ1", .besselJ1) { g, x in g * (besselJ0(x) - quotient(besselJ1(x), x)) }
}

/// Halves have too few digits for the quotients in derivatives near 0.
@inline(__always)
private func bessel(
    _ x: Tensor, _ name: StaticString, _ kernel: UnaryFunction,
    _ derivative: @escaping (_ g: Tensor, _ x: Tensor) -> Tensor
) -> Tensor {
    x.composed { transcendental($0, name, kernel, derivative) }
}

/// `y / x` of a function of order 1, which is 1 / 2 at 0.
private func quotient(_ y: Tensor, _ x: Tensor) -> Tensor {
    let isZero = x.equal(to: 0)
    return which(isZero, 0.5, y / which(isZero, 1, x))
}
