import CTernKernels

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
        let plan = RowPlan(shape, position, places.shape)
        let source = isContiguous ? self : copied()
        let result = Tensor(uninitialized: plan.selectedShape, dtype: dtype)
        let size = dtype.byteCount
        let (from, to) = (source.impl.pointer, result.impl.pointer)
        let indices = places.pointer(as: Int64.self)
        plan.forEachRows(count: places.count, nanosecondsPerElement: 0.3) { outer, rows in
            _ = Kernels.index.gather_rows(
                size, rows.count, plan.inner, indices + rows.lowerBound, Int64(plan.size),
                from + outer * plan.size * plan.inner * size, plan.inner,
                to + (outer * places.count + rows.lowerBound) * plan.inner * size)
        }
        let whole = shape
        return result.output(of: name, from: self) { gradient, _ in
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
        let plan = RowPlan(shape, position, places.shape)
        if source.shape != plan.selectedShape {
            mistake("indexAdded", "expects values of shape \(plan.selectedShape), got \(source.shape)")
        }
        let added = source.converted(to: dtype)
        let rows = added.isContiguous ? added : added.copied()
        let result = copied()
        let size = dtype.byteCount
        let (from, to) = (rows.impl.pointer, result.impl.pointer)
        let groups = IndexGroups(places, below: plan.size, inner: plan.inner)
        plan.forEachColumns(count: places.count, nanosecondsPerElement: 0.5) { outer, columns in
            let source = from + (outer * places.count * plan.inner + columns.lowerBound) * size
            let target = to + (outer * plan.size * plan.inner + columns.lowerBound) * size
            withUnsafeTemporaryAllocation(byteCount: columns.count * size, alignment: 16) { sum in
                groups.visit { index, rows in
                    // Rows of one index are added up by themselves, as accurate as a sum.
                    var added = source + rows[0] * size
                    if rows.count > 1 {
                        added = sum.baseAddress!
                        Kernels.vector.reduce_rows(
                            dtype.kernelType, .sum, rows.count, rows.baseAddress!, 1, 0, columns.count,
                            source, added)
                    }
                    Kernels.vector.axpy(
                        dtype.kernelType, 1, columns.count, added, target + index * plan.inner * size)
                }
            }
        }
        return result.output(of: "indexAdded", from: self, added) { gradient, node in
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
        let size = dtype.byteCount
        let loop = elementLoop(position, places.shape)
        let indices = places.pointer(as: Int64.self)
        stridedPieces(loop, count: result.count, nanosecondsPerElement: 1.5) { start, n, offsets in
            _ = Kernels.index.gather(
                size, n, indices + start, 1, Int64(shape[position]), impl.pointer + offsets[0] * size,
                strides[position], loop.innerStrides[0], result.impl.pointer + start * size)
        }
        let whole = shape
        return result.output(of: "gathered", from: self) { gradient, _ in
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
        // Many additions may meet at one place: they are made in `float64` then.
        let type = dtype == .float32 && places.shape[position] > 16 ? DType.float64 : dtype
        let result = withoutGradients { type == dtype ? copied() : contiguous().converted(to: type) }
        let values = withoutGradients { added.contiguous().converted(to: type) }
        let size = type.byteCount
        let loop = result.elementLoop(position, places.shape)
        let indices = places.pointer(as: Int64.self)
        if places.count > 0 {
            // One after the other: pieces could meet at an index.
            loop.forEach(0..<loop.loops) { index, offsets in
                let start = index * loop.inner
                _ = Kernels.index.scatter_add(
                    type.kernelType, loop.inner, indices + start, 1, Int64(shape[position]),
                    values.impl.pointer + start * size, 1, result.impl.pointer + offsets[0] * size,
                    result.strides[position], loop.innerStrides[0])
            }
        }
        let sums = result.converted(to: dtype)
        return sums.output(of: "scatterAdded", from: self, added) { gradient, node in
            InputGradients(
                node.needs(0) ? gradient : nil, node.needs(1) ? gradient.gathered(places, axis: position) : nil)
        }
    }

    /// Walks the elements at index 0 of `axis` that belong to the indices.
    private func elementLoop(_ axis: Int, _ shape: Shape) -> StridedLoop<1> {
        var others = strides
        others[axis] = 0
        return StridedLoop<1>(shape, [others])
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
        let indices = withoutGradients { converted(to: .int64).contiguous() }
        indices.withUnsafeBuffer(of: Int64.self) { places in
            for (place, index) in places.enumerated() where index < 0 || index >= size {
                mistake(
                    "\(name)",
                    "index \(index) (at place \(place) of the indices) is out of range for size \(size) of shape \(shape)"
                )
            }
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
    _ = Kernels.index.one_hot(
        dtype.kernelType, places.count, classes, places.pointer(as: Int64.self), result.impl.pointer)
    return result
}

/// A tensor as `outer` blocks of `size` rows of `inner` elements, of which some are selected by index.
private struct RowPlan {
    var outer = 1
    var inner = 1
    let size: Int
    var selectedShape = Shape()

    init(_ shape: Shape, _ axis: Int, _ indices: Shape) {
        size = shape[axis]
        for position in 0..<shape.count {
            if position < axis { outer *= shape[position] }
            if position > axis { inner *= shape[position] }
            if position == axis {
                for size in indices { selectedShape.append(size) }
            } else {
                selectedShape.append(shape[position])
            }
        }
    }

    /// Runs blocks of selected rows, in parallel if that pays.
    @inline(__always)
    func forEachRows(count: Int, nanosecondsPerElement: Double, _ body: (_ outer: Int, _ rows: Range<Int>) -> Void) {
        if inner == 0 || count == 0 { return }
        let rowsAPiece = Swift.min(count, Swift.max(1, elementwisePiece / inner))
        let pieces = (count + rowsAPiece - 1) / rowsAPiece
        let work = Int(Double(outer * count) * (Double(inner) * nanosecondsPerElement + 4))
        parallelFor(pieces: outer * pieces, work: work) { piece in
            let start = piece % pieces * rowsAPiece
            body(piece / pieces, start..<Swift.min(count, start + rowsAPiece))
        }
    }

    /// Runs all selected rows for blocks of their elements, in parallel if that pays: no two blocks meet.
    @inline(__always)
    func forEachColumns(
        count: Int, nanosecondsPerElement: Double, _ body: (_ outer: Int, _ columns: Range<Int>) -> Void
    ) {
        if inner == 0 || count == 0 { return }
        let columnsAPiece = Swift.min(inner, 1024)
        let pieces = (inner + columnsAPiece - 1) / columnsAPiece
        let work = Int(Double(outer * count) * (Double(inner) * nanosecondsPerElement + 8))
        parallelFor(pieces: outer * pieces, work: work) { piece in
            let start = piece % pieces * columnsAPiece
            body(piece / pieces, start..<Swift.min(inner, start + columnsAPiece))
        }
    }
}

/// Which places hold which index.
private struct IndexGroups {
    /// The indices that occur, in rising order, and where the offsets of each one's rows begin.
    private var indices: [Int] = []
    private var starts: [Int] = []
    /// Of rows of `inner` elements, by index and then in their order.
    private var offsets: [Int]

    init(_ places: Tensor, below size: Int, inner: Int) {
        var next = [Int](repeating: 0, count: size)
        offsets = [Int](repeating: 0, count: places.count)
        places.withUnsafeBuffer(of: Int64.self) { places in
            for index in places { next[Int(index)] += 1 }
            var start = 0
            for index in 0..<size where next[index] > 0 {
                indices.append(index)
                starts.append(start)
                (start, next[index]) = (start + next[index], start)
            }
            starts.append(start)
            for (place, index) in places.enumerated() {
                offsets[next[Int(index)]] = place * inner
                next[Int(index)] += 1
            }
        }
    }

    @inline(__always)
    func visit(_ body: (_ index: Int, _ rows: UnsafeBufferPointer<Int>) -> Void) {
        offsets.withUnsafeBufferPointer { offsets in
            for group in 0..<indices.count {
                body(indices[group], UnsafeBufferPointer(rebasing: offsets[starts[group]..<starts[group + 1]]))
            }
        }
    }
}
