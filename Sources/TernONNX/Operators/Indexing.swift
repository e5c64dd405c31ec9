import TernCore

let indexOperators: [ONNXOperator] = [
    op("Gather", 2) { call in
        let (x, indices) = (try call.tensor(0), try call.integer(1))
        let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
        var sizes = Array(x.shape)
        sizes.replaceSubrange(axis...axis, with: indices.shape)
        _ = try call.shape(sizes)
        let places = try positive(call, indices, below: x.shape[axis])
        return x.selected(places, axis: axis)
    },
    op("GatherElements", 2) { call in
        let (x, indices) = (try call.tensor(0), try call.integer(1))
        let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
        try expectWithin(call, indices, x, axis)
        return x.gathered(try positive(call, indices, below: x.shape[axis]), axis: axis)
    },
    op("GatherND", 2) { call in
        let (x, indices) = (try call.tensor(0), try call.integer(1))
        let batch = try call.integer("batch_dims", default: 0)
        try call.expect(
            indices.rank > 0 && batch >= 0 && batch < indices.rank && batch < x.rank
                && Array(x.shape[..<batch]) == Array(indices.shape[..<batch]),
            "has indices \(indices.shape) for \(x.shape) and \(batch) batch axes")
        let depth = indices.shape[indices.rank - 1]
        try call.expect(depth >= 1 && batch + depth <= x.rank, "has indices of \(depth) axes for \(x.shape)")
        let inner = Array(x.shape[(batch + depth)...])
        let shape = try call.shape(Array(indices.shape.dropLast()) + inner)
        let rows = x.shape[..<batch].reduce(1, *)
        let span = x.shape[batch..<batch + depth].reduce(1, *)
        var places = try flatPlaces(call, indices, Array(x.shape[batch..<batch + depth]))
        let each = shape.indices.prefix(indices.rank - 1).dropFirst(batch).reduce(1) { $0 * shape[$1] }
        if rows == 0 || each == 0 { return Tensor.zeros(shape, dtype: x.dtype) }
        places = places.reshaped([rows, each]) + (Tensor.arange(rows) * span).reshaped([rows, 1])
        let flat = x.reshaped(Shape([rows * span] + inner))
        return flat.selected(places.reshaped([rows * each]), axis: 0).reshaped(shape)
    },
    op("ScatterElements", 3) { call in try scatterElements(call) },
    op("Scatter", 3) { call in try scatterElements(call) },
    op("ScatterND", 3) { call in
        let (x, indices, updates) = (try call.tensor(0), try call.integer(1), try call.tensor(2))
        try call.expectOneType(x, updates)
        try call.expect(indices.rank > 0 && x.rank > 0, "has indices \(indices.shape) for \(x.shape)")
        let depth = indices.shape[indices.rank - 1]
        try call.expect(depth >= 1 && depth <= x.rank, "has indices of \(depth) axes for \(x.shape)")
        let inner = Array(x.shape[depth...])
        let expected = Array(indices.shape.dropLast()) + inner
        try call.expect(Array(updates.shape) == expected, "expects updates of shape \(expected), got \(updates.shape)")
        let span = x.shape[..<depth].reduce(1, *)
        let width = inner.reduce(1, *)
        let count = indices.shape.dropLast().reduce(1, *)
        if count == 0 || width == 0 { return x }
        let places = try flatPlaces(call, indices, Array(x.shape[..<depth])).reshaped([count, 1])
        let rows = x.reshaped([span, width])
        let values = updates.reshaped([count, width])
        let wide = places.expanded(to: [count, width])
        return try scatter(call, rows, values, wide, axis: 0).reshaped(x.shape)
    },
    op("TensorScatter", 2...3) { call in
        // A cache of keys or values, and the new ones at their places.
        let (cache, update) = (try call.tensor(0), try call.tensor(1))
        try call.expectOneType(cache, update)
        let axis = try call.axis(try call.integer("axis", default: -2), cache.rank)
        let fits =
            cache.rank == update.rank && axis > 0
            && cache.shape.indices.allSatisfy { $0 == axis || cache.shape[$0] == update.shape[$0] }
        try call.expect(fits, "cannot put \(update.shape) into \(cache.shape)")
        let (batch, size, count) = (cache.shape[0], cache.shape[axis], update.shape[axis])
        let starts = try call.optionalIntegers(2) ?? Array(repeating: 0, count: batch)
        let isCircular = try call.text("mode", default: "linear") == "circular"
        try call.expect(
            starts.count == batch && count <= size
                && starts.allSatisfy { $0 >= 0 && $0 <= (isCircular ? 1 << 40 : size - count) },
            "cannot put \(count) values at \(starts.prefix(16)) of \(size)")
        if update.count == 0 { return cache }
        let places = starts.flatMap { start in (0..<count).map { (start + $0) % max(1, size) } }
        var shape = Shape(repeating: 1, count: cache.rank)
        (shape[0], shape[axis]) = (batch, count)
        let indices = Tensor(places).reshaped(shape).expanded(to: update.shape)
        return cache.scattered(update, at: indices, axis: axis)
    },
    op("Compress", 2) { call in
        let (x, condition) = (try call.tensor(0), try call.bool(1))
        try call.expect(condition.rank == 1, "expects a vector of conditions, got \(condition.shape)")
        let axis = try call.axis(try call.integer("axis", default: 0), max(1, x.rank))
        let source = call.attribute("axis") == nil ? x.reshaped([x.count]) : x
        let position = call.attribute("axis") == nil ? 0 : axis
        try call.expect(
            source.rank > 0 && condition.count <= source.shape[position], "has \(condition.shape) for \(x.shape)")
        let chosen = condition.array(of: Bool.self).enumerated().filter(\.element).map(\.offset)
        return source.selected(Tensor(shape: [chosen.count], values: chosen), axis: position)
    },
    op("NonZero", 1) { call in
        let x = try call.tensor(0)
        if x.rank == 0 { return Tensor.zeros([0, x.item() != 0 ? 1 : 0], dtype: .int64) }
        return x.nonZeroIndices().transposed()
    },
    op("OneHot", 3) { call in
        let (indices, depth, values) = (try call.tensor(0), Int(exactly: try call.realScalar(1)), try call.tensor(2))
        guard let depth, depth >= 0, values.shape == [2] else {
            throw Refusal("expects a number of classes and two values, got \(values.shape)")
        }
        let axis = try call.axis(try call.integer("axis", default: -1), indices.rank + 1)
        var sizes = Array(indices.shape)
        sizes.insert(depth, at: axis)
        let shape = try call.shape(sizes)
        if shape.elements == 0 { return Tensor.zeros(shape, dtype: values.dtype) }
        let wanted = indices.converted(to: .int64)
        let classes = which(wanted.less(than: 0), wanted + depth, wanted)
        var steps = Shape(repeating: 1, count: shape.count)
        steps[axis] = depth
        let isHot = classes.unsqueezed(axes: axis).equal(to: Tensor.arange(depth).reshaped(steps))
        return which(isHot, values[1], values[0])
    },
    ops("TopK", 1...2) { call in
        let x = try call.numeric(0)
        let axis = try call.axis(try call.integer("axis", default: -1), x.rank)
        let k = call.opset >= 10 ? try call.integerScalar(1) : try call.integer("k")
        try call.expect((0...x.shape[axis]).contains(k), "asks for \(k) of \(x.shape[axis])")
        let found = x.topK(k, axis: axis, largest: try call.flag("largest", default: true))
        return .tensors(found.values, found.indices)
    },
    ops("Unique", 1) { call in try unique(call) },
    op("CumSum", 2) { call in
        try cumulative(call) { $0.cumulativeSum(axis: $1).converted(to: $0.dtype) }
    },
    op("CumProd", 2) { call in
        try cumulative(call, empty: 1) { $0.cumulativeProduct(axis: $1).converted(to: $0.dtype) }
    },
]

/// Indices from the start; those below 0 count from the end.
func positive(_ call: ONNXCall, _ indices: Tensor, below size: Int) throws -> Tensor {
    let wide = indices.converted(to: .int64)
    if wide.count == 0 { return wide }
    let (low, high) = (wide.min().item(as: Int.self), wide.max().item(as: Int.self))
    try call.expect(low >= -size && high < size, "has indices \(low)...\(high) for \(size) elements")
    return low >= 0 ? wide : which(wide.less(than: 0), wide + size, wide)
}

/// Rows of indices, one for each axis, as one number each.
private func flatPlaces(_ call: ONNXCall, _ indices: Tensor, _ sizes: [Int]) throws -> Tensor {
    var flat = Tensor.zeros(Shape(indices.shape.dropLast()), dtype: .int64)
    for (number, size) in sizes.enumerated() {
        let each = indices.sliced(from: number, to: number + 1, axis: -1).squeezed(axes: -1)
        flat = flat * size + (try positive(call, each, below: size))
    }
    return flat
}

private func expectWithin(_ call: ONNXCall, _ indices: Tensor, _ x: Tensor, _ axis: Int) throws {
    let fits = indices.rank == x.rank && x.shape.indices.allSatisfy { $0 == axis || indices.shape[$0] <= x.shape[$0] }
    try call.expect(fits, "has indices \(indices.shape) for \(x.shape)")
    _ = try call.shape(indices.shape)
}

private func scatterElements(_ call: ONNXCall) throws -> Tensor {
    let (x, indices, updates) = (try call.tensor(0), try call.integer(1), try call.tensor(2))
    try call.expectOneType(x, updates)
    let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
    try expectWithin(call, indices, x, axis)
    try call.expect(updates.shape == indices.shape, "has \(updates.shape) for indices \(indices.shape)")
    if indices.count == 0 { return x }
    return try scatter(call, x, updates, try positive(call, indices, below: x.shape[axis]), axis: axis)
}

private func scatter(_ call: ONNXCall, _ x: Tensor, _ values: Tensor, _ places: Tensor, axis: Int) throws -> Tensor {
    let reduction = try call.text("reduction", default: "none")
    if reduction != "none" { try call.expect(x.dtype != .bool, "reduces bool") }
    switch reduction {
    case "none": return x.scattered(values, at: places, axis: axis)
    case "add": return x.scatterAdded(values, at: places, axis: axis)
    case "mul": return x.scatterReduced(values, at: places, axis: axis, .product)
    case "max": return x.scatterReduced(values, at: places, axis: axis, .max)
    case "min": return x.scatterReduced(values, at: places, axis: axis, .min)
    case let other: throw Refusal("has the reduction \(excerpt(other))")
    }
}

private func cumulative(
    _ call: ONNXCall, empty: Int = 0, _ compute: (Tensor, Int) -> Tensor
) throws -> Tensor {
    let x = try call.numeric(0)
    let axis = try call.axis(try call.integerScalar(1), x.rank)
    let (isReversed, isExclusive) = (try call.flag("reverse"), try call.flag("exclusive"))
    if x.shape[axis] == 0 { return x }
    var result = isReversed ? x.flipped(axes: axis) : x
    result = compute(result, axis)
    if isExclusive {
        var widths = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
        widths[axis] = (1, -1)
        result = result.padded(widths, with: .constant(Double(empty)))
    }
    return isReversed ? result.flipped(axes: axis) : result
}

private func unique(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.numeric(0)
    let isSorted = try call.flag("sorted", default: true)
    let axis = call.attribute("axis") == nil ? nil : try call.axis(try call.integer("axis"), x.rank)
    let source = axis == nil ? x.reshaped([x.count]) : x
    let position = axis ?? 0
    let size = source.shape[position]
    if source.count == 0 {
        let none = Tensor.zeros([0], dtype: .int64)
        return .tensors(source, none, none, none)
    }
    let found = axis == nil ? source.unique() : source.unique(axis: position)
    let inverse = found.inverse.array(of: Int.self)
    let count = found.counts.count
    // Where each value is first.
    var first = [Int](repeating: size, count: count)
    for (index, value) in inverse.enumerated() { first[value] = min(first[value], index) }
    if isSorted {
        return .tensors(found.values, Tensor(first), found.inverse.reshaped([size]), found.counts)
    }
    let order = first.indices.sorted { first[$0] < first[$1] }
    var rank = [Int](repeating: 0, count: count)
    for (place, value) in order.enumerated() { rank[value] = place }
    return .tensors(
        found.values.selected(Tensor(order), axis: position), Tensor(order.map { first[$0] }),
        Tensor(inverse.map { rank[$0] }), found.counts.selected(Tensor(order), axis: 0))
}
