import TernCore
import TernLayers
import TernNN

/// Attention on itself, attention on a memory, and a small network at each position, each with a way around it: Vaswani et
/// al., "Attention is all you need", 2017. PyTorch's `TransformerDecoderLayer`.
///
/// `x = norm1(x + selfAttention(x))`, `x = norm2(x + attention(x, memory))`, `x = norm3(x + linear2(activation(linear1(x))))`;
/// with the norms first they stand in front of each sub-layer instead.
///
/// ```swift
/// let layer = TransformerDecoderLayer(64, heads: 4, batchFirst: true)
/// layer(x, memory, isCausal: true)
/// ```
///
/// Shapes, with `T` positions of the target and `S` of the memory: [T, N, E] and [S, N, E] -> [T, N, E], or [N, T, E] and so on
/// if the batch comes first.
public final class TransformerDecoderLayer: Module {
    let selfAttention, memoryAttention: MultiheadAttention
    let feedForward: FeedForward
    let norm1, norm2, norm3: LayerNorm
    let dropout1, dropout2, dropout3: Dropout
    /// Whether the norms stand before the sub-layers, and not behind what is added.
    public let normFirst: Bool

    /// The parameters are those of ``TransformerEncoderLayer``.
    public init(
        _ modelSize: Int, heads: Int, feedForwardSize: Int = 2048, dropout: Double = 0.1,
        activation: TransformerActivation = .relu, layerNormEpsilon: Double = 1e-5, batchFirst: Bool = false,
        normFirst: Bool = false, bias: Bool = true
    ) {
        func attention() -> MultiheadAttention {
            MultiheadAttention(modelSize, heads: heads, dropout: dropout, bias: bias, batchFirst: batchFirst)
        }
        func norm() -> LayerNorm { LayerNorm(modelSize, epsilon: layerNormEpsilon, bias: bias) }
        (selfAttention, memoryAttention) = (attention(), attention())
        feedForward = FeedForward(modelSize, feedForwardSize, dropout, activation, bias: bias)
        (norm1, norm2, norm3) = (norm(), norm(), norm())
        (dropout1, dropout2, dropout3) = (Dropout(dropout), Dropout(dropout), Dropout(dropout))
        self.normFirst = normFirst
    }

    /// What the module is called with, see ``callAsFunction(_:_:mask:memoryMask:keyPaddingMask:memoryKeyPaddingMask:isCausal:memoryIsCausal:)``.
    public struct Input {
        /// What the layer reads, and adds to.
        public var target: Tensor
        /// The encoder's output.
        public var memory: Tensor
        /// Of the target's attention on itself, see ``MultiheadAttention``.
        public var mask: Tensor?
        /// Of the target's attention on the memory.
        public var memoryMask: Tensor?
        /// [N, T], `true` for positions of the target that are padding.
        public var keyPaddingMask: Tensor?
        /// [N, S], `true` for positions of the memory that are padding.
        public var memoryKeyPaddingMask: Tensor?
        /// Whether a position sees itself and those before it alone.
        public var isCausal: Bool
        /// Whether position `i` of the target sees the memory's positions 0...i alone.
        public var memoryIsCausal: Bool

        /// - Parameters:
        ///   - target: what the layer reads, and adds to.
        ///   - memory: the encoder's output.
        ///   - mask: of the target's attention on itself, see ``MultiheadAttention``.
        ///   - memoryMask: of the target's attention on the memory.
        ///   - keyPaddingMask: [N, T], `true` for positions of the target that are padding.
        ///   - memoryKeyPaddingMask: [N, S], `true` for positions of the memory that are padding.
        ///   - isCausal: whether a position sees itself and those before it alone.
        ///   - memoryIsCausal: whether position `i` of the target sees the memory's positions 0...i alone.
        public init(
            _ target: Tensor, _ memory: Tensor, mask: Tensor? = nil, memoryMask: Tensor? = nil,
            keyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, isCausal: Bool = false,
            memoryIsCausal: Bool = false
        ) {
            (self.target, self.memory, self.mask, self.memoryMask) = (target, memory, mask, memoryMask)
            (self.keyPaddingMask, self.memoryKeyPaddingMask) = (keyPaddingMask, memoryKeyPaddingMask)
            (self.isCausal, self.memoryIsCausal) = (isCausal, memoryIsCausal)
        }
    }

    /// - Parameters:
    ///   - target: what the layer reads, and adds to.
    ///   - memory: the encoder's output.
    ///   - mask: see ``MultiheadAttention``; of the target's attention on itself. PyTorch's `tgt_mask`, negated if of
    ///     `bool`.
    ///   - memoryMask: of the target's attention on the memory.
    ///   - keyPaddingMask: [N, T], `true` for positions of the target that are padding.
    ///   - memoryKeyPaddingMask: [N, S], `true` for positions of the memory that are padding.
    ///   - isCausal: a position sees itself and those before it.
    ///   - memoryIsCausal: whether position `i` of the target sees the memory's positions 0...i alone.
    public func callAsFunction(
        _ target: Tensor, _ memory: Tensor, mask: Tensor? = nil, memoryMask: Tensor? = nil,
        keyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, isCausal: Bool = false,
        memoryIsCausal: Bool = false
    ) -> Tensor {
        self(
            Input(
                target, memory, mask: mask, memoryMask: memoryMask, keyPaddingMask: keyPaddingMask,
                memoryKeyPaddingMask: memoryKeyPaddingMask, isCausal: isCausal, memoryIsCausal: memoryIsCausal))
    }

    public func forward(_ input: Input) -> Tensor {
        func onItself(_ x: Tensor) -> Tensor {
            dropout1(
                selfAttention(
                    x, mask: input.mask, keyPaddingMask: input.keyPaddingMask, isCausal: input.isCausal))
        }
        func onMemory(_ x: Tensor) -> Tensor {
            dropout2(
                memoryAttention(
                    x, input.memory, mask: input.memoryMask, keyPaddingMask: input.memoryKeyPaddingMask,
                    isCausal: input.memoryIsCausal))
        }
        var x = input.target
        if normFirst {
            x = x + onItself(norm1(x))
            x = x + onMemory(norm2(x))
            return x + dropout3(feedForward(norm3(x)))
        }
        x = norm1(x + onItself(x))
        x = norm2(x + onMemory(x))
        return norm3(x + dropout3(feedForward(x)))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("self_attn", selfAttention)
        visitor.visit("multihead_attn", memoryAttention)
        feedForward.visitParts(&visitor)
        for (index, norm) in [norm1, norm2, norm3].enumerated() { visitor.visit("norm\(index + 1)", norm) }
        for (index, dropout) in [dropout1, dropout2, dropout3].enumerated() {
            visitor.visit("dropout\(index + 1)", dropout)
        }
    }

    public var settingsDescription: String { normFirst ? "norm_first=True" : "" }
}

extension TransformerDecoderLayer: TransformerLayer {
    public static let blueprint = plan("[N, L, E], [N, S, E] -> [N, L, E]") {
        TransformerDecoderLayer(
            $0, heads: $1, feedForwardSize: $2, dropout: $3, activation: $4, layerNormEpsilon: $5, batchFirst: $6,
            normFirst: $7, bias: $8)
    }
}
