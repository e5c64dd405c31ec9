extension Tensor {
    /// Whether each element is infinite; `false` for integers.
    public func isInfinite() -> Tensor { TernCore.abs(detached).equal(to: .infinity) }
    /// Whether each element is infinity. PyTorch's `torch.isposinf`.
    public func isPositiveInfinity() -> Tensor { equal(to: .infinity) }
    /// Whether each element is minus infinity. PyTorch's `torch.isneginf`.
    public func isNegativeInfinity() -> Tensor { equal(to: -Double.infinity) }
}

/// Other numbers instead of NaN and infinities; the derivative there is 0. PyTorch's `torch.nan_to_num`.
///
/// ```swift
/// nanToNumber(Tensor([1, .nan, .infinity]), positiveInfinity: 9)   // [1, 0, 9]
/// ```
///
/// - Parameters:
///   - x: of any shape.
///   - nan: what stands for NaN.
///   - positiveInfinity: the largest number of the type if absent.
///   - negativeInfinity: the smallest one.
public func nanToNumber(
    _ x: Tensor, nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
) -> Tensor {
    if !x.dtype.isFloatingPoint { return x }
    let greatest = x.dtype.limits.greatest
    let result = which(x.isNaN(), nan, which(x.isPositiveInfinity(), positiveInfinity ?? greatest, x))
    return which(x.isNegativeInfinity(), negativeInfinity ?? -greatest, result)
}
