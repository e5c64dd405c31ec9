/// The attention of sequences with themselves, of queries, keys and values that lie side by side as one linear layer gives
/// them: ``scaledDotProductAttention(_:_:_:mask:isCausal:dropout:scale:groupedQueryHeads:generator:)`` of their heads, and the
/// heads side by side again.
///
///     [N, L, 3 E] -> [N, L, E]     first the queries of all heads, then the keys, then the values; E / H features a head
///
/// (`N` sequences, `L` positions, `H` heads.) One operation: nothing is taken apart or put together in memory, forward or
/// backward.
///
/// ```swift
/// let projected = Tensor.normal([2, 10, 3 * 64])
/// selfAttention(projected, heads: 4, isCausal: true).shape   // [2, 10, 64]
/// ```
///
/// It saves what that attention saves. Stops if the last axis is not three times a multiple of the heads.
///
/// - Parameters:
///   - queryKeyValue: [N, L, 3 E].
///   - heads: how many the features are divided in.
///   - mask: broadcast to [N, H, L, L]: of `bool`, `true` for what takes part; or numbers that are added to the scores.
///   - isCausal: whether position `i` sees positions 0...i alone.
///   - dropout: the probability of a weight to be dropped. It always applies: give 0 in evaluation.
///   - scale: of the scores; `1 / sqrt(E / H)` if absent.
///   - generator: for dropout; this thread's default one if `nil`.
public func selfAttention(
    _ queryKeyValue: Tensor, heads: Int, mask: Tensor? = nil, isCausal: Bool = false, dropout: Double = 0,
    scale: Double? = nil, generator: Generator? = nil
) -> Tensor {
    let x = queryKeyValue
    if heads < 1 || x.rank != 3 || x.shape[2] % (3 * heads) != 0 {
        mistake(
            "selfAttention",
            "expects an input [N, L, 3 E] of \(heads) heads, whose number divides E, got \(x.shape)")
    }
    let isWhole = x.dtype == .float32 || x.dtype == .float64
    if !fusesOperations || !isWhole || Autocast.type(narrowing: [x]) != nil || x.count == 0
        || (mask.map { records($0) } ?? false)
    {
        let parts = x.headParts(heads)
        return scaledDotProductAttention(
            parts[0], parts[1], parts[2], mask: mask, isCausal: isCausal, dropout: dropout, scale: scale,
            generator: generator
        ).joinedHeads
    }
    let source = x.contiguous()
    let parts = asOneOperation { source.headParts(heads) }
    let (attention, sizes) = asOneOperation {
        BlockedAttention.checked(parts[0], parts[1], parts[2], mask, isCausal, dropout, scale, generator)
    }
    let inputs = [source] + (mask.map { [$0] } ?? [])
    let (output, computed) = attention.computed(sizes, isRecorded: records(source))
    let result = asOneOperation { output.joinedHeads }
    return result.output(of: "selfAttention", from: inputs, attributes: attention.attributes) { g, _ in
        if ThreadState.current.isRecording {
            return InputGradients([attention.recordedBackward(g, source, heads)] + (mask == nil ? [] : [nil]))
        }
        let gradient = Tensor.zeros(source.shape, dtype: source.dtype)
        asOneOperation {
            let g = g.contiguous().reshaped([g.shape[0], g.shape[1], heads, -1]).transposed(1, 2)
            computed.backward(g, into: gradient.headParts(heads))
        }
        if Observation.isOn { Observation.report("selfAttentionBackward", [g, source], [:], [gradient]) }
        return InputGradients([gradient] + (mask == nil ? [] : [nil]))
    }
}

extension BlockedAttention {
    /// For gradients of gradients: that of the definition, of the parts of `x`.
    fileprivate func recordedBackward(_ g: Tensor, _ x: Tensor, _ heads: Int) -> Tensor? {
        let source = x.requiresGradient ? x.asSource : x
        var attention = self
        let result = withGradients {
            let parts = source.headParts(heads)
            (attention.query, attention.key, attention.value) = (parts[0], parts[1], parts[2])
            return attention.definition().joinedHeads
        }
        return derivatives(
            of: [result], with: [source.impl.node], gradients: [g], retainsGraph: true, createsGraph: true,
            operation: "selfAttention")[0]
    }
}

extension Tensor {
    /// Queries, keys and values [N, H, L, E / H] of [N, L, 3 E]: views, if this lies contiguous.
    fileprivate func headParts(_ heads: Int) -> [Tensor] {
        let parts = reshaped([shape[0], shape[1], 3, heads, shape[2] / (3 * heads)]).permuted([2, 0, 3, 1, 4])
        return [parts[0], parts[1], parts[2]]
    }

    /// [N, H, L, E / H] -> [N, L, E]: a view, if the heads lie inside of the positions.
    fileprivate var joinedHeads: Tensor {
        transposed(1, 2).reshaped([shape[0], shape[2], shape[1] * shape[3]])
    }
}
