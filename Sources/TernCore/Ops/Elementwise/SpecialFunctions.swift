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

/// The inverse of ``ndtr(_:)``, the quantiles of the standard normal distribution: infinite at 0 and 1 and NaN beyond.
/// PyTorch's `torch.special.ndtri`.
public func ndtri(_ p: Tensor) -> Tensor {
    // The derivative would have the rounding of a half many times.
    p.composed {
        unaryByOutput($0, "ndtri", .ndtri) { g, y in g * exp(square(y) * 0.5) * 2.5066282746310002 }
    }
}
/// `e^(x^2)` times ``erfc(_:)``, which does not vanish for large `x`. PyTorch's `torch.special.erfcx`.
public func erfcx(_ x: Tensor) -> Tensor {
    transcendental(x, "erfcx", .erfcx) { g, x in g * (x * erfcx(x) * 2 - 1.1283791670955126) }
}
/// The logarithm of ``ndtr(_:)``, which keeps its digits where that vanishes. PyTorch's `torch.special.log_ndtr`.
public func logNdtr(_ x: Tensor) -> Tensor {
    if x.dtype.isHalf { return x.composed { logNdtr($0) } }
    let x = x.converted(to: x.dtype.floating)
    let result = asOneOperation {
        let scaled = x.detached * 0.7071067811865476
        let tail = log(erfcx(-scaled) * 0.5) - square(scaled)
        return which(x.less(than: -1), tail, log1p(erfc(scaled) * -0.5))
    }
    return result.output(of: "logNdtr", from: x) { g, _ in InputGradients(g * densityByDistribution(x)) }
}
/// The density of the standard normal distribution divided by its distribution function, the derivative of ``logNdtr(_:)``.
private func densityByDistribution(_ x: Tensor) -> Tensor {
    let result = asOneOperation {
        let x = x.detached
        let near = exp(square(x) * -0.5) * 0.3989422804014327 / ndtr(x)
        return which(x.less(than: -1), 0.7978845608028654 / erfcx(x * -0.7071067811865476), near)
    }
    return result.output(of: "logNdtrBackward", from: x) { saved in
        { g, node in
            let y = node.relinked(saved)
            return InputGradients(-(g * y * (x + y)))
        }
    }
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
