// What layer, group, instance and root-mean-square normalization are: rows of a contiguous matrix, normalized by themselves.

extension NormalizedRows {
    /// The rows of `x`, normalized: `(x - mean) / sqrt(variance + epsilon) * weight + bias`, recorded.
    ///
    /// - Parameters:
    ///   - x: any layout; cut into rows in row-major order.
    ///   - weight: a number for each channel, of any shape; 1 if absent.
    ///   - bias: the same; 0 if absent.
    /// - Returns: the output, and the statistics [rows], of the accumulator's type and not recorded. There is no mean to be
    ///   read if rows are not centered.
    func normalized(
        _ name: StaticString, _ x: Tensor, weight: Tensor?, bias: Tensor?, attributes: OperationAttributes
    ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
        let type = x.dtype.accumulator
        let variance = Tensor(uninitialized: [count], dtype: type)
        let mean = centers ? Tensor(uninitialized: [count], dtype: type) : variance
        let source = x.contiguous()
        let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
        let (w, b) = (weight?.converted(to: type).contiguous(), bias?.converted(to: type).contiguous())
        x.backend.normalizeRows(source, self, weight: w, bias: b, into: result, mean: mean, variance: variance)
        let output = result.output(
            of: name, from: [source] + [w, b].compactMap { $0 }, attributes: attributes
        ) { g, node in
            ThreadState.current.isRecording
                ? recordedBackward(g, node, source, w, b) : fusedBackward(g, node, source, w, b, mean, variance, name)
        }
        return (output, mean, variance)
    }

    private func fusedBackward(
        _ g: Tensor, _ node: Node, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ mean: Tensor,
        _ variance: Tensor, _ name: StaticString
    ) -> InputGradients {
        let g = g.contiguous()
        let gradient = node.needs(0) ? Tensor(uninitialized: x.shape, dtype: x.dtype) : nil
        let needs = needs(node, weight, bias)
        var parameters: (weight: Tensor, bias: Tensor)?
        if needs.weight || needs.bias {
            let shape = (weight ?? bias)!.shape
            parameters = (
                Tensor(uninitialized: shape, dtype: mean.dtype), Tensor(uninitialized: shape, dtype: mean.dtype)
            )
        }
        x.backend.normalizeRowsBackward(
            x, g, self, mean: mean, variance: variance, weight: weight, into: gradient, parameters: parameters)
        if Observation.isOn {
            let outputs = [gradient, parameters?.weight, parameters?.bias].compactMap { $0 }
            Observation.report("\(name)Backward", [g, x, mean, variance], [:], outputs)
        }
        var gradients = [gradient]
        if weight != nil { gradients.append(needs.weight ? parameters?.weight : nil) }
        if bias != nil { gradients.append(needs.bias ? parameters?.bias : nil) }
        return InputGradients(gradients)
    }

    /// Which parameters need a gradient: an absent one is no input.
    private func needs(_ node: Node, _ weight: Tensor?, _ bias: Tensor?) -> (weight: Bool, bias: Bool) {
        (weight != nil && node.needs(1), bias != nil && node.needs(weight == nil ? 1 : 2))
    }

    /// The same in tensor operations, for gradients of gradients.
    private func recordedBackward(
        _ g: Tensor, _ node: Node, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?
    ) -> InputGradients {
        let shape: Shape = [count / Swift.max(1, groups), groups, segments, span]
        let type = x.dtype
        let sums = type.accumulator
        let parts = x.converted(to: sums).reshaped(shape)
        let slopes = g.converted(to: sums).reshaped(shape)
        let deviation = centers ? parts - parts.mean(axes: [2, 3], keepAxes: true) : parts
        let inverse = rsqrt(square(deviation).mean(axes: [2, 3], keepAxes: true) + epsilon)
        let normalized = deviation * inverse
        var gradient: Tensor?
        if node.needs(0) {
            let weighted = weight.map { slopes * $0.reshaped([groups, segments, 1]) } ?? slopes
            var change = normalized * (weighted * normalized).mean(axes: [2, 3], keepAxes: true)
            if centers { change = change + weighted.mean(axes: [2, 3], keepAxes: true) }
            gradient = ((weighted - change) * inverse).reshaped(x.shape).converted(to: type)
        }
        let needs = needs(node, weight, bias)
        var gradients = [gradient]
        if let weight {
            gradients.append(
                needs.weight ? (slopes * normalized).sum(axes: [0, 3]).reshaped(weight.shape) : nil)
        }
        if let bias { gradients.append(needs.bias ? slopes.sum(axes: [0, 3]).reshaped(bias.shape) : nil) }
        return InputGradients(gradients)
    }
}

/// Stops unless `x` is floating-point.
func checkNormalizable(_ x: Tensor, _ name: String) {
    if !x.dtype.isFloatingPoint { mistake(name, "expects a floating-point input, got \(x.dtype) \(x.shape)") }
}

/// Stops unless `parameter`, a weight or bias, has this shape, and the type of `x` or of its sums.
func checkParameter(_ parameter: Tensor?, _ what: String, _ shape: Shape, _ x: Tensor, _ name: String) {
    guard let parameter else { return }
    let isOfType = parameter.dtype == x.dtype || parameter.dtype == x.dtype.accumulator
    if parameter.shape != shape || !isOfType {
        mistake(
            name,
            "expects a \(what) of shape \(shape) and type \(x.dtype), got \(parameter.dtype) \(parameter.shape) (input "
                + "\(x.shape))")
    }
}
