import CTernKernels

extension CPU {
    func gatherSlices(_ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor) {
        let rows = Rows(x.shape, axis)
        let (kernel, size, count) = (Kernels.of(x.dtype).index.gather_rows, x.dtype.byteCount, indices.count)
        let (from, to, places) = (x.impl.pointer, y.impl.pointer, indices.pointer(as: Int64.self))
        rows.forEachBlock(count: count) { outer, block in
            _ = kernel(
                block.count, rows.inner, places + block.lowerBound, Int64(rows.size),
                from + outer * rows.size * rows.inner * size, rows.inner,
                to + (outer * count + block.lowerBound) * rows.inner * size)
        }
    }

    func addSlices(_ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor) {
        let rows = Rows(y.shape, axis)
        let (kernels, size, count) = (Kernels.of(y.dtype), y.dtype.byteCount, indices.count)
        // Sums of halves are floats, and added as such.
        let sumType = y.dtype.accumulator
        let (sums, sumSize) = (Kernels.of(sumType), sumType.byteCount)
        let (from, to) = (x.impl.pointer, y.impl.pointer)
        let groups = IndexGroups(indices, below: rows.size, inner: rows.inner)
        rows.forEachColumns(count: count) { outer, columns in
            let source = from + (outer * count * rows.inner + columns.lowerBound) * size
            let target = to + (outer * rows.size * rows.inner + columns.lowerBound) * size
            withUnsafeTemporaryAllocation(byteCount: 2 * columns.count * sumSize, alignment: 16) { sum in
                groups.visit { index, offsets in
                    // Rows of one index are added up by themselves, as accurate as a sum.
                    let place = target + index * rows.inner * size
                    if offsets.count == 1 {
                        return kernels.elementwise.axpy(1, columns.count, source + offsets[0] * size, place)
                    }
                    let added = sum.baseAddress!
                    kernels.reduce.reduce_rows(
                        .sum, offsets.count, offsets.baseAddress!, 1, 0, columns.count, source, added)
                    if !y.dtype.isHalf { return kernels.elementwise.axpy(1, columns.count, added, place) }
                    let total = added + columns.count * sumSize
                    kernels.convert(to: sumType)(columns.count, place, 1, total)
                    sums.elementwise.axpy(1, columns.count, added, total)
                    sums.convert(to: y.dtype)(columns.count, total, 1, place)
                }
            }
        }
    }

    func gatherElements(_ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor) {
        let (kernel, size) = (Kernels.of(x.dtype).index.gather, x.dtype.byteCount)
        let (step, limit) = (x.strides[axis], Int64(x.shape[axis]))
        let (from, to, places) = (x.impl.pointer, y.impl.pointer, indices.pointer(as: Int64.self))
        let loop = x.elementLoop(axis, indices.shape)
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.gatherElement) { start, n, offsets in
            _ = kernel(
                n, places + start, 1, limit, from + offsets[0] * size, step, loop.innerStrides[0],
                to + start * size)
        }
    }

    func addElements(_ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor) {
        if indices.count == 0 { return }
        let (kernel, size) = (Kernels.of(y.dtype).index.scatter_add, y.dtype.byteCount)
        let (step, limit) = (y.strides[axis], Int64(y.shape[axis]))
        let places = indices.pointer(as: Int64.self)
        let loop = y.elementLoop(axis, indices.shape)
        Observation.kernelBegins()
        // One after the other: pieces could meet at an index.
        loop.forEach(0..<loop.loops) { index, offsets in
            let start = index * loop.inner
            _ = kernel(
                loop.inner, places + start, 1, limit, x.impl.pointer + start * size, 1,
                y.impl.pointer + offsets[0] * size, step, loop.innerStrides[0])
        }
    }

    func oneHot(_ labels: Tensor, into y: Tensor) {
        Observation.kernelBegins()
        _ = Kernels.of(y.dtype).index.one_hot(
            labels.count, y.shape[y.rank - 1], labels.pointer(as: Int64.self), y.impl.pointer)
    }

    func check(_ indices: Tensor, below limit: Int, ignoring: Int64?) -> (wrong: Int?, ignored: Int) {
        let values = UnsafeBufferPointer(start: indices.pointer(as: Int64.self), count: indices.count)
        var (wrong, ignored): (Int?, Int) = (nil, 0)
        for (place, index) in values.enumerated() {
            if index == ignoring {
                ignored += 1
            } else if index < 0 || index >= limit, wrong == nil {
                wrong = place
            }
        }
        return (wrong, ignored)
    }
}

extension Tensor {
    /// Walks the elements at index 0 of `axis` that belong to indices of `shape`.
    fileprivate func elementLoop(_ axis: Int, _ shape: Shape) -> StridedLoop<1> {
        var others = strides
        others[axis] = 0
        return StridedLoop<1>(shape, [others])
    }
}

/// A tensor as blocks of `size` rows of `inner` elements, of which some are named by index.
private struct Rows {
    private var outer = 1
    private(set) var inner = 1
    let size: Int

    init(_ shape: Shape, _ axis: Int) {
        size = shape[axis]
        for position in 0..<axis { outer *= shape[position] }
        for position in (axis + 1)..<shape.count { inner *= shape[position] }
    }

    /// Runs blocks of the named rows, in parallel if that pays.
    @inline(__always)
    func forEachBlock(count: Int, _ body: (_ outer: Int, _ rows: Range<Int>) -> Void) {
        if inner == 0 || count == 0 { return }
        let rowsAPiece = Swift.min(count, Swift.max(1, elementwisePiece / inner))
        let pieces = (count + rowsAPiece - 1) / rowsAPiece
        let work = Int(Double(outer * count) * (Double(inner) * Cost.gatherSlices + Cost.row / 2))
        parallelFor(pieces: outer * pieces, work: work) { piece in
            let start = piece % pieces * rowsAPiece
            body(piece / pieces, start..<Swift.min(count, start + rowsAPiece))
        }
    }

    /// Runs all named rows for blocks of their elements, in parallel if that pays: no two blocks meet.
    @inline(__always)
    func forEachColumns(count: Int, _ body: (_ outer: Int, _ columns: Range<Int>) -> Void) {
        if inner == 0 || count == 0 { return }
        let columnsAPiece = Swift.min(inner, 1024)
        let pieces = (inner + columnsAPiece - 1) / columnsAPiece
        let work = Int(Double(outer * count) * (Double(inner) * Cost.addSlices + Cost.row))
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
