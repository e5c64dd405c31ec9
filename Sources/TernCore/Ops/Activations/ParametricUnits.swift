/// `x` where it is positive, `weight * x` elsewhere, with a weight for all or one for each channel (He et al., "Delving deep into
/// rectifiers", 2015). The derivative at 0 is the weight. PyTorch's `prelu`; Keras's `PReLU` has a weight for each element
/// and starts at 0.
///
/// Shapes, with `N` batch and `C` channels: x [N, C, ...], weight [C], [1] or [].
public func prelu(_ x: Tensor, _ weight: Tensor) -> Tensor {
    let channels = x.rank < 2 ? 1 : x.shape[1]
    if weight.rank > 1 || weight.count != 1 && weight.count != channels {
        mistake(
            "prelu",
            "expects a weight of 1 or \(channels) values for an input of shape \(x.shape), got shape \(weight.shape)")
    }
    let isShared = weight.count == 1
    let aligned =
        isShared
        ? weight.reshaped([]) : weight.reshaped(Shape([channels] + [Int](repeating: 1, count: x.rank - 2)))
    let (a, b) = Tensor.floatingOperands(x, aligned)
    return Tensor.zip(.prelu, a, b, "prelu").output(of: "prelu", from: a, b) { g, node in
        let isPositive = a.greater(than: 0)
        return InputGradients(
            node.needs(0) ? which(isPositive, g, g * b) : nil,
            node.needs(1) ? which(isPositive, 0, g * a).reduced(to: b.shape) : nil)
    }
}

/// `x` where it is positive, `slope * x` elsewhere, with a random slope for each element while training and the middle of the
/// bounds otherwise (Xu et al., "Empirical evaluation of rectified activations", 2015). PyTorch's `rrelu`.
///
/// - Parameters:
///   - x: of any shape.
///   - lower: the least slope.
///   - upper: the largest slope.
///   - training: whether slopes are drawn; otherwise they are `(lower + upper) / 2`.
///   - generator: this thread's default one if `nil`.
public func rrelu(
    _ x: Tensor, lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, training: Bool = false,
    generator: Generator? = nil
) -> Tensor {
    if !(lower <= upper) {
        mistake("rrelu", "expects a lower bound that is not above the upper one, got \(lower) and \(upper)")
    }
    if !training { return leakyRelu(x, slope: (lower + upper) / 2) }
    let x = x.converted(to: x.dtype.floating)
    let random = asOneOperation {
        Tensor.uniform(x.shape, dtype: x.dtype, generator: generator ?? .default) * (upper - lower) + lower
    }
    let slope = asOneOperation { which(x.detached.greater(than: 0), 1, random) }
    let result = asOneOperation { x.detached * slope }
    return result.output(of: "rrelu", from: x, attributes: ["lower": lower, "upper": upper]) { g, _ in
        InputGradients(g * slope)
    }
}
