/// `x W^T + bias`: an affine map of the last axis, as one operation. PyTorch's `torch.nn.functional.linear`.
///
///     x [..., I], weight [O, I], bias [O] -> [..., O]     `I`, `O`: features in and out
///
/// Saves `x` and `weight` for the derivative; the bias is what the sums start from. Stops if the sizes do not fit.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    linear(x, weight, bias, then: nil)
}

/// The activation of an affine map, `f(x W^T + bias)`, in the same pass over memory: see ``linear(_:_:_:)``. The bits are
/// those of a call of its own.
///
///     x [..., I], weight [O, I], bias [O] -> [..., O]     `I`, `O`: features in and out
///
/// Saves `x`, `weight` and the output for the derivative.
///
/// - Parameter activation: of the sums.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, activation: PiecewiseLinear) -> Tensor {
    activation.check()
    // Halves are rounded twice apart, and the derivative has the output alone to go by.
    if x.dtype.accumulator != x.dtype || !activation.isSeenInOutput || !fusesOperations {
        return activation(linear(x, weight, bias))
    }
    return linear(x, weight, bias, then: activation)
}

private func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, then activation: PiecewiseLinear?) -> Tensor {
    guard weight.rank == 2, x.rank > 0, x.impl.shape.sizes[x.rank - 1] == weight.impl.shape.sizes[1],
        bias == nil || (bias!.rank == 1 && bias!.impl.shape.sizes[0] == weight.impl.shape.sizes[0])
    else { stopLinearShapes(x, weight, bias) }
    if let type = Autocast.type(narrowing: [x, weight, bias]) {
        let result = linear(x.converted(to: type), weight.converted(to: type), bias?.converted(to: type), then: nil)
        return activation.map { $0(result) } ?? result
    }
    guard x.dtype == weight.dtype, x.dtype.isFloatingPoint, bias == nil || bias!.dtype == x.dtype else {
        Tensor.checkOneFloatingPointType("linear", [x, weight] + (bias.map { [$0] } ?? []))
        let product = matmul(x, weight.T)
        let result = bias.map { product + $0 } ?? product
        return activation.map { $0(result) } ?? result
    }
    if x.rank != 2 {
        // Every leading axis only adds rows.
        var shape = x.shape
        shape[x.rank - 1] = weight.shape[0]
        let rows = x.shape.dropLast().reduce(1, *)
        return linear(x.reshaped([rows, weight.shape[1]]), weight, bias, then: activation).reshaped(shape)
    }
    if let bias, !bias.isContiguous { return linear(x, weight, bias.contiguous(), then: activation) }
    let result = Tensor.gemm(x, weight, transposingB: true, bias: bias, activation: activation, "linear")
    if let activation {
        return result.output(of: "linear", from: x, weight, bias) { saved in
            { gradient, node in
                inputGradients(activation.gradient(gradient, at: node.relinked(saved)), node, x, weight)
            }
        }
    }
    return result.output(of: "linear", from: x, weight, bias) { gradient, node in
        inputGradients(gradient, node, x, weight)
    }
}

@inline(__always)
private func inputGradients(_ gradient: Tensor, _ node: Node, _ x: Tensor, _ weight: Tensor) -> InputGradients {
    InputGradients(
        node.needs(0) ? Tensor.product(gradient, weight, false, false) : nil,
        node.needs(1) ? Tensor.product(gradient, x, true, false) : nil,
        node.needs(2) ? gradient.columnSums() : nil)
}

@inline(never)
private func stopLinearShapes(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Never {
    if weight.rank != 2 { mistake("linear", "expects a weight of shape [out, in], got \(weight.shape)") }
    if x.rank == 0 || x.shape[x.rank - 1] != weight.shape[1] {
        mistake(
            "linear",
            "expects \(weight.shape[1]) input features, got \(x.shape.last.map { "\($0)" } ?? "a scalar") "
                + "(input \(x.shape), weight \(weight.shape))")
    }
    mistake("linear", "expects a bias of shape [\(weight.shape[0])], got \(bias!.shape) (weight \(weight.shape))")
}

extension Tensor {
    /// The sums of the columns of this matrix, the gradient of a bias: without what a reduction over any axes has to work
    /// out first.
    fileprivate func columnSums() -> Tensor {
        guard isContiguous, count > 0, !records(self) else { return sum(axes: 0) }
        let result = Tensor(uninitialized: [impl.shape.sizes[1]], dtype: dtype)
        backend.sumColumns(self, into: result)
        return result.output(of: "sum", from: [self], attributes: ["axes": [0], "keepAxes": false])
    }
}
