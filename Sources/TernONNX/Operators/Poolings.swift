import TernCore

let poolingOperators: [ONNXOperator] = [
    ops("MaxPool", 1) { call in try maximumPooling(call) },
    op("AveragePool", 1) { call in
        let x = try call.floating(0)
        let windows = try settings(call, x)
        let counts = try call.flag("count_include_pad")
        let isPlain =
            windows.dilation.allSatisfy { $0 == 1 } && windows.beyond.allSatisfy { $0 == 0 } && fitsKernel(windows)
        if isPlain { return average(x, windows, counts) }
        let ones = Tensor.ones(Shape([1, 1] + x.shape.dropFirst(2)), dtype: x.dtype)
        // What counts: the elements, and the padding if that is asked for, but nothing beyond it.
        let inner = (0..<windows.dimensions).map { (before: windows.before[$0], after: windows.after[$0]) }
        let mask = counts ? ones.padded(inner, with: .constant(1)) : ones.padded(inner)
        let beyond = windows.beyond.map { (before: 0, after: $0) }
        return windowSums(x.padded(windows.widths), windows) / windowSums(mask.padded(beyond), windows)
    },
    op("LpPool", 1) { call in
        let x = try call.floating(0)
        let windows = try settings(call, x)
        let p = Double(try call.integer("p", default: 2))
        try call.expect(p > 0, "has a power of \(p)")
        let sums = windowSums(pow(abs(x), p).padded(windows.widths), windows)
        return pow(sums, 1 / p)
    },
    global("GlobalAveragePool") { $0.mean(axes: $1, keepAxes: true) },
    global("GlobalMaxPool") { $0.max(axes: $1, keepAxes: true) },
    op("GlobalLpPool", 1) { call in
        let x = try call.floating(0)
        try call.expect(x.rank > 2 && x.count > 0, "expects [N, C, ...], got \(x.shape)")
        let p = Double(try call.integer("p", default: 2))
        try call.expect(p > 0, "has a power of \(p)")
        return pow(pow(abs(x), p).sum(axes: Array(2..<x.rank), keepAxes: true), 1 / p)
    },
    op("MaxUnpool", 2...3) { call in
        let (x, indices) = (try call.numeric(0), try call.integer(1))
        try call.expect(x.rank > 2 && x.rank <= 5 && indices.shape == x.shape, "has \(indices.shape) for \(x.shape)")
        let kernel = try call.integerList("kernel_shape") ?? []
        let count = x.rank - 2
        let stride = try call.integerList("strides") ?? Array(repeating: 1, count: count)
        let pads = try call.integerList("pads") ?? Array(repeating: 0, count: 2 * count)
        let limit = 0...Int(Int32.max)
        try call.expect(
            kernel.count == count && stride.count == count && pads.count == 2 * count
                && (kernel + stride + pads).allSatisfy { limit.contains($0) }, "has settings for other axes")
        let natural = (0..<count).map { axis in
            (x.shape[2 + axis] - 1) * stride[axis] + kernel[axis] - pads[axis] - pads[count + axis]
        }
        let lead = [x.shape[0], x.shape[1]]
        let inner = try call.shape(lead + natural)
        let target = call.has(2) ? try call.shape(try call.integers(2)) : inner
        // Places count over the whole of what the pooling saw.
        try call.expect(target.count == x.rank && Array(target[..<2]) == lead, "has an output of \(target)")
        if x.count == 0 { return Tensor.zeros(target, dtype: x.dtype) }
        let wide = indices.converted(to: .int64)
        let (low, high) = (wide.min().item(as: Int.self), wide.max().item(as: Int.self))
        try call.expect(low >= 0 && high < inner.elements, "has indices \(low)...\(high) for \(inner.elements)")
        let flat = Tensor.zeros([inner.elements], dtype: x.dtype)
        let result = flat.scattered(x.reshaped([x.count]), at: wide.reshaped([x.count]), axis: 0).reshaped(inner)
        let widths = (0..<x.rank).map { (before: 0, after: target[$0] - inner[$0]) }
        return result.padded(widths)
    },
]

private func settings(_ call: ONNXCall, _ x: Tensor) throws -> WindowSettings {
    try call.expect(
        (3...5).contains(x.rank) && !x.shape[2...].contains(0),
        "expects [N, C, ...] of one to three dimensions, got \(x.shape)")
    try call.expect(x.shape[2...].reduce(1, *) <= Int(Int32.max), "has channels that are too large: \(x.shape)")
    let windows = try WindowSettings(
        call, input: Array(x.shape[2...]), kernel: try call.integerList("kernel_shape") ?? [])
    _ = try call.shape([x.shape[0], x.shape[1]] + windows.output)
    // With all that it takes.
    _ = try call.shape([x.shape[0], x.shape[1]] + zip(x.shape[2...], windows.widths).map { $0 + $1.before + $1.after })
    _ = try call.shape(windows.kernel)
    return windows
}

/// Whether no window sees padding alone, which Tern's own poolings refuse.
private func fitsKernel(_ windows: WindowSettings) -> Bool {
    (0..<windows.dimensions).allSatisfy { max(windows.before[$0], windows.after[$0]) <= windows.kernel[$0] / 2 }
}

private func global(_ type: String, _ compute: @escaping @Sendable (Tensor, [Int]) -> Tensor) -> ONNXOperator {
    op(type, 1) { call in
        let x = try call.floating(0)
        try call.expect(x.rank >= 2 && x.count > 0, "expects [N, C, ...], got \(x.shape)")
        return x.rank == 2 ? x : compute(x, Array(2..<x.rank))
    }
}

private func average(_ x: Tensor, _ w: WindowSettings, _ countsPadding: Bool) -> Tensor {
    switch w.dimensions {
    case 1:
        avgPool1d(
            x, w.kernel.size1, stride: w.stride.size1,
            padding: .explicit(before: w.before.size1, after: w.after.size1), countsPadding: countsPadding)
    case 2:
        avgPool2d(
            x, w.kernel.size2, stride: w.stride.size2,
            padding: .explicit(before: w.before.size2, after: w.after.size2), countsPadding: countsPadding)
    default:
        avgPool3d(
            x, w.kernel.size3, stride: w.stride.size3,
            padding: .explicit(before: w.before.size3, after: w.after.size3), countsPadding: countsPadding)
    }
}

/// The sum of each window of what is padded already.
private func windowSums(_ x: Tensor, _ w: WindowSettings) -> Tensor {
    let lead = [x.shape[0], x.shape[1]]
    let zeros = Array(repeating: 0, count: w.dimensions)
    let sums = convolve(
        x.reshaped(Shape([lead[0] * lead[1], 1] + x.shape.dropFirst(2))),
        Tensor.ones(Shape([1, 1] + w.kernel), dtype: x.dtype), nil, stride: w.stride, before: zeros, after: zeros,
        dilation: w.dilation, groups: 1)
    return sums.reshaped(Shape(lead + sums.shape.dropFirst(2)))
}

private func maximumPooling(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.numeric(0)
    var windows = try settings(call, x)
    var source = x
    var padding = (before: windows.before, after: windows.after)
    // Tern's poolings have no windows beyond the padding or in it alone: there, the least value is as good as nothing.
    let isPlain = fitsKernel(windows) && windows.beyond.allSatisfy { $0 == 0 }
    if !isPlain {
        let least = x.dtype.isFloatingPoint ? -Double.infinity : limit(x.dtype, isLowest: true).item()
        source = x.padded(windows.widths, with: .constant(least))
        padding = (windows.before.map { _ in 0 }, windows.before.map { _ in 0 })
    }
    let found: (values: Tensor, indices: Tensor?) = pool(source, windows, padding, wantsIndices: call.outputCount > 1)
    guard let local = found.indices else { return .tensors(found.values) }
    // Places in the whole input, not in a channel of what was padded.
    let inner = Array(x.shape[2...])
    if isPlain { windows.before = windows.before.map { _ in 0 } }
    let padded = Array(source.shape[2...])
    var rest = local
    var places: [Tensor] = []
    for axis in padded.indices.reversed() {
        places.insert(rest % padded[axis] - windows.before[axis], at: 0)
        rest = truncDivide(rest, padded[axis])
    }
    let isColumnMajor = try call.integer("storage_order", default: 0) == 1
    var flat = Tensor.zeros(local.shape, dtype: .int64)
    for axis in isColumnMajor ? Array(inner.indices.reversed()) : Array(inner.indices) {
        flat = flat * inner[axis] + places[axis]
    }
    let channels = Tensor.arange(x.shape[0] * x.shape[1]) * inner.reduce(1, *)
    let offsets = channels.reshaped(Shape([x.shape[0], x.shape[1]] + inner.map { _ in 1 }))
    return .tensors(found.values, flat + offsets)
}

private func pool(
    _ x: Tensor, _ w: WindowSettings, _ padding: (before: [Int], after: [Int]), wantsIndices: Bool
) -> (Tensor, Tensor?) {
    switch w.dimensions {
    case 1:
        let around = Padding1d.explicit(before: padding.before.size1, after: padding.after.size1)
        if wantsIndices {
            return maxPool1dWithIndices(
                x, w.kernel.size1, stride: w.stride.size1, padding: around, dilation: w.dilation.size1)
        }
        return (maxPool1d(x, w.kernel.size1, stride: w.stride.size1, padding: around, dilation: w.dilation.size1), nil)
    case 2:
        let around = Padding2d.explicit(before: padding.before.size2, after: padding.after.size2)
        if wantsIndices {
            return maxPool2dWithIndices(
                x, w.kernel.size2, stride: w.stride.size2, padding: around, dilation: w.dilation.size2)
        }
        return (maxPool2d(x, w.kernel.size2, stride: w.stride.size2, padding: around, dilation: w.dilation.size2), nil)
    default:
        let around = Padding3d.explicit(before: padding.before.size3, after: padding.after.size3)
        if wantsIndices {
            return maxPool3dWithIndices(
                x, w.kernel.size3, stride: w.stride.size3, padding: around, dilation: w.dilation.size3)
        }
        return (maxPool3d(x, w.kernel.size3, stride: w.stride.size3, padding: around, dilation: w.dilation.size3), nil)
    }
}
