import CTernKernels

extension CPU {
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

    func scatterElements(_ function: ScatterFunction, _ x: Tensor, axis: Int, at indices: Tensor, into y: Tensor) {
        if indices.count == 0 { return }
        let (kernel, size) = (Kernels.of(y.dtype).index.scatter, y.dtype.byteCount)
        let (step, limit, count) = (y.strides[axis], Int64(y.shape[axis]), indices.shape[axis])
        let (from, to, places) = (x.impl.pointer, y.impl.pointer, indices.pointer(as: Int64.self))
        // Elements of one line along the axis could meet at an index: they are written one after the other, by one thread.
        let (before, behind) = (Shape(indices.shape[..<axis]), Shape(indices.shape[(axis + 1)...]))
        let outer = StridedLoop<1>(before, [Shape(y.strides[..<axis])])
        let inner = StridedLoop<1>(behind, [Shape(y.strides[(axis + 1)...])])
        let lines = behind.elements
        // A part of the lines that lie beside each other: as many as make a piece.
        let run = Swift.min(inner.inner, Swift.max(1, elementwisePiece / count))
        let parts = (inner.inner + run - 1) / run * inner.loops
        let units = before.elements * parts
        let unitsAPiece = Swift.max(1, elementwisePiece / (run * count))
        let work = Int(Double(indices.count) * Cost.gatherElement)
        parallelFor(pieces: (units + unitsAPiece - 1) / unitsAPiece, work: work) { piece in
            for unit in piece * unitsAPiece..<Swift.min(units, (piece + 1) * unitsAPiece) {
                let (block, part) = unit.quotientAndRemainder(dividingBy: parts)
                let (loop, number) = part.quotientAndRemainder(dividingBy: parts / inner.loops)
                let first = number * run
                let n = Swift.min(run, inner.inner - first)
                let offset = outer.offset(of: block) + inner.offset(of: loop * inner.inner + first)
                let start = block * count * lines + loop * inner.inner + first
                let target = to + offset * size
                let beside = inner.innerStrides[0]
                if n < 16 && n < count {
                    for line in 0..<n {
                        _ = kernel(
                            function, count, places + start + line, lines, limit, from + (start + line) * size, lines,
                            target + line * beside * size, step, 0)
                    }
                } else {
                    for row in stride(from: start, to: start + count * lines, by: lines) {
                        _ = kernel(function, n, places + row, 1, limit, from + row * size, 1, target, step, beside)
                    }
                }
            }
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

    func nonZeroCounts(_ x: Tensor) -> [Int] {
        let (kernel, size) = (Kernels.of(x.dtype).index.count_nonzero, x.dtype.byteCount)
        var counts = [Int](repeating: 0, count: (x.count + elementwisePiece - 1) / elementwisePiece)
        counts.withUnsafeMutableBufferPointer { counts in
            nonisolated(unsafe) let counts = counts
            elementwiseLoop(x.count, nanosecondsPerElement: Cost.count) { start, n in
                counts[start / elementwisePiece] = kernel(n, x.impl.pointer + start * size)
            }
        }
        return counts
    }

    func nonZeroPlaces(_ x: Tensor, counts: [Int], into y: Tensor) {
        let (kernel, size) = (Kernels.of(x.dtype).index.nonzero, x.dtype.byteCount)
        let places = y.pointer(as: Int64.self)
        var starts = [0]
        for count in counts { starts.append(starts.last! + count) }
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.find) { start, n in
            let piece = start / elementwisePiece
            kernel(n, x.impl.pointer + start * size, Int64(start), counts[piece], places + starts[piece])
        }
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
