/// The regularized lower incomplete gamma function, broadcast: the distribution function at `x` of a gamma distribution of
/// shape `a`. PyTorch's `torch.special.gammainc`, also `torch.igamma`.
///
///     P(a, x) = 1 / gamma(a) * integral from 0 to x of t^(a - 1) e^-t
///
/// NaN where either is negative. There is a derivative with respect to `x` alone, as in PyTorch.
///
/// ```swift
/// igamma(Tensor([1, 2]), Tensor([1, 1]))   // [0.6321, 0.2642]
/// ```
public func igamma(_ a: Tensor, _ x: Tensor) -> Tensor { incompleteGamma(a, x, .igamma, "igamma", 1) }
/// ``igamma(_:_:)-(Tensor,Tensor)`` at a number.
public func igamma(_ a: Tensor, _ x: some WeakScalar) -> Tensor { igamma(a, x.weakNumber.floating(beside: a)) }
/// ``igamma(_:_:)-(Tensor,Tensor)`` of a number.
public func igamma(_ a: some WeakScalar, _ x: Tensor) -> Tensor { igamma(a.weakNumber.floating(beside: x), x) }

/// The regularized upper incomplete gamma function, `1 - P(a, x)` of ``igamma(_:_:)-(Tensor,Tensor)`` with the digits
/// of small values. PyTorch's `torch.special.gammaincc`, also `torch.igammac`.
public func igammac(_ a: Tensor, _ x: Tensor) -> Tensor { incompleteGamma(a, x, .igammac, "igammac", -1) }
/// ``igammac(_:_:)-(Tensor,Tensor)`` at a number.
public func igammac(_ a: Tensor, _ x: some WeakScalar) -> Tensor { igammac(a, x.weakNumber.floating(beside: a)) }
/// ``igammac(_:_:)-(Tensor,Tensor)`` of a number.
public func igammac(_ a: some WeakScalar, _ x: Tensor) -> Tensor { igammac(a.weakNumber.floating(beside: x), x) }

private func incompleteGamma(
    _ a: Tensor, _ x: Tensor, _ kernel: BinaryFunction, _ name: StaticString, _ sign: Double
) -> Tensor {
    let (a, x) = Tensor.floatingOperands(a, x)
    return Tensor.zip(kernel, a, x, name).output(of: name, from: a, x) { g, node in
        if node.needs(0) { mistake("\(name)", "has no derivative with respect to a, but a requires gradients") }
        // Halves have no room for the terms of the exponent.
        let (wideA, wideX) = (a.converted(to: a.dtype.accumulator), x.converted(to: a.dtype.accumulator))
        let density = exp((wideA - 1) * log(wideX) - wideX - lgamma(wideA))
        return InputGradients(nil, (g * density.converted(to: a.dtype) * sign).reduced(to: x.shape))
    }
}
