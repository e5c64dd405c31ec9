import TernCore
import TernRecurrent

let recurrentOperators: [ONNXOperator] = [
    ops("RNN", 3...6) { call in try recur(call, gates: 1, defaults: ["tanh"], Direction.simple) },
    ops("GRU", 3...6) { call in try recur(call, gates: 3, defaults: ["sigmoid", "tanh"], Direction.gated) },
    ops("LSTM", 3...8) { call in try recur(call, gates: 4, defaults: ["sigmoid", "tanh", "tanh"], Direction.long) },
]

/// One direction of a recurrent node, and what it holds from step to step.
///
///     X [T, N, I], W [G * H, I], R [G * H, H], B [2 * G * H], P [3 * H] -> Y [T, N, H]
///
/// `T`: steps, `N`: batch, `I` and `H`: features of the input and of the state, `G`: gates.
private struct Direction {
    /// The input's part of the gates, for all steps.
    let gates: Tensor
    /// The state's weights, transposed.
    let weight: Tensor
    let bias: Tensor?
    let peepholes: Tensor?
    let activations: [@Sendable (Tensor) -> Tensor]
    let clip: Double?
    let resetsAfter: Bool
    let couplesInput: Bool
    var hidden: Tensor
    var cell: Tensor?

    var size: Int { hidden.shape[1] }

    func clipped(_ x: Tensor) -> Tensor { clip.map { minimum(maximum(x, -$0), $0) } ?? x }

    func part(_ x: Tensor, _ gate: Int) -> Tensor { x.sliced(from: gate * size, to: (gate + 1) * size, axis: -1) }

    /// `h = f(x W' + h R' + b)`
    static func simple(_ state: inout Direction, _ input: Tensor) {
        var sum = input + matmul(state.hidden, state.weight)
        if let bias = state.bias { sum = sum + bias }
        state.hidden = state.activations[0](state.clipped(sum))
    }

    /// Gates z, r, h: `h = (1 - z) n + z h`.
    static func gated(_ state: inout Direction, _ input: Tensor) {
        let (old, size) = (state.hidden, state.size)
        let first = state.weight.sliced(from: 0, to: 2 * size, axis: 1)
        let last = state.weight.sliced(from: 2 * size, to: 3 * size, axis: 1)
        var both = input.sliced(from: 0, to: 2 * size, axis: -1) + matmul(old, first)
        if let bias = state.bias { both = both + bias.sliced(from: 0, to: 2 * size, axis: 0) }
        both = state.activations[0](state.clipped(both))
        let (z, r) = (state.part(both, 0), state.part(both, 1))
        let bias = state.bias.map { state.part($0, 2) }
        func biased(_ x: Tensor) -> Tensor { bias.map { x + $0 } ?? x }
        let rest = state.resetsAfter ? r * biased(matmul(old, last)) : biased(matmul(r * old, last))
        let n = state.activations[1](state.clipped(state.part(input, 2) + rest))
        state.hidden = (1 - z) * n + z * old
    }

    /// Gates i, o, f, c: `c = f c + i g(c')`, `h = o h(c)`.
    static func long(_ state: inout Direction, _ input: Tensor) {
        let old = state.cell!
        var sum = input + matmul(state.hidden, state.weight)
        if let bias = state.bias { sum = sum + bias }
        func peep(_ x: Tensor, _ gate: Int, _ cell: Tensor) -> Tensor {
            state.peepholes.map { x + state.part($0, gate) * cell } ?? x
        }
        let i = state.activations[0](state.clipped(peep(state.part(sum, 0), 0, old)))
        let f = state.couplesInput ? 1 - i : state.activations[0](state.clipped(peep(state.part(sum, 2), 2, old)))
        let c = f * old + i * state.activations[1](state.clipped(state.part(sum, 3)))
        let o = state.activations[0](state.clipped(peep(state.part(sum, 1), 1, c)))
        state.cell = c
        state.hidden = o * state.activations[2](c)
    }
}

private func recur(
    _ call: ONNXCall, gates: Int, defaults: [String], _ advance: (inout Direction, Tensor) -> Void
) throws -> [ONNXValue?] {
    let isBatchFirst = try call.integer("layout", default: 0) == 1
    var x = try call.floating(0)
    let (w, r) = (try call.floating(1), try call.floating(2))
    let isLong = gates == 4
    let bias = try call.optionalTensor(3)
    let peepholes = isLong ? try call.optionalTensor(7) : nil
    try call.expect(x.rank == 3 && w.rank == 3 && r.rank == 3, "has shapes \(x.shape), \(w.shape) and \(r.shape)")
    if isBatchFirst { x = x.transposed(0, 1) }
    let (steps, batch, features) = (x.shape[0], x.shape[1], x.shape[2])
    let size = r.shape[2]
    let direction = try call.text("direction", default: "forward")
    try call.expect(["forward", "reverse", "bidirectional"].contains(direction), "runs \(excerpt(direction))")
    let directions = direction == "bidirectional" ? 2 : 1
    try call.expect(
        size > 0 && steps > 0 && w.shape == [directions, gates * size, features]
            && r.shape == [directions, gates * size, size],
        "has weights \(w.shape) and \(r.shape) for \(x.shape) in \(directions) directions")
    try call.expectOneType(x, w, r, bias, peepholes)
    if let bias { try call.expect(bias.shape == [directions, 2 * gates * size], "has a bias of \(bias.shape)") }
    if let peepholes { try call.expect(peepholes.shape == [directions, 3 * size], "has peepholes \(peepholes.shape)") }
    let lengths = try call.optionalIntegers(4)
    try call.expect(
        (lengths?.count ?? batch) == batch && lengths?.allSatisfy { (0...steps).contains($0) } ?? true,
        "has lengths \(lengths?.prefix(16) ?? []) for \(x.shape)")
    func state(_ index: Int) throws -> Tensor {
        let state = try call.optionalTensor(index).map { isBatchFirst && $0.rank == 3 ? $0.transposed(0, 1) : $0 }
        let shape: Shape = [directions, batch, size]
        if let state {
            try call.expect(state.shape == shape, "has an initial state of \(state.shape) for \(shape)")
            try call.expectOneType(x, state)
        }
        if let state { return state }
        return Tensor.zeros(try call.shape(shape), dtype: x.dtype)
    }
    _ = try call.shape([steps, batch, gates * size])
    let hidden = try state(5)
    let cell = isLong ? try state(6) : nil
    var names = try call.textList("activations")?.map { $0.lowercased() } ?? []
    if names.isEmpty { names = Array(repeating: defaults, count: directions).flatMap { $0 } }
    try call.expect(names.count == defaults.count * directions, "has \(names.count) activations")
    let activations = try activations(call, names, defaults.count)
    let clip = call.attribute("clip") == nil ? nil : try call.real("clip")
    let resetsAfter = try call.flag("linear_before_reset")
    let couplesInput = try call.flag("input_forget")
    // What PyTorch's layers compute, TernRecurrent does in one operation.
    let isUsual =
        clip == nil && peepholes == nil && !couplesInput && (gates != 3 || resetsAfter)
        && batch > 0 && features > 0 && (lengths?.allSatisfy { $0 == steps } ?? true)

    var (all, lastHidden, lastCell): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for number in 0..<directions {
        let isReversed = number == 1 || direction == "reverse"
        let functions = Array(names[number * defaults.count..<(number + 1) * defaults.count])
        if isUsual, functions == defaults || functions == ["relu"] {
            let results = fused(
                call.step.definition.type, functions, x, w[number], r[number], bias?[number],
                [hidden[number]] + (cell.map { [$0[number]] } ?? []), isReversed: isReversed)
            all.append(results[0])
            lastHidden.append(results[1])
            if isLong { lastCell.append(results[2]) }
            continue
        }
        let inputBias = bias?[number].sliced(from: 0, to: gates * size, axis: 0)
        let product = matmul(x, w[number].transposed())
        var state = Direction(
            gates: inputBias.map { product + $0 } ?? product, weight: r[number].transposed(),
            bias: bias?[number].sliced(from: gates * size, to: 2 * gates * size, axis: 0),
            peepholes: peepholes?[number], activations: activations[number], clip: clip, resetsAfter: resetsAfter,
            couplesInput: couplesInput, hidden: hidden[number], cell: cell?[number])
        var outputs = [Tensor?](repeating: nil, count: steps)
        for index in 0..<steps {
            let step = isReversed ? steps - 1 - index : index
            let old = (state.hidden, state.cell)
            advance(&state, state.gates[step])
            var output = state.hidden
            if let lengths, lengths.contains(where: { step >= $0 }) {
                // What is beyond a sequence's end changes nothing, and gives zeros.
                let isInside = Tensor(lengths.map { step < $0 }).reshaped([batch, 1])
                state.hidden = which(isInside, state.hidden, old.0)
                if let cell = state.cell { state.cell = which(isInside, cell, old.1!) }
                output = which(isInside, output, 0.0)
            }
            outputs[step] = output
        }
        all.append(stacked(outputs.map { $0! }))
        lastHidden.append(state.hidden)
        if let cell = state.cell { lastCell.append(cell) }
    }
    // [T, D, N, H], or [N, T, D, H].
    let y = stacked(all, axis: isBatchFirst ? 2 : 1)
    func last(_ states: [Tensor]) -> Tensor? { states.isEmpty ? nil : stacked(states, axis: isBatchFirst ? 1 : 0) }
    return .tensors(isBatchFirst ? y.transposed(0, 1) : y, last(lastHidden), last(lastCell))
}

/// One direction over all steps: Y [T, N, H], and the last states.
private func fused(
    _ type: String, _ functions: [String], _ x: Tensor, _ w: Tensor, _ r: Tensor, _ bias: Tensor?, _ states: [Tensor],
    isReversed: Bool
) -> [Tensor] {
    let (cell, order): (RecurrentCell, [Int]) =
        switch type {
        // From i, o, f, c to i, f, c, o; from z, r, h to r, z, h.
        case "LSTM": (.lstm, [0, 2, 3, 1])
        case "GRU": (.gru, [1, 0, 2])
        default: (functions == ["relu"] ? .relu : .tanh, [0])
        }
    let (steps, samples, size) = (x.shape[0], x.shape[1], r.shape[1])
    func reordered(_ x: Tensor, from first: Int = 0) -> Tensor {
        concatenated(order.map { x.sliced(from: first + $0 * size, to: first + ($0 + 1) * size, axis: 0) })
    }
    var operands = [x.reshaped([steps * samples, x.shape[2]]), reordered(w), reordered(r)] + states
    if let bias { operands += [reordered(bias), reordered(bias, from: order.count * size)] }
    // As the layers do: states that are rounded at each step would be worth little.
    if x.dtype.isHalf { operands = operands.map { $0.converted(to: .float32) } }
    let recurrence = Recurrence(
        cell, .timeFirst(steps: steps, samples: samples), isReversed: isReversed, hasBias: bias != nil)
    var results = recurrence.apply(operands).map { $0.converted(to: x.dtype) }
    results[0] = results[0].reshaped([steps, samples, size])
    return results
}

/// The functions of each direction.
private func activations(
    _ call: ONNXCall, _ names: [String], _ count: Int
) throws -> [[@Sendable (Tensor) -> Tensor]] {
    var (alphas, betas) = (try call.realList("activation_alpha") ?? [], try call.realList("activation_beta") ?? [])
    func take(_ list: inout [Double], _ value: Double) -> Double { list.isEmpty ? value : list.removeFirst() }
    var functions: [@Sendable (Tensor) -> Tensor] = []
    for name in names {
        switch name {
        case "relu": functions.append { relu($0) }
        case "tanh": functions.append { tanh($0) }
        case "sigmoid": functions.append { sigmoid($0) }
        case "softsign": functions.append { softsign($0) }
        case "softplus": functions.append { softplus($0) }
        case "affine":
            let (alpha, beta) = (take(&alphas, 1), take(&betas, 0))
            functions.append { $0 * alpha + beta }
        case "leakyrelu":
            let alpha = take(&alphas, 0.01)
            functions.append { leakyRelu($0, slope: alpha) }
        case "thresholdedrelu":
            let alpha = take(&alphas, 1)
            functions.append { which($0.greater(than: alpha), $0, 0.0) }
        case "scaledtanh":
            let (alpha, beta) = (take(&alphas, 1), take(&betas, 1))
            functions.append { tanh($0 * beta) * alpha }
        case "hardsigmoid":
            let (alpha, beta) = (take(&alphas, 0.2), take(&betas, 0.5))
            functions.append { minimum(maximum($0 * alpha + beta, 0), 1) }
        case "elu":
            let alpha = take(&alphas, 1)
            functions.append { elu($0, alpha: alpha) }
        default: throw Refusal("has the activation \(excerpt(name))")
        }
    }
    return (0..<names.count / count).map { Array(functions[$0 * count..<($0 + 1) * count]) }
}
