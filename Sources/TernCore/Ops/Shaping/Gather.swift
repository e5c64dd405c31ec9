// Reading by index and its mirror image, adding at indices: each is the other's derivative. Additions at one place are
// made in the order of the indices, so the result does not depend on threads.

extension Tensor {
    /// The slices at `indices` along `axis`. The indices' axes take the place of `axis`. PyTorch's `index_select` and
    /// NumPy's `take`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4], [5, 6]]
    /// x.selected(Tensor([2, 0], dtype: .int64))            // [[5, 6], [1, 2]]
    /// x.selected(Tensor([1, 1], dtype: .int64), axis: 1)   // [[2, 2], [4, 4], [6, 6]]
    /// ```
    ///
    /// - Parameter indices: integers of any shape, from 0 up to the size of the axis.
    public func selected(_ indices: Tensor, axis: Int = 0) -> Tensor {
        selected(indices, axis: axis, "selected")
    }

    func selected(_ indices: Tensor, axis: Int, _ name: StaticString) -> Tensor {
        let position = axisOrScalar(axis, "\(name)")
        if rank == 0 { return reshaped([1]).selected(indices, axis: 0, name) }
        let places = indices.asIndices(below: shape[position], shape, name)
        let result = Tensor(uninitialized: selectedShape(position, places.shape), dtype: dtype)
        backend.gatherSlices(packed, axis: position, at: places, into: result)
        let whole = shape
        return result.output(of: name, from: self, indices, attributes: ["axis": position]) { gradient, _ in
            let zeros = Tensor.zeros(whole, dtype: gradient.dtype)
            return InputGradients(zeros.indexAdded(gradient, at: places, axis: position))
        }
    }

    /// A copy with the slices of `source` added at `indices` along `axis`; an index may occur more than once. PyTorch's
    /// `index_add`.
    ///
    /// ```swift
    /// Tensor.zeros([3]).indexAdded(Tensor([1, 2, 3]), at: Tensor([0, 2, 2], dtype: .int64))   // [1, 0, 5]
    /// ```
    ///
    /// - Parameters:
    ///   - source: its shape is that of ``selected(_:axis:)`` with the same indices.
    ///   - indices: integers of any shape, from 0 up to the size of the axis.
    public func indexAdded(_ source: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
        let position = axisOrScalar(axis, "indexAdded")
        if rank == 0 { return asVector { $0.indexAdded(source, at: indices, axis: 0) } }
        if dtype == .bool { mistake("indexAdded", "is not defined for bool") }
        let places = indices.asIndices(below: shape[position], shape, "indexAdded")
        let selected = selectedShape(position, places.shape)
        if source.shape != selected {
            mistake("indexAdded", "expects values of shape \(selected), got \(source.shape)")
        }
        let added = source.converted(to: dtype)
        let result = copied()
        backend.addSlices(added.packed, axis: position, at: places, into: result)
        return result.output(of: "indexAdded", from: self, added, indices, attributes: ["axis": position]) {
            gradient, node in
            InputGradients(
                node.needs(0) ? gradient : nil, node.needs(1) ? gradient.selected(places, axis: position) : nil)
        }
    }

    /// One element for each index: `result[i, j] = self[indices[i, j], j]` for axis 0, and alike for the others. PyTorch's
    /// `torch.gather`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// x.gathered(Tensor([[0, 0], [1, 0]]).converted(to: .int64), axis: 1)   // [[1, 1], [4, 3]]
    /// ```
    ///
    /// - Parameter indices: integers from 0 up to the size of the axis; of this tensor's rank and not larger than it along
    ///   the other axes.
    public func gathered(_ indices: Tensor, axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "gathered")
        checkElementIndices(indices, position, "gathered")
        if rank == 0 { return asVector { $0.gathered(indices.reshaped([1]), axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "gathered")
        let result = Tensor(uninitialized: places.shape, dtype: dtype)
        backend.gatherElements(self, axis: position, at: places, into: result)
        let whole = shape
        return result.output(of: "gathered", from: self, indices, attributes: ["axis": position]) { gradient, _ in
            let zeros = Tensor.zeros(whole, dtype: gradient.dtype)
            return InputGradients(zeros.scatterAdded(gradient, at: places, axis: position))
        }
    }

    /// A copy with each element of `source` added at its index: `result[indices[i, j], j] += source[i, j]` for axis 0, and
    /// alike for the others. PyTorch's `scatter_add`.
    ///
    /// - Parameters:
    ///   - source: of the indices' shape, or broadcast to it.
    ///   - indices: as in ``gathered(_:axis:)``; an index may occur more than once.
    public func scatterAdded(_ source: Tensor, at indices: Tensor, axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "scatterAdded")
        if dtype == .bool { mistake("scatterAdded", "is not defined for bool") }
        checkElementIndices(indices, position, "scatterAdded")
        if rank == 0 { return asVector { $0.scatterAdded(source, at: indices.reshaped([1]), axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "scatterAdded")
        let added = source.converted(to: dtype).expanded(to: places.shape)
        // Many additions may meet at one place: they are made in `float64` then, and those of halves in `float32` at least.
        let isLong = dtype.isFloatingPoint && places.shape[position] > 16
        let type = isLong ? DType.float64 : dtype.accumulator
        let result = asOneOperation { type == dtype ? copied() : contiguous().converted(to: type) }
        let values = asOneOperation { added.contiguous().converted(to: type) }
        backend.addElements(values, axis: position, at: places, into: result)
        let sums = asOneOperation { result.converted(to: dtype) }
        return sums.output(of: "scatterAdded", from: self, added, indices, attributes: ["axis": position]) {
            gradient, node in
            InputGradients(
                node.needs(0) ? gradient : nil, node.needs(1) ? gradient.gathered(places, axis: position) : nil)
        }
    }

    /// The shape of the slices at indices of an axis.
    private func selectedShape(_ axis: Int, _ indices: Shape) -> Shape {
        var selected = Shape()
        for size in shape[..<axis] { selected.append(size) }
        for size in indices { selected.append(size) }
        for size in shape[(axis + 1)...] { selected.append(size) }
        return selected
    }

    private func checkElementIndices(_ indices: Tensor, _ axis: Int, _ name: String) {
        let fits =
            indices.rank == rank && (0..<rank).allSatisfy { $0 == axis || indices.shape[$0] <= shape[$0] }
        if !fits {
            mistake(
                name, "expects indices no larger than shape \(shape) but along axis \(axis), got \(indices.shape)")
        }
    }

    /// These integers, contiguous, after a check that they are indices of an axis of `size`.
    func asIndices(below size: Int, _ shape: Shape, _ name: StaticString) -> Tensor {
        if !dtype.isInteger { mistake("\(name)", "expects integer indices, got \(dtype)\(dtype.integerHint)") }
        let indices = asOneOperation { converted(to: .int64).contiguous() }
        if let place = backend.check(indices, below: size, ignoring: nil).wrong {
            mistake(
                "\(name)",
                "index \(indices.array(of: Int.self)[place]) (at place \(place) of the indices) is out of range for size "
                    + "\(size) of shape \(shape)")
        }
        return indices
    }
}

/// The rows of `embedding`'s weight that belong to the ids: `result[..., d] = weight[ids[...], d]`. The gradient of a row is
/// the sum over its occurrences, in their order. PyTorch's `torch.nn.functional.embedding`.
///
/// - Parameters:
///   - ids: integers of any shape, from 0 up to `N`.
///   - weight: [N, D] (`N` entries of `D` features).
public func embedding(_ ids: Tensor, _ weight: Tensor) -> Tensor {
    if weight.rank != 2 { mistake("embedding", "expects a weight of shape [N, D], got \(weight.shape)") }
    return weight.selected(ids, axis: 0, "embedding")
}

/// A row for each label with 1 at the label's index and 0 elsewhere. TensorFlow's `tf.one_hot`; PyTorch's gives `int64`.
///
/// ```swift
/// oneHot(Tensor([2, 0], dtype: .int64), classes: 3)   // [[0, 0, 1], [1, 0, 0]]
/// ```
///
/// - Parameters:
///   - labels: integers of any shape, from 0 up to `classes`.
///   - classes: the size of the new last axis.
public func oneHot(_ labels: Tensor, classes: Int, dtype: DType = .float32) -> Tensor {
    var shape = labels.shape
    shape.append(classes)
    let places = labels.asIndices(below: classes, shape, "oneHot")
    let result = Tensor(uninitialized: shape, dtype: dtype)
    result.backend.oneHot(places, into: result)
    return result.output(of: "oneHot", from: [labels], attributes: ["classes": classes, "type": dtype])
}
