import TernCore

let imageOperators: [ONNXOperator] = [
    op("Resize", 1...4) { call in
        let sizes = call.opset >= 11 ? try call.optionalIntegers(3) : nil
        let scales = try call.optionalTensor(call.opset >= 11 ? 2 : 1)
        return try resize(call, scales: scales, sizes: sizes)
    },
    op("Upsample", 2) { call in try resize(call, scales: try call.floating(1), sizes: nil, isUpsample: true) },
    op("GridSample", 2) { call in
        let (x, grid) = (try call.numeric(0), try call.floating(1))
        let wide = x.converted(to: x.dtype.isFloatingPoint ? x.dtype : .float32)
        let dimensions = x.rank - 2
        try call.expect(
            (2...3).contains(dimensions) && grid.rank == x.rank && grid.shape[0] == x.shape[0]
                && grid.shape[grid.rank - 1] == dimensions && !x.shape[2...].contains(0)
                && x.shape[2...].reduce(1, *) <= Int(Int32.max),
            "has a grid of \(grid.shape) for \(x.shape)")
        _ = try call.shape([x.shape[0], x.shape[1]] + grid.shape.dropFirst().dropLast())
        let mode: GridSamplingMode
        switch try call.text("mode", default: "linear") {
        case "linear", "bilinear": mode = .bilinear
        case "nearest": mode = .nearest
        case "cubic" where dimensions == 2, "bicubic" where dimensions == 2: mode = .bicubic
        case let other: throw Refusal("samples by \(excerpt(other))")
        }
        let padding: GridPadding
        switch try call.text("padding_mode", default: "zeros") {
        case "zeros": padding = .zeros
        case "border": padding = .border
        case "reflection": padding = .reflection
        case let other: throw Refusal("pads by \(excerpt(other))")
        }
        return gridSample(
            wide, grid.converted(to: wide.dtype), mode: mode, padding: padding,
            alignCorners: try call.flag("align_corners")
        ).converted(to: x.dtype)
    },
    op("AffineGrid", 2) { call in
        let (theta, size) = (try call.floating(0), try call.integers(1))
        let dimensions = size.count - 2
        try call.expect(
            (2...3).contains(dimensions) && theta.shape == [size[0], dimensions, dimensions + 1]
                && size.allSatisfy { $0 > 0 }, "has \(theta.shape) for a size of \(size)")
        _ = try call.shape([size[0]] + size[2...] + [dimensions])
        return affineGrid(theta, size: try call.shape(size), alignCorners: try call.flag("align_corners"))
    },
    op("NonMaxSuppression", 2...5) { call in try suppress(call) },
]

/// How the places of a resized axis are found among those of the input.
private struct AxisResizing {
    let input: Int
    let output: Int
    let scale: Double
    let transformation: String
    /// Of `tf_crop_and_resize`.
    let start: Double
    let end: Double

    func place(_ index: Int) throws -> Double {
        let i = Double(index)
        switch transformation {
        case "half_pixel": return (i + 0.5) / scale - 0.5
        case "half_pixel_symmetric":
            let adjustment = Double(output) / (scale * Double(input))
            return Double(input) / 2 * (1 - adjustment) + (i + 0.5) / scale - 0.5
        case "pytorch_half_pixel": return output > 1 ? (i + 0.5) / scale - 0.5 : 0
        case "align_corners":
            // Of the size before it is made whole.
            let size = scale * Double(input)
            return output > 1 ? i * Double(input - 1) / (size - 1) : 0
        case "asymmetric": return i / scale
        case "tf_crop_and_resize":
            let last = Double(input - 1)
            return output > 1
                ? start * last + i * (end - start) * last / Double(output - 1) : 0.5 * (start + end) * last
        default: throw Refusal("transforms coordinates by \(excerpt(transformation))")
        }
    }
}

private func resize(_ call: ONNXCall, scales: Tensor?, sizes: [Int]?, isUpsample: Bool = false) throws -> Tensor {
    let x = try call.numeric(0)
    let axes = try call.axes(try call.integerList("axes") ?? Array(x.shape.indices), x.rank)
    let isAsymmetric = isUpsample || call.opset < 11
    let transformation =
        isAsymmetric ? "asymmetric" : try call.text("coordinate_transformation_mode", default: "half_pixel")
    let isCrop = transformation == "tf_crop_and_resize"
    var roi = [Double](repeating: 0, count: axes.count) + [Double](repeating: 1, count: axes.count)
    if isCrop, let given = try call.optionalTensor(1) {
        try call.expect(given.count == 2 * axes.count, "has a region of \(given.shape)")
        roi = given.array(of: Double.self)
        try call.expect(roi.allSatisfy { $0.isFinite && abs($0) < 1e6 }, "has a region of \(roi)")
    }
    var factors: [Double]
    var target: [Int]
    if let sizes {
        try call.expect(sizes.count == axes.count && sizes.allSatisfy { $0 > 0 }, "has sizes \(sizes.prefix(16))")
        target = sizes
        factors = zip(sizes, axes).map { Double($0) / Double(max(1, x.shape[$1])) }
        let policy = try call.text("keep_aspect_ratio_policy", default: "stretch")
        if policy != "stretch" {
            let common = policy == "not_larger" ? factors.min() ?? 1 : factors.max() ?? 1
            factors = factors.map { _ in common }
            target = axes.map {
                Int((common * Double(x.shape[$0])).rounded(.toNearestOrAwayFromZero), in: 0...Shape.maximumElements)
            }
        }
    } else {
        guard let scales, scales.count == axes.count, scales.dtype.isFloatingPoint else {
            throw Refusal("has neither sizes nor scales for \(axes.count) axes")
        }
        factors = scales.array(of: Double.self)
        try call.expect(factors.allSatisfy { $0 > 0 && $0 < 1e9 }, "has scales \(factors.prefix(16))")
        target = zip(axes, factors).enumerated().map { index, pair in
            let part = isCrop ? roi[axes.count + index] - roi[index] : 1
            return Int(Double(x.shape[pair.0]) * part * pair.1, in: 0...Shape.maximumElements)
        }
    }
    let mode = try call.text("mode", default: "nearest")
    let rounding = isAsymmetric && isUpsample ? "floor" : try call.text("nearest_mode", default: "round_prefer_floor")
    let antialias = try call.flag("antialias")
    let excludesOutside = try call.flag("exclude_outside")
    let coefficient = try call.real("cubic_coeff_a", default: -0.75)
    let outside = try call.real("extrapolation_value", default: 0)
    var shape = Array(x.shape)
    for (axis, size) in zip(axes, target) {
        shape[axis] = size
        _ = try call.shape(shape)
        try call.expect(size == 0 || x.shape[axis] > 0, "resizes nothing to \(size)")
    }
    if x.count == 0 || shape.contains(0) { return Tensor.zeros(Shape(shape), dtype: x.dtype) }
    // What PyTorch's `interpolate` computes is one operation.
    let isUsual =
        (3...5).contains(x.rank) && !antialias && !excludesOutside && coefficient == -0.75
        && (Array(x.shape) + shape).allSatisfy { $0 <= Int32.max }
        && zip(axes, factors).allSatisfy { $0 > 1 || x.shape[$0] == shape[$0] && $1 == 1 }
    if isUsual, let usual = usualMode(mode, transformation, rounding, x, axes, factors, target) {
        let (size, isScaled) = (Array(shape[2...]), sizes == nil && !usual.alignsCorners)
        let scale = (2..<x.rank).map { axis in axes.firstIndex(of: axis).map { factors[$0] } ?? 1 }
        return isScaled
            ? interpolated(x, scale: scale, mode: usual.mode)
            : interpolated(x, size: size, mode: usual.mode, alignCorners: usual.alignsCorners)
    }
    var result = x.converted(to: x.dtype.isFloatingPoint || mode == "nearest" ? x.dtype : .float64)
    var isBeyond: Tensor?
    for (index, axis) in axes.enumerated() {
        let (input, output) = (x.shape[axis], target[index])
        if input == output && factors[index] == 1 && !isCrop { continue }
        let axisResizing = AxisResizing(
            input: input, output: output, scale: factors[index], transformation: transformation, start: roi[index],
            end: roi[axes.count + index])
        let places = try (0..<output).map { try axisResizing.place($0) }
        if mode == "nearest" {
            let indices = places.map { place -> Int in
                let rounded: Double
                switch rounding {
                case "floor": rounded = place.rounded(.down)
                case "ceil": rounded = place.rounded(.up)
                case "round_prefer_ceil": rounded = (place + 0.5).rounded(.down)
                default: rounded = (place - 0.5).rounded(.up)
                }
                return min(max(Int(rounded), 0), input - 1)
            }
            result = result.selected(Tensor(indices), axis: axis)
        } else {
            guard mode == "linear" || mode == "cubic" else { throw Refusal("interpolates by \(excerpt(mode))") }
            _ = try call.shape([input, output])
            let rows = places.flatMap {
                weights(
                    $0, input, scale: antialias ? min(1, factors[index]) : 1, isCubic: mode == "cubic", coefficient,
                    excludesOutside)
            }
            let matrix = Tensor(shape: [output, input], values: rows).converted(to: result.dtype)
            let last = result.movingAxis(axis, to: -1)
            result = matmul(last, matrix.transposed()).movingAxis(-1, to: axis)
        }
        if isCrop {
            let beyond = Tensor(places.map { $0 < 0 || $0 > Double(input - 1) })
            var sizes = Shape(repeating: 1, count: x.rank)
            sizes[axis] = output
            let along = beyond.reshaped(sizes)
            isBeyond = isBeyond.map { $0.logicalOr(along) } ?? along
        }
    }
    if let isBeyond { result = which(isBeyond, outside, result) }
    if x.dtype == result.dtype { return result }
    let (least, greatest) = (limit(x.dtype, isLowest: true).item(), limit(x.dtype, isLowest: false).item())
    return minimum(maximum(round(result), least), greatest).converted(to: x.dtype)
}

/// The mode of ``interpolated(_:size:mode:alignCorners:antialias:)`` that has the same places.
private func usualMode(
    _ mode: String, _ transformation: String, _ rounding: String, _ x: Tensor, _ axes: [Int], _ factors: [Double],
    _ target: [Int]
) -> (mode: InterpolationMode, alignsCorners: Bool)? {
    switch (mode, transformation, rounding) {
    case ("nearest", "asymmetric", "floor"): return (.nearest, false)
    case ("nearest", "half_pixel", "round_prefer_ceil"): return (.nearestExact, false)
    case ("linear", _, _), ("cubic", _, _):
        guard x.dtype.isFloatingPoint, mode == "linear" || x.rank == 4 else { return nil }
        let kind: InterpolationMode = mode == "linear" ? .linear : .bicubic
        switch transformation {
        case "half_pixel": return (kind, false)
        case "pytorch_half_pixel": return target.contains(1) ? nil : (kind, false)
        case "align_corners":
            // Corners of the size before it is made whole.
            let isWhole = axes.indices.allSatisfy { Double(x.shape[axes[$0]]) * factors[$0] == Double(target[$0]) }
            return isWhole && !target.contains(1) ? (kind, true) : nil
        default: return nil
        }
    default: return nil
    }
}

/// The weights of all elements of an axis for a place among them.
///
/// - Parameter scale: below 1, so much wider the filter is.
private func weights(
    _ place: Double, _ input: Int, scale: Double, isCubic: Bool, _ a: Double, _ excludesOutside: Bool
) -> [Double] {
    let reach = isCubic ? 2.0 : 1.0
    let first = place.rounded(.up) - 1
    let ratio = place - first
    let start = Int((-reach / scale).rounded(.down), in: -1_000_000...0) + 1
    func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        if !isCubic { return max(0, 1 - x) }
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
    var row = [Double](repeating: 0, count: input)
    var sum = 0.0
    for offset in start...(1 - start) {
        let value = weight((Double(offset) - ratio) * scale)
        let index = Int(first) + offset
        if excludesOutside, !(0..<input).contains(index) { continue }
        row[min(max(index, 0), input - 1)] += value
        sum += value
    }
    return sum == 0 ? row : row.map { $0 / sum }
}

/// The indices `[batch, class, box]` of the boxes that are left when those are taken away that overlap better ones.
private func suppress(_ call: ONNXCall) throws -> Tensor {
    let (boxes, scores) = (try call.floating(0), try call.floating(1))
    try call.expect(
        boxes.rank == 3 && scores.rank == 3 && boxes.shape[2] == 4 && boxes.shape[0] == scores.shape[0]
            && boxes.shape[1] == scores.shape[2], "has boxes \(boxes.shape) and scores \(scores.shape)")
    let most = call.has(2) ? try call.integerScalar(2) : 0
    let overlap = call.has(3) ? try call.realScalar(3) : 0
    let least = call.has(4) ? try call.realScalar(4) : -.infinity
    let isCentred = try call.integer("center_point_box", default: 0) == 1
    let (corners, all) = (boxes.array(of: Double.self), scores.array(of: Double.self))
    let (count, classes) = (boxes.shape[1], scores.shape[1])
    try call.expect(count <= 1 << 16, "has \(count) boxes")
    func box(_ batch: Int, _ index: Int) -> (Double, Double, Double, Double) {
        let start = (batch * count + index) * 4
        let (a, b, c, d) = (corners[start], corners[start + 1], corners[start + 2], corners[start + 3])
        if isCentred { return (a - c / 2, b - d / 2, a + c / 2, b + d / 2) }
        return (min(a, c), min(b, d), max(a, c), max(b, d))
    }
    var found: [Int] = []
    for batch in 0..<boxes.shape[0] {
        for category in 0..<classes {
            let start = (batch * classes + category) * count
            let order = (0..<count).filter { all[start + $0] > least }.sorted {
                (-all[start + $0], $0) < (-all[start + $1], $1)
            }
            var kept: [Int] = []
            for index in order where kept.count < most {
                let (a, b, c, d) = box(batch, index)
                let overlaps = kept.contains { other in
                    let (e, f, g, h) = box(batch, other)
                    let common = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
                    let union = (c - a) * (d - b) + (g - e) * (h - f) - common
                    return common / union > overlap
                }
                if !overlaps { kept.append(index) }
            }
            for index in kept { found += [batch, category, index] }
        }
    }
    return Tensor(shape: [found.count / 3, 3], values: found)
}
