import TernCore
import TernLayers
import TernNN

/// Attention on itself and a small network at each position, each with a way around it: Vaswani et al., "Attention is all you
/// need", 2017. PyTorch's `TransformerEncoderLayer`.
///
/// `x = norm1(x + selfAttention(x))`, `x = norm2(x + linear2(activation(linear1(x))))`; with the norms first
/// `x = x + selfAttention(norm1(x))`, `x = x + linear2(activation(linear1(norm2(x))))`. In training, dropout follows the
/// attention's weights, the activation and both sub-layers.
///
/// ```swift
/// let layer = TransformerEncoderLayer(64, heads: 4, batchFirst: true)
/// layer(x, keyPaddingMask: isPadding)
/// ```
///
/// Shapes: as those of ``MultiheadAttention``: [L, N, E] -> [L, N, E], or [N, L, E] if the batch comes first.
public final class TransformerEncoderLayer: Module {
    let selfAttention: MultiheadAttention
    let feedForward: FeedForward
    let norm1, norm2: LayerNorm
    let dropout1, dropout2: Dropout
    /// Whether the norms stand before the sub-layers, and not behind what is added.
    public let normFirst: Bool

    /// - Parameters:
    ///   - modelSize: the features of each position.
    ///   - heads: a divisor of `modelSize`.
    ///   - feedForwardSize: the features inside the small network.
    ///   - dropout: the probability of dropout in training.
    ///   - activation: inside the small network.
    ///   - layerNormEpsilon: added to the variance in the norms.
    ///   - batchFirst: whether the batch is the first axis, [N, S, E], and not the second one.
    ///   - normFirst: whether the norms stand before the sub-layers, and not behind what is added.
    ///   - bias: whether the linear layers and norms have biases.
    public init(
        _ modelSize: Int, heads: Int, feedForwardSize: Int = 2048, dropout: Double = 0.1,
        activation: TransformerActivation = .relu, layerNormEpsilon: Double = 1e-5, batchFirst: Bool = false,
        normFirst: Bool = false, bias: Bool = true
    ) {
        selfAttention = MultiheadAttention(
            modelSize, heads: heads, dropout: dropout, bias: bias, batchFirst: batchFirst)
        feedForward = FeedForward(modelSize, feedForwardSize, dropout, activation, bias: bias)
        norm1 = LayerNorm(modelSize, epsilon: layerNormEpsilon, bias: bias)
        norm2 = LayerNorm(modelSize, epsilon: layerNormEpsilon, bias: bias)
        (dropout1, dropout2) = (Dropout(dropout), Dropout(dropout))
        self.normFirst = normFirst
    }

    /// What the module is called with, see ``callAsFunction(_:mask:keyPaddingMask:isCausal:)``.
    public struct Input {
        /// What the layer reads, and adds to.
        public var source: Tensor
        /// Of the source's attention on itself, see ``MultiheadAttention``.
        public var mask: Tensor?
        /// [N, S], `true` for positions that are padding.
        public var keyPaddingMask: Tensor?
        /// Whether a position sees itself and those before it alone.
        public var isCausal: Bool

        /// - Parameters:
        ///   - source: what the layer reads, and adds to.
        ///   - mask: of the source's attention on itself, see ``MultiheadAttention``.
        ///   - keyPaddingMask: [N, S], `true` for positions that are padding.
        ///   - isCausal: whether a position sees itself and those before it alone.
        public init(_ source: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false) {
            (self.source, self.mask, self.keyPaddingMask, self.isCausal) = (source, mask, keyPaddingMask, isCausal)
        }
    }

    /// The parameters are those of ``MultiheadAttention/callAsFunction(_:mask:keyPaddingMask:isCausal:)``.
    public func callAsFunction(
        _ source: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false
    ) -> Tensor {
        self(Input(source, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal))
    }

    public func forward(_ input: Input) -> Tensor {
        func attended(_ x: Tensor) -> Tensor {
            dropout1(
                selfAttention(
                    x, mask: input.mask, keyPaddingMask: input.keyPaddingMask, isCausal: input.isCausal))
        }
        var x = input.source
        if normFirst {
            x = x + attended(norm1(x))
            return x + dropout2(feedForward(norm2(x)))
        }
        x = norm1(x + attended(x))
        return norm2(x + dropout2(feedForward(x)))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("self_attn", selfAttention)
        feedForward.visitParts(&visitor)
        visitor.visit("norm1", norm1)
        visitor.visit("norm2", norm2)
        visitor.visit("dropout1", dropout1)
        visitor.visit("dropout2", dropout2)
    }

    public var settingsDescription: String { normFirst ? "norm_first=True" : "" }
}

extension TransformerEncoderLayer: TransformerLayer {
    public static let blueprint = plan("[N, L, E] -> [N, L, E]") {
        TransformerEncoderLayer(
            $0, heads: $1, feedForwardSize: $2, dropout: $3, activation: $4, layerNormEpsilon: $5, batchFirst: $6,
            normFirst: $7, bias: $8)
    }
}
