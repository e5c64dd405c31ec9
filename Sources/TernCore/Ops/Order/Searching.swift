/// For each value, the place in a rising sequence before which it could be inserted so that it still rises: the number of
/// elements that are less, or, to the right, not larger. An `int64` of the values' shape. PyTorch's `searchsorted`; NumPy's
/// has `side`.
///
/// ```swift
/// searchSorted(Tensor([1, 2, 2, 3]), Tensor([2, 5]))                // [1, 4]
/// searchSorted(Tensor([1, 2, 2, 3]), Tensor([2, 5]), right: true)   // [3, 4]
/// ```
///
/// - Parameters:
///   - sequences: one of rank 1 for all values, or [..., n] with one for each row of the values; not checked for order.
///     NaN is the largest.
///   - values: of any shape, or [..., m].
///   - right: whether equal elements are passed over.
public func searchSorted(_ sequences: Tensor, _ values: Tensor, right: Bool = false) -> Tensor {
    if sequences.rank == 0 { mistake("searchSorted", "expects a sequence with an axis, got a scalar") }
    if sequences.rank > 1, Shape(sequences.shape.dropLast()) != Shape(values.shape.dropLast()) || values.rank == 0 {
        mistake(
            "searchSorted",
            "expects a sequence of rank 1 or one for each row of values, got \(sequences.shape) and \(values.shape)")
    }
    let result = Tensor(uninitialized: values.shape, dtype: .int64)
    asOneOperation {
        let (rows, x) = Tensor.promoted(sequences, values)
        x.backend.search(rows.packed, for: x.packed, right: right, into: result)
    }
    return result.output(of: "searchSorted", from: [sequences, values], attributes: ["right": right])
}

/// The number of the bucket between rising boundaries that each element lies in: 0 below the first one. A boundary belongs
/// to the bucket below it, or, with `right`, to the one above. An `int64`. PyTorch's `bucketize`; NumPy's `digitize` has
/// `right` the other way round.
///
/// ```swift
/// bucketize(Tensor([0.5, 1, 7]), boundaries: Tensor([1, 3]))   // [0, 0, 2]
/// ```
public func bucketize(_ x: Tensor, boundaries: Tensor, right: Bool = false) -> Tensor {
    if boundaries.rank != 1 { mistake("bucketize", "expects boundaries of rank 1, got shape \(boundaries.shape)") }
    return searchSorted(boundaries, x, right: right)
}

extension Tensor {
    /// Whether each element equals one of `values`, which may have any shape; NaN equals nothing. A `bool`. PyTorch's
    /// `torch.isin`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).isIn(Tensor([3, 1]))   // [true, false, true]
    /// ```
    public func isIn(_ values: Tensor) -> Tensor {
        let result = asOneOperation {
            let (x, values) = Tensor.promoted(self, values.packed.contiguousView([values.count]))
            if values.count == 0 { return Tensor.full(shape, false, dtype: .bool) }
            let sorted = values.sorted().values
            let places = minimum(searchSorted(sorted, x), Tensor([values.count - 1] as [Int]).reshaped([]))
            return sorted.selected(places).equal(to: x)
        }
        return result.output(of: "isIn", from: [self, values])
    }
}
