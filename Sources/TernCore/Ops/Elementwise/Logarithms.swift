// Exponentials and logarithms to other bases, and products with logarithms. Integers are computed on as `float32`.

private let ln2 = 0.6931471805599453

/// The binary logarithm, exact for powers of two.
public func log2(_ x: Tensor) -> Tensor { transcendental(x, "log2", .log2) { g, x in g / (x * ln2) } }
/// The decimal logarithm.
public func log10(_ x: Tensor) -> Tensor {
    transcendental(x, "log10", .log10) { g, x in g / (x * 2.302585092994046) }
}
/// `2^x`, exact for whole numbers.
public func exp2(_ x: consuming Tensor) -> Tensor { unaryByOutput(x, "exp2", .exp2) { g, y in g * y * ln2 } }

/// `log(e^a + e^b)` without overflow, broadcast. PyTorch's `torch.logaddexp`.
public func logAddExp(_ a: Tensor, _ b: Tensor) -> Tensor { logAdd(a, b, 1, .logAddExp, "logAddExp") }
/// ``logAddExp(_:_:)-(Tensor,Tensor)`` with a number.
public func logAddExp(_ a: Tensor, _ b: some WeakScalar) -> Tensor {
    logAddExp(a, b.weakNumber.floating(beside: a))
}
/// ``logAddExp(_:_:)-(Tensor,Tensor)`` of a number.
public func logAddExp(_ a: some WeakScalar, _ b: Tensor) -> Tensor {
    logAddExp(a.weakNumber.floating(beside: b), b)
}

/// `log2(2^a + 2^b)` without overflow, broadcast. PyTorch's `torch.logaddexp2`.
public func logAddExp2(_ a: Tensor, _ b: Tensor) -> Tensor { logAdd(a, b, ln2, .logAddExp2, "logAddExp2") }
/// ``logAddExp2(_:_:)-(Tensor,Tensor)`` with a number.
public func logAddExp2(_ a: Tensor, _ b: some WeakScalar) -> Tensor {
    logAddExp2(a, b.weakNumber.floating(beside: a))
}
/// ``logAddExp2(_:_:)-(Tensor,Tensor)`` of a number.
public func logAddExp2(_ a: some WeakScalar, _ b: Tensor) -> Tensor {
    logAddExp2(a.weakNumber.floating(beside: b), b)
}

private func logAdd(
    _ a: Tensor, _ b: Tensor, _ logOfBase: Double, _ kernel: BinaryFunction, _ name: StaticString
) -> Tensor {
    let (a, b) = Tensor.floatingOperands(a, b)
    return Tensor.zip(kernel, a, b, name).output(of: name, from: a, b) { g, node in
        let distance = (a - b) * logOfBase
        return InputGradients(
            node.needs(0) ? (g * sigmoid(distance)).reduced(to: a.shape) : nil,
            node.needs(1) ? (g * sigmoid(-distance)).reduced(to: b.shape) : nil)
    }
}

/// `x * log(y)`, broadcast; 0 where `x` is 0, unless `y` is NaN. PyTorch's `torch.xlogy`.
public func xlogy(_ x: Tensor, _ y: Tensor) -> Tensor {
    let (x, y) = Tensor.floatingOperands(x, y)
    return Tensor.zip(.xlogy, x, y, "xlogy").output(of: "xlogy", from: x, y) { g, node in
        InputGradients(
            node.needs(0) ? (g * log(which(isZero(x, y, beyond: 0), 1, y))).reduced(to: x.shape) : nil,
            node.needs(1) ? (g * x / y).reduced(to: y.shape) : nil)
    }
}
/// ``xlogy(_:_:)-(Tensor,Tensor)`` with a number for `y`.
public func xlogy(_ x: Tensor, _ y: some WeakScalar) -> Tensor { xlogy(x, y.weakNumber.floating(beside: x)) }
/// ``xlogy(_:_:)-(Tensor,Tensor)`` with a number for `x`.
public func xlogy(_ x: some WeakScalar, _ y: Tensor) -> Tensor { xlogy(x.weakNumber.floating(beside: y), y) }

/// `x * log(1 + y)`, broadcast; 0 where `x` is 0, unless `y` is NaN. PyTorch's `torch.special.xlog1py`.
public func xlog1py(_ x: Tensor, _ y: Tensor) -> Tensor {
    let (x, y) = Tensor.floatingOperands(x, y)
    return Tensor.zip(.xlog1py, x, y, "xlog1py").output(of: "xlog1py", from: x, y) { g, node in
        InputGradients(
            node.needs(0) ? (g * log1p(which(isZero(x, y, beyond: -1), 0, y))).reduced(to: x.shape) : nil,
            node.needs(1) ? (g * x / (y + 1)).reduced(to: y.shape) : nil)
    }
}
/// ``xlog1py(_:_:)-(Tensor,Tensor)`` with a number for `y`.
public func xlog1py(_ x: Tensor, _ y: some WeakScalar) -> Tensor { xlog1py(x, y.weakNumber.floating(beside: x)) }
/// ``xlog1py(_:_:)-(Tensor,Tensor)`` with a number for `x`.
public func xlog1py(_ x: some WeakScalar, _ y: Tensor) -> Tensor { xlog1py(x.weakNumber.floating(beside: y), y) }

/// Where a product with a logarithm is 0 although the logarithm is not finite: there the derivative is 0, too.
private func isZero(_ x: Tensor, _ y: Tensor, beyond end: Double) -> Tensor {
    x.equal(to: 0).logicalAnd(y.lessOrEqual(end))
}

/// `log(x / (1 - x))`, the inverse of ``sigmoid(_:)``; NaN outside of 0...1. PyTorch's `torch.logit`.
///
/// - Parameters:
///   - x: numbers in 0...1.
///   - epsilon: if given, `x` is first brought into `epsilon...1 - epsilon`; the derivative is 0 where that moves it.
public func logit(_ x: Tensor, epsilon: Double? = nil) -> Tensor {
    if x.dtype.isHalf { return x.composed { logit($0, epsilon: epsilon) } }
    if let epsilon { return logit(clamp(x, min: epsilon, max: 1 - epsilon)) }
    let x = x.converted(to: x.dtype.floating)
    let result = asOneOperation { log(x.detached / (1 - x.detached)) }
    return result.output(of: "logit", from: x) { g, _ in
        let isOutside = x.less(than: 0).logicalOr(x.greater(than: 1))
        return InputGradients(which(isOutside, .nan, g / x + g / (1 - x)))
    }
}

/// `-x * log(x)`, the terms of an entropy: 0 at 0, -inf below. PyTorch's `torch.special.entr`.
public func entr(_ x: Tensor) -> Tensor {
    if x.dtype.isHalf { return x.composed { entr($0) } }
    let x = x.converted(to: x.dtype.floating)
    let result = asOneOperation { which(x.detached.less(than: 0), -Double.infinity, -xlogy(x.detached, x.detached)) }
    return result.output(of: "entr", from: x) { g, _ in InputGradients(g * (-1 - log(x))) }
}
