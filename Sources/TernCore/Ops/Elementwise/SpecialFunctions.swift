import Foundation

// Functions about the normal distribution and the gamma function. Integers are computed on as `float32`.

/// `1 - erf(x)`, accurate where that is near 0.
public func erfc(_ x: Tensor) -> Tensor {
    transcendental(x, "erfc", .erfc) { g, x in g * exp(-square(x)) * -1.1283791670955126 }
}
/// The inverse of ``erf(_:)``: infinite at 1 and NaN beyond.
public func erfinv(_ x: consuming Tensor) -> Tensor {
    unaryByOutput(x, "erfinv", .erfinv) { g, y in g * exp(square(y)) * 0.886226925452758 }
}
/// The distribution function of the standard normal distribution. PyTorch's `torch.special.ndtr`.
public func ndtr(_ x: Tensor) -> Tensor {
    x.composed { erfc($0 * -0.7071067811865476) * 0.5 }
}

/// The logarithm of the gamma function's absolute value; infinite at 0 and below at integers. PyTorch's `torch.lgamma`.
public func lgamma(_ x: Tensor) -> Tensor { transcendental(x, "lgamma", .lgamma) { g, x in g * digamma(x) } }
/// The derivative of ``lgamma(_:)``. PyTorch's `torch.digamma`.
public func digamma(_ x: Tensor) -> Tensor {
    transcendental(x, "digamma", .digamma) { g, x in g * polygamma(1, x) }
}
/// The `order`-th derivative of ``digamma(_:)``, at least the 0th. PyTorch's `torch.polygamma`.
public func polygamma(_ order: Int, _ x: Tensor) -> Tensor {
    if order < 0 { mistake("polygamma", "expects an order of at least 0, got \(order)") }
    if order == 0 { return digamma(x) }
    if x.dtype.isHalf { return x.composed { polygamma(order, $0) } }
    let x = x.converted(to: x.dtype.floating)
    // (-1)^(n + 1) n! zeta(n + 1, x)
    let factorial: Double = tgamma(Double(order) + 1)
    let factor = order % 2 == 0 ? -factorial : factorial
    let result = asOneOperation { zeta(Double(order) + 1, x.detached) * factor }
    return result.output(of: "polygamma", from: x, attributes: ["order": order]) { g, _ in
        InputGradients(g * polygamma(order &+ 1, x))
    }
}
/// Hurwitz's zeta function, the sum of `(q + k)^-s` over the integers `k >= 0`, for `s > 1`; NaN for smaller ones, and for
/// negative `q` unless `s` is an integer. PyTorch's `torch.special.zeta`.
public func zeta(_ s: Double, _ q: Tensor) -> Tensor {
    let q = q.converted(to: q.dtype.floating)
    let result = Tensor.zip(.zeta, Tensor.full([], s, dtype: q.dtype), q, "zeta")
    return result.output(of: "zeta", from: q, attributes: ["s": s]) { g, _ in InputGradients(g * zeta(s + 1, q) * -s) }
}
/// The logarithm of the multivariate gamma function of dimension `p`, `p (p - 1) / 4 log(pi) + sum of lgamma(x - i / 2)` over
/// `i` in `0..<p`. PyTorch's `torch.mvlgamma`.
public func mvlgamma(_ x: Tensor, _ p: Int) -> Tensor {
    if !(1...1000).contains(p) { mistake("mvlgamma", "expects a dimension in 1...1000, got \(p)") }
    let logPi = 1.1447298858494002
    let constant = Double(p) * Double(p - 1) / 4 * logPi
    return x.composed { x in
        (1..<p).reduce(lgamma(x) + constant) { $0 + lgamma(x - Double($1) / 2) }
    }
}
