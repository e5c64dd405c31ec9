import TernCore

/// One direction of one recurrent layer over the rows of a batch: x [R, C], weights and states as PyTorch has them.
func recurrent(_ context: ExportContext, _ type: String) throws {
    let isLong = type == "LSTM"
    let order: [Int]
    switch type {
    // From i, f, g, o to i, o, f, g; from r, z, n to z, r, n.
    case "LSTM": order = [0, 3, 1, 2]
    case "GRU": order = [1, 0, 2]
    default: order = [0]
    }
    let batches = try context.integers("batchSizes")
    guard let samples = batches.first, batches.allSatisfy({ $0 == samples }) else {
        throw Refusal("runs over sequences of several lengths")
    }
    let hidden = context.kind(3)
    let (units, features) = (context.kind(2).shape[0] / order.count, hidden.shape[1])
    let states = isLong ? 2 : 1
    let hasBias = context.inputCount >= 3 + states + 2
    if context.inputCount > 3 + states + 2 || units != features { throw Refusal("ONNX has no projection of states") }
    let isBatchFirst = try context.flag("isBatchFirst")
    let isReversed = try context.flag("isReversed")

    // [R, C] -> [T, N, C]: the number of steps and sequences are those of the states and of what is left.
    let (rows, state) = (try context.shape(0), try context.shape(3))
    var steps = Dimension.fixed(batches.count)
    if case .dynamic(let sizes, let factor, 0) = rows[0] {
        switch state[0] {
        case .fixed(let count) where factor % count == 0:
            steps = .dynamic(sizes: sizes, factor: factor / count, offset: 0)
        case .dynamic(let own, let count, 0) where factor % count == 0:
            let rest = sizes.filter { !own.contains($0) }
            steps = rest.isEmpty ? .fixed(factor / count) : .dynamic(sizes: rest, factor: factor / count, offset: 0)
        default: throw Refusal("has sizes that do not follow from those of the inputs")
        }
    }
    let lead = isBatchFirst ? [state[0], steps] : [steps, state[0]]
    var x = try context.reshape(try context.input(0), lead + [rows[1]])
    if isBatchFirst { x = context.transpose(x, [1, 0, 2]) }

    func reordered(_ index: Int) throws -> String {
        reorderedWeights(context, try context.input(index), order, units)
    }
    var inputs = [x, try reordered(1), try reordered(2)]
    if hasBias {
        let biases = try [3 + states, 4 + states].map { try reordered($0) }
        inputs.append(context.emit("Concat", biases, ["axis": .integer(1)]))
    } else {
        inputs.append("")
    }
    inputs.append("")
    for index in 0..<states {
        inputs.append(context.emit("Unsqueeze", [try context.input(3 + index), context.constant([0])]))
    }
    var attributes = [
        ("hidden_size", AttributeMessage.Value.integer(Int64(units))),
        ("direction", .string(isReversed ? "reverse" : "forward")),
    ]
    if type == "GRU" { attributes.append(("linear_before_reset", .integer(1))) }
    if type == "RNN" {
        attributes.append(("activations", .strings([try context.text("activation") == "relu" ? "Relu" : "Tanh"])))
    }
    let outputs = context.emit(type, inputs, attributes, outputs: 1 + states)
    // [T, 1, N, H] -> [R, H]
    var y = context.emit("Squeeze", [outputs[0], context.constant([1])])
    if isBatchFirst { y = context.transpose(y, [1, 0, 2]) }
    context.set(try context.reshape(y, [rows[0], .fixed(features)]))
    for index in 0..<states {
        context.set(context.emit("Squeeze", [outputs[1 + index], context.constant([0])]), output: 1 + index)
    }
}

/// Gates in ONNX's order, and an axis of directions.
private func reorderedWeights(_ context: ExportContext, _ name: String, _ order: [Int], _ units: Int) -> String {
    var result = name
    if order.count > 1 {
        let parts = order.indices.map { gate in
            context.emit(
                "Slice",
                [name, context.constant([gate * units]), context.constant([(gate + 1) * units]), context.constant([0])])
        }
        result = context.emit("Concat", order.map { parts[$0] }, ["axis": .integer(0)])
    }
    return context.emit("Unsqueeze", [result, context.constant([0])])
}
