extension Tensor {
    /// The elements (or slices) where `mask` is true, in row-major order, on one axis that takes the place of the mask's.
    /// PyTorch's `x[mask]` and, with a mask of this tensor's shape, `masked_select`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// x.masked(by: x .> 1)                        // [2, 3, 4]
    /// x.masked(by: Tensor([false, true]))         // [[3, 4]]
    /// ```
    ///
    /// - Parameter mask: a `bool` tensor of the shape of this tensor's first axes.
    public func masked(by mask: Tensor) -> Tensor {
        checkMask(mask, "masked")
        if mask.rank > rank || Shape(shape.prefix(mask.rank)) != mask.shape {
            mistake("masked", "expects a mask of the first sizes of shape \(shape), got \(mask.shape)")
        }
        return self[mask]
    }

    /// A copy with `value`, a scalar, where `mask` is true. PyTorch's `masked_fill`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// x.maskedFilled(x .> 2, with: -.infinity)   // [[1, 2], [-inf, -inf]]
    /// ```
    ///
    /// - Parameters:
    ///   - mask: a `bool` tensor that broadcasts to this tensor's shape, aligned at the last axis.
    ///   - value: a scalar; gets the sum of the gradients at the masked places.
    public func maskedFilled(_ mask: Tensor, with value: Tensor) -> Tensor {
        checkMask(mask, "maskedFilled")
        if value.rank > 0 { mistake("maskedFilled", "expects a scalar, got shape \(value.shape)") }
        if mask.shape.broadcast(with: shape) != shape {
            mistake("maskedFilled", "expects a mask that broadcasts to shape \(shape), got \(mask.shape)")
        }
        var result = self
        result.fill(where: mask, with: value.converted(to: dtype))
        return result
    }

    /// A copy with a number where `mask` is true, see ``WeakScalar``.
    public func maskedFilled(_ mask: Tensor, with value: some WeakScalar) -> Tensor {
        maskedFilled(mask, with: Tensor.full([], value.weakNumber, dtype: dtype))
    }
    // With a type, so that `.infinity` can be written.
    /// A copy with a number where `mask` is true, infinities and NaN included.
    public func maskedFilled(_ mask: Tensor, with value: Double) -> Tensor {
        maskedFilled(mask, with: Tensor.full([], value, dtype: dtype))
    }

    /// A copy with the elements of `source`, in row-major order, where `mask` is true, one after the other. PyTorch's
    /// `masked_scatter`.
    ///
    /// ```swift
    /// Tensor.zeros([4]).maskedScattered(Tensor([true, false, true, false]), from: Tensor([7, 8, 9]))   // [7, 0, 8, 0]
    /// ```
    ///
    /// - Parameters:
    ///   - mask: a `bool` tensor that broadcasts to this tensor's shape, aligned at the last axis.
    ///   - source: of at least as many elements as the mask has true ones in this tensor's shape.
    public func maskedScattered(_ mask: Tensor, from source: Tensor) -> Tensor {
        checkMask(mask, "maskedScattered")
        if mask.shape.broadcast(with: shape) != shape {
            mistake("maskedScattered", "expects a mask that broadcasts to shape \(shape), got \(mask.shape)")
        }
        let selected = Subscript(shape, [mask.expanded(to: shape)])
        let count = selected.shape.elements
        if source.count < count {
            mistake("maskedScattered", "expects \(count) values at least, got shape \(source.shape)")
        }
        var result = self
        result.replace(selected, with: source.reshaped([source.count])[..<count])
        return result
    }

    /// Writes `value`, which broadcasts to this tensor and has its type, where a mask is true. Memory that something else
    /// refers to is not changed.
    mutating func fill(where mask: Tensor, with value: Tensor) {
        let before = Observation.isOnHere ? self : nil
        let old = self.impl.node
        var result = reusedPlace()
        backend.choose(mask, value, self, into: result)
        result.impl.node = old
        swap(&self, &result)
        let valueShape = value.shape
        self = output(of: "maskedFilled", from: before ?? self, value, mask) { gradient, node in
            var rest = consume gradient
            let zero = Tensor.zeros([], dtype: rest.dtype)
            let part = node.needs(1) ? which(mask, rest, zero).reduced(to: valueShape) : nil
            if node.needs(0) { rest.fill(where: mask, with: zero) }
            return InputGradients(node.needs(0) ? rest : nil, part)
        }
    }

    private func checkMask(_ mask: Tensor, _ name: String) {
        if mask.dtype != .bool { mistake(name, "expects a mask of bool, got \(mask.dtype)") }
    }

    /// The indices of the elements that are not 0, in row-major order, one a row: of shape [number of them, rank], `int64`.
    /// PyTorch's `torch.nonzero` and `argwhere`; for one vector an axis see ``which(_:)``.
    public func nonZeroIndices() -> Tensor {
        let columns = asOneOperation { coordinates(of: nonZeroPlaces()) }
        let result = asOneOperation {
            columns.isEmpty
                ? Tensor.zeros([nonZeroPlaces().count, 0], dtype: .int64) : stacked(columns, axis: 1)
        }
        return result.output(of: "nonZeroIndices", from: [self])
    }

    /// The index along each axis of places in row-major order.
    fileprivate func coordinates(of places: Tensor) -> [Tensor] {
        if rank == 1 { return [places] }
        var (rest, columns) = (places, [Tensor]())
        for axis in (0..<rank).reversed() {
            columns.append(axis == 0 ? rest : rest % shape[axis])
            if axis > 0 { rest = floorDivide(rest, shape[axis]) }
        }
        return columns.reversed()
    }
}

/// The indices of the elements that are not 0, in row-major order, a vector of `int64` for each axis. PyTorch's and NumPy's
/// `where` with one argument, PyTorch's `nonzero(as_tuple=True)`.
///
/// ```swift
/// let x: Tensor = [[0, 7], [8, 0]]
/// which(x .> 0)   // [0, 1], [1, 0]
/// ```
public func which(_ condition: Tensor) -> [Tensor] {
    let columns = asOneOperation { condition.coordinates(of: condition.nonZeroPlaces()) }
    return columns.map { $0.output(of: "nonZeroIndices", from: [condition]) }
}
