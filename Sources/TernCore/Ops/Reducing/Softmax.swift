/// `exp(x) / sum(exp(x))` along `axis`, without overflow; NaN where all of x is -inf. PyTorch's `softmax`.
///
/// The output is saved for the derivative.
///
/// ```swift
/// softmax(Tensor([0, 0]))   // [0.5, 0.5]
/// ```
///
/// - Parameters:
///   - x: of any shape.
///   - axis: counted from the end if negative.
///   - dtype: the type of the result, to which elements are converted first.
public func softmax(_ x: Tensor, axis: Int = -1, dtype: DType? = nil) -> Tensor {
    alongLastAxis(x, axis, dtype, "softmax") { x in
        let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
        x.backend.softmax(x, into: result)
        return result.output(of: "softmax", from: x, attributes: ["axis": x.rank - 1]) { saved in
            { g, node in
                InputGradients(softmaxBackward(g, node.relinked(saved)))
            }
        }
    }
}

/// `x - log(sum(exp(x)))` along `axis`, without overflow and more accurate than the logarithm of
/// ``softmax(_:axis:dtype:)``. PyTorch's `log_softmax`.
///
/// The output is saved for the derivative.
///
/// - Parameters:
///   - x: of any shape.
///   - axis: counted from the end if negative.
///   - dtype: the type of the result, to which elements are converted first.
public func logSoftmax(_ x: Tensor, axis: Int = -1, dtype: DType? = nil) -> Tensor {
    alongLastAxis(x, axis, dtype, "logSoftmax") { x in
        let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
        x.backend.logSoftmax(x, into: result)
        return result.output(of: "logSoftmax", from: x, attributes: ["axis": x.rank - 1]) { saved in
            { g, node in
                InputGradients(logSoftmaxBackward(g, node.relinked(saved)))
            }
        }
    }
}

/// Applies `body` to a contiguous tensor whose last axis is the wanted one.
@inline(__always)
private func alongLastAxis(
    _ x: Tensor, _ axis: Int, _ dtype: DType?, _ name: StaticString, _ body: (Tensor) -> Tensor
) -> Tensor {
    let x = x.converted(toFloating: dtype ?? x.dtype.floating, name)
    let position = x.axisOrScalar(axis, "\(name)")
    if x.rank == 0 { return x.asVector(body) }
    if position == x.rank - 1 { return body(x.contiguous()) }
    return body(x.transposed(position, -1).contiguous()).transposed(position, -1)
}

/// The gradient through softmax with output `y`: `y * (g - sum(g * y))`.
func softmaxBackward(_ g: Tensor, _ y: Tensor) -> Tensor {
    let g = g.contiguous()
    let result = Tensor(uninitialized: y.shape, dtype: y.dtype)
    y.backend.softmaxBackward(y, g, into: result)
    return result.output(of: "softmaxBackward", from: g, y) { u, node in
        var second: Tensor?
        if node.needs(1) {
            let total = (g * y).sum(axes: -1, keepAxes: true)
            second = u * (g - total) - g * (u * y).sum(axes: -1, keepAxes: true)
        }
        return InputGradients(node.needs(0) ? softmaxBackward(u, y) : nil, second)
    }
}

/// The gradient through log-softmax with output `y`: `g - exp(y) * sum(g)`.
private func logSoftmaxBackward(_ g: Tensor, _ y: Tensor) -> Tensor {
    let g = g.contiguous()
    let result = Tensor(uninitialized: y.shape, dtype: y.dtype)
    y.backend.logSoftmaxBackward(y, g, into: result)
    return result.output(of: "logSoftmaxBackward", from: g, y) { u, node in
        let weighted = u * exp(y)
        return InputGradients(
            node.needs(0) ? u - weighted.sum(axes: -1, keepAxes: true) : nil,
            node.needs(1) ? -(weighted * g.sum(axes: -1, keepAxes: true)) : nil)
    }
}
