extension Tensor {
    /// The indices that sort the elements along `axis`: equal ones stay in their order, NaN counts as the largest. An
    /// `int64`. PyTorch's `argsort` with `stable=True`.
    public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor {
        let position = axisOrScalar(axis, "argsorted")
        if rank == 0 { return Tensor.zeros([], dtype: .int64) }
        let lanes = withoutGradients { movingAxis(position, to: -1).contiguous() }
        let result = Tensor(uninitialized: lanes.shape, dtype: .int64)
        switch dtype {
        case .bool, .uint8: lanes.sortLanes(as: UInt8.self, descending, into: result) { $0 < $1 }
        case .int32: lanes.sortLanes(as: Int32.self, descending, into: result) { $0 < $1 }
        case .int64: lanes.sortLanes(as: Int64.self, descending, into: result) { $0 < $1 }
        case .float32:
            lanes.sortLanes(as: Float.self, descending, into: result) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
        case .float64:
            lanes.sortLanes(as: Double.self, descending, into: result) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
        }
        return result.movingAxis(-1, to: position).contiguous()
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

    @inline(__always)
    private func sortLanes<Element>(
        as type: Element.Type, _ descending: Bool, into result: Tensor, _ precedes: (Element, Element) -> Bool
    ) {
        if count == 0 { return }
        let size = shape[rank - 1]
        let values = pointer(as: type)
        let places = result.pointer(as: Int64.self)
        let levels = Double(Swift.max(2, size)).exponent
        parallelFor(pieces: count / size, work: count * Int(levels) * 3) { lane in
            let lane = values + lane * size
            var order = UnsafeMutableBufferPointer(start: places + (lane - values), count: size)
            for i in 0..<size { order[i] = Int64(i) }
            // Ties by index, because Swift does not promise that its sort is stable.
            order.sort { a, b in
                let (x, y) = (lane[Int(a)], lane[Int(b)])
                if precedes(x, y) { return !descending }
                if precedes(y, x) { return descending }
                return a < b
            }
        }
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
        let source = dtype.isFloatingPoint ? self : converted(to: .int64)
        let result = source.copied()
        let size = shape[position]
        let inner = shape[(position + 1)...].reduce(1, *)
        if count > 0 {
            // No two ranges of columns meet.
            let columns = Swift.min(inner, 1024)
            let ranges = (inner + columns - 1) / columns
            parallelFor(pieces: count / (size * inner) * ranges, work: count) { piece in
                let first = piece % ranges * columns
                Kernels.vector.cumulative_sum(
                    result.dtype.kernelType, size, inner, Swift.min(columns, inner - first),
                    result.impl.pointer + (piece / ranges * size * inner + first) * result.dtype.byteCount)
            }
        }
        return result.output(of: "cumulativeSum", from: source) { gradient, _ in
            InputGradients(gradient.flipped(axes: position).cumulativeSum(axis: position).flipped(axes: position))
        }
    }
}
