import TernCore
import TernLayers
import TernNN

/// A language model that predicts each token from those before it: Radford et al., "Language models are unsupervised multitask
/// learners", 2019. Token and position embeddings, blocks (``GPTBlock``), a norm and a linear layer to the vocabulary.
///
/// ```swift
/// let model = GPT(vocabulary: 96, context: 128, modelSize: 128, heads: 4, layers: 4)
/// let logits = model(ids[.all, ..<(-1)])
/// let loss = crossEntropy(logits.flattened(to: 1), ids[.all, 1...].flattened())
///
/// model.eval()
/// let text = model.generate(after: prompt, count: 200, sampling: TokenSampling(temperature: 0.8, topK: 40))
/// ```
///
/// Shapes, with `N` batch, `T` positions, at most the context, and `V` tokens in the vocabulary: ids [N, T], integers ->
/// logits [N, T, V]. Weights of matrices and embeddings start normal with deviation 0.02, those at the end of a block with
/// 0.02 / sqrt(2 * layers), biases with 0.
public final class GPT: Module {
    /// The number of different tokens.
    public let vocabulary, context: Int
    let tokens, positions: Embedding
    /// The blocks, in the order in which they are passed.
    public let blocks: [GPTBlock]
    let dropout: Dropout
    let norm: LayerNorm
    let head: Linear

    /// - Parameters:
    ///   - vocabulary: the number of different tokens.
    ///   - context: the most positions that the model can look at.
    ///   - modelSize: the features of each position.
    ///   - heads: a divisor of `modelSize`.
    ///   - layers: how many blocks.
    ///   - dropout: of the embeddings, the attention's weights and both parts of each block, in training.
    ///   - bias: whether the blocks' linear layers and all norms have biases; the last linear layer has none.
    public init(
        vocabulary: Int, context: Int, modelSize: Int, heads: Int, layers: Int, dropout: Double = 0, bias: Bool = true
    ) {
        for (name, size) in [
            ("vocabulary", vocabulary), ("context", context), ("modelSize", modelSize), ("layers", layers),
        ] where size < 1 {
            mistake("GPT", "\(name) must be positive, got \(size)")
        }
        (self.vocabulary, self.context) = (vocabulary, context)
        let small = Initializer.normal(standardDeviation: 0.02)
        tokens = Embedding(vocabulary, modelSize, weightInitializer: small)
        positions = Embedding(context, modelSize, weightInitializer: small)
        blocks = (0..<layers).map { _ in GPTBlock(modelSize, heads: heads, dropout: dropout, bias: bias) }
        self.dropout = Dropout(dropout)
        norm = LayerNorm(modelSize, bias: bias)
        head = Linear(modelSize, vocabulary, bias: false, weightInitializer: small)
        let atEnd = Initializer.normal(standardDeviation: 0.02 / Double(2 * layers).squareRoot())
        for block in blocks {
            for layer in [block.queryKeyValue, block.up] { layer.weight.initialize(small) }
            for layer in [block.output, block.down] { layer.weight.initialize(atEnd) }
            for layer in [block.queryKeyValue, block.output, block.up, block.down] { layer.bias?.initialize(.zeros) }
        }
    }

    /// What the module is called with.
    public struct Input {
        /// The tokens, [N, T] integers.
        public var ids: Tensor
        /// Keys and values of the positions before those of `ids`, which the call takes up; `nil` for a whole sequence.
        public var cache: KeyValueCache?

        /// - Parameters:
        ///   - ids: [N, T], integers.
        ///   - cache: of the positions before those of `ids`.
        public init(_ ids: Tensor, cache: KeyValueCache? = nil) { (self.ids, self.cache) = (ids, cache) }
    }

    /// - Parameters:
    ///   - ids: [N, T], integers below `vocabulary`.
    ///   - cache: of the positions before those of `ids`, which it takes up.
    public func callAsFunction(_ ids: Tensor, cache: KeyValueCache? = nil) -> Tensor {
        self(Input(ids, cache: cache))
    }

    public func forward(_ input: Input) -> Tensor {
        let before = input.cache?.count ?? 0
        if input.ids.rank != 2 || before + input.ids.shape[1] > context {
            mistake(
                "GPT",
                "expects ids [N, T] of at most \(context) positions, got \(input.ids.shape)"
                    + (before > 0 ? " after \(before)" : ""))
        }
        let length = input.ids.shape[1]
        var x = dropout(tokens(input.ids) + positions(Tensor.arange(before, before + length)))
        for (layer, block) in blocks.enumerated() { x = block(x, cache: input.cache, layer: layer) }
        input.cache?.count += length
        return head(norm(x))
    }

    /// Tokens that follow a prompt, one by one, each drawn from what the model makes of all before it. In the model's
    /// own mode: call ``/TernNN/Module/eval()`` first. Beyond the context only the last tokens count, and each costs a
    /// whole pass.
    ///
    /// - Parameters:
    ///   - prompt: [N, T], integers; at least one position.
    ///   - count: the number of new tokens.
    ///   - sampling: how a token is drawn from the model's output.
    ///   - generator: this thread's default one if absent.
    ///   - body: called with the tokens [N] as they are drawn; `false` ends it there.
    /// - Returns: [N, T + count], the prompt first.
    public func generate(
        after prompt: Tensor, count: Int, sampling: TokenSampling = TokenSampling(), generator: Generator = .default,
        _ body: (_ tokens: Tensor) -> Bool = { _ in true }
    ) -> Tensor {
        if prompt.rank != 2 || prompt.shape[1] == 0 {
            mistake("GPT.generate", "expects a prompt [N, T] of at least one position, got \(prompt.shape)")
        }
        if count < 0 { mistake("GPT.generate", "count must be at least 0, got \(count)") }
        return withoutGradients {
            var ids = prompt.converted(to: .int64)
            var cache: KeyValueCache? = KeyValueCache(capacity: context)
            var next = ids
            for _ in 0..<count {
                if ids.shape[1] > context { cache = nil }
                if cache == nil || next.shape[1] > context { next = ids[.all, (-context)...] }
                let logits = self(next, cache: cache)[.all, -1]
                let drawn = sampling(logits, generator: generator)
                next = drawn.unsqueezed(axes: 1)
                ids = concatenated([ids, next], axis: 1)
                if !body(drawn) { break }
            }
            return ids
        }
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("tok", tokens)
        visitor.visit("pos", positions)
        visitor.visit("dropout", dropout)
        visitor.visit("blocks", blocks)
        visitor.visit("norm", norm)
        visitor.visit("head", head)
    }

    public var settingsDescription: String { "vocabulary=\(vocabulary), context=\(context)" }
}

extension GPT: RebuildableModule {
    public static let blueprint = Blueprint<GPT>(
        "[N, T] ids -> [N, T, vocabulary]", .init("vocab_size", \.vocabulary, in: .sizes),
        .init("n_positions", \.context, in: .sizes), .init("n_embd", \.head.inFeatures, in: .sizes),
        .init("n_head", \.blocks[0].heads, in: .sizes), .init("n_layer", \.blocks.count, in: .layerCounts),
        .init("dropout", \.dropout.probability, in: 0...1), .init("bias", \.blocks[0].hasBias)
    ) { vocabulary, context, size, heads, layers, dropout, bias in
        try requireHeads(heads, divide: size)
        return GPT(
            vocabulary: vocabulary, context: context, modelSize: size, heads: heads, layers: layers, dropout: dropout,
            bias: bias)
    }
}
