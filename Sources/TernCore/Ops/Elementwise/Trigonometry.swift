// Trigonometric and hyperbolic functions and their inverses. Integers are computed on as `float32`.

/// The tangent of an angle in radians.
public func tan(_ x: consuming Tensor) -> Tensor { unaryByOutput(x, "tan", .tan) { g, y in g * (square(y) + 1) } }
/// The angle in -pi/2 ... pi/2 whose sine is `x`; NaN beyond 1.
public func asin(_ x: Tensor) -> Tensor {
    transcendental(x, "asin", .asin) { g, x in g * rsqrt((1 - x) * (x + 1)) }
}
/// The angle in 0 ... pi whose cosine is `x`; NaN beyond 1.
public func acos(_ x: Tensor) -> Tensor {
    transcendental(x, "acos", .acos) { g, x in -g * rsqrt((1 - x) * (x + 1)) }
}
/// The angle in -pi/2 ... pi/2 whose tangent is `x`.
public func atan(_ x: Tensor) -> Tensor { transcendental(x, "atan", .atan) { g, x in g / (square(x) + 1) } }
/// `(e^x - e^-x) / 2`
public func sinh(_ x: Tensor) -> Tensor { transcendental(x, "sinh", .sinh) { g, x in g * cosh(x) } }
/// `(e^x + e^-x) / 2`
public func cosh(_ x: Tensor) -> Tensor { transcendental(x, "cosh", .cosh) { g, x in g * sinh(x) } }
/// The inverse of `sinh`, `log(x + sqrt(x^2 + 1))`.
public func asinh(_ x: Tensor) -> Tensor { transcendental(x, "asinh", .asinh) { g, x in g / hypot(x, 1) } }
/// The inverse of `cosh`, at least 0: `log(x + sqrt(x^2 - 1))`; NaN below 1.
public func acosh(_ x: Tensor) -> Tensor {
    transcendental(x, "acosh", .acosh) { g, x in g * rsqrt(x - 1) * rsqrt(x + 1) }
}
/// The inverse of `tanh`, `log((1 + x) / (1 - x)) / 2`; infinite at 1 and NaN beyond.
public func atanh(_ x: Tensor) -> Tensor {
    transcendental(x, "atanh", .atanh) { g, x in g / ((1 - x) * (x + 1)) }
}

/// The angle of the point (`x`, `y`) in -pi ... pi, broadcast. The derivative at the origin is 0. PyTorch's `torch.atan2`,
/// the order of whose arguments this has.
///
/// ```swift
/// atan2(Tensor([1, -1]), Tensor([1, -1]))   // [pi / 4, -3 pi / 4]
/// ```
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor {
    let (y, x) = Tensor.floatingOperands(y, x)
    return Tensor.zip(.atan2, y, x, "atan2").output(of: "atan2", from: y, x) { g, node in
        let distance = hypot(y, x)
        let safe = which(distance.equal(to: 0), 1, distance)
        let scaled = g / safe
        return InputGradients(
            node.needs(0) ? (scaled * (x / safe)).reduced(to: y.shape) : nil,
            node.needs(1) ? (-scaled * (y / safe)).reduced(to: x.shape) : nil)
    }
}
/// ``atan2(_:_:)-(Tensor,Tensor)`` with a number for `x`.
public func atan2(_ y: Tensor, _ x: some WeakScalar) -> Tensor { atan2(y, x.weakNumber.floating(beside: y)) }
/// ``atan2(_:_:)-(Tensor,Tensor)`` with a number for `y`.
public func atan2(_ y: some WeakScalar, _ x: Tensor) -> Tensor { atan2(y.weakNumber.floating(beside: x), x) }

/// `sqrt(x^2 + y^2)`, broadcast, of numbers of any size. The derivative at the origin is 0, as of ``Tensor/norm(_:axes:keepAxes:)``
/// (PyTorch's `torch.hypot` gives NaN).
public func hypot(_ x: Tensor, _ y: Tensor) -> Tensor {
    let (x, y) = Tensor.floatingOperands(x, y)
    return Tensor.zip(.hypot, x, y, "hypot").output(of: "hypot", from: x, y) { saved in
        { g, node in
            let result = node.relinked(saved)
            let safe = which(result.equal(to: 0), 1, result)
            return InputGradients(
                node.needs(0) ? (g * (x / safe)).reduced(to: x.shape) : nil,
                node.needs(1) ? (g * (y / safe)).reduced(to: y.shape) : nil)
        }
    }
}
/// ``hypot(_:_:)-(Tensor,Tensor)`` with a number for `y`.
public func hypot(_ x: Tensor, _ y: some WeakScalar) -> Tensor { hypot(x, y.weakNumber.floating(beside: x)) }
/// ``hypot(_:_:)-(Tensor,Tensor)`` with a number for `x`.
public func hypot(_ x: some WeakScalar, _ y: Tensor) -> Tensor { hypot(x.weakNumber.floating(beside: y), y) }

/// `sin(pi x) / (pi x)`, 1 at 0. PyTorch's and NumPy's `sinc`.
public func sinc(_ x: Tensor) -> Tensor {
    if x.dtype.isHalf { return x.composed { sinc($0) } }
    let x = x.converted(to: x.dtype.floating)
    let result = asOneOperation {
        let angle = x.detached * Double.pi
        return which(angle.equal(to: 0), 1, sin(angle) / angle)
    }
    return result.output(of: "sinc", from: x) { g, _ in InputGradients(g * sincSlope(x)) }
}

/// `(cos(pi x) - sinc(x)) / x`; near 0 the series of that.
private func sincSlope(_ x: Tensor) -> Tensor {
    let isNear = abs(x.detached).less(than: 0.3)
    let z = square(which(isNear, x, 0) * Double.pi)
    var series = 1 - z / 180
    for divisor in [130.0, 88, 54, 28, 10] { series = 1 - z / divisor * series }
    let far = which(isNear, 1, x)
    return which(isNear, x * series * (-Double.pi * Double.pi / 3), (cos(far * Double.pi) - sinc(far)) / far)
}

/// Degrees as radians, `x * pi / 180`. PyTorch's `torch.deg2rad`.
public func deg2rad(_ x: Tensor) -> Tensor { x * (Double.pi / 180) }
/// Radians as degrees, `x * 180 / pi`. PyTorch's `torch.rad2deg`.
public func rad2deg(_ x: Tensor) -> Tensor { x * (180 / Double.pi) }

extension Tensor {
    /// Both in their common type, which is a floating-point one.
    static func floatingOperands(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        let (a, b) = promoted(a, b)
        return (a.converted(to: a.dtype.floating), b.converted(to: b.dtype.floating))
    }
}

extension WeakNumber {
    /// This number as a scalar beside a tensor, as it is: not cut to the type of integers.
    func floating(beside tensor: Tensor) -> Tensor { Tensor.full([], self, dtype: tensor.dtype.floating) }
}
