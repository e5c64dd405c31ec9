import CTernKernels

extension CPU {
    /// A piece of `a` and `b` stays in a core's cache, and meets that of each of the others. The order of additions depends on
    /// the length alone.
    func dotProducts(_ vectors: ArraySlice<Tensor>, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let (length, count, type, size) = (a.count, vectors.count, a.dtype, a.dtype.byteCount)
        if length == 0 { return fill(y, 0.0) }
        let pieces = (length + updatePiece - 1) / updatePiece
        let partial = pieces == 1 ? y : Tensor(uninitialized: [pieces, 2 * count], dtype: type)
        let work = Double(count) * Cost.dotProducts
        elementwiseLoop(length, nanosecondsPerElement: work, piece: updatePiece) { start, n in
            Allocator.withScratch(2 * n * size) { rows in
                rows.copyMemory(from: a.impl.pointer + start * size, byteCount: n * size)
                (rows + n * size).copyMemory(from: b.impl.pointer + start * size, byteCount: n * size)
                let sums = partial.impl.pointer + start / updatePiece * 2 * count * size
                for (index, vector) in vectors.enumerated() {
                    var product = TernGemm(
                        start: .TERN_GEMM_ZERO, rows: 2, columns: 1, depth: n, a: rows, a_row: n, a_depth: 1,
                        b: vector.impl.pointer + start * size, b_depth: 1, b_column: n, c: sums + index * size,
                        c_row: count, bias: nil, may_share: false)
                    computeFloats(&product, type)
                }
            }
        }
        if pieces == 1 { return }
        Kernels.of(type).reduce.reduce_rows(
            .sum, 1, nil, pieces, 2 * count, 2 * count, partial.impl.pointer, y.impl.pointer)
    }

    func combine(_ vectors: [Tensor], _ factors: [Double], into y: Tensor) {
        let (kernels, size) = (Kernels.of(y.dtype).elementwise, y.dtype.byteCount)
        let work = Double(vectors.count) * Cost.add
        elementwiseLoop(y.count, nanosecondsPerElement: work, piece: updatePiece) { start, n in
            let sum = y.impl.pointer + start * size
            kernels.fill(0, n, sum)
            for (vector, factor) in zip(vectors, factors) {
                kernels.axpy(factor, n, vector.impl.pointer + start * size, sum)
            }
        }
    }
}
