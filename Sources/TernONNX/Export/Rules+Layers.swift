import TernCore

let layerRules: [String: ExportRule] = [
    "matmul": { context in
        func operand(_ index: Int, _ flag: String) throws -> String {
            let name = try context.input(index, as: context.dtype)
            guard try context.flag(flag) else { return name }
            let rank = context.kind(index).shape.count
            return context.transpose(name, Array(0..<rank - 2) + [rank - 1, rank - 2])
        }
        context.set(
            context.emit("MatMul", [try operand(0, "transposesLeft"), try operand(1, "transposesRight")]))
    },
    "linear": { context in
        let names = try context.operation.inputs.indices.map { try context.input($0) }
        if context.kind(0).shape.count == 2 {
            context.set(context.emit("Gemm", names, ["transB": .integer(1)]))
            return
        }
        let product = context.emit("MatMul", [names[0], context.transpose(names[1], [1, 0])])
        context.set(names.count > 2 ? context.emit("Add", [product, names[2]]) : product)
    },
    "conv1d": convolution("Conv"), "conv2d": convolution("Conv"), "conv3d": convolution("Conv"),
    "convTranspose1d": convolution("ConvTranspose"), "convTranspose2d": convolution("ConvTranspose"),
    "convTranspose3d": convolution("ConvTranspose"),
    "interpolated": { try resize($0) },
    "maxPool2d": { try pool($0, "MaxPool") }, "avgPool2d": { try pool($0, "AveragePool") },
    "batchNorm": { context in
        if try context.flag("training") { throw Refusal("normalizes by the batch: call eval() first") }
        let (hasWeight, hasBias) = (try context.flag("hasWeight"), try context.flag("hasBias"))
        var inputs = try context.operation.inputs.indices.map { try context.input($0) }
        // x, weight, bias, mean, variance; those that are absent are what changes nothing.
        let channels = context.kind(0).shape[1]
        let x = inputs.removeFirst()
        let weight = hasWeight ? inputs.removeFirst() : context.constant(Tensor.ones([channels], dtype: context.dtype))
        let bias = hasBias ? inputs.removeFirst() : context.constant(Tensor.zeros([channels], dtype: context.dtype))
        context.set(
            context.emit(
                "BatchNormalization", [x, weight, bias] + inputs,
                ["epsilon": .float(Float(try context.real("epsilon")))]))
    },
    "layerNorm": { context in
        let shape = try context.integers("normalizedShape")
        let (hasWeight, hasBias) = (try context.flag("hasWeight"), try context.flag("hasBias"))
        // Parameters may be float32 where the input is a half.
        let parameters = try (1..<1 + (hasWeight ? 1 : 0) + (hasBias ? 1 : 0)).map {
            try context.input($0, as: context.dtype)
        }
        let ones = hasWeight ? [] : [context.constant(Tensor.ones(Shape(shape), dtype: context.dtype))]
        context.set(
            context.emit(
                "LayerNormalization", [try context.input(0)] + ones + parameters,
                ["axis": .integer(Int64(-shape.count)), "epsilon": .float(Float(try context.real("epsilon")))]))
    },
    "groupNorm": { context in try groupNorm(context, groups: try context.integer("groups")) },
    "instanceNorm": { context in try groupNorm(context, groups: context.kind(0).shape[1]) },
    "rmsNorm": { context in
        let axes = Array(-(try context.integers("normalizedShape").count)..<0)
        let x = try context.input(0)
        let squares = context.emit("Mul", [x, x])
        let mean =
            context.opset >= 18
            ? context.emit("ReduceMean", [squares, context.constant(axes)])
            : context.emit("ReduceMean", [squares], ["axes": .integers(axes.map(Int64.init))])
        let sum = context.emit("Add", [mean, context.number(try context.real("epsilon"), context.dtype)])
        let y = context.emit("Div", [x, context.emit("Sqrt", [sum])])
        context.set(
            try context.flag("hasWeight") ? context.emit("Mul", [y, try context.input(1, as: context.dtype)]) : y)
    },
    "scaledDotProductAttention": { try attention($0) },
    "lstm": { try recurrent($0, "LSTM") }, "gru": { try recurrent($0, "GRU") }, "rnn": { try recurrent($0, "RNN") },
]

private func pads(_ sides: [Int]) -> [Int64] {
    // Before and after of each axis become those before all, and those after.
    stride(from: 0, to: sides.count, by: 2).map { Int64(sides[$0]) }
        + stride(from: 1, to: sides.count, by: 2).map { Int64(sides[$0]) }
}

private func convolution(_ type: String) -> ExportRule {
    { context in
        let (stride, dilation) = (try context.integers("stride"), try context.integers("dilation"))
        var (sides, kernel) = (try context.integers("padding"), try context.integers("kernel"))
        kernel = Array(context.kind(1).shape.suffix(kernel.count))
        let isSingle = context.kind(0).shape.count == kernel.count + 1
        var inputs = try context.operation.inputs.indices.map { try context.input($0) }
        if isSingle { inputs[0] = context.emit("Unsqueeze", [inputs[0], context.constant([0])]) }
        var more = [Int](repeating: 0, count: kernel.count)
        if type == "ConvTranspose" {
            // What of the output no window of the other way reaches.
            let (x, y) = (context.kind(0).shape, context.operation.outputs[0].shape)
            for axis in kernel.indices {
                let place = x.count - kernel.count + axis
                let full = (x[place] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1
                more[axis] = y[place] - (full - sides[2 * axis] - sides[2 * axis + 1])
            }
        }
        if sides.isEmpty { sides = Array(repeating: 0, count: 2 * kernel.count) }
        let common: KeyValuePairs<String, AttributeMessage.Value> = [
            "kernel_shape": .integers(kernel.map(Int64.init)), "strides": .integers(stride.map(Int64.init)),
            "pads": .integers(pads(sides)), "dilations": .integers(dilation.map(Int64.init)),
            "group": .integer(Int64(try context.integer("groups"))),
        ]
        let transposed: KeyValuePairs<String, AttributeMessage.Value> = [
            "kernel_shape": .integers(kernel.map(Int64.init)), "strides": .integers(stride.map(Int64.init)),
            "pads": .integers(pads(sides)), "dilations": .integers(dilation.map(Int64.init)),
            "group": .integer(Int64(try context.integer("groups"))), "output_padding": .integers(more.map(Int64.init)),
        ]
        let y = context.emit(type, inputs, type == "Conv" ? common : transposed)
        context.set(isSingle ? context.emit("Squeeze", [y, context.constant([0])]) : y)
    }
}

/// Another size of the axes behind the channels.
private func resize(_ context: ExportContext) throws {
    if try context.flag("antialias") { throw Refusal("smooths otherwise at the borders than ONNX") }
    let (mode, transformation, rounding): (String, String, String)
    switch (try context.text("mode"), try context.flag("alignCorners")) {
    case ("nearest", _): (mode, transformation, rounding) = ("nearest", "asymmetric", "floor")
    case ("nearestExact", _): (mode, transformation, rounding) = ("nearest", "half_pixel", "round_prefer_ceil")
    case ("linear", let aligns), ("bicubic", let aligns):
        mode = try context.text("mode") == "linear" ? "linear" : "cubic"
        (transformation, rounding) = (aligns ? "align_corners" : "half_pixel", "round_prefer_floor")
    case (let other, _): throw Refusal("ONNX has no interpolation of the mode \(other)")
    }
    let attributes: KeyValuePairs<String, AttributeMessage.Value> = [
        "mode": .string(mode), "coordinate_transformation_mode": .string(transformation),
        "nearest_mode": .string(rounding), "cubic_coeff_a": .float(-0.75),
    ]
    // Places follow from the scales where these were given.
    let scales = try context.text("scale").split(whereSeparator: { "[], ".contains($0) }).compactMap { Float($0) }
    let x = try context.input(0)
    context.set(
        scales.isEmpty
            ? context.emit("Resize", [x, "", "", try context.sizes(try context.outputShape())], attributes)
            : context.emit("Resize", [x, "", context.constant(Tensor([1, 1] + scales))], attributes))
}

/// Pooling over the last two axes.
private func pool(_ context: ExportContext, _ type: String) throws {
    let x = try context.shape(0)
    if x.count == 4 {
        context.set(try pool(context, type, try context.input(0), x))
        return
    }
    // A single image, or one after the other what is more than two axes.
    var images = try context.input(0)
    if x.count == 3 {
        images = context.emit("Unsqueeze", [images, context.constant([0])])
    } else {
        let size = x.suffix(2).compactMap { if case .fixed(let size) = $0 { size } else { nil } }
        guard size.count == 2 else { throw Refusal("pools axes whose sizes are not fixed, and others") }
        images = context.emit("Reshape", [images, context.constant([0, -1] + size)])
    }
    context.set(try context.reshape(try pool(context, type, images, x), try context.outputShape()))
}

private func pool(_ context: ExportContext, _ type: String, _ images: String, _ shape: [Dimension]) throws -> String {
    if let output = try? context.integers("outputSize") {
        if output == [1, 1] {
            return context.emit(type == "MaxPool" ? "GlobalMaxPool" : "GlobalAveragePool", [images])
        }
        let kernel = zip(shape.suffix(2), output).compactMap { size, count in
            if case .fixed(let size) = size, size % count == 0 { Int64(size / count) } else { nil }
        }
        guard kernel.count == 2 else {
            throw Refusal("ONNX has no pooling to \(output) of \(shape.suffix(2)), as windows are of several sizes")
        }
        return context.emit(type, [images], ["kernel_shape": .integers(kernel), "strides": .integers(kernel)])
    }
    let (kernel, stride) = (try context.integers("kernel"), try context.integers("stride"))
    let (sides, dilation) = (try context.integers("padding"), try context.integers("dilation"))
    // More windows than fit are those of the rounding up: of two sizes that follow on each other one shows it.
    let roundsUp = context.inEachGraph { input, output in
        (0..<2).contains { axis in
            let extent = (kernel[axis] - 1) * dilation[axis] + 1
            let room = input[input.count - 2 + axis] + sides[2 * axis] + sides[2 * axis + 1] - extent
            return output[output.count - 2 + axis] > room / stride[axis] + 1
        }
    }.contains(true)
    var attributes = [
        ("kernel_shape", AttributeMessage.Value.integers(kernel.map(Int64.init))),
        ("strides", .integers(stride.map(Int64.init))), ("pads", .integers(pads(sides))),
        ("ceil_mode", .integer(roundsUp ? 1 : 0)),
    ]
    if type == "MaxPool" {
        attributes.append(("dilations", .integers(dilation.map(Int64.init))))
    } else {
        if let divisor = try? context.integer("divisor"), divisor > 0, divisor != kernel[0] * kernel[1] {
            throw Refusal("ONNX has no pooling with a divisor of \(divisor)")
        }
        attributes.append(("count_include_pad", .integer(try context.flag("countsPadding") ? 1 : 0)))
    }
    return context.emit(type, [images], attributes, outputs: 1)[0]
}

/// Groups of channels as the channels of an instance normalization.
private func groupNorm(_ context: ExportContext, groups: Int) throws {
    let x = context.kind(0).shape
    let shape = try context.outputShape()
    let one = Tensor.ones([groups], dtype: context.dtype)
    guard shape.dropFirst().allSatisfy({ if case .fixed = $0 { true } else { false } }) else {
        throw Refusal("normalizes over sizes that are not fixed")
    }
    let each = x.dropFirst().reduce(1, *) / groups
    let grouped = try context.reshape(try context.input(0), [shape[0], .fixed(groups), .fixed(each)])
    let y = context.emit(
        "InstanceNormalization", [grouped, context.constant(one), context.constant(one - one)],
        ["epsilon": .float(Float(try context.real("epsilon")))])
    var name = try context.reshape(y, shape)
    let along = context.constant([x[1]] + Array(repeating: 1, count: x.count - 2))
    var index = 1
    if try context.flag("hasWeight") {
        name = context.emit(
            "Mul", [name, context.emit("Reshape", [try context.input(index, as: context.dtype), along])])
        index += 1
    }
    if try context.flag("hasBias") {
        name = context.emit(
            "Add", [name, context.emit("Reshape", [try context.input(index, as: context.dtype), along])])
    }
    context.set(name)
}

/// `softmax(q k' scale + mask) v`
private func attention(_ context: ExportContext) throws {
    let (q, k, v) = (try context.input(0), try context.input(1), try context.input(2))
    let rank = context.kind(1).shape.count
    let keys = context.transpose(k, Array(0..<rank - 2) + [rank - 1, rank - 2])
    var scores = context.emit(
        "MatMul", [context.emit("Mul", [q, context.number(try context.real("scale"), context.dtype)]), keys])
    let least = context.number(-.infinity, context.dtype)
    if try context.flag("isCausal") {
        let (queries, all) = (try context.shape(0), try context.shape(1))
        let size = try context.sizes([queries[queries.count - 2], all[all.count - 2]])
        let ones = context.emit("Expand", [context.constant(Tensor([Int64(1)])), size])
        let allowed = context.cast(context.emit("Trilu", [ones], ["upper": .integer(0)]), to: .bool)
        scores = context.emit("Where", [allowed, scores, least])
    }
    if try context.flag("hasMask") {
        let mask = try context.input(3)
        scores =
            context.kind(3).dtype == .bool
            ? context.emit("Where", [mask, scores, least]) : context.emit("Add", [scores, mask])
    }
    context.set(context.emit("MatMul", [context.emit("Softmax", [scores], ["axis": .integer(-1)]), v]))
}
