// Activations that are exactly 0, or 1, beyond a bound.

/// The distribution nearest to `x` along `axis`: like softmax, but small elements become exactly 0 (Martins and Astudillo, "From
/// softmax to sparsemax", 2016). Keras's `sparsemax`.
///
/// ```swift
/// sparsemax(Tensor([1, 0.5, -1]))   // [0.75, 0.25, 0]
/// ```
public func sparsemax(_ x: Tensor, axis: Int = -1) -> Tensor {
    if !x.dtype.isFloatingPoint { mistake("sparsemax", "expects floating-point numbers, got \(x.dtype)") }
    let position = x.axisOrScalar(axis, "sparsemax")
    if x.rank == 0 { return x.asVector { sparsemax($0) } }
    return x.composed { x in
        // Which elements stay: the k-th largest does as long as it is above the threshold that the k largest have.
        let sorted = x.detached.sorted(axis: position, descending: true).values
        var shape = Shape(Array(repeating: 1, count: x.rank))
        shape[position] = x.shape[position]
        let number = Tensor.arange(1, x.shape[position] + 1).converted(to: x.dtype).reshaped(shape)
        let fits = (sorted * number + 1).greater(than: sorted.cumulativeSum(axis: position))
        let stays = x.detached.greaterOrEqual(which(fits, sorted, .infinity).min(axes: position, keepAxes: true))
        let count = stays.sum(axes: position, keepAxes: true).converted(to: x.dtype)
        let threshold = (which(stays, x, 0).sum(axes: position, keepAxes: true) - 1) / count
        return which(stays, x - threshold, 0)
    }
}

/// `(x + sqrt(x^2 + b)) / 2`, a softplus without exponentials (Barron, "Squareplus", 2021). Keras's `squareplus`.
public func squareplus(_ x: Tensor, b: Double = 4) -> Tensor {
    x.converted(to: x.dtype.floating).composed { ($0 + sqrt(square($0) + b)) * 0.5 }
}

/// 0 up to -1, `x` from 1 on, and `(x + 1)^2 / 4` between. Keras's `sparse_plus`.
public func sparsePlus(_ x: Tensor) -> Tensor {
    x.converted(to: x.dtype.floating).composed { x in
        which(x.greaterOrEqual(1), x, square(clamp(x, min: -1, max: 1) + 1) * 0.25)
    }
}

/// 0 up to -1, 1 from 1 on, and `(x + 1) / 2` between: the derivative of ``sparsePlus(_:)``. Keras's `sparse_sigmoid`.
public func sparseSigmoid(_ x: Tensor) -> Tensor {
    x.converted(to: x.dtype.floating).composed { (clamp($0, min: -1, max: 1) + 1) * 0.5 }
}
