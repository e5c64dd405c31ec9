import CTernKernels

extension CPU {
    func normalizeRows(
        _ x: Tensor, _ rows: NormalizedRows, weight: Tensor?, bias: Tensor?, into y: Tensor, mean: Tensor,
        variance: Tensor
    ) {
        let kernel = Kernels.of(x.dtype).normalize.rows_forward
        withUnsafePointer(to: rows.sizes) { sizes in
            rowLoop(rows: rows.count, columns: rows.columns, nanosecondsPerElement: Cost.normalizeRows) { start, n in
                kernel(
                    sizes, start, start + n, x.impl.pointer, weight?.impl.pointer, bias?.impl.pointer,
                    mean.impl.pointer, variance.impl.pointer, y.impl.pointer)
            }
        }
    }

    /// The most parts that the sums over all rows are cut in.
    private static let parameterPieces = 64

    func normalizeRowsBackward(
        _ x: Tensor, _ g: Tensor, _ rows: NormalizedRows, mean: Tensor, variance: Tensor, weight: Tensor?,
        into dx: Tensor?, parameters: (weight: Tensor, bias: Tensor)?
    ) {
        let (count, columns, channels) = (rows.count, rows.columns, rows.channels)
        guard count > 0, columns > 0 else {
            parameters?.weight.fill(0)
            parameters?.bias.fill(0)
            return
        }
        let kernels = Kernels.of(x.dtype)
        let size = Swift.max(1, elementwisePiece / columns, parameters == nil ? 0 : count / CPU.parameterPieces)
        let pieces = (count + size - 1) / size
        // What a piece adds up is 4 * channels long.
        let sums = parameters.map { Tensor(uninitialized: [pieces, 4, channels], dtype: $0.weight.dtype) }
        let stride = 4 * channels
        let sumSize = sums?.dtype.byteCount ?? 0
        let work = Double(count * columns) * Cost.normalizeRowsBackward
        withUnsafePointer(to: rows.sizes) { sizes in
            parallelFor(pieces: pieces, work: Int(work)) { piece in
                kernels.normalize.rows_backward(
                    sizes, piece * size, Swift.min(count, (piece + 1) * size), x.impl.pointer, g.impl.pointer,
                    mean.impl.pointer, variance.impl.pointer, weight?.impl.pointer, dx?.impl.pointer,
                    sums.map { $0.impl.pointer + piece * stride * sumSize })
            }
        }
        guard let sums, let parameters else { return }
        for (part, result) in [parameters.weight, parameters.bias].enumerated() {
            Kernels.of(sums.dtype).reduce.reduce_rows(
                .sum, 1, nil, pieces, stride, channels, sums.impl.pointer + part * channels * sumSize,
                result.impl.pointer)
        }
    }
}

extension NormalizedRows {
    fileprivate var sizes: TernNormalizeRows {
        TernNormalizeRows(groups: groups, segments: segments, span: span, centers: centers, epsilon: epsilon)
    }
}
