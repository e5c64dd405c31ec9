import TernNN

extension Catalogue {
    /// The layers of TernAttention: `Catalogue.register(.attention)`.
    public static let attention = Catalogue(
        GPT.self, GPTBlock.self, MultiheadAttention.self, Transformer.self, TransformerDecoder.self,
        TransformerDecoderLayer.self, TransformerEncoder.self, TransformerEncoderLayer.self)
}
