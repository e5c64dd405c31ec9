import TernCore
import TernLayers
import TernNN

/// An encoder, and a decoder that looks at what the encoder made: Vaswani et al., "Attention is all you need", 2017. PyTorch's
/// `Transformer`. Embeddings, positions and the last linear layer are the user's.
///
/// ```swift
/// let transformer = Transformer(64, heads: 4, encoderLayers: 2, decoderLayers: 2, batchFirst: true)
/// transformer(source, target, targetIsCausal: true)
/// ```
///
/// Shapes, with `S` positions of the source and `T` of the target: [S, N, E] and [T, N, E] -> [T, N, E], or [N, S, E] and so on
/// if the batch comes first. Matrices start Xavier uniform.
public final class Transformer: Module {
    /// What reads the source.
    public let encoder: TransformerEncoder
    /// What reads the target and the encoder's output.
    public let decoder: TransformerDecoder

    /// The other parameters are those of ``TransformerEncoderLayer``.
    public init(
        _ modelSize: Int = 512, heads: Int = 8, encoderLayers: Int = 6, decoderLayers: Int = 6,
        feedForwardSize: Int = 2048, dropout: Double = 0.1, activation: TransformerActivation = .relu,
        layerNormEpsilon: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true
    ) {
        func norm() -> LayerNorm { LayerNorm(modelSize, epsilon: layerNormEpsilon, bias: bias) }
        encoder = TransformerEncoder(encoderLayers, norm: norm()) {
            TransformerEncoderLayer(
                modelSize, heads: heads, feedForwardSize: feedForwardSize, dropout: dropout, activation: activation,
                layerNormEpsilon: layerNormEpsilon, batchFirst: batchFirst, normFirst: normFirst, bias: bias)
        }
        decoder = TransformerDecoder(decoderLayers, norm: norm()) {
            TransformerDecoderLayer(
                modelSize, heads: heads, feedForwardSize: feedForwardSize, dropout: dropout, activation: activation,
                layerNormEpsilon: layerNormEpsilon, batchFirst: batchFirst, normFirst: normFirst, bias: bias)
        }
        let xavier = Initializer.xavierUniform()
        for parameter in parameters where parameter.shape.count > 1 { parameter.value = xavier(parameter.shape) }
    }

    private init(_ encoder: TransformerEncoder, _ decoder: TransformerDecoder) {
        (self.encoder, self.decoder) = (encoder, decoder)
    }

    /// What the module is called with, see
    /// ``callAsFunction(_:_:sourceMask:targetMask:memoryMask:sourceKeyPaddingMask:targetKeyPaddingMask:memoryKeyPaddingMask:sourceIsCausal:targetIsCausal:memoryIsCausal:)``.
    public struct Input {
        /// What the encoder reads.
        public var source: Tensor
        /// What the decoder reads.
        public var target: Tensor
        /// Of the source's attention on itself, see ``MultiheadAttention``.
        public var sourceMask: Tensor?
        /// Of the target's attention on itself.
        public var targetMask: Tensor?
        /// Of the target's attention on the encoder's output.
        public var memoryMask: Tensor?
        /// [N, S], `true` for positions of the source that are padding.
        public var sourceKeyPaddingMask: Tensor?
        /// [N, T], `true` for positions of the target that are padding.
        public var targetKeyPaddingMask: Tensor?
        /// [N, S], `true` for positions of the encoder's output that are padding.
        public var memoryKeyPaddingMask: Tensor?
        /// Whether a position of the source sees itself and those before it alone.
        public var sourceIsCausal: Bool
        /// Whether a position of the target sees itself and those before it alone.
        public var targetIsCausal: Bool
        /// Whether position `i` of the target sees the encoder's positions 0...i alone.
        public var memoryIsCausal: Bool

        /// - Parameters:
        ///   - source: what the encoder reads.
        ///   - target: what the decoder reads.
        ///   - sourceMask: of the source's attention on itself.
        ///   - targetMask: of the target's attention on itself.
        ///   - memoryMask: of the target's attention on the encoder's output.
        ///   - sourceKeyPaddingMask: [N, S], `true` for positions of the source that are padding.
        ///   - targetKeyPaddingMask: [N, T], `true` for positions of the target that are padding.
        ///   - memoryKeyPaddingMask: [N, S], `true` for positions of the encoder's output that are padding.
        ///   - sourceIsCausal: whether a position of the source sees itself and those before it alone.
        ///   - targetIsCausal: whether a position of the target sees itself and those before it alone.
        ///   - memoryIsCausal: whether position `i` of the target sees the encoder's positions 0...i alone.
        public init(
            _ source: Tensor, _ target: Tensor, sourceMask: Tensor? = nil, targetMask: Tensor? = nil,
            memoryMask: Tensor? = nil, sourceKeyPaddingMask: Tensor? = nil, targetKeyPaddingMask: Tensor? = nil,
            memoryKeyPaddingMask: Tensor? = nil, sourceIsCausal: Bool = false, targetIsCausal: Bool = false,
            memoryIsCausal: Bool = false
        ) {
            (self.source, self.target) = (source, target)
            (self.sourceMask, self.targetMask, self.memoryMask) = (sourceMask, targetMask, memoryMask)
            self.sourceKeyPaddingMask = sourceKeyPaddingMask
            self.targetKeyPaddingMask = targetKeyPaddingMask
            self.memoryKeyPaddingMask = memoryKeyPaddingMask
            self.sourceIsCausal = sourceIsCausal
            self.targetIsCausal = targetIsCausal
            self.memoryIsCausal = memoryIsCausal
        }
    }

    /// - Parameters:
    ///   - source: what the encoder reads.
    ///   - target: what the decoder reads.
    ///   - sourceMask: see ``MultiheadAttention``, as the other masks: of `bool`, `true` for what takes part (PyTorch
    ///     says the opposite).
    ///   - targetMask: of the target's attention on itself.
    ///   - memoryMask: of the target's attention on the encoder's output.
    ///   - sourceKeyPaddingMask: [N, S], `true` for padding, as in PyTorch; that of the memory is not taken from it.
    ///   - targetKeyPaddingMask: [N, T], `true` for positions of the target that are padding.
    ///   - memoryKeyPaddingMask: [N, S], `true` for positions of the encoder's output that are padding.
    ///   - sourceIsCausal: whether a position of the source sees itself and those before it alone.
    ///   - targetIsCausal: whether a position of the target sees itself and those before it alone.
    ///   - memoryIsCausal: whether position `i` of the target sees the encoder's positions 0...i alone.
    public func callAsFunction(
        _ source: Tensor, _ target: Tensor, sourceMask: Tensor? = nil, targetMask: Tensor? = nil,
        memoryMask: Tensor? = nil, sourceKeyPaddingMask: Tensor? = nil, targetKeyPaddingMask: Tensor? = nil,
        memoryKeyPaddingMask: Tensor? = nil, sourceIsCausal: Bool = false, targetIsCausal: Bool = false,
        memoryIsCausal: Bool = false
    ) -> Tensor {
        self(
            Input(
                source, target, sourceMask: sourceMask, targetMask: targetMask, memoryMask: memoryMask,
                sourceKeyPaddingMask: sourceKeyPaddingMask, targetKeyPaddingMask: targetKeyPaddingMask,
                memoryKeyPaddingMask: memoryKeyPaddingMask, sourceIsCausal: sourceIsCausal,
                targetIsCausal: targetIsCausal, memoryIsCausal: memoryIsCausal))
    }

    public func forward(_ input: Input) -> Tensor {
        let memory = encoder(
            input.source, mask: input.sourceMask, keyPaddingMask: input.sourceKeyPaddingMask,
            isCausal: input.sourceIsCausal)
        return decoder(
            input.target, memory, mask: input.targetMask, memoryMask: input.memoryMask,
            keyPaddingMask: input.targetKeyPaddingMask, memoryKeyPaddingMask: input.memoryKeyPaddingMask,
            isCausal: input.targetIsCausal, memoryIsCausal: input.memoryIsCausal)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("encoder", encoder)
        visitor.visit("decoder", decoder)
    }
}

extension Transformer: RebuildableModule {
    public static let blueprint = Blueprint<Transformer>(
        "[N, S, E], [N, T, E] -> [N, T, E]", .layer("encoder", \.encoder), .layer("decoder", \.decoder)
    ) { Transformer($0, $1) }
}
