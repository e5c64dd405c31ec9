import TernCore

/// Integers that stand for numbers: `x = (q - zero) scale`.
let quantizationOperators: [ONNXOperator] = [
    op("QuantizeLinear", 2...3) { call in
        let (x, scale) = (try call.numeric(0), try call.floating(1))
        let zero = try call.optionalTensor(2)
        let type = try zero?.dtype ?? call.dtype("output_dtype", default: .uint8)
        try call.expect(type.isInteger, "quantizes to \(type)")
        let fitted = try fit(call, scale, x)
        let wide = x.converted(to: scale.dtype.isHalf ? .float32 : scale.dtype)
        return try quantized(call, wide / fitted.converted(to: wide.dtype), zero.map { try fit(call, $0, x) }, type)
    },
    op("DequantizeLinear", 2...3) { call in
        let (x, scale) = (try call.integer(0), try call.floating(1))
        let fitted = try fit(call, scale, x)
        var wide = x.converted(to: .float64)
        if let zero = try call.optionalTensor(2) {
            try call.expectOneType(x, zero)
            wide = wide - (try fit(call, zero, x)).converted(to: .float64)
        }
        return (wide.converted(to: .float32) * fitted.converted(to: .float32))
            .converted(to: try call.dtype("output_dtype", default: scale.dtype))
    },
    ops("DynamicQuantizeLinear", 1) { call in
        let x = try call.floating(0)
        try call.expect(x.count > 0, "has no values")
        let (low, high) = (minimum(x.min(), 0.0), maximum(x.max(), 0.0))
        let scale = (high - low) / 255
        let zero = minimum(maximum(round(-low / scale), 0.0), 255.0).converted(to: .uint8)
        return .tensors(try quantized(call, x / scale, zero, .uint8), scale, zero)
    },
    op("QLinearMatMul", 8) { call in
        let (a, b) = (try centred(call, 0, isRows: true), try centred(call, 3, isRows: false))
        let sums = try product(call, a.values, b.values)
        let (scale, zero) = (try call.floating(6), try call.integer(7))
        try call.broadcast(sums, a.scale, b.scale)
        let wide = sums * a.scale * b.scale
        try call.broadcast(wide, scale)
        return try quantized(call, wide / scale.converted(to: .float64), zero, zero.dtype)
    },
    op("QLinearConv", 8...9) { call in
        let x = try centred(call, 0, isRows: false)
        var w = try centred(call, 3, isRows: false, isFilters: true)
        var bias: Tensor?
        if call.has(8) { bias = try call.integer(8).converted(to: .float64) }
        let sums = try convolution(call, x.values, w.values, bias)
        if w.scale.count > 1 {
            try call.expect(w.scale.count == sums.shape[1], "has scales \(w.scale.shape)")
            w.scale = w.scale.reshaped(Shape([sums.shape[1]] + sums.shape.dropFirst(2).map { _ in 1 }))
        }
        let (scale, zero) = (try call.scalar(6), try call.integer(7))
        try call.expect(x.scale.count == 1, "has scales \(x.scale.shape)")
        let wide = sums * (x.scale.reshaped([]) * w.scale)
        return try quantized(call, wide / scale.converted(to: .float64), zero, zero.dtype)
    },
]

/// One number for all, one for each place along an axis, or one for each block of places.
private func fit(_ call: ONNXCall, _ parameter: Tensor, _ x: Tensor) throws -> Tensor {
    if parameter.count == 1 { return parameter.reshaped([]) }
    try call.expect(x.rank > 0, "has parameters \(parameter.shape) for a scalar")
    let axis = try call.axis(try call.integer("axis", default: 1), x.rank)
    let block = try call.integer("block_size", default: 0)
    if block > 0 {
        let fits =
            parameter.rank == x.rank
            && x.shape.indices.allSatisfy {
                parameter.shape[$0] == ($0 == axis ? (x.shape[axis] + block - 1) / block : x.shape[$0])
            }
        try call.expect(fits && block <= 1 << 30, "has parameters \(parameter.shape) for \(x.shape)")
        let places = (0..<x.shape[axis]).map { $0 / block }
        return parameter.selected(Tensor(shape: [places.count], values: places), axis: axis)
    }
    try call.expect(parameter.shape == [x.shape[axis]], "has parameters \(parameter.shape) for \(x.shape)")
    var sizes = Shape(repeating: 1, count: x.rank)
    sizes[axis] = parameter.count
    return parameter.reshaped(sizes)
}

private func quantized(_ call: ONNXCall, _ x: Tensor, _ zero: Tensor?, _ type: DType) throws -> Tensor {
    try call.expect(type.isInteger && type.byteCount <= 4, "quantizes to \(type)")
    var values = round(x).converted(to: .float64)
    if let zero {
        try call.broadcast(values, zero)
        values = values + zero.converted(to: .float64)
    }
    let (least, greatest) = (limit(type, isLowest: true).item(), limit(type, isLowest: false).item())
    return minimum(maximum(values, least), greatest).converted(to: type)
}

/// Three inputs: integers, their scale and their zero.
private func centred(
    _ call: ONNXCall, _ index: Int, isRows: Bool, isFilters: Bool = false
) throws -> (values: Tensor, scale: Tensor) {
    let x = try call.integer(index).converted(to: .float64)
    var scale = try call.floating(index + 1).converted(to: .float64)
    var zero = try call.integer(index + 2).converted(to: .float64)
    if isRows {
        if scale.rank == 1, scale.count > 1 { scale = scale.unsqueezed(axes: -1) }
        if zero.rank == 1, zero.count > 1 { zero = zero.unsqueezed(axes: -1) }
    }
    if isFilters, zero.count > 1 { zero = zero.reshaped(Shape([zero.count] + x.shape.dropFirst().map { _ in 1 })) }
    if zero.count == 1 { zero = zero.reshaped([]) }
    try call.broadcast(x, zero)
    return (x - zero, scale)
}
