import CTernKernels

extension CPU {
    func softmax(_ x: Tensor, into y: Tensor) { map(x, y, Kernels.vector.softmax) }

    func logSoftmax(_ x: Tensor, into y: Tensor) { map(x, y, Kernels.vector.log_softmax) }

    func softmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor) { map(y, g, dx, Kernels.vector.softmax_backward) }

    func logSoftmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor) {
        map(y, g, dx, Kernels.vector.log_softmax_backward)
    }

    func crossEntropy(
        _ x: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, into losses: Tensor, _ probabilities: Tensor
    ) {
        let (type, size, classes) = (x.dtype.kernelType, x.dtype.byteCount, x.shape[1])
        let labels = labels.pointer(as: Int64.self)
        rowLoop(rows: x.shape[0], columns: classes, nanosecondsPerElement: Cost.crossEntropy) { start, n in
            let bytes = start * classes * size
            // The labels are checked, so the row of a wrong one, which this returns, is of no interest.
            _ = Kernels.vector.cross_entropy(
                type, n, classes, x.impl.pointer + bytes, labels + start, ignoring, smoothing,
                losses.impl.pointer + start * size, probabilities.impl.pointer + bytes)
        }
    }

    func crossEntropyBackward(
        _ probabilities: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, scale: Tensor, into dx: Tensor
    ) {
        let (type, size) = (probabilities.dtype.kernelType, probabilities.dtype.byteCount)
        let (rows, classes) = (probabilities.shape[0], probabilities.shape[1])
        let labels = labels.pointer(as: Int64.self)
        let stride = scale.rank == 0 ? 0 : 1
        rowLoop(rows: rows, columns: classes, nanosecondsPerElement: Cost.crossEntropyBackward) { start, n in
            let bytes = start * classes * size
            Kernels.vector.cross_entropy_backward(
                type, n, classes, probabilities.impl.pointer + bytes, labels + start, ignoring, smoothing,
                scale.impl.pointer + start * stride * size, stride, dx.impl.pointer + bytes)
        }
    }

    @inline(__always)
    private func map(
        _ x: Tensor, _ y: Tensor, _ kernel: (TernType, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        let (type, size, columns) = (x.dtype.kernelType, x.dtype.byteCount, x.shape[x.rank - 1])
        let rows = columns == 0 ? 0 : x.count / columns
        rowLoop(rows: rows, columns: columns, nanosecondsPerElement: Cost.softmax) { start, n in
            let bytes = start * columns * size
            kernel(type, n, columns, x.impl.pointer + bytes, y.impl.pointer + bytes)
        }
    }

    @inline(__always)
    private func map(
        _ a: Tensor, _ b: Tensor, _ y: Tensor,
        _ kernel: (TernType, Int, Int, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        let (type, size, columns) = (a.dtype.kernelType, a.dtype.byteCount, a.shape[a.rank - 1])
        let rows = columns == 0 ? 0 : a.count / columns
        rowLoop(rows: rows, columns: columns, nanosecondsPerElement: Cost.softmaxBackward) { start, n in
            let bytes = start * columns * size
            kernel(type, n, columns, a.impl.pointer + bytes, b.impl.pointer + bytes, y.impl.pointer + bytes)
        }
    }
}
