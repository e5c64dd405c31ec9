extension Tensor {
    /// The elements (or slices) where `mask` is true, in row-major order, on one axis that takes the place of the mask's.
    /// PyTorch's `x[mask]`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// x.masked(by: x .> 1)                        // [2, 3, 4]
    /// x.masked(by: Tensor([false, true]))         // [[3, 4]]
    /// ```
    ///
    /// - Parameter mask: a `bool` tensor of the shape of this tensor's first axes.
    public func masked(by mask: Tensor) -> Tensor {
        if mask.dtype != .bool { mistake("masked", "expects a mask of bool, got \(mask.dtype)") }
        if mask.rank > rank || Shape(shape.prefix(mask.rank)) != mask.shape {
            mistake("masked", "expects a mask of the first sizes of shape \(shape), got \(mask.shape)")
        }
        let places = mask.array(of: Bool.self).enumerated().compactMap { $0.element ? $0.offset : nil }
        let rest = Array(shape.dropFirst(mask.rank))
        return reshaped(Shape([mask.count] + rest)).selected(Tensor(places), axis: 0)
    }

    /// The indices of the elements that are not 0, in row-major order, one a row: of shape [number of them, rank], `int64`.
    /// PyTorch's `torch.nonzero`.
    public func nonZeroIndices() -> Tensor {
        let places = converted(to: .bool).array(of: Bool.self).enumerated().compactMap { $0.element ? $0.offset : nil }
        var indices = [Int](repeating: 0, count: places.count * rank)
        for (row, place) in places.enumerated() {
            var rest = place
            for axis in (0..<rank).reversed() {
                indices[row * rank + axis] = rest % shape[axis]
                rest /= shape[axis]
            }
        }
        return Tensor(shape: [places.count, rank], values: indices)
    }
}
