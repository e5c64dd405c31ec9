import TernCore

let shapeRules: [String: ExportRule] = [
    "reshaped": { context in context.set(try context.reshape(try context.input(0), try context.outputShape())) },
    "permuted": { context in context.set(context.transpose(try context.input(0), try context.integers("axes"))) },
    "expanded": { context in
        context.set(context.emit("Expand", [try context.input(0), try context.sizes(try context.outputShape())]))
    },
    "concatenated": { context in
        let names = try context.operation.inputs.indices.map { try context.input($0, as: context.dtype) }
        context.set(context.emit("Concat", names, ["axis": .integer(Int64(try context.integer("axis")))]))
    },
    "sliced": { try window($0) }, "subscript": { try window($0) }, "flipped": { try window($0) },
    "unstacked": { try window($0) }, "replacing": { try replace($0) },
    "selected": { context in
        let axis = try context.integer("axis")
        context.set(
            context.emit("Gather", [try context.input(0), try context.input(1)], ["axis": .integer(Int64(axis))]))
    },
    "embedding": { context in
        context.set(context.emit("Gather", [try context.input(0), try context.input(1)]))
    },
    "gathered": { context in
        let axis = try context.integer("axis")
        context.set(
            context.emit(
                "GatherElements", [try context.input(0), try context.input(1)], ["axis": .integer(Int64(axis))]))
    },
    "oneHot": { context in
        let values = context.constant(Tensor([0.0, 1.0]).converted(to: context.dtype))
        context.set(
            context.emit(
                "OneHot", [try context.input(0), context.constant(Tensor(try context.integer("classes"))), values]))
    },
    "cumulativeSum": { context in
        let axis = context.constant(Tensor(try context.integer("axis")))
        context.set(context.emit("CumSum", [try context.input(0, as: context.dtype), axis]))
    },
    "topK": { context in
        // The indices alone; values are gathered by them.
        let axis = Int64(try context.integer("axis"))
        let found = context.emit(
            "TopK", [try context.input(0), context.constant([try context.integer("k")])],
            [("axis", .integer(axis)), ("largest", .integer(try context.flag("largest") ? 1 : 0))], outputs: 2)
        context.set(found[1])
    },
]

/// Slices, single indices, reversed and new axes: a part of the input, and its axes.
private func window(_ context: ExportContext) throws {
    let (starts, steps) = (try context.dimensions("starts"), try context.integers("steps"))
    let axes = try context.integers("axes")
    let (input, output) = (try context.shape(0), try context.outputShape())
    // Each axis of the input walks along one of the result, in their order.
    let walked = axes.filter { $0 >= 0 }
    guard walked == walked.sorted(), Set(walked).count == walked.count else {
        throw Refusal("walks along a diagonal")
    }
    var name = try context.input(0)
    var parts: (starts: [Dimension], ends: [Dimension], axes: [Int], steps: [Int]) = ([], [], [], [])
    for axis in axes.indices {
        let target = axes[axis]
        let size = target < 0 ? Dimension.fixed(1) : output[target]
        if target >= 0, size == input[axis], steps[axis] == 1 { continue }
        parts.starts.append(starts[axis])
        parts.ends.append(try end(starts[axis], size, target < 0 ? 1 : steps[axis]))
        parts.axes.append(axis)
        parts.steps.append(target < 0 ? 1 : steps[axis])
    }
    if !parts.axes.isEmpty {
        name = context.emit(
            "Slice",
            [
                name, try context.sizes(parts.starts), try context.sizes(parts.ends), context.constant(parts.axes),
                context.constant(parts.steps),
            ])
    }
    let gone = axes.indices.filter { axes[$0] < 0 }
    if !gone.isEmpty { name = context.emit("Squeeze", [name, context.constant(gone)]) }
    let new = output.indices.filter { !walked.contains($0) }
    if !new.isEmpty { name = context.emit("Unsqueeze", [name, context.constant(new)]) }
    context.set(name)
}

/// One value everywhere but in a window: padding.
private func replace(_ context: ExportContext) throws {
    guard let value = context.filledValue(0), try context.integers("steps").allSatisfy({ $0 == 1 }),
        try context.integers("axes") == Array(context.kind(0).shape.indices),
        try context.shape(1) == context.dimensions("shape")
    else { throw Refusal("writes into a tensor") }
    let (starts, inner, outer) = (try context.dimensions("starts"), try context.shape(1), try context.outputShape())
    let after = try outer.indices.map { axis -> Dimension in
        if outer[axis] == inner[axis], starts[axis] == .fixed(0) { return .fixed(0) }
        guard case (.fixed(let whole), .fixed(let part), .fixed(let start)) = (outer[axis], inner[axis], starts[axis])
        else { throw Refusal("writes into a tensor at places that follow from sizes") }
        return .fixed(whole - part - start)
    }
    context.set(
        context.emit(
            "Pad", [try context.input(1), try context.sizes(starts + after), context.number(value, context.dtype)]))
}

/// Where a walk ends: behind the last element; a walk back to the first one at the least number there is.
private func end(_ start: Dimension, _ size: Dimension, _ step: Int) throws -> Dimension {
    switch (start, size) {
    case (.fixed(let start), .fixed(let size)):
        let end = start + step * size
        return .fixed(step < 0 && end < 0 ? Int(Int32.min) : end)
    case (.fixed(let start), .dynamic(let sizes, let factor, let offset)) where step > 0:
        return .dynamic(sizes: sizes, factor: factor * step, offset: offset * step + start)
    case (.dynamic(let sizes, let factor, let offset), .fixed(let size)) where step > 0:
        return .dynamic(sizes: sizes, factor: factor, offset: offset + step * size)
    case (.dynamic(let a, let f, let o), .dynamic(let b, let g, let p)) where step > 0 && a == b:
        return .dynamic(sizes: a, factor: f + g * step, offset: o + p * step)
    default:
        // A whole axis backwards.
        if step < 0 { return .fixed(Int(Int32.min)) }
        throw Refusal("has an end that does not follow from the sizes of the inputs")
    }
}
