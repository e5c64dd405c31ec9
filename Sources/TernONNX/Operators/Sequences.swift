import TernCore

let sequenceOperators: [ONNXOperator] = [
    ops("SequenceEmpty", 0) { _ in [.sequence([])] },
    ops("SequenceConstruct", 1...(.max)) { call in [.sequence(try call.inputs.indices.map { try call.value($0) })] },
    ops("SequenceInsert", 2...3) { call in
        var elements = try call.sequence(0)
        let place = call.has(2) ? try call.integerScalar(2) : elements.count
        try call.expect((-elements.count...elements.count).contains(place), "inserts at \(place) of \(elements.count)")
        elements.insert(try call.value(1), at: place < 0 ? place + elements.count : place)
        return [.sequence(elements)]
    },
    ops("SequenceErase", 1...2) { call in
        var elements = try call.sequence(0)
        let place = try call.axis(call.has(1) ? try call.integerScalar(1) : -1, elements.count)
        elements.remove(at: place)
        return [.sequence(elements)]
    },
    ops("SequenceAt", 2) { call in
        let elements = try call.sequence(0)
        return [elements[try call.axis(try call.integerScalar(1), elements.count)]]
    },
    op("SequenceLength", 1) { call in Tensor(try call.sequence(0).count) },
    ops("SplitToSequence", 1...2) { call in
        let x = try call.tensor(0)
        let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
        let size = x.shape[axis]
        guard let split = try call.optionalTensor(1) else {
            let keeps = try call.flag("keepdims", default: true)
            let parts = x.split(sizes: Array(repeating: 1, count: size), axis: axis)
            return [.sequence(parts.map { .tensor(keeps ? $0 : $0.squeezed(axes: axis)) })]
        }
        var sizes = try call.integers(1)
        if split.rank == 0 {
            let each = sizes[0]
            try call.expect(each > 0, "splits into parts of \(each)")
            sizes = stride(from: 0, to: size, by: each).map { min(each, size - $0) }
        }
        return [.sequence(try TernONNX.split(call, x, sizes, axis).map { .tensor($0) })]
    },
    op("ConcatFromSequence", 1) { call in
        let tensors = try call.sequence(0).map { element in
            guard case .tensor(let tensor) = element else { throw Refusal("joins what is no tensor") }
            return tensor
        }
        let axis = try call.integer("axis")
        if try call.flag("new_axis") {
            guard let first = tensors.first else { throw Refusal("has nothing to join") }
            try call.expect(first.rank < Shape.maximumRank, "has too many axes")
            let position = try call.axis(axis, first.rank + 1)
            return try concatenate(
                call,
                tensors.map { tensor in
                    try call.expect(tensor.shape == first.shape, "joins tensors of several shapes")
                    return tensor.unsqueezed(axes: position)
                }, axis: position)
        }
        return try concatenate(call, tensors, axis: axis)
    },
    ops("SequenceMap", 1...(.max)) { call in
        let body = try call.graph("body")
        let count = try call.sequence(0).count
        try call.expect(body.inputs.count == call.inputs.count, "has a body of \(body.inputs.count) inputs")
        var results = [[ONNXValue]](repeating: [], count: body.outputs.count)
        for turn in 0..<count {
            let arguments = try call.inputs.indices.map { index -> ONNXValue? in
                // A tensor beside the sequences is the same in each turn.
                guard case .sequence(let elements) = try call.value(index) else { return try call.value(index) }
                try call.expect(elements.count == count, "maps sequences of several lengths")
                return elements[turn]
            }
            for (index, value) in try call.compute(body, arguments).enumerated() { results[index].append(value) }
        }
        return results.map { .sequence($0) }
    },
    ops("Optional", 0...1) { call in [.optional(call.has(0) ? try call.value(0) : nil)] },
    op("OptionalHasElement", 0...1) { call in
        guard call.has(0) else { return Tensor(false) }
        if case .optional(nil) = try call.value(0) { return Tensor(false) }
        return Tensor(true)
    },
    ops("OptionalGetElement", 1) { call in
        guard case .optional(let element) = try call.value(0) else { return [try call.value(0)] }
        guard let element else { throw Refusal("has no element to give") }
        return [element]
    },
]
