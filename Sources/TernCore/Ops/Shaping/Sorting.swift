extension Tensor {
    /// The indices that sort the elements along `axis`: equal ones stay in their order, NaN counts as the largest. An
    /// `int64`. PyTorch's `argsort` with `stable=True`.
    public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor {
        let position = axisOrScalar(axis, "argsorted")
        if rank == 0 { return Tensor.zeros([], dtype: .int64) }
        let isLast = position == rank - 1
        let rows = asOneOperation { isLast ? packed : movingAxis(position, to: -1).packed }
        var result = Tensor(uninitialized: rows.shape, dtype: .int64)
        backend.sortedOrder(rows, descending: descending, into: result)
        if !isLast { result = asOneOperation { result.movingAxis(-1, to: position).contiguous() } }
        return result.output(of: "argsorted", from: [self], attributes: ["axis": position, "descending": descending])
    }

    /// The elements in order along `axis`, and where they stood. The sort is stable, and NaN counts as the largest.
    /// PyTorch's `torch.sort`.
    ///
    /// ```swift
    /// let (values, indices) = Tensor([3, 1, 2]).sorted()   // [1, 2, 3], [1, 2, 0]
    /// ```
    public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
        let indices = argsorted(axis: axis, descending: descending)
        return (gathered(indices, axis: axis), indices)
    }

    /// The `k` largest (or smallest) elements along `axis`, in order, and where they stood. PyTorch's `topk`.
    ///
    /// ```swift
    /// Tensor([3, 1, 2]).topK(2)   // values [3, 2], indices [0, 2]
    /// ```
    public func topK(_ k: Int, axis: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
        let position = axisOrScalar(axis, "topK")
        if rank == 0 {
            if k != 1 { mistake("topK", "expects a k of 1 for a scalar, got \(k)") }
            return sorted()
        }
        if k < 0 || k > shape[position] {
            mistake("topK", "expects k in 0...\(shape[position]) for axis \(axis) of shape \(shape), got \(k)")
        }
        let indices = argsorted(axis: position, descending: largest)
            .sliced(from: 0, to: k, axis: position).contiguous()
        return (gathered(indices, axis: position), indices)
    }

    /// The sum of all elements up to each one along `axis`, computed in `float64` and then rounded. Of `bool` and integers
    /// it is an `int64`.
    /// PyTorch's `cumsum`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).cumulativeSum(axis: 0)   // [1, 3, 6]
    /// ```
    public func cumulativeSum(axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "cumulativeSum")
        if rank == 0 { return asVector { $0.cumulativeSum(axis: 0) } }
        let source = converted(to: dtype.summed)
        let result = source.copied()
        backend.accumulateSums(result, axis: position)
        return result.output(of: "cumulativeSum", from: source, attributes: ["axis": position]) { gradient, _ in
            InputGradients(gradient.flipped(axes: position).cumulativeSum(axis: position).flipped(axes: position))
        }
    }
}
