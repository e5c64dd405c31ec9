extension Tensor {
    /// The `k`-th smallest element along `axis`, counted from 1, and where it stands: equal ones count in their order, NaN is
    /// the largest. Selects, without a sort. PyTorch's `kthvalue`.
    ///
    /// ```swift
    /// Tensor([3, 1, 2]).kthValue(2)   // value 2, index 2
    /// ```
    public func kthValue(_ k: Int, axis: Int = -1, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "kthValue")
        let size = rank == 0 ? 1 : shape[position]
        if k < 1 || k > size {
            mistake("kthValue", "expects k in 1...\(size) for axis \(axis) of shape \(shape), got \(k)")
        }
        return selected(position, keepAxes, "kthValue", attributes: ["k": k, "axis": position]) {
            Tensor.full($0, k - 1, dtype: .int64)
        }
    }

    /// The median along `axis`, and where it stands: of an even number of elements the lower one of the middle two, NaN if
    /// there is one. The gradient goes to that element. PyTorch's `median`; NumPy's is `quantile(0.5)`.
    ///
    /// ```swift
    /// Tensor([[3, 1, 2], [6, 5, 5]]).median(axis: 1)   // values [2, 5], indices [2, 1]
    /// ```
    public func median(axis: Int, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        middle(axis, keepAxes, "median") { size, nans in
            // A NaN is the largest, so the first one is behind the others.
            which(nans.greater(than: 0), size - nans, (size - 1) / 2)
        }
    }

    /// The median of all elements: of an even number the lower one of the middle two, NaN if there is one. Elements that equal
    /// it share the gradient evenly. PyTorch's `median`.
    public func median() -> Tensor { overall("median") { $0.median(axis: 0).values } }

    /// The ``median(axis:keepAxes:)`` of the elements that are not NaN; NaN if all are. PyTorch's `nanmedian`.
    public func nanMedian(axis: Int, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        middle(axis, keepAxes, "nanMedian") { size, nans in
            maximum(floorDivide(size - nans - 1, 2), 0)
        }
    }

    /// The ``median()`` of the elements that are not NaN; NaN if all are. PyTorch's `nanmedian`.
    public func nanMedian() -> Tensor { overall("nanMedian") { $0.nanMedian(axis: 0).values } }

    /// The most frequent element along `axis`, the smallest of several such, and the index of its last occurrence. A NaN
    /// equals no other. PyTorch's `mode`.
    ///
    /// ```swift
    /// Tensor([2, 1, 1, 2, 3]).mode()   // value 1, index 2
    /// ```
    public func mode(axis: Int = -1, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "mode")
        if rank == 0 { return asVectorPair { $0.mode(axis: 0) } }
        let size = shape[position]
        if size == 0 { mistake("mode", "has no value for no elements (shape \(shape))") }
        let found: Tensor = asOneOperation {
            let (values, order) = movingAxis(position, to: -1).sorted()
            let places = Tensor.arange(size)
            // For each element of the sorted rows, how many equal ones stand up to there.
            var starts = Tensor.zeros(values.shape, dtype: .int64)
            if size > 1 {
                let differs = values.sliced(from: 1, to: size, axis: values.rank - 1)
                    .notEqual(to: values.sliced(from: 0, to: size - 1, axis: values.rank - 1))
                starts[.ellipsis, 1...] = which(differs, places[1...], 0)
            }
            let lengths = places - starts.cumulativeMax(axis: -1).values
            return order.gathered(lengths.argmax(axis: -1, keepAxes: true), axis: -1).movingAxis(-1, to: position)
                .contiguous()
        }
        let indices = found.output(of: "mode", from: [self], attributes: ["axis": position])
        return picked(indices, position, keepAxes)
    }

    /// The largest element along `axis` and its index: the first one of equal ones, which gets the gradient; a NaN counts as
    /// the largest. PyTorch's `max` of an axis; ``max(axes:keepAxes:)`` shares the gradient.
    ///
    /// ```swift
    /// Tensor([[1, 4, 4], [3, 2, 1]]).maxWithIndices(axis: 1)   // values [4, 3], indices [1, 0]
    /// ```
    public func maxWithIndices(axis: Int, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "maxWithIndices")
        return picked(argmax(axis: position, keepAxes: true), position, keepAxes)
    }

    /// The smallest element along `axis` and its index: the first one of equal ones, which gets the gradient; a NaN counts as
    /// the smallest. PyTorch's `min` of an axis; ``min(axes:keepAxes:)`` shares the gradient.
    public func minWithIndices(axis: Int, keepAxes: Bool = false) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "minWithIndices")
        return picked(argmin(axis: position, keepAxes: true), position, keepAxes)
    }

    // MARK: - Selecting

    /// The elements at places of the rising order along an axis, where they stand, and their values.
    private func selected(
        _ axis: Int, _ keepAxes: Bool, _ name: StaticString, attributes: OperationAttributes,
        at places: (_ shape: Shape) -> Tensor
    ) -> (values: Tensor, indices: Tensor) {
        if rank == 0 { return (self, Tensor.zeros([], dtype: .int64)) }
        if shape[axis] == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        let indices = alongRows(axis, name) { rows in
            var shape = rows.shape
            shape[rank - 1] = 1
            return rows.indicesInOrder(at: places(shape))
        }.output(of: name, from: [self], attributes: attributes)
        return picked(indices, axis, keepAxes)
    }

    /// The indices at places of the rising order of each of these contiguous rows; not recorded.
    func indicesInOrder(at places: Tensor) -> Tensor {
        let result = Tensor(uninitialized: places.shape, dtype: .int64)
        backend.someInOrder(self, at: places.packed, into: result)
        return result
    }

    /// The elements at indices that have size 1 along an axis, which then goes unless it is kept.
    private func picked(_ indices: Tensor, _ axis: Int, _ keepAxes: Bool) -> (values: Tensor, indices: Tensor) {
        let values = gathered(distinct: indices, axis: axis)
        if keepAxes || rank == 0 { return (values, indices) }
        return (values.squeezed(axes: axis), indices.squeezed(axes: axis))
    }

    private func middle(
        _ axis: Int, _ keepAxes: Bool, _ name: StaticString, _ place: (_ size: Int, _ nans: Tensor) -> Tensor
    ) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "\(name)")
        return selected(position, keepAxes, name, attributes: ["axis": position]) { shape in
            let size = self.shape[position]
            if !dtype.isFloatingPoint { return Tensor.full(shape, (size - 1) / 2, dtype: .int64) }
            return place(size, isNaN().sum(axes: position, keepAxes: true).movingAxis(position, to: -1))
        }
    }

    private func overall(_ name: StaticString, _ value: (Tensor) -> Tensor) -> Tensor {
        if count == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        let result = asOneOperation { value(packed.contiguousView([count])) }
        return result.output(of: name, from: self) { saved in
            { gradient, _ in
                let chosen = (saved.item().isNaN ? detached.isNaN() : equal(to: saved)).converted(to: gradient.dtype)
                return InputGradients(gradient * (chosen / chosen.sum()))
            }
        }
    }

    private func asVectorPair(_ operation: (Tensor) -> (Tensor, Tensor)) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = operation(reshaped([1]))
        return (values.reshaped([]), indices.reshaped([]))
    }
}
