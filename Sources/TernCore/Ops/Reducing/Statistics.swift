extension Tensor {
    /// The number of elements that are not 0 over `axes`, or over all; NaN is not. An `int64`. PyTorch's `count_nonzero`.
    ///
    /// ```swift
    /// Tensor([[0, 2], [3, 0], [0, 1]]).countNonZero(axes: 0)   // [1, 2]
    /// ```
    public func countNonZero(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        converted(to: .bool).sum(axes: axes, keepAxes: keepAxes)
    }

    /// The smallest and the largest element over `axes`, or over all; NaN if there is one. PyTorch's `aminmax`.
    public func minMax(axes: (any Axes)? = nil, keepAxes: Bool = false) -> (min: Tensor, max: Tensor) {
        (min(axes: axes, keepAxes: keepAxes), max(axes: axes, keepAxes: keepAxes))
    }

    /// The ``variance(axes:keepAxes:correction:)`` and the mean over `axes`, or over all. PyTorch's `var_mean`.
    public func varianceAndMean(
        axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1
    ) -> (variance: Tensor, mean: Tensor) {
        (
            variance(axes: axes, keepAxes: keepAxes, correction: correction), mean(axes: axes, keepAxes: keepAxes)
        )
    }

    /// The ``standardDeviation(axes:keepAxes:correction:)`` and the mean over `axes`, or over all. PyTorch's `std_mean`.
    public func standardDeviationAndMean(
        axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1
    ) -> (standardDeviation: Tensor, mean: Tensor) {
        (
            standardDeviation(axes: axes, keepAxes: keepAxes, correction: correction),
            mean(axes: axes, keepAxes: keepAxes)
        )
    }

    /// The covariances of variables, of which each row is one and each column an observation of all:
    /// `sum w (x_i - mean_i) (x_j - mean_j) / normalization`. PyTorch's and NumPy's `cov`.
    ///
    /// ```swift
    /// Tensor([[0, 2], [1, 0]]).covariance()   // [[2, -1], [-1, 0.5]]
    /// ```
    ///
    /// - Parameters:
    ///   - correction: what the number of observations (the sum of `frequencies`) is lessened by.
    ///   - frequencies: how often each observation was made; integers. PyTorch's `fweights`.
    ///   - weights: how much each observation counts. PyTorch's `aweights`.
    /// - Returns: [V, V] of a tensor of shape [V, N] (`V` variables, `N` observations); a scalar of one of shape [N] or [].
    public func covariance(correction: Int = 1, frequencies: Tensor? = nil, weights: Tensor? = nil) -> Tensor {
        if rank > 2 { mistake("covariance", "expects at most two axes, got shape \(shape)") }
        if dtype.isHalf {
            return widened { $0.covariance(correction: correction, frequencies: frequencies, weights: weights) }
        }
        let x = converted(to: dtype.floating).reshaped(rank == 2 ? shape : [1, count])
        let observations = x.shape[1]
        for (name, vector) in [("frequencies", frequencies), ("weights", weights)] {
            if let vector, vector.shape != [observations] {
                mistake("covariance", "expects \(name) of shape [\(observations)], got \(vector.shape)")
            }
        }
        if let frequencies, frequencies.dtype.isFloatingPoint {
            mistake("covariance", "expects frequencies that are integers, got \(frequencies.dtype)")
        }
        var w: Tensor?
        for vector in [frequencies, weights] {
            guard let part = vector?.converted(to: x.dtype) else { continue }
            w = w.map { $0 * part } ?? part
        }
        let centred: Tensor
        let normalization: Tensor
        if let w {
            let total = w.sum()
            centred = x - (x * w).sum(axes: 1, keepAxes: true) / total
            // Of weights the correction is lessened as if all observations weighed their mean.
            let squares = weights.map { (w * $0.converted(to: x.dtype)).sum() / total }
            normalization = total - (squares.map { $0 * correction } ?? Tensor(Double(correction), dtype: x.dtype))
        } else {
            centred = x - x.mean(axes: 1, keepAxes: true)
            normalization = Tensor(Double(observations) - Double(correction), dtype: x.dtype)
        }
        let product = matmul(w.map { centred * $0 } ?? centred, centred.T)
        let result = product / which(normalization.greater(than: 0), normalization, 0)
        return rank == 2 ? result : result.reshaped([])
    }

    /// The correlations of variables: ``covariance(correction:frequencies:weights:)`` divided by both standard deviations, in
    /// -1...1. PyTorch's and NumPy's `corrcoef`.
    public func correlation() -> Tensor {
        if rank > 2 { mistake("correlation", "expects at most two axes, got shape \(shape)") }
        if dtype.isHalf { return widened { $0.correlation() } }
        let covariance = covariance()
        if covariance.rank == 0 { return covariance / covariance }
        let deviations = TernCore.sqrt(covariance.diagonal())
        return TernCore.clamp(covariance / deviations.unsqueezed(axes: 1) / deviations, min: -1, max: 1)
    }

    /// Each slice along `axis` whose p-norm is larger than `maximum`, scaled to that norm. PyTorch's `renorm`.
    ///
    /// ```swift
    /// Tensor([[3, 4], [0.3, 0.4]]).renormalized(axis: 0, maximum: 1)   // [[0.6, 0.8], [0.3, 0.4]]
    /// ```
    public func renormalized(_ p: Double = 2, axis: Int, maximum: Double) -> Tensor {
        let position = self.axis(axis, "renormalized")
        if !(maximum >= 0) { mistake("renormalized", "expects a maximum of at least 0, got \(maximum)") }
        if dtype.isHalf { return widened { $0.renormalized(p, axis: axis, maximum: maximum) } }
        let source = converted(to: dtype.floating)
        let others = (0..<rank).filter { $0 != position }
        let norms = others.isEmpty ? TernCore.abs(source) : source.norm(p, axes: others, keepAxes: true)
        // PyTorch's small number against a norm of 0.
        return source * which(norms.greater(than: maximum), maximum / (norms + 1e-7), 1)
    }

    /// Differences of neighbours along `axis`, `n` times over: `x[i + 1] - x[i]`. Of `bool`, whether they differ. PyTorch's and
    /// NumPy's `diff`.
    ///
    /// ```swift
    /// Tensor([1, 4, 9, 16]).diff()       // [3, 5, 7]
    /// Tensor([1, 4, 9, 16]).diff(n: 2)   // [2, 2]
    /// ```
    ///
    /// - Parameters:
    ///   - n: how many times; the size of the axis lessens by one each time, down to 0.
    ///   - axis: counted from the end if negative.
    ///   - prepend: what is joined along the axis first.
    ///   - append: what is joined along the axis first.
    public func diff(n: Int = 1, axis: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor {
        let position = self.axis(axis, "diff")
        if n < 0 { mistake("diff", "expects an n that is not negative, got \(n)") }
        var x = self
        if prepend != nil || append != nil {
            x = concatenated([prepend, self, append].compactMap { $0 }, axis: position)
        }
        for _ in 0..<Swift.min(n, x.shape[position]) {
            let size = x.shape[position]
            if size == 0 { break }
            let upper = x.sliced(from: 1, to: size, axis: position)
            let lower = x.sliced(from: 0, to: size - 1, axis: position)
            x = x.dtype == .bool ? upper.logicalXor(lower) : upper - lower
        }
        return x
    }
}

/// The integral of samples along `axis` by the trapezoidal rule: the sum of `spacing (y[i] + y[i + 1]) / 2`. PyTorch's
/// `trapezoid`, NumPy's `trapz`.
///
/// ```swift
/// trapezoid(Tensor([1, 2, 4]))               // 4.5
/// trapezoid(Tensor([1, 2, 4]), spacing: 2)   // 9.0
/// ```
public func trapezoid(_ y: Tensor, spacing: Double = 1, axis: Int = -1) -> Tensor {
    trapezoids(y, at: nil, axis, "trapezoid") { $0.sum(axes: $1) * spacing }
}

/// The integral of samples at places `x`: a vector, or of a shape that broadcasts to that of `y`.
public func trapezoid(_ y: Tensor, _ x: Tensor, axis: Int = -1) -> Tensor {
    trapezoids(y, at: x, axis, "trapezoid") { $0.sum(axes: $1) }
}

/// The integrals up to each sample but the first along `axis`: see ``trapezoid(_:spacing:axis:)``. PyTorch's
/// `cumulative_trapezoid`.
///
/// ```swift
/// cumulativeTrapezoid(Tensor([1, 2, 4]))   // [1.5, 4.5]
/// ```
public func cumulativeTrapezoid(_ y: Tensor, spacing: Double = 1, axis: Int = -1) -> Tensor {
    trapezoids(y, at: nil, axis, "cumulativeTrapezoid") { $0.cumulativeSum(axis: $1) * spacing }
}

/// The integrals up to each sample but the first, of samples at places `x`: see ``trapezoid(_:_:axis:)``.
public func cumulativeTrapezoid(_ y: Tensor, _ x: Tensor, axis: Int = -1) -> Tensor {
    trapezoids(y, at: x, axis, "cumulativeTrapezoid") { $0.cumulativeSum(axis: $1) }
}

/// What `total` makes of the areas between neighbouring samples.
private func trapezoids(
    _ y: Tensor, at x: Tensor?, _ axis: Int, _ name: StaticString, _ total: (_ areas: Tensor, _ axis: Int) -> Tensor
) -> Tensor {
    let position = y.axis(axis, "\(name)")
    if y.dtype.isHalf { return y.widened { trapezoids($0, at: x, axis, name, total) } }
    let y = y.converted(to: y.dtype.floating)
    let size = y.shape[position]
    let means =
        (y.sliced(from: Swift.min(1, size), to: size, axis: position)
            + y.sliced(from: 0, to: Swift.max(0, size - 1), axis: position)) / 2
    return total(x.map { means * spacings($0, y, position, name) } ?? means, position)
}

private func spacings(_ x: Tensor, _ y: Tensor, _ axis: Int, _ name: StaticString) -> Tensor {
    if x.rank == 1 {
        if x.count != y.shape[axis] {
            mistake("\(name)", "expects \(y.shape[axis]) places for shape \(y.shape), got \(x.count)")
        }
        var shape = Shape(repeating: 1, count: y.rank)
        shape[axis] = Swift.max(0, x.count - 1)
        return x.diff().reshaped(shape)
    }
    if x.shape.broadcast(with: y.shape) != y.shape || x.rank != y.rank {
        mistake("\(name)", "expects places that broadcast to shape \(y.shape), got \(x.shape)")
    }
    return x.expanded(to: y.shape).diff(axis: axis)
}
