import CTernKernels

extension CPU {
    func softmax(_ x: Tensor, into y: Tensor) { map(x, y, Kernels.of(x.dtype).rows.softmax) }

    func logSoftmax(_ x: Tensor, into y: Tensor) { map(x, y, Kernels.of(x.dtype).rows.log_softmax) }

    func softmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor) {
        map(y, g, dx, Kernels.of(y.dtype).rows.softmax_backward)
    }

    func logSoftmaxBackward(_ y: Tensor, _ g: Tensor, into dx: Tensor) {
        map(y, g, dx, Kernels.of(y.dtype).rows.log_softmax_backward)
    }

    func crossEntropy(
        _ x: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, into losses: Tensor, _ probabilities: Tensor
    ) {
        let (kernel, size, classes) = (Kernels.of(x.dtype).rows.cross_entropy, x.dtype.byteCount, x.shape[1])
        let lossSize = losses.dtype.byteCount
        let labels = labels.pointer(as: Int64.self)
        rowLoop(rows: x.shape[0], columns: classes, nanosecondsPerElement: Cost.crossEntropy) { start, n in
            let bytes = start * classes * size
            // The labels are checked, so the row of a wrong one, which this returns, is of no interest.
            _ = kernel(
                n, classes, x.impl.pointer + bytes, labels + start, ignoring, smoothing,
                losses.impl.pointer + start * lossSize, probabilities.impl.pointer + bytes)
        }
    }

    func crossEntropyBackward(
        _ probabilities: Tensor, _ labels: Tensor, ignoring: Int64, smoothing: Double, scale: Tensor, into dx: Tensor
    ) {
        let kernel = Kernels.of(probabilities.dtype).rows.cross_entropy_backward
        let (size, scaleSize) = (probabilities.dtype.byteCount, scale.dtype.byteCount)
        let (rows, classes) = (probabilities.shape[0], probabilities.shape[1])
        let labels = labels.pointer(as: Int64.self)
        let stride = scale.rank == 0 ? 0 : 1
        rowLoop(rows: rows, columns: classes, nanosecondsPerElement: Cost.crossEntropyBackward) { start, n in
            let bytes = start * classes * size
            kernel(
                n, classes, probabilities.impl.pointer + bytes, labels + start, ignoring, smoothing,
                scale.impl.pointer + start * stride * scaleSize, stride, dx.impl.pointer + bytes)
        }
    }

    @inline(__always)
    private func map(
        _ x: Tensor, _ y: Tensor, _ kernel: (Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        let (size, columns) = (x.dtype.byteCount, x.shape[x.rank - 1])
        let rows = columns == 0 ? 0 : x.count / columns
        rowLoop(rows: rows, columns: columns, nanosecondsPerElement: Cost.softmax) { start, n in
            let bytes = start * columns * size
            kernel(n, columns, x.impl.pointer + bytes, y.impl.pointer + bytes)
        }
    }

    @inline(__always)
    private func map(
        _ a: Tensor, _ b: Tensor, _ y: Tensor,
        _ kernel: (Int, Int, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        let (size, columns) = (a.dtype.byteCount, a.shape[a.rank - 1])
        let rows = columns == 0 ? 0 : a.count / columns
        rowLoop(rows: rows, columns: columns, nanosecondsPerElement: Cost.softmaxBackward) { start, n in
            let bytes = start * columns * size
            kernel(n, columns, a.impl.pointer + bytes, b.impl.pointer + bytes, y.impl.pointer + bytes)
        }
    }
}
