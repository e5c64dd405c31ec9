extension Tensor {
    /// The different elements in rising order, the index of each element among them, and how often each occurs. A NaN equals
    /// no other. PyTorch's `unique` with `return_inverse` and `return_counts`.
    ///
    /// ```swift
    /// let (values, inverse, counts) = Tensor([3, 1, 3]).unique()   // [1, 3], [1, 0, 1], [1, 2]
    /// ```
    ///
    /// No gradient flows through; `inverse` has this tensor's shape, and it and `counts` are of `int64`.
    public func unique() -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let rows = asOneOperation { packed.contiguousView([count, 1]) }
        let (values, inverse, counts) = asOneOperation { rows.groups(in: rows.lexicographicOrder, "unique") }
        return finished(values.reshaped([-1]), inverse.reshaped(shape), counts, axis: nil, "unique")
    }

    /// The different slices along `axis` in lexicographic order, the index of each slice among them, and how often each
    /// occurs. PyTorch's `unique` with `dim`.
    ///
    /// ```swift
    /// Tensor([[2, 1], [0, 5], [2, 1]]).unique(axis: 0)   // values [[0, 5], [2, 1]], inverse [1, 0, 1], counts [1, 2]
    /// ```
    public func unique(axis: Int) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        slices(axis, "unique") { $0.groups(in: $0.lexicographicOrder, "unique") }
    }

    /// The elements without those that equal their predecessor, the index of each element's group, and the lengths of the
    /// groups. PyTorch's `unique_consecutive`.
    ///
    /// ```swift
    /// Tensor([1, 1, 2, 1]).uniqueConsecutive()   // values [1, 2, 1], inverse [0, 0, 1, 2], counts [2, 1, 1]
    /// ```
    public func uniqueConsecutive() -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let rows = asOneOperation { packed.contiguousView([count, 1]) }
        let (values, inverse, counts) = asOneOperation { rows.groups(in: nil, "uniqueConsecutive") }
        return finished(values.reshaped([-1]), inverse.reshaped(shape), counts, axis: nil, "uniqueConsecutive")
    }

    /// The slices along `axis` without those that equal their predecessor: see ``uniqueConsecutive()``.
    public func uniqueConsecutive(axis: Int) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        slices(axis, "uniqueConsecutive") { $0.groups(in: nil, "uniqueConsecutive") }
    }

    private func slices(
        _ axis: Int, _ name: StaticString, _ groups: (_ rows: Tensor) -> (Tensor, Tensor, Tensor)
    ) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        if rank == 0 { mistake("\(name)", "expects a tensor with axes, got a scalar") }
        let position = self.axis(axis, "\(name)")
        let (values, inverse, counts) = asOneOperation {
            let moved = movingAxis(position, to: 0)
            let size = shape[position]
            let (values, inverse, counts) = groups(moved.reshaped([size, size == 0 ? 0 : count / size]))
            var shape = moved.shape
            shape[0] = values.shape[0]
            return (values.reshaped(shape).movingAxis(0, to: position).contiguous(), inverse, counts)
        }
        return finished(values, inverse, counts, axis: position, name)
    }

    private func finished(
        _ values: Tensor, _ inverse: Tensor, _ counts: Tensor, axis: Int?, _ name: StaticString
    ) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let axes = axis.map { [$0] } ?? []
        func output(_ part: Tensor, _ what: String) -> Tensor {
            part.output(of: name, from: [self], attributes: ["axes": axes, "part": what])
        }
        return (output(values, "values"), output(inverse, "inverse"), output(counts, "counts"))
    }

    /// The order of the rows of this matrix: by the first column, then by the second, and so on.
    private var lexicographicOrder: Tensor {
        var order = Tensor.arange(shape[0])
        for column in (0..<shape[1]).reversed() {
            let values = self[.all, column].contiguous()
            // A stable sort by what counts more keeps the order by what counts less.
            order =
                column == shape[1] - 1
                ? values.argsorted() : order.selected(values.selected(order).argsorted())
        }
        return order
    }

    /// The rows of this matrix, in an order or as they stand, without those that equal the one before; the group of each row
    /// and the sizes of the groups.
    private func groups(in order: Tensor?, _ name: StaticString) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let size = shape[0]
        if size == 0 { return (self, Tensor.zeros([0], dtype: .int64), Tensor.zeros([0], dtype: .int64)) }
        let rows = order.map { selected($0) } ?? self
        let differs = rows[1...].notEqual(to: rows[..<(size - 1)]).any(axes: 1)
        let isFirst = concatenated([Tensor([true]), differs])
        let starts = isFirst.nonZeroIndices().reshaped([-1])
        let groups = isFirst.cumulativeSum(axis: 0) - 1
        let ends = concatenated([starts[1...], Tensor([size], dtype: .int64)])
        let inverse = order.map { Tensor.zeros([size], dtype: .int64).scatterAdded(groups, at: $0, axis: 0) }
        return (rows.selected(starts), inverse ?? groups, ends - starts)
    }
}
