import CTernKernels

extension CPU {
    func normalizeBatch(_ n: BatchNormalization, into y: Tensor) {
        let (kernel, layout) = (Kernels.of(n.x.dtype).normalize.forward, ChannelLayout(n.x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalizeBatch) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, n.x.impl.pointer,
                n.weight?.impl.pointer, n.bias?.impl.pointer, n.epsilon, TernActivation(n.activation),
                n.mean.impl.pointer, n.variance.impl.pointer, y.impl.pointer)
        }
    }

    func normalize(_ n: BatchNormalization, into y: Tensor) {
        let (kernel, layout) = (Kernels.of(n.x.dtype).normalize.normalize, ChannelLayout(n.x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalize) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, n.x.impl.pointer,
                n.mean.impl.pointer, n.variance.impl.pointer, n.weight?.impl.pointer, n.bias?.impl.pointer, n.epsilon,
                TernActivation(n.activation), y.impl.pointer)
        }
    }

    func normalizeBackward(
        _ n: BatchNormalization, _ g: Tensor, into dx: Tensor?, weight dw: Tensor, bias db: Tensor
    ) {
        let (kernel, layout) = (Kernels.of(n.x.dtype).normalize.backward, ChannelLayout(n.x))
        layout.forEachPiece(nanosecondsPerElement: Cost.normalizeBackward) { first, last in
            kernel(
                layout.batch, layout.channels, layout.spatial, first, last, n.x.impl.pointer, g.impl.pointer,
                n.mean.impl.pointer, n.variance.impl.pointer, n.weight?.impl.pointer, n.bias?.impl.pointer, n.epsilon,
                TernActivation(n.activation), n.training, dx?.impl.pointer, dw.impl.pointer, db.impl.pointer)
        }
    }
}

extension TernActivation {
    fileprivate init(_ activation: PiecewiseLinear?) {
        switch activation {
        case nil: self.init(kind: .TERN_ACTIVATION_NONE, low: 0, high: 0)
        case .relu: self.init(kind: .TERN_ACTIVATION_RELU, low: 0, high: 0)
        case .leakyRelu(let slope): self.init(kind: .TERN_ACTIVATION_LEAKY_RELU, low: slope, high: 0)
        case .hardTanh(let low, let high): self.init(kind: .TERN_ACTIVATION_CLAMP, low: low, high: high)
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
