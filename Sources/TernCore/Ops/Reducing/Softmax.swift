import CTernKernels

/// `exp(x) / sum(exp(x))` along `axis`, without overflow; NaN where all of x is -inf. PyTorch's `softmax`.
///
/// The output is saved for the derivative.
///
/// ```swift
/// softmax(Tensor([0, 0]))   // [0.5, 0.5]
/// ```
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
    alongLastAxis(x, axis, "softmax") { x in
        x.mappedRows(Kernels.vector.softmax).output(of: "softmax", from: x) { saved in
            { g, node in
                InputGradients(softmaxBackward(g, node.relinked(saved)))
            }
        }
    }
}

/// `x - log(sum(exp(x)))` along `axis`, without overflow and more accurate than the logarithm of ``softmax(_:axis:)``.
/// PyTorch's `log_softmax`.
///
/// The output is saved for the derivative.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
    alongLastAxis(x, axis, "logSoftmax") { x in
        x.mappedRows(Kernels.vector.log_softmax).output(of: "logSoftmax", from: x) { saved in
            { g, node in
                InputGradients(logSoftmaxBackward(g, node.relinked(saved)))
            }
        }
    }
}

/// Applies `body` to a contiguous tensor whose last axis is the wanted one.
@inline(__always)
private func alongLastAxis(_ x: Tensor, _ axis: Int, _ name: StaticString, _ body: (Tensor) -> Tensor) -> Tensor {
    let x = x.converted(to: x.dtype.floating)
    let position = x.axisOrScalar(axis, "\(name)")
    if x.rank == 0 { return x.asVector(body) }
    if position == x.rank - 1 { return body(x.contiguous()) }
    return body(x.transposed(position, -1).contiguous()).transposed(position, -1)
}

/// The gradient through softmax with output `y`: `y * (g - sum(g * y))`.
func softmaxBackward(_ g: Tensor, _ y: Tensor) -> Tensor {
    let g = g.contiguous()
    let result = y.mappedRows(with: g, Kernels.vector.softmax_backward)
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
    let result = y.mappedRows(with: g, Kernels.vector.log_softmax_backward)
    return result.output(of: "logSoftmaxBackward", from: g, y) { u, node in
        let weighted = u * exp(y)
        return InputGradients(
            node.needs(0) ? u - weighted.sum(axes: -1, keepAxes: true) : nil,
            node.needs(1) ? -(weighted * g.sum(axes: -1, keepAxes: true)) : nil)
    }
}

/// Cuts rows in pieces of about ``elementwisePiece`` elements, and runs them in parallel if that pays.
@inline(__always)
func rowLoop(rows: Int, columns: Int, nanosecondsPerElement: Double, _ body: (_ start: Int, _ n: Int) -> Void) {
    if rows == 0 || columns == 0 { return }
    let rowsAPiece = max(1, elementwisePiece / columns)
    let pieces = (rows + rowsAPiece - 1) / rowsAPiece
    parallelFor(pieces: pieces, work: Int(Double(rows * columns) * nanosecondsPerElement)) { piece in
        let start = piece * rowsAPiece
        body(start, min(rowsAPiece, rows - start))
    }
}

extension Tensor {
    /// A kernel on the rows, which the last axis makes, of a contiguous tensor.
    @inline(__always)
    fileprivate func mappedRows(
        _ kernel: (TernType, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: dtype)
        let columns = shape[rank - 1]
        rowLoop(rows: columns == 0 ? 0 : count / columns, columns: columns, nanosecondsPerElement: 1) { start, n in
            let bytes = start * columns * dtype.byteCount
            kernel(dtype.kernelType, n, columns, impl.pointer + bytes, result.impl.pointer + bytes)
        }
        return result
    }

    /// A kernel on the rows of two contiguous tensors of one shape.
    @inline(__always)
    fileprivate func mappedRows(
        with other: Tensor,
        _ kernel: (TernType, Int, Int, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: dtype)
        let columns = shape[rank - 1]
        rowLoop(rows: columns == 0 ? 0 : count / columns, columns: columns, nanosecondsPerElement: 0.5) { start, n in
            let bytes = start * columns * dtype.byteCount
            kernel(
                dtype.kernelType, n, columns, impl.pointer + bytes, other.impl.pointer + bytes,
                result.impl.pointer + bytes)
        }
        return result
    }
}
