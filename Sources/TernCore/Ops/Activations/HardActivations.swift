// Activations of straight pieces.

/// `x` between two bounds; NaN stays. The gradient passes strictly between them, unlike that of
/// ``clamp(_:min:max:)-(_,WeakScalar,_)``. PyTorch's `hardtanh`.
public func hardTanh(_ x: consuming Tensor, min low: Double = -1, max high: Double = 1) -> Tensor {
    checkHardTanh(low, high)
    if !x.dtype.isFloatingPoint { x = x.converted(to: x.dtype.floating) }
    // As the tensor's type has them.
    let low = Tensor.full([], low, dtype: x.dtype).item()
    let high = Tensor.full([], high, dtype: x.dtype).item()
    let result = x.reusedPlace()
    x.backend.clamp(x, low, high, into: result)
    // The output is between the bounds where the input is.
    return result.output(of: "hardTanh", from: x, attributes: ["min": low, "max": high]) { saved in
        { g, _ in InputGradients(hardTanhBackward(g, saved, low, high)) }
    }
}

func checkHardTanh(_ low: Double, _ high: Double) {
    if !(low <= high) { mistake("hardTanh", "expects a minimum that is not above the maximum, got \(low) and \(high)") }
}

/// - Parameter y: the input or the output.
func hardTanhBackward(_ g: consuming Tensor, _ y: Tensor, _ low: Double, _ high: Double) -> Tensor {
    let result = Tensor(uninitialized: Tensor.broadcastShape(g, y, "hardTanhBackward"), dtype: g.dtype)
    y.backend.clampBackward(g, y, low, high, into: result)
    return result.output(of: "hardTanhBackward", from: g) { upstream, _ in
        InputGradients(hardTanhBackward(upstream, y, low, high))
    }
}

/// `min(max(x, 0), 6)`; the gradient passes strictly between. PyTorch's `relu6`.
public func relu6(_ x: consuming Tensor) -> Tensor { hardTanh(x, min: 0, max: 6) }

/// `relu6(x + 3) / 6`, a sigmoid of straight pieces (Howard et al., "Searching for MobileNetV3", 2019); the gradient passes
/// strictly between. PyTorch's `hardsigmoid`, and Keras's since version 3.
public func hardSigmoid(_ x: Tensor) -> Tensor {
    transcendental(x, "hardSigmoid", .hardSigmoid) { g, x in
        backward(g, x, "hardSigmoidBackward", .hardSigmoidBackward) { g, _ in g.zerosLike }
    }
}

/// `x * hardSigmoid(x)` (Howard et al., "Searching for MobileNetV3", 2019). PyTorch's `hardswish`, Keras's `hard_silu`.
public func hardSwish(_ x: Tensor) -> Tensor {
    transcendental(x, "hardSwish", .hardSwish) { g, x in
        backward(g, x, "hardSwishBackward", .hardSwishBackward) { g, x in
            which(abs(x).less(than: 3), g * (1.0 / 3), 0)
        }
    }
}

/// `x` where it is above a threshold, `value` elsewhere; NaN stays. PyTorch's `threshold`.
public func threshold(_ x: Tensor, _ threshold: Double, _ value: Double) -> Tensor {
    let x = x.converted(to: x.dtype.floating)
    let isReplaced = asOneOperation { x.detached.lessOrEqual(threshold) }
    let result = asOneOperation { which(isReplaced, value, x.detached) }
    return result.output(of: "threshold", from: x, attributes: ["threshold": threshold, "value": value]) { g, _ in
        InputGradients(which(isReplaced, 0, g))
    }
}
