import TernCore

let activationOperators: [ONNXOperator] = [
    op("Relu", 1) { call in relu(try call.numeric(0)) },
    function("Sigmoid") { sigmoid($0) }, function("Softplus") { softplus($0) }, function("Softsign") { softsign($0) },
    function("Mish") { mish($0) },
    function("HardSwish") { hardSwish($0) },
    op("LeakyRelu", 1) { call in leakyRelu(try call.floating(0), slope: try call.real("alpha", default: 0.01)) },
    op("Elu", 1) { call in elu(try call.floating(0), alpha: try call.real("alpha", default: 1)) },
    op("Celu", 1) { call in
        let (x, alpha) = (try call.floating(0), try call.real("alpha", default: 1))
        // By its definition, for an alpha below 0 too.
        return maximum(x, 0) + minimum(expm1(x / alpha) * alpha, 0)
    },
    op("Selu", 1) { call in
        let x = try call.floating(0)
        let alpha = try call.real("alpha", default: 1.67326319217681884765625)
        let gamma = try call.real("gamma", default: 1.05070102214813232421875)
        return elu(x, alpha: alpha) * gamma
    },
    op("HardSigmoid", 1) { call in
        let x = try call.floating(0)
        let (alpha, beta) = (try call.real("alpha", default: 0.2), try call.real("beta", default: 0.5))
        return minimum(maximum(x * alpha + beta, 0), 1)
    },
    op("ThresholdedRelu", 1) { call in
        let (x, alpha) = (try call.floating(0), try call.real("alpha", default: 1))
        return which(x.greater(than: alpha), x, 0.0)
    },
    op("Shrink", 1) { call in
        let x = try call.numeric(0)
        let (bias, bound) = (try call.real("bias", default: 0), try call.real("lambd", default: 0.5))
        let wide = x.converted(to: x.dtype.isFloatingPoint ? x.dtype : .float64)
        let shrunk = which(
            wide.less(than: -bound), wide + bias, which(wide.greater(than: bound), wide - bias, 0.0))
        return shrunk.converted(to: x.dtype)
    },
    op("Gelu", 1) { call in
        let x = try call.floating(0)
        switch try call.text("approximate", default: "none") {
        case "none": return gelu(x)
        case "tanh": return gelu(x, approximation: .tanh)
        case let other: throw Refusal("has the approximation \(excerpt(other))")
        }
    },
    op("Swish", 1) { call in
        let (x, alpha) = (try call.floating(0), try call.real("alpha", default: 1))
        return alpha == 1 ? silu(x) : x * sigmoid(x * alpha)
    },
    op("PRelu", 2) { call in
        let (x, slope) = (try call.numeric(0), try call.numeric(1))
        try call.expectOneType(x, slope)
        try call.expect(
            call.broadcasts(slope.shape, to: x.shape), "cannot broadcast slope \(slope.shape) to \(x.shape)")
        return which(x.less(than: 0), x * slope, x)
    },
    op("Softmax", 1) { call in try alongAxis(call) { softmax($0, axis: $1) } },
    op("LogSoftmax", 1) { call in try alongAxis(call) { logSoftmax($0, axis: $1) } },
    op("Hardmax", 1) { call in
        try alongAxis(call) { x, axis in
            if x.count == 0 { return x }
            let size = x.rank == 0 ? 1 : x.shape[axis]
            let best = oneHot(x.argmax(axis: axis), classes: size, dtype: x.dtype)
            return x.rank == 0 ? best.reshaped([]) : best.movingAxis(-1, to: axis)
        }
    },
]

/// Along an axis; before opset 13 over all axes from it on.
private func alongAxis(_ call: ONNXCall, _ compute: (Tensor, Int) -> Tensor) throws -> Tensor {
    let x = try call.floating(0)
    let axis = try call.axis(try call.integer("axis", default: call.opset < 13 ? 1 : -1), max(1, x.rank))
    if call.opset >= 13 || x.rank <= 1 { return compute(x, axis) }
    let rows = x.shape[..<axis].reduce(1, *)
    let columns = x.shape[axis...].reduce(1, *)
    return compute(x.reshaped([rows, columns]), 1).reshaped(x.shape)
}
