extension Tensor {
    /// A copy with the slices of `source` at `indices` along `axis`; of several at one index the last one stays. PyTorch's
    /// `index_copy`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).indexCopied(Tensor([7, 8]), at: Tensor([2, 0], dtype: .int64))   // [8, 2, 7]
    /// ```
    ///
    /// - Parameters:
    ///   - source: its shape is that of ``selected(_:axis:)`` with the same indices.
    ///   - indices: integers of any shape, from 0 up to the size of the axis.
    ///   - axis: counted from the end if negative.
    public func indexCopied(_ source: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
        let position = axisOrScalar(axis, "indexCopied")
        if rank == 0 { return asVector { $0.indexCopied(source, at: indices, axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "indexCopied")
        let slices = Slices(shape, axis: position, indices, places: places)
        if source.shape != slices.result {
            mistake("indexCopied", "expects values of shape \(slices.result), got \(source.shape)")
        }
        var result = self
        result.put(source.converted(to: dtype), in: Window(shape), at: slices)
        return result
    }

    /// A copy with `value`, a scalar, in the slices at `indices` along `axis`. PyTorch's `index_fill`.
    public func indexFilled(with value: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
        let position = axisOrScalar(axis, "indexFilled")
        if value.rank > 0 { mistake("indexFilled", "expects a scalar, got shape \(value.shape)") }
        if rank == 0 { return asVector { $0.indexFilled(with: value, at: indices, axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "indexFilled")
        let slices = Slices(shape, axis: position, indices, places: places)
        var result = self
        result.put(value.converted(to: dtype).expanded(to: slices.result), in: Window(shape), at: slices)
        return result
    }

    /// A copy with a number at `indices` along `axis`. PyTorch's `index_fill`.
    public func indexFilled(with value: some WeakScalar, at indices: Tensor, axis: Int = 0) -> Tensor {
        indexFilled(with: Tensor.full([], value.weakNumber, dtype: dtype), at: indices, axis: axis)
    }

    /// A copy with the slices of `source` taken in at `indices` along `axis`, as ``scatterReduced(_:at:axis:_:includesSelf:)``
    /// does with elements. PyTorch's `index_reduce`.
    ///
    /// - Parameters:
    ///   - source: of this tensor's shape but along `axis`, where there is one slice for each index.
    ///   - indices: a vector of integers from 0 up to the size of the axis.
    ///   - axis: counted from the end if negative.
    ///   - reduction: what becomes of several numbers.
    ///   - includesSelf: whether this tensor's elements count. Those that nothing goes to stay in any case.
    public func indexReduced(
        _ source: Tensor, at indices: Tensor, axis: Int = 0, _ reduction: ScatterReduction, includesSelf: Bool = true
    ) -> Tensor {
        let position = axisOrScalar(axis, "indexReduced")
        if indices.rank > 1 { mistake("indexReduced", "expects a vector of indices, got shape \(indices.shape)") }
        if rank == 0 {
            return asVector {
                $0.indexReduced(
                    source.reshaped([1]), at: indices, axis: 0, reduction, includesSelf: includesSelf)
            }
        }
        var expected = shape
        expected[position] = indices.count
        if source.shape != expected {
            mistake("indexReduced", "expects values of shape \(expected), got \(source.shape)")
        }
        var column = Shape(repeating: 1, count: rank)
        column[position] = indices.count
        let each = indices.reshaped(column).expanded(to: expected)
        return scatterReduced(source, at: each, axis: position, reduction, includesSelf: includesSelf)
    }

    /// A copy with `values`, broadcast, in the part that a subscript with `indices` selects: what assigning to it does. With
    /// `accumulates`, they are added to it, at a place that is named twice both. PyTorch's `index_put`.
    ///
    /// ```swift
    /// let places = Tensor([0, 0, 2], dtype: .int64)
    /// Tensor.zeros([3]).indexPut(Tensor(1), at: [places], accumulates: true)   // [2, 0, 1]
    /// ```
    public func indexPut(_ values: Tensor, at indices: [any TensorIndex], accumulates: Bool = false) -> Tensor {
        let selected = Subscript(shape, indices)
        var result = self
        if !accumulates {
            result.replace(selected, with: values)
            return result
        }
        if dtype == .bool { mistake("indexPut", "cannot add to a tensor of bool") }
        let values = values.converted(to: dtype)
        selected.check(values)
        guard let slices = selected.slices else {
            result.replace(selected.window, with: result.windowed(selected.window, "subscript") + values)
            return result
        }
        let added = values.expanded(to: slices.result)
        if selected.isWhole {
            result.add(added, at: slices)
            return result
        }
        var part = windowed(selected.window, "subscript")
        part.add(added, at: slices)
        result.replace(selected.window, with: part)
        return result
    }

    /// The elements at `indices` of all elements in row-major order, in the shape of the indices; negative ones count from
    /// the end. PyTorch's and NumPy's `take`.
    ///
    /// ```swift
    /// Tensor([[1, 2], [3, 4]]).taken(Tensor([3, 0, -2], dtype: .int64))   // [4, 1, 3]
    /// ```
    public func taken(_ indices: Tensor) -> Tensor {
        let flat = reshaped([count])
        return flat.taken(Slices(flat.shape, axis: 0, indices, places: flat.places(indices, "taken")), "taken")
    }

    /// A copy with `values`, of the indices' shape or broadcast to it, at `indices` of all elements in row-major order;
    /// with `accumulates` they are added. PyTorch's and NumPy's `put`.
    public func put(_ values: Tensor, at indices: Tensor, accumulates: Bool = false) -> Tensor {
        if accumulates && dtype == .bool { mistake("put", "cannot add to a tensor of bool") }
        var flat = reshaped([count])
        let slices = Slices(flat.shape, axis: 0, indices, places: flat.places(indices, "put"))
        let values = values.converted(to: dtype).expanded(to: slices.result)
        if accumulates {
            flat.add(values, at: slices)
        } else {
            flat.put(values, in: Window(flat.shape), at: slices)
        }
        return flat.reshaped(shape)
    }

    private func places(_ indices: Tensor, _ name: StaticString) -> Tensor {
        if !indices.dtype.isInteger {
            mistake("\(name)", "expects integer indices, got \(indices.dtype)\(indices.dtype.integerHint)")
        }
        return indices.asPlaces(along: count, shape, name)
    }

    /// One element for each index along `axis`, as ``gathered(_:axis:)``, with indices and elements broadcast along the other
    /// axes, and negative indices counted from the end; without an axis, of all elements in row-major order. PyTorch's
    /// `take_along_dim`, NumPy's `take_along_axis`.
    ///
    /// ```swift
    /// let x: Tensor = [[3, 1, 2], [6, 5, 4]]
    /// x.takenAlong(x.argsorted(axis: 1), axis: 1)                    // [[1, 2, 3], [4, 5, 6]]
    /// x.takenAlong(Tensor([[-1]], dtype: .int64), axis: 1)           // [[2], [4]]
    /// ```
    public func takenAlong(_ indices: Tensor, axis: Int? = nil) -> Tensor {
        if !indices.dtype.isInteger {
            mistake("takenAlong", "expects integer indices, got \(indices.dtype)\(indices.dtype.integerHint)")
        }
        guard let axis else { return taken(indices.reshaped([indices.count])) }
        let position = axisOrScalar(axis, "takenAlong")
        if rank == 0 { return asVector { $0.takenAlong(indices.reshaped([1]), axis: 0) } }
        var (own, others) = (shape, indices.shape)
        if others.count == own.count { (own[position], others[position]) = (1, 1) }
        guard others.count == own.count, let common = own.broadcast(with: others) else {
            mistake(
                "takenAlong", "cannot broadcast indices of shape \(indices.shape) to shape \(shape) along axis \(axis)")
        }
        (own, others) = (common, common)
        (own[position], others[position]) = (shape[position], indices.shape[position])
        let places = indices.asPlaces(along: shape[position], shape, "takenAlong")
        return expanded(to: own).gathered(places.expanded(to: others), axis: position)
    }
}
