import CTernKernels

extension CPU {
    /// The order of additions depends on the shape and layout alone.
    func reduce(_ function: ReductionFunction, _ x: Tensor, axes: [Int], into y: Tensor) {
        if y.count == 0 { return }
        let kernels = Kernels.of(x.dtype)
        let sumType = x.dtype.accumulator
        if y.dtype != sumType {
            let sums = Tensor(uninitialized: y.shape, dtype: sumType)
            reduce(function, x, axes: axes, into: sums)
            return convert(sums, into: y)
        }
        if y.count == 1, x.isContiguous { return reduceAll(function, x, into: y) }
        let (kernel, rowKernel) = (kernels.reduce.reduce, kernels.reduce.reduce_rows)
        let (size, resultSize, combine) = (x.dtype.byteCount, y.dtype.byteCount, Kernels.of(y.dtype).reduce.reduce)
        let (source, output) = (x.impl.pointer, y.impl.pointer)
        // Reduced axes last, each part as few loops as its strides allow.
        var (keptSizes, keptStrides, reducedSizes, reducedStrides) = (Shape(), Shape(), Shape(), Shape())
        for axis in 0..<x.rank {
            if axes.contains(axis) {
                reducedSizes.append(x.shape[axis])
                reducedStrides.append(x.strides[axis])
            } else {
                keptSizes.append(x.shape[axis])
                keptStrides.append(x.strides[axis])
            }
        }
        let outer = StridedLoop<1>(keptSizes, [keptStrides])
        let inner = StridedLoop<1>(reducedSizes, [reducedStrides])
        let count = reducedSizes.elements
        let work = Double(count) * Cost.reduce
        let addsRows = outer.innerStrides[0] == 1 && outer.inner >= 8 && inner.innerStrides[0] != 1
        let piece = Swift.max(addsRows ? 256 : 1, elementwisePiece / count)
        if y.count <= 2 * piece, reduceInParts(function, x, axes, into: y) { return }
        if addsRows {
            // The kept elements lie together: rows of them are reduced, which also keeps vectors full.
            withUnsafeTemporaryAllocation(of: Int.self, capacity: inner.loops) { groups in
                inner.forEach(0..<inner.loops) { loop, start in groups[loop] = start[0] }
                stridedPieces(outer, count: y.count, nanosecondsPerElement: work, piece: piece) { start, n, offsets in
                    rowKernel(
                        function, inner.loops, groups.baseAddress!, inner.inner, inner.innerStrides[0], n,
                        source + offsets[0] * size, output + start * resultSize)
                }
            }
            return
        }
        stridedPieces(outer, count: y.count, nanosecondsPerElement: work, piece: piece) { start, n, offsets in
            withUnsafeTemporaryAllocation(byteCount: inner.loops * resultSize, alignment: 16) { sums in
                for i in 0..<n {
                    let first = source + (offsets[0] + i * outer.innerStrides[0]) * size
                    let target = output + (start + i) * resultSize
                    if inner.loops == 1 {
                        kernel(function, inner.inner, first, inner.innerStrides[0], target)
                        continue
                    }
                    inner.forEach(0..<inner.loops) { loop, start in
                        kernel(
                            function, inner.inner, first + start[0] * size, inner.innerStrides[0],
                            sums.baseAddress! + loop * resultSize)
                    }
                    combine(function.ofResults, inner.loops, sums.baseAddress!, 1, target)
                }
            }
        }
    }

    /// A few results of many elements each are too few pieces for the threads: so parts of the longest reduced axis are
    /// reduced, and then their results.
    private func reduceInParts(_ function: ReductionFunction, _ x: Tensor, _ axes: [Int], into y: Tensor) -> Bool {
        guard let axis = axes.max(by: { x.shape[$0] < x.shape[$1] }) else { return false }
        let length = x.shape[axis]
        let part = Swift.max(1, length * 4 * elementwisePiece / x.count)
        let parts = (length + part - 1) / part
        if parts < 4 { return false }
        let partial = Tensor(uninitialized: [parts, y.count], dtype: y.dtype)
        parallelFor(pieces: parts, work: x.count / 8) { index in
            let first = index * part
            let size = Swift.min(length, first + part) - first
            let slice = x.view(Window(x.shape, axis: axis, start: first, step: 1, size: size))
            let row = partial.view(shape: y.shape, strides: y.shape.contiguousStrides, first: index * y.count)
            reduce(function, slice, axes: axes, into: row)
        }
        reduce(function.ofResults, partial, axes: [0], into: y.contiguousView([y.count]))
        return true
    }

    /// All elements of a contiguous tensor: pieces of fixed size in parallel, then their results in order.
    private func reduceAll(_ function: ReductionFunction, _ x: Tensor, into y: Tensor) {
        let (kernel, size) = (Kernels.of(x.dtype).reduce.reduce, x.dtype.byteCount)
        let pieces = (x.count + elementwisePiece - 1) / elementwisePiece
        if pieces == 1 {
            Observation.kernelBegins()
            return kernel(function, x.count, x.impl.pointer, 1, y.impl.pointer)
        }
        let partial = Tensor(uninitialized: [pieces], dtype: y.dtype)
        let resultSize = y.dtype.byteCount
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.reduceAll) { start, n in
            kernel(
                function, n, x.impl.pointer + start * size, 1,
                partial.impl.pointer + start / elementwisePiece * resultSize)
        }
        Kernels.of(y.dtype).reduce.reduce(function.ofResults, pieces, partial.impl.pointer, 1, y.impl.pointer)
    }

    func sumColumns(_ x: Tensor, into y: Tensor) {
        if x.count > elementwisePiece || x.dtype.isHalf { return reduce(.sum, x, axes: [0], into: y) }
        let (rows, columns, kernels) = (x.impl.shape.sizes[0], x.impl.shape.sizes[1], Kernels.of(x.dtype))
        Observation.kernelBegins()
        if columns == 1 { return kernels.reduce.reduce(.sum, rows, x.impl.pointer, 1, y.impl.pointer) }
        kernels.reduce.reduce_rows(.sum, 1, nil, rows, columns, columns, x.impl.pointer, y.impl.pointer)
    }

    func argument(_ function: ReductionFunction, _ x: Tensor, axis: Int, into y: Tensor) {
        let kernels = Kernels.of(x.dtype).reduce
        let kernel = function == .max ? kernels.argmax : kernels.argmin
        var (outer, outerStrides) = (x.shape, x.strides)
        let n = outer.remove(at: axis)
        let step = outerStrides.remove(at: axis)
        let (source, output) = (x.impl.pointer, y.pointer(as: Int64.self))
        let size = x.dtype.byteCount
        let loop = StridedLoop<1>(outer, [outerStrides])
        let (work, piece) = (Double(n) * Cost.argument, Swift.max(1, elementwisePiece / n))
        stridedPieces(loop, count: y.count, nanosecondsPerElement: work, piece: piece) { start, run, offsets in
            for i in 0..<run {
                output[start + i] = kernel(n, source + (offsets[0] + i * loop.innerStrides[0]) * size, step)
            }
        }
    }

    func accumulateSums(_ y: Tensor, axis: Int) {
        let kernel = Kernels.of(y.dtype).reduce.cumulative_sum
        forEachColumns(of: y, axis: axis) { size, stride, columns, offset in
            kernel(size, stride, columns, y.impl.pointer + offset)
        }
    }

    /// Calls `body` for ranges of columns that run along an axis of the contiguous `y`, of which no two meet.
    ///
    /// - Parameter body: gets the size of the axis, the elements from one of its indices to the next, the number of columns,
    ///   and how many bytes behind the start of `y` the first one begins.
    func forEachColumns(
        of y: Tensor, axis: Int, _ body: (_ size: Int, _ stride: Int, _ columns: Int, _ offset: Int) -> Void
    ) {
        if y.count == 0 { return }
        let (size, bytes) = (y.shape[axis], y.dtype.byteCount)
        let inner = y.shape[(axis + 1)...].reduce(1, *)
        let columns = Swift.min(inner, 1024)
        let ranges = (inner + columns - 1) / columns
        let work = Int(Double(y.count) * Cost.accumulateSums)
        parallelFor(pieces: y.count / (size * inner) * ranges, work: work) { piece in
            let first = piece % ranges * columns
            body(
                size, inner, Swift.min(columns, inner - first), (piece / ranges * size * inner + first) * bytes)
        }
    }

    /// Differences live on the stack, block by block; blocks and pieces are added in their order.
    func squaredError(_ a: Tensor, _ b: Tensor, scale: Double, into y: Tensor) {
        let (count, kernels, size) = (a.count, Kernels.of(a.dtype), a.dtype.byteCount)
        if count == 0 { return fill(y, 0 * scale) }  // The mean of nothing is NaN.
        let block = 1024
        let pieces = (count + elementwisePiece - 1) / elementwisePiece
        let partial = pieces == 1 ? y : Tensor(uninitialized: [pieces], dtype: a.dtype)
        let (subtract, reduceBlock) = (kernels.binary(.subtract), kernels.reduce.reduce)
        let (left, right, sums) = (a.impl.pointer, b.impl.pointer, partial.impl.pointer)
        elementwiseLoop(count, nanosecondsPerElement: Cost.squaredError) { start, n in
            withUnsafeTemporaryAllocation(byteCount: Swift.min(n, block) * size, alignment: 16) { buffer in
                let difference = buffer.baseAddress!
                let output = sums + start / elementwisePiece * size
                var sum = 0.0
                for first in stride(from: start, to: start + n, by: block) {
                    let length = Swift.min(block, start + n - first)
                    subtract(length, left + first * size, 1, right + first * size, 1, difference)
                    reduceBlock(.sumSquares, length, difference, 1, output)
                    sum += output.number(a.dtype)
                }
                output.store(sum * scale, a.dtype)
            }
        }
        if pieces > 1 { reduce(.sum, partial, axes: [0], into: y) }
    }

    func scaledDifference(_ a: Tensor, _ b: Tensor, _ factor: Tensor, _ number: Double, into y: Tensor) {
        let (type, size) = (a.dtype, a.dtype.byteCount)
        let (subtract, multiply) = (Kernels.of(type).binary(.subtract), Kernels.of(type).binary(.multiply))
        let factor = factor.impl.pointer.number(factor.dtype) * number
        withUnsafeTemporaryAllocation(byteCount: size, alignment: size) { scalar in
            scalar.baseAddress!.store(factor, type)
            elementwiseLoop(a.count, nanosecondsPerElement: Cost.scaledDifference) { start, n in
                let output = y.impl.pointer + start * size
                subtract(n, a.impl.pointer + start * size, 1, b.impl.pointer + start * size, 1, output)
                multiply(n, output, 1, scalar.baseAddress!, 0, output)
            }
        }
    }
}

extension ReductionFunction {
    /// What makes one result out of those of parts.
    fileprivate var ofResults: ReductionFunction { self == .sumSquares || self == .sumAbs ? .sum : self }
}

extension UnsafeMutableRawPointer {
    /// The number at this place.
    @inline(__always)
    fileprivate func number(_ type: DType) -> Double {
        if type == .float32 { return Double(load(as: Float.self)) }
        var number = 0.0
        Kernels.of(type).convert(to: .float64)(1, self, 1, &number)
        return number
    }

    @inline(__always)
    fileprivate func store(_ number: Double, _ type: DType) {
        if type == .float32 { return storeBytes(of: Float(number), as: Float.self) }
        Kernels.of(type).elementwise.fill(number, 1, self)
    }
}
