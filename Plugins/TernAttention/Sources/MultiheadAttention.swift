import TernCore
import TernLayers
import TernNN

/// Attention of several heads, each on its own projections: Vaswani et al., "Attention is all you need", 2017. PyTorch's
/// `MultiheadAttention`; Keras's `MultiHeadAttention` has its batch first and may project to other sizes.
///
/// `heads[h] = softmax(q[h] k[h]^T / sqrt(E / H) + mask) v[h]` with `q, k, v` the linear projections of query, key and
/// value; the result is a linear projection of the heads side by side. See
/// ``/TernCore/scaledDotProductAttention(_:_:_:mask:isCausal:dropout:scale:groupedQueryHeads:generator:)`` for how the
/// sums are taken.
///
/// ```swift
/// let attention = MultiheadAttention(64, heads: 4, batchFirst: true)
/// attention(x)                                      // each position looks at all of x
/// attention(x, memory, keyPaddingMask: isPadding)   // at those of memory that are no padding
/// attention(query, key, value)
/// ```
///
/// Shapes, with `N` batch, `L` queries, `S` keys and `E` features: query [L, N, E], key [S, N, K], value [S, N, V] -> [L, N, E],
/// or [N, L, E] and so on if the batch comes first, or without the batch.
///
/// Parameters: `in_proj_weight` [3 E, E], or `q_proj_weight` [E, E], `k_proj_weight` [E, K] and `v_proj_weight` [E, V] if keys
/// or values have sizes of their own, all Xavier uniform; `in_proj_bias` [3 E], zeros; `out_proj.weight` [E, E], uniform between
/// -1 / sqrt(E) and 1 / sqrt(E), `out_proj.bias` [E], zeros; `bias_k` and `bias_v` [1, 1, E], Xavier normal.
public final class MultiheadAttention: Module, ModeDependent {
    /// The features of queries and results, shared out among the heads.
    public let embeddingSize: Int
    /// How many heads attention has, a divisor of `embeddingSize`.
    public let heads: Int
    /// The probability of a weight to be dropped in training.
    public let dropout: Double
    /// Whether a key and a value of zeros follow. PyTorch's `add_zero_attn`.
    public let addsZeroAttention: Bool
    /// Whether the batch is the first axis, and not the second one.
    public let batchFirst: Bool
    public var isTraining = true

    private enum Projection {
        case joint(Parameter)
        case separate(query: Parameter, key: Parameter, value: Parameter)
    }
    private let projection: Projection
    private let projectionBias: Parameter?
    private let keyBias, valueBias: Parameter?
    private let output: Linear

    /// - Parameters:
    ///   - embeddingSize: the features of queries and results, shared out among the heads.
    ///   - heads: a divisor of `embeddingSize`.
    ///   - dropout: the probability of a weight to be dropped in training; 0...1.
    ///   - bias: whether the projections have biases.
    ///   - addsKeyAndValueBias: whether a learned key and value follow those of the sequence. PyTorch's `add_bias_kv`.
    ///   - addsZeroAttention: whether a key and a value of zeros follow. PyTorch's `add_zero_attn`.
    ///   - keyFeatures: the features of keys; `embeddingSize` if absent. PyTorch's `kdim`.
    ///   - valueFeatures: those of values. PyTorch's `vdim`.
    ///   - batchFirst: whether the batch is the first axis, and not the second one.
    public init(
        _ embeddingSize: Int, heads: Int, dropout: Double = 0, bias: Bool = true, addsKeyAndValueBias: Bool = false,
        addsZeroAttention: Bool = false, keyFeatures: Int? = nil, valueFeatures: Int? = nil, batchFirst: Bool = false
    ) {
        for (name, size) in [
            ("embeddingSize", embeddingSize), ("heads", heads), ("keyFeatures", keyFeatures ?? 1),
            ("valueFeatures", valueFeatures ?? 1),
        ] where size < 1 {
            mistake("MultiheadAttention", "\(name) must be positive, got \(size)")
        }
        if embeddingSize % heads != 0 {
            mistake("MultiheadAttention", "heads must divide embeddingSize \(embeddingSize), got \(heads)")
        }
        if !(0...1).contains(dropout) { mistake("MultiheadAttention", "dropout must be in 0...1, got \(dropout)") }
        (self.embeddingSize, self.heads, self.dropout) = (embeddingSize, heads, dropout)
        (self.addsZeroAttention, self.batchFirst) = (addsZeroAttention, batchFirst)

        let xavier = Initializer.xavierUniform()
        let (keyFeatures, valueFeatures) = (keyFeatures ?? embeddingSize, valueFeatures ?? embeddingSize)
        if keyFeatures == embeddingSize, valueFeatures == embeddingSize {
            projection = .joint(Parameter([3 * embeddingSize, embeddingSize], xavier))
        } else {
            projection = .separate(
                query: Parameter([embeddingSize, embeddingSize], xavier),
                key: Parameter([embeddingSize, keyFeatures], xavier),
                value: Parameter([embeddingSize, valueFeatures], xavier))
        }
        projectionBias = bias ? Parameter([3 * embeddingSize], .zeros) : nil
        output = Linear(embeddingSize, embeddingSize, bias: bias, biasInitializer: .zeros)
        let ofSequence: () -> Parameter? = {
            addsKeyAndValueBias ? Parameter([1, 1, embeddingSize], .xavierNormal()) : nil
        }
        (keyBias, valueBias) = (ofSequence(), ofSequence())
    }

    /// What the module is called with, see ``callAsFunction(_:_:_:mask:keyPaddingMask:isCausal:)``.
    public struct Input {
        /// What asks: [L, N, E], with `batchFirst` [N, L, E]; [L, E] without a batch.
        public var query: Tensor
        /// What is compared with the queries: [S, N, K], with `batchFirst` [N, S, K]; [S, K] without a batch.
        public var key: Tensor
        /// What the result is a mean of: [S, N, V], with `batchFirst` [N, S, V]; [S, V] without a batch.
        public var value: Tensor
        /// Broadcast to [N, H, L, S]: of `bool`, `true` for what takes part, or numbers that are added to the scores.
        public var mask: Tensor?
        /// [N, S] or [S] of `bool`: `true` for keys that are padding.
        public var keyPaddingMask: Tensor?
        /// Whether query `i` sees keys 0...i alone.
        public var isCausal: Bool
        /// Whether the output has the weights, too.
        public var needsWeights: Bool
        /// Whether queries, keys and values are one tensor, which is projected at once.
        private(set) var isOfItself = false

        /// - Parameters:
        ///   - query: [L, N, E], with `batchFirst` [N, L, E]; [L, E] without a batch.
        ///   - key: [S, N, K], with `batchFirst` [N, S, K]; [S, K] without a batch.
        ///   - value: the keys themselves if absent.
        ///   - mask: broadcast to [N, H, L, S]: of `bool`, `true` for what takes part, or numbers that are added to the
        ///     scores.
        ///   - keyPaddingMask: [N, S] or [S] of `bool`: `true` for keys that are padding.
        ///   - isCausal: query `i` sees keys 0...i alone.
        ///   - needsWeights: whether the output has the weights, too.
        public init(
            _ query: Tensor, _ key: Tensor, _ value: Tensor? = nil, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil,
            isCausal: Bool = false, needsWeights: Bool = false
        ) {
            (self.query, self.key, self.value) = (query, key, value ?? key)
            (self.mask, self.keyPaddingMask) = (mask, keyPaddingMask)
            (self.isCausal, self.needsWeights) = (isCausal, needsWeights)
        }

        /// Attention of a sequence on itself.
        public init(_ x: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false) {
            self.init(x, x, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal)
            isOfItself = true
        }
    }

    /// What attention gives: hooks see it.
    public struct Output {
        /// The attended values, of the queries' shape.
        public var values: Tensor
        /// [N, L, S], the mean over the heads; [L, S] without a batch.
        public var weights: Tensor?
    }

    /// Attention of a sequence on itself.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false
    ) -> Tensor {
        self(Input(x, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal)).values
    }

    /// Attention of queries on a memory, or on keys whose values are others.
    ///
    /// - Parameters:
    ///   - query: [L, N, E], with `batchFirst` [N, L, E]; [L, E] without a batch.
    ///   - key: [S, N, K], with `batchFirst` [N, S, K]; [S, K] without a batch.
    ///   - value: the keys themselves if absent.
    ///   - mask: broadcast to [N, H, L, S]: of `bool`, `true` for what takes part (PyTorch's `attn_mask` says the
    ///     opposite), or numbers that are added to the scores.
    ///   - keyPaddingMask: [N, S], or [S] without a batch, of `bool`: `true` for keys that are padding, as in PyTorch.
    ///   - isCausal: query `i` sees keys 0...i alone.
    public func callAsFunction(
        _ query: Tensor, _ key: Tensor, _ value: Tensor? = nil, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil,
        isCausal: Bool = false
    ) -> Tensor {
        self(Input(query, key, value, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal)).values
    }

    /// The same, with the weights of the keys, for which all scores are in memory at once.
    public func withWeights(
        _ query: Tensor, _ key: Tensor, _ value: Tensor? = nil, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil,
        isCausal: Bool = false
    ) -> (values: Tensor, weights: Tensor) {
        let output = self(
            Input(
                query, key, value, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal,
                needsWeights: true))
        return (output.values, output.weights!)
    }

    public func forward(_ input: Input) -> Output {
        check(input)
        let isBatched = input.query.rank == 3
        // [N, L, E]
        func ordered(_ x: Tensor) -> Tensor {
            if !isBatched { return x.unsqueezed(axes: 0) }
            return batchFirst ? x : x.transposed(0, 1)
        }
        let probability = isTraining ? dropout : 0
        // Of [N, L, E].
        func result(_ joined: Tensor, _ weights: Tensor? = nil) -> Output {
            let values = output(joined)
            if !isBatched { return Output(values: values.squeezed(axes: 0), weights: weights?.squeezed(axes: 0)) }
            return Output(values: batchFirst ? values : values.transposed(0, 1), weights: weights)
        }
        if case .joint(let weight) = projection, input.isOfItself, keyBias == nil, !addsZeroAttention,
            !input.needsWeights
        {
            let all = linear(ordered(input.query), weight.value, projectionBias?.value)
            return result(
                selfAttention(
                    all, heads: heads, mask: merged(input, keys: all.shape[1]), isCausal: input.isCausal,
                    dropout: probability))
        }
        var (query, key, value) = projected(input, ordered)
        var mask = merged(input, keys: key.shape[2])
        if let keyBias, let valueBias {
            (key, value) = (appended(keyBias.value, to: key), appended(valueBias.value, to: value))
        }
        if addsZeroAttention {
            let zeros = Tensor.zeros([embeddingSize], dtype: key.dtype)
            (key, value) = (appended(zeros, to: key), appended(zeros, to: value))
        }
        // What follows the sequence is seen by every query.
        let extra = key.shape[2] - input.key.shape[isBatched && !batchFirst ? 0 : input.key.rank - 2]
        var isCausal = input.isCausal
        if extra > 0, isCausal {
            let causal = Tensor.ones([query.shape[2], key.shape[2] - extra], dtype: .bool).lowerTriangle()
            mask = mask.map { $0.dtype == .bool ? $0.logicalAnd(causal) : $0 + offsets(causal, $0.dtype) } ?? causal
            isCausal = false
        }
        if extra > 0, let given = mask {
            let last: Shape = [given.shape.last!]
            let whole =
                last[0] == 1 ? given.expanded(to: Shape(given.shape.dropLast() + [key.shape[2] - extra])) : given
            let seen = Tensor.full(
                Shape(whole.shape.dropLast() + [extra]), given.dtype == .bool ? 1 : 0, dtype: given.dtype)
            mask = concatenated([whole, seen], axis: -1)
        }

        let attended: Tensor
        var weights: Tensor?
        if input.needsWeights {
            let all = attentionWeights(query, key, mask, isCausal)
            weights = all.mean(axes: 1)
            attended = matmul(TernCore.dropout(all, probability: probability, training: isTraining), value)
        } else {
            attended = scaledDotProductAttention(
                query, key, value, mask: mask, isCausal: isCausal, dropout: probability)
        }
        // [N, H, L, E / H] -> [N, L, E]
        let joined = attended.transposed(1, 2).reshaped([attended.shape[0], attended.shape[2], embeddingSize])
        return result(joined, weights)
    }

    private func attentionWeights(_ query: Tensor, _ key: Tensor, _ mask: Tensor?, _ isCausal: Bool) -> Tensor {
        var scores = matmul(query, key.transposed()) / Double(embeddingSize / heads).squareRoot()
        if isCausal {
            scores =
                scores + offsets(Tensor.ones(Shape(scores.shape.suffix(2)), dtype: .bool).lowerTriangle(), scores.dtype)
        }
        if let mask { scores = scores + (mask.dtype == .bool ? offsets(mask, scores.dtype) : mask) }
        // A query that sees nothing has no weights, rather than NaN.
        let isBlind = scores.max(axes: -1, keepAxes: true) .== -Double.infinity
        return which(isBlind, 0, softmax(which(isBlind, 0, scores), axis: -1))
    }

    /// 0 where `isSeen`, elsewhere -infinity.
    private func offsets(_ isSeen: Tensor, _ dtype: DType) -> Tensor {
        which(isSeen, Tensor(0, dtype: dtype), Tensor(-Double.infinity, dtype: dtype))
    }

    /// One row more for each head of [N, H, S, E / H].
    private func appended(_ row: Tensor, to heads: Tensor) -> Tensor {
        let row = row.reshaped([1, self.heads, 1, embeddingSize / self.heads])
        return concatenated([heads, row.expanded(to: [heads.shape[0], self.heads, 1, row.shape[3]])], axis: 2)
    }

    /// Queries, keys and values of the heads, [N, H, L, E / H].
    private func projected(_ input: Input, _ ordered: (Tensor) -> Tensor) -> (Tensor, Tensor, Tensor) {
        let size = embeddingSize
        func split(_ x: Tensor) -> Tensor {
            x.reshaped([x.shape[0], x.shape[1], heads, size / heads]).transposed(1, 2)
        }
        let biases = projectionBias?.value.split(into: 3)
        switch projection {
        case .joint(let weight) where input.isOfItself:
            let x = ordered(input.query)
            let all = linear(x, weight.value, projectionBias?.value)
                .reshaped([x.shape[0], x.shape[1], 3, heads, size / heads]).permuted([2, 0, 3, 1, 4])
            return (all[0], all[1], all[2])
        case .joint(let weight):
            let weights = weight.value.split(into: 3)
            return (
                split(linear(ordered(input.query), weights[0], biases?[0])),
                split(linear(ordered(input.key), weights[1], biases?[1])),
                split(linear(ordered(input.value), weights[2], biases?[2]))
            )
        case .separate(let query, let key, let value):
            return (
                split(linear(ordered(input.query), query.value, biases?[0])),
                split(linear(ordered(input.key), key.value, biases?[1])),
                split(linear(ordered(input.value), value.value, biases?[2]))
            )
        }
    }

    /// Both masks in one, broadcast to [N, H, L, S].
    private func merged(_ input: Input, keys: Int) -> Tensor? {
        guard let padding = input.keyPaddingMask else { return input.mask }
        let isSeen = padding.logicalNot().reshaped([padding.rank == 2 ? padding.shape[0] : 1, 1, 1, keys])
        guard let mask = input.mask else { return isSeen }
        return mask.dtype == .bool ? mask.logicalAnd(isSeen) : mask + offsets(isSeen, mask.dtype)
    }

    private func check(_ input: Input) {
        let (query, key, value) = (input.query, input.key, input.value)
        let shapes = "query \(query.shape), key \(key.shape), value \(value.shape)"
        let axes = query.rank == 2 || query.rank == 3
        if !axes || key.rank != query.rank || value.rank != query.rank {
            mistake("MultiheadAttention", "expects three inputs with a batch or without, got \(shapes)")
        }
        if query.shape.last! != embeddingSize {
            mistake("MultiheadAttention", "expects queries with \(embeddingSize) features, got \(shapes)")
        }
        let batch = query.rank == 3 ? (batchFirst ? 0 : 1) : nil
        if Shape(key.shape.dropLast()) != Shape(value.shape.dropLast())
            || batch.map({ key.shape[$0] != query.shape[$0] }) ?? false
        {
            mistake("MultiheadAttention", "expects one batch, and as many values as keys, got \(shapes)")
        }
        if let padding = input.keyPaddingMask {
            let length = key.shape[batch == 1 ? 0 : key.rank - 2]
            let expected: Shape = batch.map { [query.shape[$0], length] } ?? [length]
            if padding.shape != expected || padding.dtype != .bool {
                mistake(
                    "MultiheadAttention",
                    "expects a keyPaddingMask of bool \(expected), got \(padding.dtype) \(padding.shape) (\(shapes))")
            }
        }
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        switch projection {
        case .joint(let weight): visitor.visit("in_proj_weight", weight)
        case .separate(let query, let key, let value):
            visitor.visit("q_proj_weight", query)
            visitor.visit("k_proj_weight", key)
            visitor.visit("v_proj_weight", value)
        }
        visitor.visit("in_proj_bias", projectionBias)
        visitor.visit("bias_k", keyBias)
        visitor.visit("bias_v", valueBias)
        visitor.visit("out_proj", output)
    }

    public var settingsDescription: String {
        "embed_dim=\(embeddingSize), num_heads=\(heads)" + (dropout == 0 ? "" : ", dropout=\(dropout)")
            + (batchFirst ? ", batch_first=True" : "")
    }
}

extension MultiheadAttention: RebuildableModule {
    public static let blueprint = Blueprint<MultiheadAttention>(
        "[N, L, E], [N, S, K], [N, S, V] -> [N, L, E]", .init("embed_dim", \.embeddingSize, in: .sizes),
        .init("num_heads", \.heads, in: .sizes), .init("dropout", \.dropout, in: 0...1), .init("bias", \.hasBias),
        .init("add_bias_kv", \.addsKeyAndValueBias), .init("add_zero_attn", \.addsZeroAttention),
        .init("kdim", \.keyFeatures, in: .sizes), .init("vdim", \.valueFeatures, in: .sizes),
        .init("batch_first", \.batchFirst)
    ) { size, heads, dropout, bias, addsBias, addsZero, keyFeatures, valueFeatures, batchFirst in
        try requireHeads(heads, divide: size)
        return MultiheadAttention(
            size, heads: heads, dropout: dropout, bias: bias, addsKeyAndValueBias: addsBias,
            addsZeroAttention: addsZero, keyFeatures: keyFeatures, valueFeatures: valueFeatures,
            batchFirst: batchFirst)
    }

    private var hasBias: Bool { projectionBias != nil }
    private var addsKeyAndValueBias: Bool { keyBias != nil }
    private var keyFeatures: Int {
        if case .separate(_, let key, _) = projection { key.shape[1] } else { embeddingSize }
    }
    private var valueFeatures: Int {
        if case .separate(_, _, let value) = projection { value.shape[1] } else { embeddingSize }
    }
}

func requireHeads(_ heads: Int, divide size: Int) throws(ConfigurationError) {
    if size % heads != 0 { throw ConfigurationError("the heads must divide \(size) features, got \(heads)") }
}
