import TernCore

/// Graphs inside of nodes, interpreted.
let controlOperators: [ONNXOperator] = [
    ops("If", 1) { call in
        let graph = try call.graph(try call.boolScalar(0) ? "then_branch" : "else_branch")
        return try call.compute(graph, [])
    },
    ops("Loop", 2...(.max)) { call in try loop(call) },
    ops("Scan", 1...(.max)) { call in try scan(call) },
]

private func loop(_ call: ONNXCall) throws -> [ONNXValue?] {
    let body = try call.graph("body")
    let count = call.has(0) ? try call.integerScalar(0) : Int.max
    var isGoing = call.has(1) ? try call.boolScalar(1) : true
    var state: [ONNXValue?] = Array(call.inputs.dropFirst(2))
    try call.expect(
        body.inputs.count == state.count + 2 && body.outputs.count > state.count,
        "has a body of \(body.inputs.count) inputs and \(body.outputs.count) outputs for \(state.count) values")
    var collected = [[Tensor]](repeating: [], count: body.outputs.count - 1 - state.count)
    var turn = 0
    while turn < count && isGoing {
        let outputs = try call.compute(body, [.tensor(Tensor(turn)), .tensor(Tensor(isGoing))] + state)
        guard case .tensor(let condition) = outputs[0], condition.count == 1, condition.dtype == .bool else {
            throw Refusal("has a body whose first output is no condition")
        }
        isGoing = condition.reshaped([]).item(as: Bool.self)
        let kept = state.count
        state = outputs[1..<1 + kept].map { $0 }
        for index in collected.indices {
            guard case .tensor(let value) = outputs[1 + kept + index] else {
                throw Refusal("collects what is no tensor")
            }
            collected[index].append(value)
        }
        turn += 1
    }
    return state + (try collected.map { .tensor(try stack(call, $0, axis: 0)) })
}

/// The values of all turns; of none, a tensor without elements, whose shape nobody knows.
private func stack(_ call: ONNXCall, _ values: [Tensor], axis: Int) throws -> Tensor {
    guard let first = values.first else { return Tensor.zeros([0]) }
    try call.expect(
        values.allSatisfy { $0.shape == first.shape && $0.dtype == first.dtype }, "collects tensors of several shapes")
    let axis = try call.axis(axis, first.rank + 1)
    var sizes = Array(first.shape)
    sizes.insert(values.count, at: axis)
    _ = try call.shape(sizes)
    return stacked(values, axis: axis)
}

private func scan(_ call: ONNXCall) throws -> [ONNXValue?] {
    try call.expect(call.opset >= 9, "is of opset \(call.opset), and known since 9")
    let body = try call.graph("body")
    let scanned = try call.integer("num_scan_inputs")
    let kept = call.inputs.count - scanned
    try call.expect(
        scanned >= 1 && kept >= 0 && body.inputs.count == call.inputs.count && body.outputs.count >= kept,
        "scans \(scanned) of \(call.inputs.count) inputs by a body of \(body.inputs.count)")
    let collects = body.outputs.count - kept
    func list(_ name: String, _ count: Int) throws -> [Int] {
        let numbers = try call.integerList(name) ?? Array(repeating: 0, count: count)
        try call.expect(numbers.count == count, "has \(numbers.count) numbers in \(name)")
        return numbers
    }
    let (axes, directions) = (try list("scan_input_axes", scanned), try list("scan_input_directions", scanned))
    let outputAxes = try list("scan_output_axes", collects)
    let outputDirections = try list("scan_output_directions", collects)
    var state: [ONNXValue?] = Array(call.inputs[..<kept])
    var rows: [[Tensor]] = []
    for index in 0..<scanned {
        let x = try call.tensor(kept + index)
        let parts = x.unstacked(axis: try call.axis(axes[index], x.rank))
        rows.append(directions[index] == 1 ? parts.reversed() : parts)
    }
    let count = rows[0].count
    try call.expect(rows.allSatisfy { $0.count == count }, "scans sequences of several lengths")
    var collected = [[Tensor]](repeating: [], count: collects)
    for turn in 0..<count {
        let outputs = try call.compute(body, state + rows.map { .tensor($0[turn]) })
        state = outputs[..<kept].map { $0 }
        for index in 0..<collects {
            guard case .tensor(let value) = outputs[kept + index] else { throw Refusal("collects what is no tensor") }
            collected[index].append(value)
        }
    }
    return state
        + (try collected.enumerated().map { index, values in
            .tensor(
                try stack(call, outputDirections[index] == 1 ? values.reversed() : values, axis: outputAxes[index]))
        })
}
