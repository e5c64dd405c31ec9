// Writing to places that indices name, element by element and slice by slice. What meets at one place is taken in the order
// of the indices, so the result does not depend on threads.

extension Tensor {
    /// A copy with each element of `source` written at its index: `result[indices[i, j], j] = source[i, j]` for axis 0, and
    /// alike for the others. Of several elements at one place the last one stays, and has the gradient. PyTorch's `scatter`,
    /// which leaves open which one stays; NumPy's `put_along_axis`.
    ///
    /// ```swift
    /// Tensor.zeros([2, 3]).scattered(Tensor([[5], [6]]), at: Tensor([[2], [0]], dtype: .int64), axis: 1)
    /// // [[0, 0, 5], [6, 0, 0]]
    /// ```
    ///
    /// - Parameters:
    ///   - source: of the indices' shape or broadcast to it; of larger sizes only the first elements are used.
    ///   - indices: as in ``gathered(_:axis:)``.
    ///   - axis: counted from the end if negative.
    public func scattered(_ source: Tensor, at indices: Tensor, axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "scattered")
        checkElementIndices(indices, position, "scattered")
        if rank == 0 { return asVector { $0.scattered(source, at: indices.reshaped([1]), axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "scattered")
        var result = self
        result.scatterSet(source.matching(places.shape, self, "scattered"), at: places, axis: position, indices)
        return result
    }

    /// A copy with `value` at all indices.
    public func scattered(_ value: some WeakScalar, at indices: Tensor, axis: Int) -> Tensor {
        scattered(Tensor.full([], value.weakNumber, dtype: dtype), at: indices, axis: axis)
    }

    /// A copy with each element of `source` added at its index: `result[indices[i, j], j] += source[i, j]` for axis 0, and
    /// alike for the others. PyTorch's `scatter_add`.
    ///
    /// - Parameters:
    ///   - source: of the indices' shape or broadcast to it; of larger sizes only the first elements are used.
    ///   - indices: as in ``gathered(_:axis:)``; an index may occur more than once.
    ///   - axis: counted from the end if negative.
    public func scatterAdded(_ source: Tensor, at indices: Tensor, axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "scatterAdded")
        if dtype == .bool { mistake("scatterAdded", "is not defined for bool") }
        checkElementIndices(indices, position, "scatterAdded")
        if rank == 0 { return asVector { $0.scatterAdded(source, at: indices.reshaped([1]), axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "scatterAdded")
        var result = self
        result.scatterAdd(source.matching(places.shape, self, "scatterAdded"), at: places, axis: position, indices)
        return result
    }

    /// A copy with the elements of `source` taken in at their indices: what stood there and all that goes there becomes
    /// one number. PyTorch's `scatter_reduce`.
    ///
    /// ```swift
    /// let indices = Tensor([0, 0, 2], dtype: .int64)
    /// Tensor([4, 5, 6]).scatterReduced(Tensor([1, 9, 2]), at: indices, axis: 0, .max)   // [9, 5, 6]
    /// Tensor([4, 5, 6]).scatterReduced(Tensor([1, 9, 2]), at: indices, axis: 0, .mean, includesSelf: false)   // [5, 5, 2]
    /// ```
    ///
    /// - Parameters:
    ///   - source: as in ``scatterAdded(_:at:axis:)``.
    ///   - indices: as in ``scatterAdded(_:at:axis:)``.
    ///   - axis: counted from the end if negative.
    ///   - reduction: what becomes of several numbers. Equal extrema share the gradient evenly. A mean of integers is
    ///     rounded down.
    ///   - includesSelf: whether this tensor's elements count. Those that nothing goes to stay in any case.
    public func scatterReduced(
        _ source: Tensor, at indices: Tensor, axis: Int, _ reduction: ScatterReduction, includesSelf: Bool = true
    ) -> Tensor {
        let position = axisOrScalar(axis, "scatterReduced")
        if dtype == .bool { mistake("scatterReduced", "is not defined for bool") }
        checkElementIndices(indices, position, "scatterReduced")
        if rank == 0 {
            return asVector {
                $0.scatterReduced(source, at: indices.reshaped([1]), axis: 0, reduction, includesSelf: includesSelf)
            }
        }
        let places = indices.asIndices(below: shape[position], shape, "scatterReduced")
        let source = source.matching(places.shape, self, "scatterReduced")
        let start = includesSelf ? self : scattered(reduction.neutral(dtype), at: indices, axis: position)
        switch reduction {
        case .sum: return start.scatterAdded(source, at: indices, axis: position)
        case .mean:
            let ones = Tensor.ones(places.shape, dtype: .int64)
            let added = Tensor.zeros(shape, dtype: .int64).scatterAdded(ones, at: places, axis: position)
            let counts = includesSelf ? added + 1 : maximum(added, Tensor.ones([], dtype: .int64))
            let sums = start.scatterAdded(source, at: indices, axis: position)
            if dtype.isFloatingPoint { return sums / counts.converted(to: dtype) }
            return floorDivide(sums, counts.converted(to: dtype))
        case .product: return start.scatterMultiplied(source, at: places, axis: position, indices)
        case .max, .min:
            return start.scatterExtremum(reduction == .max ? .max : .min, source, at: places, axis: position, indices)
        }
    }

    /// This tensor as values for indices of `target`.
    private func matching(_ indices: Shape, _ target: Tensor, _ name: String) -> Tensor {
        let values = converted(to: target.dtype)
        if shape.broadcast(with: indices) == indices { return values.expanded(to: indices) }
        if rank != indices.count || shape.indices.contains(where: { shape[$0] < indices[$0] }) {
            mistake(name, "expects values for indices of shape \(indices), got shape \(shape)")
        }
        var window = Window(shape)
        window.shape = indices
        return values.windowed(window, "sliced")
    }
}

/// What ``Tensor/scatterReduced(_:at:axis:_:includesSelf:)`` makes of several numbers at one place.
public enum ScatterReduction: String, Sendable, CaseIterable {
    /// Their sum.
    case sum
    /// Their product.
    case product
    /// Their mean.
    case mean
    /// The largest.
    case max
    /// The smallest.
    case min

    /// The number that changes nothing.
    fileprivate func neutral(_ dtype: DType) -> Tensor {
        switch self {
        case .sum, .mean: Tensor.zeros([], dtype: dtype)
        case .product: Tensor.ones([], dtype: dtype)
        case .max:
            dtype.integers.map { Tensor.full([], $0.lowerBound, dtype: dtype) }
                ?? Tensor.full([], -Double.infinity, dtype: dtype)
        case .min:
            // The largest uint64 has all bits set.
            dtype.integers.map { Tensor.full([], dtype == .uint64 ? -1 : $0.upperBound, dtype: dtype) }
                ?? Tensor.full([], Double.infinity, dtype: dtype)
        }
    }
}

extension Tensor {
    /// Writes, or takes in, `values` of this tensor's type at places along an axis; not recorded.
    private mutating func scatter(_ function: ScatterFunction, _ values: Tensor, at places: Tensor, axis: Int) {
        // Many numbers may meet at one place: they are added and multiplied in `float64` then, halves in `float32` at least.
        let rounds = dtype.isFloatingPoint && (function == .add || function == .multiply)
        let type = rounds ? (places.shape[axis] > 16 ? .float64 : dtype.accumulator) : dtype
        update(in: type) { target in
            let values = asOneOperation { values.contiguous().converted(to: type) }
            target.backend.scatterElements(function, values, axis: axis, at: places, into: target)
        }
    }

    private mutating func scatterSet(_ values: Tensor, at places: Tensor, axis: Int, _ indices: Tensor) {
        let before = Observation.isOnHere ? self : nil
        scatter(.set, values, at: places, axis: axis)
        let size = shape[axis]
        self = output(of: "scattered", from: before ?? self, values, indices, attributes: ["axis": axis]) {
            gradient, node in
            var part: Tensor?
            if node.needs(1) {
                // Only what is written last is read.
                let order = Tensor.arange(places.count).reshaped(places.shape)
                var shape = places.shape
                shape[axis] = size
                var last = Tensor.zeros(shape, dtype: .int64)
                last.scatter(.set, order, at: places, axis: axis)
                let isLast = last.gathered(places, axis: axis).equal(to: order)
                part = which(isLast, gradient.gathered(places, axis: axis), Tensor.zeros([], dtype: gradient.dtype))
            }
            if !node.needs(0) { return InputGradients(nil, part) }
            var rest = consume gradient
            rest.scatterSet(Tensor.zeros(places.shape, dtype: rest.dtype), at: places, axis: axis, indices)
            return InputGradients(rest, part)
        }
    }

    /// Adds `values`, of this tensor's type, in place where nothing else refers to the memory.
    mutating func scatterAdd(_ values: Tensor, at places: Tensor, axis: Int, _ indices: Tensor) {
        let before = Observation.isOnHere ? self : nil
        scatter(.add, values, at: places, axis: axis)
        self = output(of: "scatterAdded", from: before ?? self, values, indices, attributes: ["axis": axis]) {
            gradient, node in
            InputGradients(
                node.needs(0) ? gradient : nil, node.needs(1) ? gradient.gathered(places, axis: axis) : nil)
        }
    }

    private func scatterMultiplied(_ source: Tensor, at places: Tensor, axis: Int, _ indices: Tensor) -> Tensor {
        var result = detached
        result.scatter(.multiply, source, at: places, axis: axis)
        return result.output(of: "scatterMultiplied", from: self, source, indices, attributes: ["axis": axis]) {
            gradient, node in
            let ones = Tensor.ones(shape, dtype: dtype)
            let own = node.needs(0) ? gradient * ones.scatterMultiplied(source, at: places, axis: axis, indices) : nil
            if !node.needs(1) { return InputGradients(own) }
            // The product of the others: of all that are not 0, unless there is another 0.
            let one = Tensor.ones([], dtype: dtype)
            let (isZero, isSourceZero) = (equal(to: 0), source.equal(to: 0))
            let zeros = isZero.converted(to: .int64)
                .scatterAdded(isSourceZero.converted(to: .int64), at: places, axis: axis).gathered(places, axis: axis)
            let product = which(isZero, one, self)
                .scatterMultiplied(which(isSourceZero, one, source), at: places, axis: axis, indices)
                .gathered(places, axis: axis)
            let others = which(
                zeros.equal(to: isSourceZero.converted(to: .int64)), product / which(isSourceZero, one, source),
                Tensor.zeros([], dtype: dtype))
            return InputGradients(own, gradient.gathered(places, axis: axis) * others)
        }
    }

    private func scatterExtremum(
        _ function: ScatterFunction, _ source: Tensor, at places: Tensor, axis: Int, _ indices: Tensor
    ) -> Tensor {
        var result = detached
        result.scatter(function, source, at: places, axis: axis)
        let attributes: OperationAttributes = ["axis": axis, "isMaximum": function == .max]
        return result.output(of: "scatterExtremum", from: self, source, indices, attributes: attributes) {
            [result = result.detached] gradient, node in
            let isResult = equal(to: result).converted(to: gradient.dtype)
            let isSourceResult = source.equal(to: result.gathered(places, axis: axis)).converted(to: gradient.dtype)
            let share = gradient / isResult.scatterAdded(isSourceResult, at: places, axis: axis)
            return InputGradients(
                node.needs(0) ? isResult * share : nil,
                node.needs(1) ? isSourceResult * share.gathered(places, axis: axis) : nil)
        }
    }
}
