import TernCore

/// Operators that read images at places which other inputs give.
let regionOperators: [ONNXOperator] = [
    op("DeformConv", 3...5) { call in try deformableConvolution(call) },
    op("RoiAlign", 3) { call in try alignRegions(call) },
]

/// A convolution each of whose reads is moved (Dai et al. 2017), and weighed by a mask (Zhu et al. 2019).
///
///     x [N, C, H, W], weight [O, C / groups, KH, KW], offsets [N, D KH KW 2, OH, OW], mask [N, D KH KW, OH, OW]
private func deformableConvolution(_ call: ONNXCall) throws -> Tensor {
    let (x, weight, offset) = (try call.floating(0), try call.floating(1), try call.floating(2))
    let (bias, mask) = (try call.optionalTensor(3), try call.optionalTensor(4))
    try call.expectOneType(x, weight, offset, bias, mask)
    let (groups, shifts) = (try call.integer("group", default: 1), try call.integer("offset_group", default: 1))
    try call.expect(
        x.rank == 4 && weight.rank == 4 && weight.count > 0 && groups > 0 && shifts > 0
            && x.shape[1] % groups == 0 && weight.shape[1] == x.shape[1] / groups && weight.shape[0] % groups == 0
            && x.shape[1] % shifts == 0 && x.count > 0, "has a weight of \(weight.shape) for \(x.shape)")
    let kernel = Array(weight.shape[2...])
    let windows = try WindowSettings(call, input: Array(x.shape[2...]), kernel: kernel)
    let (n, c, o, area) = (x.shape[0], x.shape[1], weight.shape[0], kernel[0] * kernel[1])
    let (height, width) = (windows.output[0], windows.output[1])
    _ = try call.shape([n, c, area, height, width])
    try call.expect(area <= 1 << 12 && shifts <= 1 << 12, "reads \(area) places for each element")
    try call.expect(
        offset.shape == [n, shifts * area * 2, height, width]
            && (mask == nil || mask!.shape == [n, shifts * area, height, width])
            && (bias == nil || bias!.shape == [o]), "has offsets of \(offset.shape) for \(x.shape)")
    let offsets = offset.reshaped([n, shifts, area, 2, height * width])
    let masks = mask?.reshaped([n, shifts, area, 1, height, width])
    func axis(_ count: Int, _ number: Int) -> Tensor {
        (Tensor.arange(count) * windows.stride[number] - windows.before[number]).converted(to: x.dtype)
    }
    let (rows, columns) = (axis(height, 0).reshaped([height, 1]), axis(width, 1).reshaped([1, width]))
    /// From pixels to -1...1 between the centres of the outermost ones.
    func scaled(_ place: Tensor, _ size: Int) -> Tensor { size == 1 ? place * 2 : place * (2 / Double(size - 1)) - 1 }
    var reads: [Tensor] = []
    for shift in 0..<shifts {
        let each = c / shifts
        let part = x.sliced(from: shift * each, to: (shift + 1) * each, axis: 1)
        // One row or column alone has a neighbour of zeros on each side.
        let (tall, wide) = (x.shape[2] == 1, x.shape[3] == 1)
        let image = part.padded([(tall ? 1 : 0, tall ? 1 : 0), (wide ? 1 : 0, wide ? 1 : 0)])
        var places: [Tensor] = []
        for place in 0..<area {
            let moved = offsets[.all, shift, place]
            let dy = moved[.all, 0].reshaped([n, height, width]) + Double(place / kernel[1] * windows.dilation[0])
            let dx = moved[.all, 1].reshaped([n, height, width]) + Double(place % kernel[1] * windows.dilation[1])
            let y = scaled(rows + dy + (tall ? 1 : 0), image.shape[2])
            let across = scaled(columns + dx + (wide ? 1 : 0), image.shape[3])
            var read = gridSample(image, stacked([across, y], axis: -1), alignCorners: true)
            if let masks { read = read * masks[.all, shift, place] }
            places.append(read)
        }
        reads.append(stacked(places, axis: 2))
    }
    // [N, groups, C / groups * K, places] times [groups, O / groups, C / groups * K]
    let columnsOfAll = concatenated(reads, axis: 1).reshaped([n, groups, c / groups * area, height * width])
    let filters = weight.reshaped([groups, o / groups, c / groups * area])
    let y = matmul(filters, columnsOfAll).reshaped([n, o, height, width])
    return bias.map { y + $0.reshaped([o, 1, 1]) } ?? y
}

/// Parts of images, each as a grid of so many means or maxima (He et al. 2017).
private func alignRegions(_ call: ONNXCall) throws -> Tensor {
    let (x, rois, batches) = (try call.floating(0), try call.floating(1), try call.integer(2))
    let (height, width) = (try call.integer("output_height", default: 1), try call.integer("output_width", default: 1))
    let ratio = try call.integer("sampling_ratio", default: 0)
    let scale = try call.real("spatial_scale", default: 1)
    let mode = try call.text("mode", default: "avg")
    let isHalf =
        try call.text(
            "coordinate_transformation_mode", default: call.opset < 16 ? "output_half_pixel" : "half_pixel")
        == "half_pixel"
    try call.expect(
        x.rank == 4 && x.count > 0 && rois.rank == 2 && rois.shape[1] == 4 && batches.shape == [rois.shape[0]]
            && height > 0 && width > 0 && (0...1 << 20).contains(ratio) && scale.isFinite
            && (mode == "avg" || mode == "max"),
        "has regions of \(rois.shape) for \(x.shape)")
    let count = rois.shape[0]
    let shape = try call.shape([count, x.shape[1], height, width])
    if count == 0 { return Tensor.zeros(shape, dtype: x.dtype) }
    let (corners, places) = (rois.array(of: Double.self), batches.array(of: Int.self))
    let (rows, columns) = (x.shape[2], x.shape[3])
    let flat = x.reshaped([x.shape[0], x.shape[1], rows * columns])
    var results: [Tensor] = []
    for region in 0..<count {
        let batch = places[region]
        try call.expect((0..<x.shape[0]).contains(batch), "reads image \(batch) of \(x.shape[0])")
        let ends = (0..<4).map { corners[4 * region + $0] * scale - (isHalf ? 0.5 : 0) }
        try call.expect(ends.allSatisfy { abs($0) < 1e6 }, "has a region at \(ends)")
        func span(_ low: Int, _ high: Int) -> Double {
            isHalf ? ends[high] - ends[low] : max(1, ends[high] - ends[low])
        }
        let (high, wide) = (span(1, 3), span(0, 2))
        func samples(_ span: Double, _ bins: Int) -> Int {
            ratio > 0 ? ratio : Int((span / Double(bins)).rounded(.up), in: 0...1 << 24)
        }
        let (down, across) = (samples(high, height), samples(wide, width))
        let taps = 4 * down * across
        _ = try call.shape([x.shape[1], height * width, max(1, taps)])
        if taps == 0 {
            results.append(Tensor.zeros([x.shape[1], height, width], dtype: x.dtype))
            continue
        }
        var (indices, weights): ([Int], [Double]) = ([], [])
        for bin in 0..<height * width {
            for sample in 0..<down * across {
                func place(_ start: Double, _ span: Double, _ bin: Int, _ bins: Int, _ part: Int, _ parts: Int)
                    -> Double
                {
                    start + (Double(bin) + (Double(part) + 0.5) / Double(parts)) * span / Double(bins)
                }
                let y = place(ends[1], high, bin / width, height, sample / across, down)
                let z = place(ends[0], wide, bin % width, width, sample % across, across)
                for (row, a) in neighbours(y, rows) {
                    for (column, b) in neighbours(z, columns) {
                        indices.append(row * columns + column)
                        weights.append(a * b)
                    }
                }
            }
        }
        let read = flat[batch].selected(Tensor(indices), axis: 1) * Tensor(weights).converted(to: x.dtype)
        let grouped = read.reshaped([x.shape[1], height * width, taps])
        let value = mode == "avg" ? grouped.sum(axes: 2) / Double(taps / 4) : grouped.max(axes: 2)
        results.append(value.reshaped([x.shape[1], height, width]))
    }
    return stacked(results)
}

/// The two elements beside a place with their weights, which are 0 outside.
private func neighbours(_ place: Double, _ size: Int) -> [(Int, Double)] {
    if place < -1 || place > Double(size) { return [(0, 0), (0, 0)] }
    let inside = max(0, place)
    let low = Int(inside)
    if low >= size - 1 { return [(size - 1, 1), (size - 1, 0)] }
    return [(low, 1 - (inside - Double(low))), (low + 1, inside - Double(low))]
}
