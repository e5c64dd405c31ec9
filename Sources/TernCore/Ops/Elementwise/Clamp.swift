/// Elements below `low` become `low` and those above `high` become `high`, which wins if it is below `low`; NaN stays, and a
/// bound of NaN makes all NaN. The gradient passes at the bounds. PyTorch's `torch.clamp`.
///
/// ```swift
/// clamp(Tensor([-1, 0.5, 3]), min: 0, max: 1)               // [0, 0.5, 1]
/// clamp(Tensor([0, 1, 2], dtype: .int64), min: 1)           // [1, 1, 2], int64
/// clamp(Tensor([0, 1, 2], dtype: .int64), min: 0.5)         // [0.5, 1, 2], float32
/// ```
public func clamp(_ x: Tensor, min low: some WeakScalar, max high: some WeakScalar) -> Tensor {
    clamp(x, low.weakNumber, high.weakNumber)
}
/// Elements below `low` become `low`.
public func clamp(_ x: Tensor, min low: some WeakScalar) -> Tensor { clamp(x, low.weakNumber, nil) }
/// Elements above `high` become `high`.
public func clamp(_ x: Tensor, max high: some WeakScalar) -> Tensor { clamp(x, nil, high.weakNumber) }
// With a type, so that `.infinity` can be written.
/// Elements below `low` become `low` and those above `high` become `high`, both of which have no bound unless given.
public func clamp(_ x: Tensor, min low: Double = -.infinity, max high: Double = .infinity) -> Tensor {
    clamp(x, low.weakNumber, high.weakNumber)
}

/// Elements between those of two tensors, all three broadcast: `min(max(x, low), high)`. A bound gets the gradient of the
/// elements that it took the place of. PyTorch's `torch.clamp`.
///
/// ```swift
/// clamp(Tensor([-1, 0.5, 3]), min: Tensor([0, 1, 2]), max: Tensor([2]))   // [0, 1, 2]
/// ```
public func clamp(_ x: Tensor, min low: Tensor, max high: Tensor) -> Tensor { clamp(x, low, high) }
/// The larger one of each element and that of `low`, broadcast.
public func clamp(_ x: Tensor, min low: Tensor) -> Tensor { clamp(x, low, nil) }
/// The smaller one of each element and that of `high`, broadcast.
public func clamp(_ x: Tensor, max high: Tensor) -> Tensor { clamp(x, nil, high) }

private func clamp(_ x: Tensor, _ low: Tensor?, _ high: Tensor?) -> Tensor {
    var dtype = x.dtype
    for case let bound? in [low, high] { dtype = dtype.promoted(with: bound.dtype) }
    let (x, low, high) = (x.converted(to: dtype), low?.converted(to: dtype), high?.converted(to: dtype))
    var result = x
    if let low { result = Tensor.zip(.maximum, result.detached, low, "clamp") }
    if let high { result = Tensor.zip(.minimum, result.detached, high, "clamp") }
    // Without a bound, `x` stands for it.
    return result.output(of: "clamp", from: x, low ?? x, high ?? x) { gradient, node in
        func passed(where condition: Tensor, to operand: Tensor) -> Tensor {
            which(condition, gradient, Tensor.zeros([], dtype: gradient.dtype)).reduced(to: operand.shape)
        }
        var inside = x.equal(to: x)
        if let low { inside = inside.logicalAnd(x.greaterOrEqual(low)) }
        if let high { inside = inside.logicalAnd(x.lessOrEqual(high)) }
        var (gradientLow, gradientHigh): (Tensor?, Tensor?)
        if let low, node.needs(1) {
            let below = x.less(than: low)
            gradientLow = passed(where: high.map { below.logicalAnd(low.less(than: $0)) } ?? below, to: low)
        }
        if let high, node.needs(2) {
            let above = x.greater(than: high)
            gradientHigh = passed(where: low.map { above.logicalOr($0.greater(than: high)) } ?? above, to: high)
        }
        return InputGradients(node.needs(0) ? passed(where: inside, to: x) : nil, gradientLow, gradientHigh)
    }
}

private func clamp(_ x: Tensor, _ low: WeakNumber?, _ high: WeakNumber?) -> Tensor {
    if !x.dtype.isFloatingPoint, let range = x.integerBounds(low, high) {
        let x = x.dtype == .bool ? x.converted(to: .int64) : x
        func bound(_ value: Int64) -> Tensor { Tensor.full([], value, dtype: x.dtype) }
        return minimum(maximum(x, bound(range.low)), bound(range.high))
    }
    let x = x.converted(to: x.dtype.floating)
    // As the tensor's type has them.
    let low = low?.tensor(beside: x.dtype).item() ?? -.infinity
    let high = high?.tensor(beside: x.dtype).item() ?? .infinity
    let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
    if low.isNaN || high.isNaN { result.fill(Double.nan) } else { x.backend.clamp(x, low, high, into: result) }
    return result.output(of: "clamp", from: x, attributes: ["min": low, "max": high]) { gradient, _ in
        let inside = x.greaterOrEqual(low).logicalAnd(x.lessOrEqual(high))
        return InputGradients(which(inside, gradient, Tensor.zeros([], dtype: gradient.dtype)))
    }
}

extension Tensor {
    /// Bounds that are integers, as near as the type (`int64` for `bool`) has them; `nil` if one is not an integer.
    fileprivate func integerBounds(_ low: WeakNumber?, _ high: WeakNumber?) -> (low: Int64, high: Int64)? {
        let range = dtype == .bool ? DType.int64.integers! : dtype.integers!
        func nearest(_ bound: WeakNumber?, _ absent: Int64) -> Int64? {
            switch bound {
            case .integer(let value)?: value.clamped(to: range)
            case .real?: nil
            case nil: absent
            }
        }
        guard let low = nearest(low, range.lowerBound), let high = nearest(high, range.upperBound) else { return nil }
        return (low, high)
    }
}
