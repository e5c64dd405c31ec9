import CTernKernels

extension CPU {
    func normalizeBatch(
        _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double, into y: Tensor, mean: Tensor, variance: Tensor
    ) {
        let (kernel, layout) = (Kernels.of(x.dtype).normalize.forward, ChannelLayout(x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalizeBatch) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, x.impl.pointer,
                weight?.impl.pointer, bias?.impl.pointer, epsilon, mean.impl.pointer, variance.impl.pointer,
                y.impl.pointer)
        }
    }

    func normalize(
        _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double, into y: Tensor
    ) {
        let (kernel, layout) = (Kernels.of(x.dtype).normalize.normalize, ChannelLayout(x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalize) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, x.impl.pointer,
                mean.impl.pointer, variance.impl.pointer, weight?.impl.pointer, bias?.impl.pointer, epsilon,
                y.impl.pointer)
        }
    }

    func normalizeBackward(
        _ x: Tensor, _ g: Tensor, mean: Tensor, variance: Tensor, weight: Tensor?, epsilon: Double, training: Bool,
        into dx: Tensor?, weight dw: Tensor, bias db: Tensor
    ) {
        let (kernel, layout) = (Kernels.of(x.dtype).normalize.backward, ChannelLayout(x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalizeBackward) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, x.impl.pointer,
                g.impl.pointer, mean.impl.pointer, variance.impl.pointer, weight?.impl.pointer, epsilon, training,
                dx?.impl.pointer, dw.impl.pointer, db.impl.pointer)
        }
    }
}

/// A tensor [N, C, D...] as [batch, channels, spatial].
private struct ChannelLayout {
    let batch: Int
    let channels: Int
    let spatial: Int

    init(_ x: Tensor) {
        (batch, channels) = (x.shape[0], x.shape[1])
        spatial = x.shape[2...].reduce(1, *)
    }

    /// Ranges of channels, in parallel if that pays. A channel's results do not depend on the range it is in.
    func forEachPiece(nanosecondsPerElement: Double, _ body: (_ first: Int, _ last: Int) -> Void) {
        let count = batch * spatial
        if count == 0 || channels == 0 { return }
        // Rows of features are read across the channels: a piece should fill vectors and cache lines.
        let least = spatial == 1 ? 32 : 1
        let size = max(least, elementwisePiece / count)
        let pieces = (channels + size - 1) / size
        parallelFor(pieces: pieces, work: Int(Double(count * channels) * nanosecondsPerElement)) { piece in
            body(piece * size, min(channels, (piece + 1) * size))
        }
    }
}
