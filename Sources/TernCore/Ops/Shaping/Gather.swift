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
    /// - Parameters:
    ///   - indices: integers of any shape, from 0 up to the size of the axis.
    ///   - axis: counted from the end if negative.
    public func selected(_ indices: Tensor, axis: Int = 0) -> Tensor {
        selected(indices, axis: axis, "selected")
    }

    func selected(_ indices: Tensor, axis: Int, _ name: StaticString) -> Tensor {
        let position = axisOrScalar(axis, "\(name)")
        if rank == 0 { return reshaped([1]).selected(indices, axis: 0, name) }
        let places = indices.asIndices(below: shape[position], shape, name)
        return taken(Slices(shape, axis: position, indices, places: places), name)
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
    ///   - axis: counted from the end if negative.
    public func indexAdded(_ source: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
        let position = axisOrScalar(axis, "indexAdded")
        if rank == 0 { return asVector { $0.indexAdded(source, at: indices, axis: 0) } }
        if dtype == .bool { mistake("indexAdded", "is not defined for bool") }
        let places = indices.asIndices(below: shape[position], shape, "indexAdded")
        let slices = Slices(shape, axis: position, indices, places: places)
        if source.shape != slices.result {
            mistake("indexAdded", "expects values of shape \(slices.result), got \(source.shape)")
        }
        var result = self
        result.add(source.converted(to: dtype), at: slices)
        return result
    }

    /// One element for each index: `result[i, j] = self[indices[i, j], j]` for axis 0, and alike for the others. PyTorch's
    /// `torch.gather`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2], [3, 4]]
    /// x.gathered(Tensor([[0, 0], [1, 0]]).converted(to: .int64), axis: 1)   // [[1, 1], [4, 3]]
    /// ```
    ///
    /// - Parameters:
    ///   - indices: integers from 0 up to the size of the axis; of this tensor's rank and not larger than it along the
    ///     other axes.
    ///   - axis: counted from the end if negative.
    public func gathered(_ indices: Tensor, axis: Int) -> Tensor {
        let position = axisOrScalar(axis, "gathered")
        checkElementIndices(indices, position, "gathered")
        if rank == 0 { return asVector { $0.gathered(indices.reshaped([1]), axis: 0) } }
        let places = indices.asIndices(below: shape[position], shape, "gathered")
        let result = Tensor(uninitialized: places.shape, dtype: dtype)
        backend.gatherElements(self, axis: position, at: places, into: result)
        let whole = shape
        return result.output(of: "gathered", from: self, indices, attributes: ["axis": position]) { gradient, _ in
            var sum = Tensor.zeros(whole, dtype: gradient.dtype)
            sum.scatterAdd(gradient, at: places, axis: position, indices)
            return InputGradients(sum)
        }
    }

    func checkElementIndices(_ indices: Tensor, _ axis: Int, _ name: String) {
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
            stopOutOfRange(indices, place, size, shape, name)
        }
        return indices
    }
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
///   - dtype: of the result.
public func oneHot(_ labels: Tensor, classes: Int, dtype: DType = .float32) -> Tensor {
    var shape = labels.shape
    shape.append(classes)
    let places = labels.asIndices(below: classes, shape, "oneHot")
    let result = Tensor(uninitialized: shape, dtype: dtype)
    result.backend.oneHot(places, into: result)
    return result.output(of: "oneHot", from: [labels], attributes: ["classes": classes, "type": dtype])
}
