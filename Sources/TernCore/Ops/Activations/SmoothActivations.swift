// Activations without kinks, each one pass forward and one backward.

/// `log(sigmoid(x))`, that is `-log(1 + e^-x)`, without overflow. PyTorch's `logsigmoid`.
public func logSigmoid(_ x: Tensor) -> Tensor {
    transcendental(x, "logSigmoid", .logSigmoid) { g, x in
        backward(g, x, "logSigmoidBackward", .logSigmoidBackward) { g, x in -g * sigmoid(x) * sigmoid(-x) }
    }
}

/// `x / (1 + |x|)`. PyTorch's `softsign`.
public func softsign(_ x: Tensor) -> Tensor {
    transcendental(x, "softsign", .softsign) { g, x in
        backward(g, x, "softsignBackward", .softsignBackward) { g, x in
            let d = reciprocal(abs(x) + 1)
            return g * sign(x) * -2 * d * d * d
        }
    }
}

/// `x * tanh(softplus(x))` (Misra, "Mish", 2019). PyTorch's `mish`, which gives NaN where this gives the limits, -0 and
/// infinity.
public func mish(_ x: Tensor) -> Tensor {
    transcendental(x, "mish", .mish) { g, x in
        backward(g, x, "mishBackward", .mishBackward) { g, x in
            // With e = e^x and n = e (e + 2): y = x n / (n + 2), y' = n / (n + 2) + x s with s = 4 e (e + 1) / (n + 2)^2,
            // and y'' = 2 s + x s'. Far up all that is 0.
            let e = exp(clamp(x, max: 43))
            let d = reciprocal(e * (e + 2) + 2)
            let (a, b) = (e * d, (e + 1) * d)
            let bend = a * b * 4 * (2 + x * (1 + sigmoid(x) - e * b * 4))
            return which(x.greater(than: 43), 0, g * bend)
        }
    }
}

/// `x * sigmoid(1.702 x)`, near ``gelu(_:approximation:)`` (Hendrycks and Gimpel, 2016), as in CLIP.
public func quickGelu(_ x: Tensor) -> Tensor { x.composed { silu($0 * 1.702) * (1 / 1.702) } }
