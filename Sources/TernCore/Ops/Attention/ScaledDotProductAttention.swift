/// The values by how well their keys match each query: `softmax(query key^T * scale + mask) value` (Vaswani et al.,
/// "Attention is all you need", 2017). PyTorch's `scaled_dot_product_attention`.
///
///     query [..., H, L, E], key [..., H, S, E], value [..., H, S, V] -> [..., H, L, V]
///
/// (`H` heads, `L` queries, `S` keys, `E` and `V` features). Two axes are enough; others broadcast.
///
/// ```swift
/// let x = Tensor.normal([2, 4, 10, 16])   // 2 samples, 4 heads, 10 positions
/// scaledDotProductAttention(x, x, x, isCausal: true).shape   // [2, 4, 10, 16]
/// ```
///
/// Scores are computed and forgotten a block at a time (Dao et al., "FlashAttention", 2022): memory is linear in `L` and `S`,
/// forward and backward, which computes the scores again. Queries, keys, values, the output and one number a query are saved;
/// of 256 keys at most also the weights, which is faster there.
/// Where a gradient of the mask or gradients of gradients are wanted, all scores are kept. Halves are computed in `float32`.
/// The result has the same bits for any number of threads.
///
/// A query that the masks let see no key at all gives zeros, as does one with no keys (`S` = 0).
///
/// - Parameters:
///   - query: [..., H, L, E].
///   - key: [..., H, S, E].
///   - value: [..., H, S, V].
///   - mask: broadcast to [..., H, L, S]: of `bool`, `true` for what takes part; or numbers that are added to the
///     scores.
///   - isCausal: query `i` sees keys 0...i alone, also where `L` and `S` differ; together with a mask both must let it
///     see.
///   - dropout: the probability of a weight to be dropped, others are scaled by `1 / (1 - dropout)`. It always applies:
///     give 0 in evaluation.
///   - scale: of the scores; `1 / sqrt(E)` if absent.
///   - groupedQueryHeads: whether keys and values may have fewer heads, a divisor of the queries': each serves that
///     many neighbouring heads. PyTorch's `enable_gqa`.
///   - generator: for dropout; this thread's default one if `nil`.
public func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false, dropout: Double = 0,
    scale: Double? = nil, groupedQueryHeads: Bool = false, generator: Generator? = nil
) -> Tensor {
    if let type = Autocast.type(narrowing: [query, key, value]) {
        return scaledDotProductAttention(
            query.converted(to: type), key.converted(to: type), value.converted(to: type), mask: mask,
            isCausal: isCausal, dropout: dropout, scale: scale, groupedQueryHeads: groupedQueryHeads,
            generator: generator)
    }
    let (attention, sizes) = BlockedAttention.checked(
        query, key, value, mask, isCausal, dropout, scale, groupedQueryHeads: groupedQueryHeads, generator)
    return attention.output(sizes).converted(to: query.dtype)
}

/// The sizes of attention, checked.
struct AttentionSizes {
    static let name = "scaledDotProductAttention"
    /// [..., H], of the queries.
    let lead: Shape
    /// [..., H / n], of keys and values.
    let keyLead: Shape
    let queries: Int
    let keys: Int
    let features: Int
    let values: Int

    init(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ isGrouped: Bool) {
        let operands = [query, key, value]
        let shapes = "query \(query.shape), key \(key.shape), value \(value.shape)"
        let name = AttentionSizes.name
        if operands.contains(where: { $0.rank < 2 }) {
            mistake(name, "expects two axes at least, got \(shapes)")
        }
        if operands.contains(where: { $0.dtype != query.dtype || !$0.dtype.isFloatingPoint }) {
            let types = operands.map { "\($0.dtype)" }.joined(separator: ", ")
            mistake(name, "expects one floating-point type, got \(types)")
        }
        queries = query.shape[query.rank - 2]
        keys = key.shape[key.rank - 2]
        features = query.shape[query.rank - 1]
        values = value.shape[value.rank - 1]
        if key.shape[key.rank - 1] != features {
            mistake(name, "expects queries and keys with the same number of features, got \(shapes)")
        }
        if value.shape[value.rank - 2] != keys { mistake(name, "expects as many values as keys, got \(shapes)") }
        var (queryLead, leads) = (Shape(query.shape.dropLast(2)), [key, value].map { Shape($0.shape.dropLast(2)) })
        var sharing = 1
        if isGrouped {
            if operands.contains(where: { $0.rank < 3 }) {
                mistake(name, "expects an axis of heads if they are grouped, got \(shapes)")
            }
            let heads = queryLead[queryLead.count - 1]
            let keyHeads = leads.map { $0[$0.count - 1] }
            if keyHeads[0] != keyHeads[1] || keyHeads[0] == 0 || heads % keyHeads[0] != 0 {
                mistake(name, "expects heads of keys and values that divide those of queries, got \(shapes)")
            }
            sharing = heads / keyHeads[0]
            queryLead[queryLead.count - 1] = keyHeads[0]
        }
        guard let keysAndValues = leads[0].broadcast(with: leads[1]),
            let common = keysAndValues.broadcast(with: queryLead)
        else { mistake(name, "cannot broadcast the leading axes of \(shapes)") }
        keyLead = common
        var lead = common
        if isGrouped { lead[lead.count - 1] *= sharing }
        self.lead = lead
        if let mask {
            let scores = Shape(Array(lead) + [queries, keys])
            if mask.dtype != .bool && !mask.dtype.isFloatingPoint {
                mistake(name, "expects a mask of bool or of a floating-point type, got \(mask.dtype)")
            }
            if mask.shape.broadcast(with: scores) != scores {
                mistake(name, "cannot broadcast a mask of shape \(mask.shape) to the scores \(scores) (\(shapes))")
            }
        }
    }

    /// How many heads of queries share one of keys.
    var sharing: Int { lead.isEmpty || keyLead.last! == 0 ? 1 : lead.last! / keyLead.last! }

    func expanded(_ x: Tensor, isKey: Bool = false) -> Tensor {
        let target = Shape(Array(isKey ? keyLead : lead) + Array(x.shape.suffix(2)))
        return x.shape == target ? x : x.expanded(to: target)
    }
}

extension BlockedAttention {
    /// Up to so many keys, weights are kept for the derivative. Measured with 64 features, forward with backward: kept weights
    /// take 0.83 to 0.87 of the time of 32 to 256 keys, as long of 512, and 1.1 of that of 1,024.
    private static let mostKeysWithKeptWeights = 256

    fileprivate func output(_ sizes: AttentionSizes) -> Tensor {
        let isEmpty = sizes.keys == 0 || sizes.queries == 0 || sizes.lead.elements == 0
        if isEmpty || (mask.map { records($0) } ?? false) { return definition() }
        let inputs = [query, key, value] + (mask.map { [$0] } ?? [])
        let (output, computed) = computed(sizes, isRecorded: records(inputs))
        return output.output(of: "scaledDotProductAttention", from: inputs, attributes: attributes) { g, node in
            if ThreadState.current.isRecording { return recordedBackward(g, inputs) }
            let gradients = [query, key, value].map { $0.zerosWithHeadsAsHere }
            computed.backward(g, into: gradients)
            if Observation.isOn {
                Observation.report("scaledDotProductAttentionBackward", [g, query, key, value], [:], gradients)
            }
            return InputGradients(
                gradients.indices.map { node.needs($0) ? gradients[$0] : nil } + (mask == nil ? [] : [nil]))
        }
    }

    /// The operands of an attention, which stops if they do not fit.
    static func checked(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ isCausal: Bool, _ dropout: Double,
        _ scale: Double?, groupedQueryHeads: Bool = false, _ generator: Generator?
    ) -> (BlockedAttention, AttentionSizes) {
        let sizes = AttentionSizes(query, key, value, mask, groupedQueryHeads)
        if !(0...1).contains(dropout) {
            mistake(AttentionSizes.name, "expects a dropout probability in 0...1, got \(dropout)")
        }
        let type = query.dtype.accumulator
        var attention = BlockedAttention(
            query: sizes.expanded(query).converted(to: type), key: sizes.expanded(key, isKey: true).converted(to: type),
            value: sizes.expanded(value, isKey: true).converted(to: type),
            mask: mask.map { $0.dtype == .bool ? $0 : $0.converted(to: type) }, isCausal: isCausal,
            scale: scale ?? 1 / Double(max(1, sizes.features)).squareRoot())
        if dropout > 0 {
            let scores = (sizes.lead.reduce(1, *) * sizes.queries).multipliedReportingOverflow(by: sizes.keys)
            if scores.overflow {
                mistake(AttentionSizes.name, "has too many scores for dropout (query \(query.shape))")
            }
            attention.dropout = (1 - dropout, (generator ?? .default).reserve(scores.partialValue))
        }
        return (attention, sizes)
    }

    var attributes: OperationAttributes {
        ["isCausal": isCausal, "scale": scale, "dropout": 1 - (dropout?.keeping ?? 1), "hasMask": mask != nil]
    }

    /// What the derivative needs of what was computed forward; not the output itself, whose node will hold this.
    struct Computed {
        private let attention: BlockedAttention
        private let saved: Tensor
        private let logs: Tensor
        private let weights: Tensor?

        fileprivate init(_ attention: BlockedAttention, _ output: Tensor, logs: Tensor, weights: Tensor?) {
            (self.attention, self.logs, self.weights) = (attention, logs, weights)
            saved = Tensor(impl: output.impl.with(node: nil))
        }

        /// Adds to the gradients of queries, keys and values, which are zeros.
        func backward(_ g: Tensor, into gradients: [Tensor]) {
            let hasRows = g.strides[g.rank - 1] == 1 || g.shape[g.rank - 1] == 1
            saved.backend.attendBackward(
                attention, saved, logs: logs, weights: weights, hasRows ? g : g.contiguous(), into: gradients[0],
                gradients[1], gradients[2])
        }
    }

    func computed(_ sizes: AttentionSizes, isRecorded: Bool) -> (output: Tensor, Computed) {
        var blocked = self
        let scores = Shape(Array(sizes.lead) + [sizes.queries, sizes.keys])
        blocked.mask = mask.map { mask in asOneOperation { mask.asRows(of: scores) } }
        let output = query.withHeadsAsHere([sizes.queries, sizes.values]) { Tensor(uninitialized: $0, dtype: $1) }
        let logs = Tensor(uninitialized: Shape(Array(sizes.lead) + [sizes.queries]), dtype: query.dtype)
        let keepsWeights = isRecorded && sizes.keys <= BlockedAttention.mostKeysWithKeptWeights
        let weights = keepsWeights ? Tensor(uninitialized: scores, dtype: query.dtype) : nil
        output.backend.attend(blocked, into: output, logs: logs, weights: weights)
        return (output, Computed(blocked, output, logs: logs, weights: weights))
    }

    /// The attention as its formula says, with all scores.
    func definition() -> Tensor {
        let keyHeads = key.rank > 2 ? key.shape[key.rank - 3] : 0
        let sharing = keyHeads > 0 ? query.shape[query.rank - 3] / keyHeads : 1
        let keys = sharing > 1 ? key.repeated(sharing, axis: -3) : key
        let values = sharing > 1 ? value.repeated(sharing, axis: -3) : value
        var scores = Tensor.product(query * scale, keys, false, true)
        if let mask { scores = mask.dtype == .bool ? which(mask, scores, -Double.infinity) : scores + mask }
        if isCausal {
            let rows = Tensor.arange(query.shape[query.rank - 2]).unsqueezed(axes: 1)
            scores = which(Tensor.arange(keys.shape[keys.rank - 2]).lessOrEqual(rows), scores, -Double.infinity)
        }
        var weights: Tensor
        if mask != nil, scores.shape[scores.rank - 1] > 0 {
            let seesNothing = scores.detached.max(axes: -1, keepAxes: true).equal(to: -Double.infinity)
            weights = which(seesNothing, 0, softmax(which(seesNothing, 0, scores)))
        } else {
            weights = softmax(scores)
        }
        if let dropout {
            weights = TernCore.dropout(
                weights, probability: 1 - dropout.keeping, generator: Generator(state: dropout.state))
        }
        return Tensor.product(weights, values, false, false)
    }

    /// For gradients of gradients: those of the definition.
    private func recordedBackward(_ g: Tensor, _ inputs: [Tensor]) -> InputGradients {
        let sources = inputs.map { $0.requiresGradient ? $0.asSource : $0 }
        var attention = self
        (attention.query, attention.key, attention.value) = (sources[0], sources[1], sources[2])
        if sources.count > 3 { attention.mask = sources[3] }
        let result = withGradients { attention.definition() }
        return InputGradients(
            derivatives(
                of: [result], with: sources.map { $0.impl.node }, gradients: [g], retainsGraph: true,
                createsGraph: true,
                operation: "scaledDotProductAttention"))
    }
}

extension Tensor {
    /// A tensor [..., H] + `matrix` whose heads lie in memory as those of this one [..., H, L, E]: around the positions,
    /// or inside of each, as they come from a layer and go to the next one.
    fileprivate func withHeadsAsHere(_ matrix: Shape, _ make: (Shape, DType) -> Tensor) -> Tensor {
        let lead = Array(shape.dropLast(2))
        let isInside = rank > 2 && strides[rank - 3] < strides[rank - 2]
        if !isInside { return make(Shape(lead + Array(matrix)), dtype) }
        let inside = Shape(lead.dropLast() + [matrix[0], lead[lead.count - 1], matrix[1]])
        return asOneOperation { make(inside, dtype).transposed(-3, -2) }
    }

    /// Zeros of this shape and layout of heads.
    fileprivate var zerosWithHeadsAsHere: Tensor {
        withHeadsAsHere(Shape(shape.suffix(2))) { Tensor.zeros($0, dtype: $1) }
    }

    /// This mask broadcast to the shape of scores, so that the last axis is contiguous.
    fileprivate func asRows(of scores: Shape) -> Tensor {
        let keys = scores[scores.count - 1]
        let whole = rank > 0 && shape[rank - 1] == keys ? self : expanded(to: Shape(Array(shape.dropLast()) + [keys]))
        let hasRows = keys == 1 || whole.strides[whole.rank - 1] == 1
        return (hasRows ? whole : whole.contiguous()).expanded(to: scores)
    }
}
