import TernCore

let convolutionOperators: [ONNXOperator] = [
    op("Conv", 2...3) { call in
        try convolution(call, try call.floating(0), try call.floating(1), try call.optionalTensor(2))
    },
    op("ConvTranspose", 2...3) { call in try transposed(call) },
    op("ConvInteger", 2...4) { call in
        func centred(_ index: Int, zero: Int) throws -> Tensor {
            let x = try call.integer(index).converted(to: .float64)
            guard var zero = try call.optionalTensor(zero)?.converted(to: .float64) else { return x }
            if zero.rank == 1, zero.count > 1 {
                zero = zero.reshaped(Shape([zero.count] + x.shape.dropFirst().map { _ in 1 }))
            }
            try call.broadcast(x, zero)
            return x - zero
        }
        // Sums of products of bytes are exact in float64.
        return try convolution(call, try centred(0, zero: 2), try centred(1, zero: 3), nil).converted(to: .int32)
    },
    op("Col2Im", 3) { call in
        let (x, size, block) = (try call.numeric(0), try call.integers(1), try call.integers(2))
        try call.expect(
            x.rank == 3 && size.count == block.count && (1...3).contains(size.count)
                && size.allSatisfy { (1...Int(Int32.max)).contains($0) }, "has \(x.shape) for images of \(size)")
        // The transpose of cutting out: that of a convolution whose filters pick one place each.
        let windows = try WindowSettings(call, input: size, kernel: block)
        let area = block.reduce(1, *)
        try call.expect(
            area < 1 << 20 && x.shape[1] % area == 0 && x.shape[2] == windows.output.reduce(1, *),
            "has \(x.shape) for images of \(size) and blocks of \(block)")
        let channels = x.shape[1] / area
        _ = try call.shape([x.shape[0], channels] + size)
        _ = try call.shape([area, area])
        _ = try call.shape([x.shape[0], channels, area] + windows.output)
        let wide = x.converted(to: x.dtype.isFloatingPoint ? x.dtype : .float64)
        let columns = wide.reshaped(Shape([x.shape[0] * channels, area] + windows.output))
        let filters = Tensor.eye(area, dtype: wide.dtype).reshaped(Shape([area, 1] + block))
        if x.count == 0 { return Tensor.zeros(Shape([x.shape[0], channels] + size), dtype: x.dtype) }
        let full = transposedConvolution(
            columns, filters, nil, stride: windows.stride, dilation: windows.dilation, groups: 1)
        // Around the image is what its padding got, and behind it what no window reached.
        let crops = (0..<size.count).map { axis in
            (before: -windows.before[axis], after: size[axis] + windows.before[axis] - full.shape[2 + axis])
        }
        return full.padded(crops).reshaped(Shape([x.shape[0], channels] + size)).converted(to: x.dtype)
    },
]

func convolution(_ call: ONNXCall, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) throws -> Tensor {
    try call.expectOneType(x, weight, bias)
    let dimensions = x.rank - 2
    let groups = try call.integer("group", default: 1)
    try call.expect(
        (1...3).contains(dimensions) && weight.rank == x.rank && weight.count > 0,
        "expects [N, C, ...] of one to three dimensions and a weight of as many, got \(x.shape) and \(weight.shape)")
    try call.expect(
        groups > 0 && weight.shape[0] % groups == 0 && x.shape[1] % groups == 0
            && weight.shape[1] == x.shape[1] / groups,
        "has a weight of \(weight.shape) in \(groups) groups for \(x.shape)")
    if let bias { try call.expect(bias.shape == [weight.shape[0]], "has a bias of \(bias.shape) for \(weight.shape)") }
    let kernel = Array(weight.shape[2...])
    if let stated = try call.integerList("kernel_shape") {
        try call.expect(stated == kernel, "states a kernel of \(stated.prefix(16)) and has \(kernel)")
    }
    let windows = try WindowSettings(call, input: Array(x.shape[2...]), kernel: kernel)
    _ = try call.shape([x.shape[0], weight.shape[0]] + windows.output)
    return convolve(
        x, weight, bias, stride: windows.stride, before: windows.before, after: windows.after,
        dilation: windows.dilation, groups: groups)
}

/// Without padding.
private func transposedConvolution(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: [Int], dilation: [Int], groups: Int
) -> Tensor {
    switch stride.count {
    case 1: convTranspose1d(x, weight, bias, stride: stride[0], dilation: dilation[0], groups: groups)
    case 2: convTranspose2d(x, weight, bias, stride: stride.size2, dilation: dilation.size2, groups: groups)
    default: convTranspose3d(x, weight, bias, stride: stride.size3, dilation: dilation.size3, groups: groups)
    }
}

private func transposed(_ call: ONNXCall) throws -> Tensor {
    let (x, weight, bias) = (try call.floating(0), try call.floating(1), try call.optionalTensor(2))
    try call.expectOneType(x, weight, bias)
    let dimensions = x.rank - 2
    let groups = try call.integer("group", default: 1)
    try call.expect(
        (1...3).contains(dimensions) && weight.rank == x.rank && weight.count > 0 && groups > 0
            && x.shape[1] % groups == 0 && weight.shape[0] == x.shape[1] && weight.shape[1] <= 1 << 30
            && groups <= 1 << 30,
        "has a weight of \(weight.shape) in \(groups) groups for \(x.shape)")
    let channels = weight.shape[1] * groups
    if let bias { try call.expect(bias.shape == [channels], "has a bias of \(bias.shape) for \(channels) channels") }
    let limit = Int(Int32.max)
    func list(_ name: String, _ value: Int, from least: Int) throws -> [Int] {
        let numbers = try call.integerList(name) ?? Array(repeating: value, count: dimensions)
        try call.expect(
            numbers.count == dimensions && numbers.allSatisfy { (least...limit).contains($0) },
            "has \(name) \(numbers.prefix(16)) for \(dimensions) axes")
        return numbers
    }
    let (stride, dilation) = (try list("strides", 1, from: 1), try list("dilations", 1, from: 1))
    let more = try list("output_padding", 0, from: 0)
    let rule = try call.text("auto_pad", default: "NOTSET")
    let pads = try call.integerList("pads") ?? Array(repeating: 0, count: 2 * dimensions)
    try call.expect(
        pads.count == 2 * dimensions && pads.allSatisfy { (0...limit).contains($0) },
        "has pads \(pads.prefix(16)) for \(dimensions) axes")
    let wanted = try call.integerList("output_shape").map { Array($0.suffix(dimensions)) }
    try call.expect(
        (wanted?.count ?? dimensions) == dimensions && wanted?.allSatisfy { (1...limit).contains($0) } ?? true,
        "has an output shape of \(wanted ?? [])")
    // What the strides give, before something is cut off or added.
    var (full, crops): ([Int], [(before: Int, after: Int)]) = ([], [])
    for axis in 0..<dimensions {
        let size = x.shape[2 + axis]
        try call.expect(size > 0 && size <= limit, "has an input of \(x.shape)")
        full.append((size - 1) * stride[axis] + (weight.shape[2 + axis] - 1) * dilation[axis] + 1)
        let target = wanted?[axis] ?? (rule.hasPrefix("SAME") ? size * stride[axis] : nil)
        var (before, after) = rule == "NOTSET" ? (pads[axis], pads[dimensions + axis]) : (0, 0)
        if let target {
            let total = full[axis] + more[axis] - target
            let less = total >> 1
            (before, after) = rule == "SAME_UPPER" ? (less, total - less) : (total - less, less)
        }
        try call.expect(full[axis] + more[axis] - before - after > 0, "has pads beyond the output")
        crops.append((-before, more[axis] - after))
        try call.expect(full[axis] - before + min(0, crops[axis].after) >= 0, "has pads beyond the output")
    }
    _ = try call.shape([x.shape[0], channels] + full)
    let shape = try call.shape([x.shape[0], channels] + zip(full, crops).map { $0 + $1.before + $1.after })
    if crops.contains(where: { $0.before > 0 || $0.after > 0 }) {
        // A bias is on what is added, too.
        let result = transposedConvolution(x, weight, nil, stride: stride, dilation: dilation, groups: groups)
            .padded(crops)
        return bias.map { result + $0.reshaped(Shape([channels] + shape.dropFirst(2).map { _ in 1 })) } ?? result
    }
    let result = transposedConvolution(x, weight, bias, stride: stride, dilation: dilation, groups: groups)
    return crops.allSatisfy { $0 == (0, 0) } ? result : result.padded(crops)
}
