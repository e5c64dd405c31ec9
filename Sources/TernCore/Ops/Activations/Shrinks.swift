// Activations that bring small numbers to 0.

/// `x` less `bound` in magnitude, 0 within the bound; NaN stays. The derivative at the bound is 0. PyTorch's `softshrink`.
public func softshrink(_ x: Tensor, bound: Double = 0.5) -> Tensor { shrink(x, bound, .softShrink, "softshrink") }

/// `x` where its magnitude is above `bound`, 0 elsewhere; NaN stays. The derivative at the bound is 0. PyTorch's `hardshrink`.
public func hardshrink(_ x: Tensor, bound: Double = 0.5) -> Tensor { shrink(x, bound, .hardShrink, "hardshrink") }

/// `x - tanh(x)`, accurate near 0. PyTorch's `tanhshrink`.
public func tanhshrink(_ x: Tensor) -> Tensor {
    transcendental(x, "tanhshrink", .tanhShrink) { g, x in g * square(tanh(x)) }
}

private func shrink(
    _ x: Tensor, _ bound: Double, _ kernel: ParameterUnaryFunction, _ name: StaticString
) -> Tensor {
    if !(bound >= 0) { mistake("\(name)", "expects a bound of at least 0, got \(bound)") }
    let x = x.converted(to: x.dtype.floating)
    // As the tensor's type has it.
    let bound = Tensor.full([], bound, dtype: x.dtype).item()
    let saved = x.detached
    return x.map(kernel, bound).output(of: name, from: x, attributes: ["bound": bound]) { g, _ in
        InputGradients(shrinkBackward(g, saved, bound))
    }
}

private func shrinkBackward(_ g: Tensor, _ x: Tensor, _ bound: Double) -> Tensor {
    Tensor.zip(.shrinkBackward, bound, g, x, "shrinkBackward").output(of: "shrinkBackward", from: g) { upstream, _ in
        InputGradients(shrinkBackward(upstream, x, bound))
    }
}
