// One line an operation: its kernel, and its derivative in tensor operations of the input `x`, the output `y` and the
// gradient `g`.

/// An elementwise function whose derivative is written with its input. `bool` counts as `int64`, as in arithmetic.
@inline(__always)
func unary(
    _ x: Tensor, _ name: StaticString, _ kernel: UnaryFunction,
    _ derivative: @escaping (_ g: Tensor, _ x: Tensor) -> Tensor
) -> Tensor {
    let x = x.dtype == .bool ? x.converted(to: .int64) : x
    let result = x.map(kernel)
    return result.output(of: name, from: x) { g, _ in InputGradients(derivative(g, x)) }
}

/// An elementwise function whose derivative is written with its output: nothing else is saved, and the input's memory
/// is reused if the caller gave it away.
@inline(__always)
func unaryByOutput(
    _ x: consuming Tensor, _ name: StaticString, _ kernel: UnaryFunction,
    _ derivative: @escaping (_ g: consuming Tensor, _ y: Tensor) -> Tensor
) -> Tensor {
    if !x.dtype.isFloatingPoint { x = x.converted(to: x.dtype.floating) }
    let result = x.map(kernel, into: x.reusedPlace())
    return result.output(of: name, from: x) { saved in
        { g, node in InputGradients(derivative(g, node.relinked(saved))) }
    }
}

/// Integers are computed on as `float32`.
@inline(__always)
func transcendental(
    _ x: Tensor, _ name: StaticString, _ kernel: UnaryFunction,
    _ derivative: @escaping (_ g: Tensor, _ x: Tensor) -> Tensor
) -> Tensor {
    unary(x.converted(to: x.dtype.floating), name, kernel, derivative)
}

/// A function to whole numbers, which integers are.
@inline(__always)
func whole(_ x: Tensor, _ name: StaticString, _ kernel: UnaryFunction) -> Tensor {
    if !x.dtype.isFloatingPoint { return x.dtype == .bool ? x.converted(to: .int64) : x }
    return unary(x, name, kernel) { g, _ in g.zerosLike }
}

/// `|x|`; the derivative at 0 is 0.
public func abs(_ x: Tensor) -> Tensor {
    // Not a product: an infinite gradient must not become NaN at 0.
    unary(x, "abs", .abs) { g, x in absBackward(g, x) }
}
/// -1, 0 or 1; NaN stays. The derivative is 0.
public func sign(_ x: Tensor) -> Tensor { unary(x, "sign", .sign) { g, _ in g.zerosLike } }
/// `x * x`
public func square(_ x: Tensor) -> Tensor { unary(x, "square", .square) { g, x in g * x * 2 } }
/// `1 / x`
public func reciprocal(_ x: consuming Tensor) -> Tensor {
    unaryByOutput(x, "reciprocal", .reciprocal) { g, y in -(g * y * y) }
}
/// The square root; the derivative at 0 is infinite.
public func sqrt(_ x: consuming Tensor) -> Tensor { unaryByOutput(x, "sqrt", .sqrt) { g, y in g / (y * 2) } }
/// The cube root, of negative numbers too; the derivative at 0 is infinite. Keras's `cbrt`.
public func cbrt(_ x: Tensor) -> Tensor {
    if x.dtype.isHalf { return x.composed { cbrt($0) } }
    let x = x.converted(to: x.dtype.floating)
    let result = asOneOperation {
        let magnitude = abs(x.detached)
        let root = pow(magnitude, 1.0 / 3)
        // One step of Newton's, as a third is no floating-point number.
        let better = root - (root * root * root - magnitude) / (square(root) * 3)
        return copysign(which(root.greater(than: 0).logicalAnd(root.isFinite()), better, root), x.detached)
    }
    return result.output(of: "cbrt", from: x) { saved in
        { g, node in InputGradients(g / (square(node.relinked(saved)) * 3)) }
    }
}
/// `1 / sqrt(x)`
public func rsqrt(_ x: consuming Tensor) -> Tensor {
    unaryByOutput(x, "rsqrt", .rsqrt) { g, y in g * y * -0.5 * y * y }
}
/// `e^x`
public func exp(_ x: consuming Tensor) -> Tensor { unaryByOutput(x, "exp", .exp) { g, y in g * y } }
/// `e^x - 1`, accurate near 0.
public func expm1(_ x: consuming Tensor) -> Tensor {
    // Not the output plus 1, which is 0 long before the slope is.
    transcendental(x, "expm1", .expm1) { g, x in g * exp(x) }
}
/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor { transcendental(x, "log", .log) { g, x in g / x } }
/// `log(1 + x)`, accurate near 0.
public func log1p(_ x: Tensor) -> Tensor { transcendental(x, "log1p", .log1p) { g, x in g / (x + 1) } }
/// The sine of an angle in radians.
public func sin(_ x: Tensor) -> Tensor { transcendental(x, "sin", .sin) { g, x in g * cos(x) } }
/// The cosine of an angle in radians.
public func cos(_ x: Tensor) -> Tensor { transcendental(x, "cos", .cos) { g, x in -(g * sin(x)) } }
/// The error function, `2 / sqrt(pi)` times the integral of `e^(-t^2)` from 0 to `x`.
public func erf(_ x: Tensor) -> Tensor {
    transcendental(x, "erf", .erf) { g, x in g * exp(-square(x)) * 1.1283791670955126 }
}
/// The largest integer not above `x`. The derivative is 0, as of `ceil` and `round`.
public func floor(_ x: Tensor) -> Tensor { whole(x, "floor", .floor) }
/// The smallest integer not below `x`.
public func ceil(_ x: Tensor) -> Tensor { whole(x, "ceil", .ceil) }
/// The nearest integer, the even one of two equally near.
public func round(_ x: Tensor) -> Tensor { whole(x, "round", .round) }

// MARK: - Activations

/// `max(x, 0)`; NaN stays. The derivative at 0 is 0.
public func relu(_ x: consuming Tensor) -> Tensor {
    if x.dtype == .bool { x = x.converted(to: .int64) }
    // Such as a quantized layer gives.
    if x.dtype == .uint8 { return x }
    let result = x.map(.relu, into: x.reusedPlace())
    // The output is positive where the input is: saving it instead lets the input go.
    return result.output(of: "relu", from: x) { saved in { g, _ in InputGradients(reluBackward(g, saved)) } }
}
/// `x` where it is positive, `slope * x` elsewhere. The derivative at 0 is `slope`. PyTorch's `leaky_relu`.
public func leakyRelu(_ x: consuming Tensor, slope: Double = 0.01) -> Tensor {
    if !x.dtype.isFloatingPoint { x = x.converted(to: x.dtype.floating) }
    // As with `relu` the output tells where the input is positive, unless the slope turns signs around.
    let savesOutput = slope >= 0
    let place = savesOutput ? x.reusedPlace() : nil
    let result = x.map(.leakyRelu, slope, into: place)
    if savesOutput {
        return result.output(of: "leakyRelu", from: x, attributes: ["slope": slope]) { saved in
            { g, _ in
                InputGradients(leakyReluBackward(g, saved, slope))
            }
        }
    }
    let saved = x.detached
    return result.output(of: "leakyRelu", from: x, attributes: ["slope": slope]) { g, _ in
        InputGradients(leakyReluBackward(g, saved, slope))
    }
}
/// The logistic function, `1 / (1 + e^-x)`.
public func sigmoid(_ x: consuming Tensor) -> Tensor {
    unaryByOutput(x, "sigmoid", .sigmoid) { g, y in
        backward(g, y, "sigmoidBackward", .sigmoidBackward) { g, y in g * (1 - y * 2) }
    }
}
/// The hyperbolic tangent.
public func tanh(_ x: consuming Tensor) -> Tensor {
    unaryByOutput(x, "tanh", .tanh) { g, y in
        backward(g, y, "tanhBackward", .tanhBackward) { g, y in g * y * -2 }
    }
}
/// `log(1 + e^(beta x)) / beta`, without overflow. PyTorch's `softplus`.
public func softplus(_ x: Tensor, beta: Double = 1) -> Tensor {
    if beta != 1 {
        // Where `beta x` may be infinite the result is `x`.
        return x.composed { which(($0 * beta).greater(than: 1e4), $0, softplus($0 * beta) / beta) }
    }
    return transcendental(x, "softplus", .softplus) { g, x in
        backward(g, x, "softplusBackward", .softplusBackward) { g, x in g * sigmoid(x) * sigmoid(-x) }
    }
}
/// `x * sigmoid(x)`, also called swish. PyTorch's `silu`.
public func silu(_ x: Tensor) -> Tensor {
    transcendental(x, "silu", .silu) { g, x in
        backward(g, x, "siluBackward", .siluBackward) { g, x in
            let (s, complement) = (sigmoid(x), sigmoid(-x))
            return g * s * complement * (2 + x * (complement - s))
        }
    }
}

/// How ``gelu(_:approximation:)`` computes the distribution function of the normal distribution.
public enum GELUApproximation: String, Sendable, CaseIterable {
    /// With the error function.
    case none
    /// With a tanh, as in GPT-2.
    case tanh
}

/// `x * Phi(x)`, with the distribution function Phi of the standard normal distribution (Hendrycks and Gimpel, 2016).
/// PyTorch's `gelu`.
public func gelu(_ x: Tensor, approximation: GELUApproximation = .none) -> Tensor {
    switch approximation {
    case .none:
        transcendental(x, "gelu", .gelu) { g, x in
            backward(g, x, "geluBackward", .geluBackward) { g, x in
                // Beyond 40 the density is 0, and the square would soon be infinite.
                let square = square(clamp(x, min: -40, max: 40))
                return g * exp(square * -0.5) * 0.3989422804014327 * (2 - square)
            }
        }
    case .tanh:
        transcendental(x, "geluTanh", .geluTanh) { g, x in
            backward(g, x, "geluTanhBackward", .geluTanhBackward) { g, x in
                // y = x sigmoid(v), v = a x (1 + b x^2), whose slope is 0 or 1 long before 100.
                let (a, b) = (1.5957691216057308, 0.044715)
                let x = clamp(x, min: -100, max: 100)
                let v = (square(x) * b + 1) * x * a
                let (s, complement) = (sigmoid(v), sigmoid(-v))
                let slope = (square(x) * (3 * b) + 1) * a
                let bend = slope * 2 + x * ((complement - s) * square(slope) + x * (6 * a * b))
                return g * s * complement * bend
            }
        }
    }
}

/// `x` where it is positive, `alpha * (e^x - 1)` elsewhere (Clevert et al., 2015). PyTorch's `elu`.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
    let x = x.converted(to: x.dtype.floating)
    return x.map(.elu, alpha).output(of: "elu", from: x, attributes: ["alpha": alpha]) { g, _ in
        InputGradients(
            backward(g, x, "eluBackward", .eluBackward, alpha) { g, x in
                which(x.greater(than: 0), 0, g * exp(clamp(x, max: 0)) * alpha)
            })
    }
}

// MARK: - Derivatives that are one pass, with derivatives of their own

/// `f(g, b)`, linear in the gradient `g`, in one kernel: its derivative with respect to `g` is itself. `bend` gives that
/// with respect to `b`.
func backward(
    _ g: consuming Tensor, _ b: Tensor, _ name: StaticString, _ kernel: BinaryFunction,
    _ bend: @escaping (_ g: Tensor, _ b: Tensor) -> Tensor
) -> Tensor {
    let place = records(g, b) ? nil : g.reusedPlace()
    let result = Tensor.zip(kernel, g, b, name, into: place)
    return linear(result, in: g, b, name, bend) { backward($0, b, name, kernel, bend) }
}

/// The same of a kernel with a parameter.
func backward(
    _ g: consuming Tensor, _ b: Tensor, _ name: StaticString, _ kernel: ParameterBinaryFunction, _ parameter: Double,
    _ bend: @escaping (_ g: Tensor, _ b: Tensor) -> Tensor
) -> Tensor {
    let place = records(g, b) ? nil : g.reusedPlace()
    let result = Tensor.zip(kernel, parameter, g, b, name, into: place)
    return linear(result, in: g, b, name, bend) { backward($0, b, name, kernel, parameter, bend) }
}

@inline(__always)
private func linear(
    _ result: consuming Tensor, in g: Tensor, _ b: Tensor, _ name: StaticString,
    _ bend: @escaping (_ g: Tensor, _ b: Tensor) -> Tensor, _ pass: @escaping (_ g: Tensor) -> Tensor
) -> Tensor {
    result.output(of: name, from: g, b) { upstream, node in
        InputGradients(node.needs(0) ? pass(upstream) : nil, node.needs(1) ? upstream * bend(g, b) : nil)
    }
}

/// - Parameter y: the input or the output.
func reluBackward(_ g: consuming Tensor, _ y: Tensor) -> Tensor {
    let result = Tensor.zip(.reluBackward, g, y, "reluBackward", into: g.reusedPlace())
    return result.output(of: "reluBackward", from: g) { upstream, _ in InputGradients(reluBackward(upstream, y)) }
}

private func absBackward(_ g: consuming Tensor, _ x: Tensor) -> Tensor {
    let result = Tensor.zip(.absBackward, g, x, "absBackward", into: g.reusedPlace())
    return result.output(of: "absBackward", from: g) { upstream, _ in InputGradients(absBackward(upstream, x)) }
}

/// - Parameter saved: positive where the input was.
func leakyReluBackward(_ g: consuming Tensor, _ saved: Tensor, _ slope: Double) -> Tensor {
    let result = Tensor.zip(.leakyReluBackward, slope, g, saved, "leakyReluBackward", into: g.reusedPlace())
    return result.output(of: "leakyReluBackward", from: g) { upstream, _ in
        InputGradients(leakyReluBackward(upstream, saved, slope))
    }
}

extension Tensor {
    /// Zeros of this shape and type.
    var zerosLike: Tensor { Tensor.zeros(shape, dtype: dtype) }
}
