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
        let (step, limit) = (y.strides[axis], Int64(y.shape[axis]))
        let places = indices.pointer(as: Int64.self)
        let loop = y.elementLoop(axis, indices.shape)
        Observation.kernelBegins()
        // One after the other: pieces could meet at an index.
        loop.forEach(0..<loop.loops) { index, offsets in
            let start = index * loop.inner
            _ = kernel(
                function, loop.inner, places + start, 1, limit, x.impl.pointer + start * size, 1,
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
