import TernCore

let shapeOperators: [ONNXOperator] = [
    op("Shape", 1) { call in
        let sizes = Array(try call.tensor(0).shape)
        func bound(_ name: String, _ value: Int) throws -> Int {
            let number = try call.integer(name, default: value)
            return min(max(number < 0 ? number &+ sizes.count : number, 0), sizes.count)
        }
        let (start, end) = (try bound("start", 0), try bound("end", sizes.count))
        return Tensor(shape: [max(0, end - start)], values: start < end ? Array(sizes[start..<end]) : [])
    },
    op("Size", 1) { call in Tensor(try call.tensor(0).count) },
    op("Reshape", 2) { call in
        let x = try call.tensor(0)
        let allowsZero = try call.flag("allowzero")
        var sizes = try call.integers(1)
        for (axis, size) in sizes.enumerated() where size == 0 && !allowsZero {
            try call.expect(axis < x.rank, "keeps the size of axis \(axis) of shape \(x.shape)")
            sizes[axis] = x.shape[axis]
        }
        return x.reshaped(try resolved(call, sizes, x))
    },
    op("Flatten", 1) { call in
        let x = try call.tensor(0)
        let given = try call.integer("axis", default: 1)
        try call.expect((-x.rank...x.rank).contains(given), "has axis \(given) for \(x.rank) axes")
        let axis = given < 0 ? given + x.rank : given
        let rows = x.shape[..<axis].reduce(1, *)
        return x.reshaped([rows, x.shape[axis...].reduce(1, *)])
    },
    op("Squeeze", 1...2) { call in
        let x = try call.tensor(0)
        let given = call.opset >= 13 ? try call.optionalIntegers(1) : try call.integerList("axes")
        let axes = try call.axes(given ?? x.shape.indices.filter { x.shape[$0] == 1 }, x.rank)
        for axis in axes { try call.expect(x.shape[axis] == 1, "cannot remove axis \(axis) of shape \(x.shape)") }
        return axes.isEmpty ? x : x.squeezed(axes: axes)
    },
    op("Unsqueeze", 1...2) { call in
        let x = try call.tensor(0)
        let given = call.opset >= 13 ? try call.integers(1) : try call.integerList("axes") ?? []
        try call.expect(x.rank + given.count <= Shape.maximumRank, "has too many axes")
        let axes = try call.axes(given, x.rank + given.count)
        var sizes = Array(x.shape)
        for axis in axes.sorted() { sizes.insert(1, at: axis) }
        return x.reshaped(Shape(sizes))
    },
    op("Transpose", 1) { call in
        let x = try call.tensor(0)
        let order = try call.axes(try call.integerList("perm") ?? Array(x.shape.indices.reversed()), x.rank)
        try call.expect(order.count == x.rank, "has an order of \(order.count) axes for \(x.rank)")
        return x.permuted(order)
    },
    op("Expand", 2) { call in
        let x = try call.tensor(0)
        let target = try call.broadcast([x.shape, try call.shape(try call.integers(1))])
        return x.expanded(to: target)
    },
    op("Tile", 2) { call in
        let (x, counts) = (try call.tensor(0), try call.integers(1))
        try call.expect(
            counts.count == x.rank && counts.allSatisfy { $0 >= 0 }, "repeats \(counts) for shape \(x.shape)")
        _ = try call.shape(try zip(x.shape, counts).map { try product($0, $1) })
        if x.rank == 0 { return x }
        return x.tiled(counts)
    },
    op("Concat", 1...(.max)) { call in
        let tensors = try call.inputs.indices.map { try call.tensor($0) }
        return try concatenate(call, tensors, axis: try call.integer("axis", default: call.opset < 4 ? 1 : nil))
    },
    ops("Split", 1...2) { call in
        let x = try call.tensor(0)
        let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
        var sizes = call.opset >= 13 ? try call.optionalIntegers(1) : try call.integerList("split")
        if sizes == nil {
            let count = try call.integer("num_outputs", default: call.outputCount)
            try call.expect(count > 0 && count <= 4096, "splits into \(count) parts")
            let each = (x.shape[axis] + count - 1) / count
            sizes = (0..<count).map { max(0, min(each, x.shape[axis] - $0 * each)) }
        }
        return try split(call, x, sizes!, axis).map { .tensor($0) }
    },
    op("Slice", 1...5) { call in try slice(call) },
    op("Pad", 1...4) { call in try pad(call) },
    op("DepthToSpace", 1) { call in
        let (x, block) = (try call.tensor(0), try call.integer("blocksize"))
        try call.expect(
            x.rank == 4 && block > 0 && block < 1 << 20 && x.shape[1] % (block * block) == 0,
            "cannot move blocks of \(block) out of the channels of \(x.shape)")
        let (n, c, h, w) = (x.shape[0], x.shape[1] / (block * block), x.shape[2], x.shape[3])
        _ = try call.shape([n, c, h * block, w * block])
        let isColumnsFirst = try call.text("mode", default: "DCR") == "CRD"
        let blocks = x.reshaped(isColumnsFirst ? [n, c, block, block, h, w] : [n, block, block, c, h, w])
        let order = isColumnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
        return blocks.permuted(order).reshaped([n, c, h * block, w * block])
    },
    op("SpaceToDepth", 1) { call in
        let (x, block) = (try call.tensor(0), try call.integer("blocksize"))
        try call.expect(
            x.rank == 4 && block > 0 && block < 1 << 20 && x.shape[2] % block == 0 && x.shape[3] % block == 0,
            "cannot move blocks of \(block) of \(x.shape) into channels")
        let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / block, x.shape[3] / block)
        let isColumnsFirst = try call.text("mode", default: "DCR") == "CRD"
        return x.reshaped([n, c, h, block, w, block])
            .permuted(isColumnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4])
            .reshaped([n, c * block * block, h, w])
    },
    op("Trilu", 1...2) { call in
        let x = try call.tensor(0)
        try call.expect(x.rank >= 2, "expects matrices, got \(x.shape)")
        let largest = max(x.shape[x.rank - 1], x.shape[x.rank - 2])
        let diagonal = min(max(call.has(1) ? try call.integerScalar(1) : 0, -largest - 1), largest + 1)
        return try call.flag("upper", default: true)
            ? x.upperTriangle(diagonal: diagonal) : x.lowerTriangle(diagonal: diagonal)
    },
    op("ReverseSequence", 2) { call in
        let (x, lengths) = (try call.tensor(0), try call.integers(1))
        let time = try call.axis(try call.integer("time_axis", default: 0), x.rank)
        let batch = try call.axis(try call.integer("batch_axis", default: 1), x.rank)
        try call.expect(time != batch && lengths.count == x.shape[batch], "has \(lengths.count) lengths for \(x.shape)")
        let size = x.shape[time]
        try call.expect(lengths.allSatisfy { (0...size).contains($0) }, "has lengths beyond \(size)")
        if x.count == 0 { return x }
        var parts: [Tensor] = []
        for (index, length) in lengths.enumerated() {
            let row = x.sliced(from: index, to: index + 1, axis: batch)
            let order = Array((0..<length).reversed()) + Array(length..<size)
            parts.append(row.selected(Tensor(order), axis: time))
        }
        return concatenated(parts, axis: batch)
    },
    op("CenterCropPad", 2) { call in
        let (x, target) = (try call.tensor(0), try call.integers(1))
        let axes = try call.axes(try call.integerList("axes") ?? Array(x.shape.indices), x.rank)
        try call.expect(
            axes.count == target.count && target.allSatisfy { $0 >= 0 }, "has sizes \(target) for axes \(axes)")
        var sizes = Array(x.shape)
        var result = x
        for (axis, size) in zip(axes, target) {
            sizes[axis] = size
            _ = try call.shape(sizes)
            let old = x.shape[axis]
            if size < old {
                let start = (old - size) / 2
                result = result.sliced(from: start, to: start + size, axis: axis)
            } else if size > old {
                var widths = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
                widths[axis] = ((size - old) / 2, (size - old) - (size - old) / 2)
                result = result.padded(widths)
            }
        }
        return result
    },
]

private func product(_ a: Int, _ b: Int) throws -> Int {
    let (value, overflows) = a.multipliedReportingOverflow(by: b)
    if overflows { throw Refusal("would give a tensor that is too large") }
    return value
}

/// Sizes with one of -1 for what is left.
func resolved(_ call: ONNXCall, _ sizes: [Int], _ x: Tensor) throws -> Shape {
    var sizes = sizes
    let refusal = Refusal("cannot give shape \(x.shape) the sizes \(sizes.prefix(16))")
    if let open = sizes.firstIndex(of: -1) {
        sizes[open] = 1
        let known = try call.shape(sizes).elements
        guard known > 0, x.count % known == 0 else { throw refusal }
        sizes[open] = x.count / known
    }
    let shape = try call.shape(sizes)
    if shape.elements != x.count { throw refusal }
    return shape
}

func concatenate(_ call: ONNXCall, _ tensors: [Tensor], axis: Int) throws -> Tensor {
    guard let first = tensors.first else { throw Refusal("has nothing to join") }
    let axis = try call.axis(axis, first.rank)
    var sizes = Array(first.shape)
    sizes[axis] = 0
    for tensor in tensors {
        try call.expectOneType(first, tensor)
        let fits =
            tensor.rank == first.rank && tensor.shape.indices.allSatisfy { $0 == axis || tensor.shape[$0] == sizes[$0] }
        try call.expect(fits, "cannot join \(first.shape) and \(tensor.shape) along axis \(axis)")
        sizes[axis] += tensor.shape[axis]
        _ = try call.shape(sizes)
    }
    return concatenated(tensors, axis: axis)
}

func split(_ call: ONNXCall, _ x: Tensor, _ sizes: [Int], _ axis: Int) throws -> [Tensor] {
    var sum = 0
    for size in sizes {
        try call.expect(size >= 0 && size <= x.shape[axis], "splits \(x.shape) into \(sizes.prefix(16))")
        sum += size
    }
    try call.expect(sum == x.shape[axis], "splits axis \(axis) of \(x.shape) into \(sizes.prefix(16))")
    return x.split(sizes: sizes, axis: axis)
}

private func slice(_ call: ONNXCall) throws -> Tensor {
    var x = try call.tensor(0)
    let (starts, ends, given, steps): ([Int], [Int], [Int]?, [Int]?)
    if call.opset >= 10 {
        (starts, ends) = (try call.integers(1), try call.integers(2))
        (given, steps) = (try call.optionalIntegers(3), try call.optionalIntegers(4))
    } else {
        (starts, ends) = (try call.anyIntegers("starts") ?? [], try call.anyIntegers("ends") ?? [])
        (given, steps) = (try call.integerList("axes"), nil)
    }
    let axes = try call.axes(given ?? Array(starts.indices), x.rank)
    try call.expect(
        starts.count == axes.count && ends.count == axes.count && (steps?.count ?? axes.count) == axes.count,
        "has \(starts.count) starts, \(ends.count) ends and \(axes.count) axes")
    for (index, axis) in axes.enumerated() {
        let size = x.shape[axis]
        let step = steps?[index] ?? 1
        try call.expect(step != 0 && step != .min, "has a step of \(step)")
        func place(_ number: Int, _ low: Int, _ high: Int) -> Int {
            min(max(number < 0 ? number + size : number, low), high)
        }
        if step > 0 {
            let (start, end) = (place(starts[index], 0, size), place(ends[index], 0, size))
            x = x.sliced(from: start, to: max(start, end), by: min(step, max(1, size)), axis: axis)
        } else {
            let (start, end) = (place(starts[index], 0, size - 1), place(ends[index], -1, size - 1))
            if size == 0 || end >= start {
                x = x.sliced(from: 0, to: 0, axis: axis)
                continue
            }
            // Backwards is forwards in what is turned around.
            let (from, to) = (size - 1 - start, size - 1 - end)
            x = x.flipped(axes: axis).sliced(from: from, to: to, by: min(-step, size), axis: axis)
        }
    }
    return x
}

private func pad(_ call: ONNXCall) throws -> Tensor {
    let x = try call.tensor(0)
    let pads: [Int]
    var value = Tensor.zeros([], dtype: x.dtype)
    var axes = Array(x.shape.indices)
    if call.opset >= 11 {
        pads = try call.integers(1)
        if call.has(2) {
            value = try call.scalar(2)
            try call.expectOneType(x, value)
        }
        if let given = try call.optionalIntegers(3) { axes = try call.axes(given, x.rank) }
    } else {
        pads = try call.integerList("pads") ?? []
        value = Tensor.full([], try call.real("value", default: 0), dtype: x.dtype)
    }
    try call.expect(pads.count == 2 * axes.count, "has \(pads.count) widths for \(axes.count) axes")
    try call.expect(
        pads.allSatisfy { $0.magnitude <= Shape.maximumElements }, "has widths beyond all sizes: \(pads.prefix(16))")
    var widths = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
    for (index, axis) in axes.enumerated() { widths[axis] = (pads[index], pads[index + axes.count]) }
    let sizes = zip(x.shape, widths).map { $0 + $1.before + $1.after }
    // What is cut off must be there before something is added.
    let kept = zip(x.shape, widths).map { $0 + min(0, $1.before) + min(0, $1.after) }
    try call.expect(kept.allSatisfy { $0 >= 0 }, "cuts off more than there is of \(x.shape)")
    let shape = try call.shape(sizes)
    if x.rank == 0 { return x }
    switch try call.text("mode", default: "constant") {
    case "constant":
        let isNumber = x.dtype.isFloatingPoint || value.item() == 0 || x.dtype.byteCount < 8
        if isNumber { return x.padded(widths, with: .constant(value.item())) }
        let isInside = Tensor.ones(x.shape, dtype: .uint8).padded(widths).converted(to: .bool)
        return which(isInside, x.padded(widths), value)
    case "reflect":
        try expectRoom(call, x, widths) { size, width in width < size }
        return x.padded(widths, with: .reflect)
    case "edge":
        try expectRoom(call, x, widths) { size, _ in size > 0 }
        return x.padded(widths, with: .replicate)
    case "wrap":
        // Any number of times around.
        var result = x
        for (axis, width) in widths.enumerated() where width != (0, 0) {
            let size = x.shape[axis]
            try call.expect(size > 0, "has nothing to repeat in \(x.shape)")
            let places = (0..<shape[axis]).map { (($0 - width.before) % size + size) % size }
            result = result.selected(Tensor(places), axis: axis)
        }
        return result
    case let other: throw Refusal("pads in the mode \(excerpt(other))")
    }
}

private func expectRoom(
    _ call: ONNXCall, _ x: Tensor, _ widths: [(before: Int, after: Int)], _ fits: (_ size: Int, _ width: Int) -> Bool
) throws {
    for (size, width) in zip(x.shape, widths) {
        let largest = max(width.before, width.after)
        let kept = size + min(0, width.before) + min(0, width.after)
        try call.expect(largest <= 0 || fits(kept, largest), "cannot mirror or repeat \(x.shape) by \(largest)")
    }
}
