import CTernKernels

/// How a reduction walks its operand.
struct ReductionPlan {
    let axes: [Int]
    /// The result's shape without the reduced axes, and with them as size 1.
    let shape: Shape
    let keptShape: Shape
    /// Elements that make one of the result.
    let reducedCount: Int

    @inline(__always)
    init(_ tensor: Tensor, _ wanted: (any Axes)?, _ operation: StaticString) {
        axes = tensor.axes(wanted, operation)
        var shape = Shape()
        var kept = tensor.impl.shape
        var count = 1
        var next = 0
        for axis in 0..<tensor.rank {
            if next < axes.count, axes[next] == axis {
                count *= kept.sizes[axis]
                kept.sizes[axis] = 1
                next += 1
            } else {
                shape.append(kept.sizes[axis])
            }
        }
        self.shape = shape
        keptShape = kept
        reducedCount = count
    }

    /// The reduced values, contiguous. The order of additions depends on the shape and layout alone.
    func reduce(_ tensor: Tensor, _ operation: ReductionFunction) -> Tensor {
        let type = tensor.dtype.kernelType
        let size = tensor.dtype.byteCount
        let result = Tensor(uninitialized: shape, dtype: tensor.dtype)
        if reducedCount == 0 || result.count == 0 {
            result.fill(operation == .product ? 1.0 : 0.0)
            return result
        }
        let source = tensor.impl.pointer
        let output = result.impl.pointer
        if shape.elements == 1, tensor.isContiguous {
            return reduceAll(tensor, operation, into: result)
        }
        // Reduced axes last, each part as few loops as its strides allow.
        var keptSizes = Shape()
        var keptStrides = Shape()
        var reducedSizes = Shape()
        var reducedStrides = Shape()
        for axis in 0..<tensor.rank {
            if axes.contains(axis) {
                reducedSizes.append(tensor.shape[axis])
                reducedStrides.append(tensor.strides[axis])
            } else {
                keptSizes.append(tensor.shape[axis])
                keptStrides.append(tensor.strides[axis])
            }
        }
        let outer = StridedLoop<1>(keptSizes, [keptStrides])
        let inner = StridedLoop<1>(reducedSizes, [reducedStrides])
        let work = Double(reducedCount) * 0.3
        let addsRows = outer.innerStrides[0] == 1 && outer.inner >= 8 && inner.innerStrides[0] != 1
        let piece = Swift.max(addsRows ? 256 : 1, elementwisePiece / reducedCount)
        if result.count <= 2 * piece, let result = reduceInParts(tensor, operation) { return result }
        if addsRows {
            // The kept elements lie together: rows of them are reduced, which also keeps vectors full.
            withUnsafeTemporaryAllocation(of: Int.self, capacity: inner.loops) { groups in
                inner.forEach(0..<inner.loops) { loop, start in groups[loop] = start[0] }
                stridedPieces(outer, count: result.count, nanosecondsPerElement: work, piece: piece) {
                    start, n, offsets in
                    Kernels.vector.reduce_rows(
                        type, operation, inner.loops, groups.baseAddress!, inner.inner, inner.innerStrides[0], n,
                        source + offsets[0] * size, output + start * size)
                }
            }
            return result
        }
        stridedPieces(outer, count: result.count, nanosecondsPerElement: work, piece: piece) { start, n, offsets in
            withUnsafeTemporaryAllocation(byteCount: inner.loops * size, alignment: 16) { sums in
                for i in 0..<n {
                    let first = source + (offsets[0] + i * outer.innerStrides[0]) * size
                    let target = output + (start + i) * size
                    if inner.loops == 1 {
                        Kernels.vector.reduce(type, operation, inner.inner, first, inner.innerStrides[0], target)
                        continue
                    }
                    inner.forEach(0..<inner.loops) { loop, start in
                        Kernels.vector.reduce(
                            type, operation, inner.inner, first + start[0] * size, inner.innerStrides[0],
                            sums.baseAddress! + loop * size)
                    }
                    Kernels.vector.reduce(type, operation.ofResults, inner.loops, sums.baseAddress!, 1, target)
                }
            }
        }
        return result
    }

    /// A few results of many elements each are too few pieces for the threads: so parts of the longest reduced axis are
    /// reduced, and then their results.
    private func reduceInParts(_ tensor: Tensor, _ operation: ReductionFunction) -> Tensor? {
        guard let axis = axes.max(by: { tensor.shape[$0] < tensor.shape[$1] }) else { return nil }
        let length = tensor.shape[axis]
        let part = Swift.max(1, length * 4 * elementwisePiece / tensor.count)
        let parts = (length + part - 1) / part
        if parts < 4 { return nil }
        var all = shape
        all.insert(parts, at: 0)
        let partial = Tensor(uninitialized: all, dtype: tensor.dtype)
        let bytes = shape.elements * tensor.dtype.byteCount
        let whole = tensor.detached
        parallelFor(pieces: parts, work: tensor.count / 8) { index in
            let slice = whole.sliced(from: index * part, to: Swift.min(length, (index + 1) * part), axis: axis)
            let result = ReductionPlan(slice, axes, "reduce").reduce(slice, operation)
            (partial.impl.pointer + index * bytes).copyMemory(from: result.impl.pointer, byteCount: bytes)
        }
        return ReductionPlan(partial, 0, "reduce").reduce(partial, operation.ofResults)
    }

    /// All elements of a contiguous tensor: pieces of fixed size in parallel, then their results in order.
    private func reduceAll(_ tensor: Tensor, _ operation: ReductionFunction, into result: Tensor) -> Tensor {
        let type = tensor.dtype.kernelType
        let size = tensor.dtype.byteCount
        let pieces = (tensor.count + elementwisePiece - 1) / elementwisePiece
        if pieces == 1 {
            Kernels.vector.reduce(type, operation, tensor.count, tensor.impl.pointer, 1, result.impl.pointer)
            return result
        }
        let partial = Tensor(uninitialized: [pieces], dtype: tensor.dtype)
        elementwiseLoop(tensor.count, nanosecondsPerElement: 0.1) { start, n in
            Kernels.vector.reduce(
                type, operation, n, tensor.impl.pointer + start * size, 1,
                partial.impl.pointer + start / elementwisePiece * size)
        }
        Kernels.vector.reduce(type, operation.ofResults, pieces, partial.impl.pointer, 1, result.impl.pointer)
        return result
    }

    /// The p-norms, p > 0: of elements divided by the largest magnitude, where their powers would overflow or underflow.
    func norm(_ tensor: Tensor, _ p: Double) -> Tensor {
        if tensor.count == 0 || reducedCount == 0 { return reduce(tensor, .sum) }
        return withoutGradients {
            if p == 2 {
                let total = reduce(tensor, .sumSquares)
                let least = tensor.dtype == .float64 ? 1e-200 : 1e-20
                if total.min().item() > least, total.max().item() < .infinity { return sqrt(total) }
            }
            let largest = abs(tensor).max(axes: axes, keepAxes: true)
            let isScale = largest.isFinite().logicalAnd(largest.greater(than: 0))
            let scale = which(isScale, largest, 1)
            let scaled = tensor / scale
            let root =
                p == 2
                ? sqrt(reduce(scaled, .sumSquares))
                : pow(reduce(pow(abs(scaled), p), .sum), 1 / p)
            return root * scale.reshaped(shape)
        }
    }

    /// For each element, the product of the others that are multiplied with it: products of those before and after it,
    /// so that zeros need no special case.
    func productsOfOthers(_ tensor: Tensor) -> Tensor {
        if tensor.count == 0 { return tensor }
        let others = (0..<tensor.rank).filter { !axes.contains($0) }
        let order = others + axes
        let lined = tensor.permuted(order).reshaped(shapeOf(lined: reducedCount))
        let ones = Tensor.ones(shapeOf(lined: 1), dtype: tensor.dtype)
        var before = [ones]
        var after = [ones]
        let last = lined.rank - 1
        for i in 0..<Swift.max(0, reducedCount - 1) {
            before.append(before[i] * lined.sliced(from: i, to: i + 1, axis: last))
            let j = reducedCount - 1 - i
            after.append(after[i] * lined.sliced(from: j, to: j + 1, axis: last))
        }
        let products = zip(before, after.reversed()).map { $0 * $1 }
        var permuted = Shape()
        for axis in order { permuted.append(tensor.shape[axis]) }
        var inverse = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return concatenated(products, axis: last).reshaped(permuted).permuted(inverse)
    }

    private func shapeOf(lined count: Int) -> Shape {
        var lined = shape
        lined.append(count)
        return lined
    }
}

extension ReductionFunction {
    /// What makes one result out of those of parts.
    fileprivate var ofResults: ReductionFunction {
        self == .sumSquares || self == .sumAbs ? .sum : self
    }
}
