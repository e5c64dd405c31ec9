extension Tensor {
    /// The indices that sort the elements along `axis`: equal ones stay in their order, NaN counts as the largest. An
    /// `int64`. PyTorch's `argsort` with `stable=True`.
    public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor {
        let position = axisOrScalar(axis, "argsorted")
        if rank == 0 { return Tensor.zeros([], dtype: .int64) }
        let result = alongRows(position, "argsorted") { rows in
            let result = Tensor(uninitialized: rows.shape, dtype: .int64)
            backend.sortedOrder(rows, descending: descending, into: result)
            return result
        }
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
        return (gathered(distinct: indices, axis: axis), indices)
    }

    /// The `k` largest (or smallest) elements along `axis`, in order, and where they stood: the first of equal ones first.
    /// PyTorch's `topk`.
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
        var indices = alongRows(position, "topK") { rows in
            var shape = rows.shape
            shape[rank - 1] = k
            let result = Tensor(uninitialized: shape, dtype: .int64)
            backend.firstInOrder(rows, descending: largest, into: result)
            return result
        }
        indices = indices.output(
            of: "topK", from: [self], attributes: ["k": k, "axis": position, "largest": largest])
        return (gathered(distinct: indices, axis: position), indices)
    }

    /// What `body` makes of the rows along an axis: contiguous ones, with that axis last. In the result, which is contiguous
    /// too, the axis is back in its place.
    func alongRows(_ axis: Int, _ name: StaticString, _ body: (_ rows: Tensor) -> Tensor) -> Tensor {
        if shape[axis] > Int(UInt32.max) {
            mistake("\(name)", "takes at most \(UInt32.max) elements along an axis, got shape \(shape)")
        }
        return asOneOperation {
            if axis == rank - 1 { return body(packed) }
            return body(movingAxis(axis, to: -1).packed).movingAxis(-1, to: axis).contiguous()
        }
    }

    /// What ``gathered(_:axis:)`` gives for indices that are known to be right, and of which no two name one element: its
    /// derivative writes to no element twice.
    func gathered(distinct indices: Tensor, axis: Int) -> Tensor {
        if rank == 0 { return gathered(indices, axis: axis) }
        let position = self.axis(axis, "gathered")
        let result = Tensor(uninitialized: indices.shape, dtype: dtype)
        backend.gatherElements(self, axis: position, at: indices, into: result)
        let whole = shape
        return result.output(of: "gathered", from: self, indices, attributes: ["axis": position]) { gradient, _ in
            InputGradients(gradient.spread(over: whole, at: indices, axis: position))
        }
    }

    /// Zeros with these elements at distinct indices along an axis.
    private func spread(over shape: Shape, at indices: Tensor, axis: Int) -> Tensor {
        let result = Tensor.zeros(shape, dtype: dtype)
        backend.scatterElements(.set, packed, axis: axis, at: indices, into: result)
        return result.output(of: "scattered", from: self, indices, attributes: ["axis": axis]) { gradient, _ in
            InputGradients(gradient.gathered(distinct: indices, axis: axis))
        }
    }
}
