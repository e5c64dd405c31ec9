// Activations of two halves of an axis, one of which lets the other pass: [..., 2 n] -> [..., n].

/// `a * sigmoid(b)` with the halves `a` and `b` of `x` along `axis` (Dauphin et al., "Language modeling with gated convolutional
/// networks", 2016). PyTorch's `glu`.
public func glu(_ x: Tensor, axis: Int = -1) -> Tensor {
    let (a, b) = halves(x, axis, "glu")
    return a * sigmoid(b)
}

/// `silu(a) * b` with the halves `a` and `b` of `x` along `axis`: the gate comes first, as in LLaMA's feed-forward layers (Shazeer,
/// "GLU variants improve Transformer", 2020).
public func swiGLU(_ x: Tensor, axis: Int = -1) -> Tensor {
    let (a, b) = halves(x, axis, "swiGLU")
    return silu(a) * b
}

/// `gelu(a) * b` with the halves `a` and `b` of `x` along `axis`: the gate comes first (Shazeer, "GLU variants improve
/// Transformer", 2020).
public func geGLU(_ x: Tensor, axis: Int = -1) -> Tensor {
    let (a, b) = halves(x, axis, "geGLU")
    return gelu(a) * b
}

private func halves(_ x: Tensor, _ axis: Int, _ name: String) -> (Tensor, Tensor) {
    let position = x.axis(axis, name)
    let size = x.shape[position]
    if size % 2 != 0 { mistake(name, "expects an even size of axis \(axis), got \(size) (input \(x.shape))") }
    let parts = x.split(sizes: [size / 2, size / 2], axis: position)
    return (parts[0], parts[1])
}

/// ``softmax(_:axis:dtype:)`` of `-x`. PyTorch's `softmin`.
public func softmin(_ x: Tensor, axis: Int = -1) -> Tensor { softmax(-x, axis: axis) }
