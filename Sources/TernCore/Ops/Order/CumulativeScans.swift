extension Tensor {
    /// The sum of all elements up to each one along `axis`, computed in `float64` and then rounded. Of `bool` and integers
    /// it is an `int64`.
    /// PyTorch's `cumsum`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).cumulativeSum(axis: 0)   // [1, 3, 6]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: counted from the end if negative.
    ///   - type: the type of the result, to which elements are converted first.
    public func cumulativeSum(axis: Int, dtype type: DType? = nil) -> Tensor {
        let position = axisOrScalar(axis, "cumulativeSum")
        let source = converted(forSumsIn: type, "cumulativeSum")
        if rank == 0 { return source.asVector { $0.cumulativeSum(axis: 0, dtype: source.dtype) } }
        let result = source.copied()
        backend.accumulateSums(result, axis: position)
        return result.output(of: "cumulativeSum", from: source, attributes: ["axis": position]) { gradient, _ in
            InputGradients(gradient.flipped(axes: position).cumulativeSum(axis: position).flipped(axes: position))
        }
    }

    /// The product of all elements up to each one along `axis`, computed in `float64` and then rounded. Of `bool` and integers
    /// it is an `int64`, and wraps. The derivative is right for zeros too. PyTorch's `cumprod`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3, 4]).cumulativeProduct(axis: 0)   // [1, 2, 6, 24]
    /// ```
    ///
    /// - Parameters:
    ///   - axis: counted from the end if negative.
    ///   - type: the type of the result, to which elements are converted first.
    public func cumulativeProduct(axis: Int, dtype type: DType? = nil) -> Tensor {
        let position = axisOrScalar(axis, "cumulativeProduct")
        let source = converted(forSumsIn: type, "cumulativeProduct")
        if rank == 0 { return source.asVector { $0.cumulativeProduct(axis: 0, dtype: source.dtype) } }
        if source.dtype.isHalf { return source.widened { $0.cumulativeProduct(axis: position) } }
        if source.dtype.byteCount < 8, !source.dtype.isFloatingPoint {
            return source.converted(to: .int64).cumulativeProduct(axis: position).converted(to: source.dtype)
        }
        let result = Tensor(uninitialized: shape, dtype: source.dtype)
        backend.recurrence(source.packed, nil, axis: position, into: result)
        return result.output(of: "cumulativeProduct", from: source, attributes: ["axis": position]) { saved in
            { gradient, node in
                // The product of those before times what multiplies it behind.
                let before = node.relinked(saved).shiftedUp(axis: position, 1)
                return InputGradients(before * recurrenceFromEnd(source, gradient, axis: position))
            }
        }
    }

    /// The largest element up to each one along `axis`, and its index: the last one of equal ones, which gets the gradient.
    /// From a NaN on all are NaN. PyTorch's `cummax`.
    ///
    /// ```swift
    /// Tensor([1, 3, 2, 3]).cumulativeMax(axis: 0)   // values [1, 3, 3, 3], indices [0, 1, 1, 3]
    /// ```
    public func cumulativeMax(axis: Int) -> (values: Tensor, indices: Tensor) {
        cumulativeExtreme(axis, .max, "cumulativeMax")
    }

    /// The smallest element up to each one along `axis`, and its index: the last one of equal ones, which gets the gradient.
    /// From a NaN on all are NaN. PyTorch's `cummin`.
    public func cumulativeMin(axis: Int) -> (values: Tensor, indices: Tensor) {
        cumulativeExtreme(axis, .min, "cumulativeMin")
    }

    private func cumulativeExtreme(
        _ axis: Int, _ function: ReductionFunction, _ name: StaticString
    ) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "\(name)")
        if rank == 0 {
            let (values, indices) = reshaped([1]).cumulativeExtreme(0, function, name)
            return (values.reshaped([]), indices.reshaped([]))
        }
        var values: Tensor?
        let indices = alongRows(position, name) { rows in
            let (rowValues, rowIndices) = (
                Tensor(uninitialized: rows.shape, dtype: dtype), Tensor(uninitialized: rows.shape, dtype: .int64)
            )
            backend.runningExtreme(function, rows, into: rowValues, indices: rowIndices)
            values = rowValues.movingAxis(-1, to: position).contiguous()
            return rowIndices
        }.output(of: name, from: [self], attributes: ["axis": position])
        return (values!.asGathered(from: self, at: indices, axis: position), indices)
    }

    /// `log(exp(x[0]) + ... + exp(x[i]))` for each element along `axis`, without overflow and without loss where elements
    /// differ much. Of integers it is computed in `float32`. PyTorch's `logcumsumexp`.
    ///
    /// ```swift
    /// Tensor([0, 0, 0, 0]).logCumulativeSumExp(axis: 0)   // [0, log 2, log 3, log 4]
    /// ```
    public func logCumulativeSumExp(axis: Int) -> Tensor {
        if dtype.isHalf { return widened { $0.logCumulativeSumExp(axis: axis) } }
        let source = converted(to: dtype.floating)
        let position = axisOrScalar(axis, "logCumulativeSumExp")
        if rank == 0 { return source.asVector { $0.logCumulativeSumExp(axis: 0) } }
        // Sums are kept in units of the largest term so far; a larger one makes them smaller.
        let largest = source.detached.cumulativeMax(axis: position).values
        let before = largest.shiftedUp(axis: position, -.infinity)
        // An infinite largest term would give inf - inf.
        let zero = Tensor.zeros([], dtype: source.dtype)
        let (unit, unitBefore) = (
            which(largest.isFinite(), largest, zero), which(before.isFinite(), before, zero)
        )
        let scale = which(
            before.isFinite(), (unitBefore - unit).exp(), before.equal(to: largest).converted(to: source.dtype))
        let sum = linearRecurrence(scale, (source - unit).exp(), axis: position)
        let isZero = sum.equal(to: 0)
        return which(isZero, -Double.infinity, which(isZero, 1, sum).log() + unit)
    }

    /// The elements one place further along an axis, and `first` in front.
    fileprivate func shiftedUp(axis: Int, _ first: Double) -> Tensor {
        if shape[axis] == 0 { return self }
        var edge = shape
        edge[axis] = 1
        return concatenated(
            [Tensor.full(edge, first, dtype: dtype), sliced(from: 0, to: shape[axis] - 1, axis: axis)], axis: axis)
    }

    /// These elements of `source` at indices along an axis, as what ``gathered(_:axis:)`` gives.
    private func asGathered(from source: Tensor, at indices: Tensor, axis: Int) -> Tensor {
        let shape = source.shape
        return output(of: "gathered", from: source, indices, attributes: ["axis": axis]) { gradient, _ in
            let zeros = Tensor.zeros(shape, dtype: gradient.dtype)
            return InputGradients(zeros.scatterAdded(gradient, at: indices, axis: axis))
        }
    }
}

/// `y[i] = a[i] y[i - 1] + b[i]` along an axis, with `y[-1] = 0`, of `float32` or `float64`.
private func linearRecurrence(_ a: Tensor, _ b: Tensor, axis: Int) -> Tensor {
    let result = Tensor(uninitialized: b.shape, dtype: b.dtype)
    b.backend.recurrence(a.packed, b.packed, axis: axis, into: result)
    return result.output(of: "linearRecurrence", from: a, b, attributes: ["axis": axis]) { saved in
        { gradient, node in
            let total = recurrenceFromEnd(a, gradient, axis: axis)
            let before = node.needs(0) ? node.relinked(saved).shiftedUp(axis: axis, 0) : nil
            return InputGradients(before.map { $0 * total }, total)
        }
    }
}

/// `y[i] = a[i + 1] y[i + 1] + b[i]`.
private func recurrenceFromEnd(_ a: Tensor, _ b: Tensor, axis: Int) -> Tensor {
    linearRecurrence(a.flipped(axes: axis).shiftedUp(axis: axis, 0), b.flipped(axes: axis), axis: axis)
        .flipped(axes: axis)
}
