import TernCore
import TernLayers
import TernNN

/// What the layers of encoder and decoder have in common.
protocol TransformerLayer: RebuildableModule {
    var selfAttention: MultiheadAttention { get }
    var feedForward: FeedForward { get }
    var norm1: LayerNorm { get }
    var dropout1: Dropout { get }
    var normFirst: Bool { get }
}

extension TransformerLayer {
    /// What they keep in files.
    static func plan(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                Int, Int, Int, Double, TransformerActivation, Double, Bool, Bool, Bool
            ) -> Self
    ) -> Blueprint<Self> {
        Blueprint(
            shapes, .init("d_model", \.selfAttention.embeddingSize, in: .sizes),
            .init("nhead", \.selfAttention.heads, in: .sizes),
            .init("dim_feedforward", \.feedForward.linear1.outFeatures, in: .sizes),
            .init("dropout", \.dropout1.probability, in: 0...1), .init("activation", \.feedForward.activation),
            .init("layer_norm_eps", \.norm1.epsilon), .init("batch_first", \.selfAttention.batchFirst),
            .init("norm_first", \.normFirst), .init("bias", \.hasBias)
        ) { size, heads, feedForwardSize, dropout, activation, epsilon, batchFirst, normFirst, bias in
            try requireHeads(heads, divide: size)
            return make(size, heads, feedForwardSize, dropout, activation, epsilon, batchFirst, normFirst, bias)
        }
    }

    private var hasBias: Bool { norm1.bias != nil }
}
