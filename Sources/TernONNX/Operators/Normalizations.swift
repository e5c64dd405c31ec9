import TernCore

let normalizationOperators: [ONNXOperator] = [
    ops("BatchNormalization", 5) { call in try batchNormalization(call) },
    op("InstanceNormalization", 3) { call in
        let x = try call.floating(0)
        let (weight, bias) = (try channelVector(call, 1, x), try channelVector(call, 2, x))
        try call.expect(x.rank >= 3 && x.count > 0, "expects [N, C, ...] with positions, got \(x.shape)")
        let epsilon = try call.real("epsilon", default: 1e-5)
        if x.shape[2...].reduce(1, *) == 1 {
            // A single value is its own mean.
            return try channelwise(call, x * 0, weight, bias)
        }
        return instanceNorm(x, weight: weight, bias: bias, epsilon: epsilon).output
    },
    ops("LayerNormalization", 2...3) { call in
        let x = try call.floating(0)
        let (scale, bias) = (try call.floating(1), try call.optionalTensor(2))
        try call.expectOneType(x, scale, bias)
        let axis = try call.axis(try call.integer("axis", default: -1), x.rank)
        let epsilon = try call.real("epsilon", default: 1e-5)
        let axes = Array(axis..<x.rank)
        let inner = Shape(x.shape[axis...])
        for parameter in [scale, bias].compactMap({ $0 }) {
            try call.expect(call.broadcasts(parameter.shape, to: x.shape), "has \(parameter.shape) for \(x.shape)")
        }
        try call.expect(inner.elements > 0, "normalizes over nothing: \(x.shape)")
        if call.outputCount == 1, scale.shape == inner, bias == nil || bias!.shape == inner {
            return .tensors(layerNorm(x, normalizedShape: inner, weight: scale, bias: bias, epsilon: epsilon))
        }
        // Statistics of halves are float32.
        let wide = x.converted(to: x.dtype.accumulator)
        let mean = wide.mean(axes: axes, keepAxes: true)
        let centred = wide - mean
        let inverse = rsqrt(square(centred).mean(axes: axes, keepAxes: true) + epsilon)
        var y = (centred * inverse).converted(to: x.dtype) * scale
        if let bias { y = y + bias }
        return .tensors(y, mean, inverse)
    },
    op("RMSNormalization", 2) { call in
        let (x, scale) = (try call.floating(0), try call.floating(1))
        let axis = try call.axis(try call.integer("axis", default: -1), x.rank)
        let epsilon = try call.real("epsilon", default: 1e-5)
        let inner = Shape(x.shape[axis...])
        try call.expect(
            call.broadcasts(scale.shape, to: x.shape) && inner.elements > 0,
            "has a scale of \(scale.shape) for \(x.shape)")
        if scale.shape == inner, scale.dtype == x.dtype {
            return rmsNorm(x, normalizedShape: inner, weight: scale, epsilon: epsilon)
        }
        let wide = x.converted(to: x.dtype.accumulator)
        let mean = square(wide).mean(axes: Array(axis..<x.rank), keepAxes: true)
        return (wide * rsqrt(mean + epsilon)).converted(to: x.dtype) * scale
    },
    op("GroupNormalization", 3) { call in
        let (x, weight, bias) = (try call.floating(0), try call.floating(1), try call.floating(2))
        try call.expectOneType(x, weight, bias)
        let groups = try call.integer("num_groups")
        try call.expect(
            x.rank >= 3 && groups > 0 && x.shape[1] % groups == 0 && x.count > 0, "has \(groups) groups for \(x.shape)")
        let epsilon = try call.real("epsilon", default: 1e-5)
        // Before opset 21 there is a weight for each group.
        let count = call.opset < 21 ? groups : x.shape[1]
        try call.expect(
            weight.shape == [count] && bias.shape == [count], "has \(weight.shape) and \(bias.shape) for \(count)")
        let each = x.shape[1] / count
        return groupNorm(
            x, groups: groups, weight: weight.repeated(each, axis: 0), bias: bias.repeated(each, axis: 0),
            epsilon: epsilon)
    },
    op("MeanVarianceNormalization", 1) { call in
        let x = try call.floating(0)
        let axes = try call.axes(try call.integerList("axes") ?? [0, 2, 3], x.rank)
        try call.expect(!axes.isEmpty && x.count > 0, "normalizes nothing of \(x.shape)")
        let centred = x - x.mean(axes: axes, keepAxes: true)
        return centred / (sqrt(square(centred).mean(axes: axes, keepAxes: true)) + 1e-9)
    },
    op("LpNormalization", 1) { call in
        let x = try call.floating(0)
        let axis = try call.axis(try call.integer("axis", default: -1), x.rank)
        let p = try call.integer("p", default: 2)
        try call.expect(p == 1 || p == 2, "has a norm of power \(p)")
        let norm = x.norm(Double(p), axes: axis, keepAxes: true)
        return which(norm.equal(to: 0), x * 0, x / which(norm.equal(to: 0), norm + 1, norm))
    },
    op("LRN", 1) { call in
        let x = try call.floating(0)
        let size = try call.integer("size")
        try call.expect(x.rank >= 3 && (1...1 << 20).contains(size), "has windows of \(size) for \(x.shape)")
        let (alpha, beta) = (try call.real("alpha", default: 1e-4), try call.real("beta", default: 0.75))
        let bias = try call.real("bias", default: 1)
        if x.count == 0 { return x }
        if size % 2 == 1 { return localResponseNorm(x, size: size, alpha: alpha, beta: beta, k: bias) }
        // Of an even number, one more channel is after than before.
        _ = try call.shape([x.shape[0], x.shape[1] + size])
        var widths = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
        widths[1] = ((size - 1) / 2, size / 2)
        let squares = square(x).padded(widths)
        var sums = squares.sliced(from: 0, to: x.shape[1], axis: 1)
        for offset in 1..<size { sums = sums + squares.sliced(from: offset, to: offset + x.shape[1], axis: 1) }
        return x / pow(sums * (alpha / Double(size)) + bias, beta)
    },
    ops("Dropout", 1...3) { call in
        let x = try call.tensor(0)
        let isTraining = call.has(2) ? try call.boolScalar(2) : true
        let ratio = call.opset < 12 ? try call.real("ratio", default: 0.5) : call.has(1) ? try call.realScalar(1) : 0.5
        let ones = { Tensor.ones(x.shape, dtype: .bool) }
        guard isTraining, call.isTraining, ratio != 0 else {
            return .tensors(x, call.outputCount > 1 ? ones() : nil)
        }
        try call.expect((0..<1).contains(ratio) && x.dtype.isFloatingPoint, "drops \(ratio) of \(x.dtype)")
        let keeps = Tensor.bernoulli(x.shape, probability: 1 - ratio).converted(to: .bool)
        return .tensors(which(keeps, x / (1 - ratio), 0.0), keeps)
    },
]

/// A vector of as many numbers as there are channels.
private func channelVector(_ call: ONNXCall, _ index: Int, _ x: Tensor) throws -> Tensor {
    let vector = try call.floating(index)
    try call.expect(
        x.rank >= 2 && vector.shape == [x.shape[1]], "has \(vector.shape) of input \(index) for \(x.shape)")
    return vector.converted(to: x.dtype)
}

private func channelwise(_ call: ONNXCall, _ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws -> Tensor {
    let shape = Shape([x.shape[1]] + x.shape.dropFirst(2).map { _ in 1 })
    return x * weight.reshaped(shape) + bias.reshaped(shape)
}

/// By the batch in a model that trains, with the running statistics otherwise: see ``ONNXModel``.
private func batchNormalization(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.floating(0)
    let (weight, bias) = (try channelVector(call, 1, x), try channelVector(call, 2, x))
    let (mean, variance) = (try call.floating(3), try call.floating(4))
    let type = x.dtype.accumulator
    try call.expect(
        mean.shape == [x.shape[1]] && variance.shape == [x.shape[1]], "has statistics of \(mean.shape) for \(x.shape)")
    let epsilon = try call.real("epsilon", default: 1e-5)
    // Whoever evaluates writes no setting; neither does PyTorch's exporter for a model that trains.
    let isRunning = call.isBuffer(3) && call.isBuffer(4)
    let isWrittenToTrain = try call.opset < 14 ? call.outputCount > 1 : call.flag("training_mode")
    guard call.isTraining, isRunning || isWrittenToTrain else {
        let y = batchNorm(
            x, mean: mean.converted(to: type), variance: variance.converted(to: type), weight: weight, bias: bias,
            epsilon: epsilon)
        return .tensors(y, mean, variance, mean, variance)
    }
    try call.expect(x.count > x.shape[1], "expects more than one value for each channel, got \(x.shape)")
    let momentum = try call.real("momentum", default: 0.9)
    let (y, statistics) = batchNorm(x, weight: weight, bias: bias, epsilon: epsilon)
    let (old, oldVariance) = (mean.converted(to: type), variance.converted(to: type))
    if isRunning {
        let next = withoutGradients { statistics.updating(mean: old, variance: oldVariance, momentum: 1 - momentum) }
        call.setBuffer(3, next.mean.converted(to: mean.dtype))
        call.setBuffer(4, next.variance.converted(to: variance.dtype))
    }
    if call.outputCount == 1 { return .tensors(y) }
    // The standard's variance is the biased one.
    func running(_ old: Tensor, _ new: Tensor, _ dtype: DType) -> Tensor {
        (old * momentum + new * (1 - momentum)).converted(to: dtype)
    }
    return .tensors(
        y, running(old, statistics.mean, mean.dtype), running(oldVariance, statistics.variance, variance.dtype),
        statistics.mean, statistics.variance)
}
