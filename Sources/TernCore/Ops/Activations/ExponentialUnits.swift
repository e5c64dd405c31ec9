/// `1.0507 x` where `x` is positive, `1.7581 (e^x - 1)` elsewhere: with these numbers means of 0 and variances of 1 stay
/// (Klambauer et al., "Self-normalizing neural networks", 2017). PyTorch's `selu`.
public func selu(_ x: Tensor) -> Tensor {
    transcendental(x, "selu", .selu) { g, x in
        backward(g, x, "seluBackward", .seluBackward) { g, x in
            which(x.greater(than: 0), 0, g * exp(clamp(x, max: 0)) * 1.7580993408473768)
        }
    }
}

/// `x` where it is positive, `alpha * (e^(x / alpha) - 1)` elsewhere: ``elu(_:alpha:)`` with a slope of 1 at 0 (Barron, 2017).
/// PyTorch's `celu`.
public func celu(_ x: Tensor, alpha: Double = 1) -> Tensor {
    if !(alpha > 0) { mistake("celu", "expects a positive alpha, got \(alpha)") }
    let x = x.converted(to: x.dtype.floating)
    return x.map(.celu, alpha).output(of: "celu", from: x, attributes: ["alpha": alpha]) { g, _ in
        InputGradients(
            backward(g, x, "celuBackward", .celuBackward, alpha) { g, x in
                which(x.greater(than: 0), 0, g * exp(clamp(x, max: 0) / alpha) / alpha)
            })
    }
}
