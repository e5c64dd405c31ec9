import TernCore
import TernLayers
import TernNN

/// A block of a decoder that looks at what came before: `x = x + attention(norm1(x))`, `x = x + down(gelu(up(norm2(x))))`.
/// Radford et al., "Language models are unsupervised multitask learners", 2019 (GPT-2); the GELU is the one with a tanh.
///
/// Shapes, with `N` batch, `T` positions and `E` features: [N, T, E] -> [N, T, E]. `qkv` is a linear layer to 3 E features,
/// queries, keys and values.
public final class GPTBlock: Module {
    let norm1, norm2: LayerNorm
    let queryKeyValue, output, up, down: Linear
    let dropout1, dropout2: Dropout
    /// How many heads attention has.
    public let heads: Int

    /// - Parameters:
    ///   - modelSize: the features of each position.
    ///   - heads: a divisor of `modelSize`.
    ///   - feedForwardSize: `4 * modelSize` if absent.
    ///   - dropout: after both parts, in training.
    ///   - bias: whether the linear layers and norms have biases.
    public init(
        _ modelSize: Int, heads: Int, feedForwardSize: Int? = nil, dropout: Double = 0, bias: Bool = true
    ) {
        if heads < 1 || modelSize % heads != 0 {
            mistake("GPTBlock", "heads must divide modelSize \(modelSize), got \(heads)")
        }
        self.heads = heads
        (norm1, norm2) = (LayerNorm(modelSize, bias: bias), LayerNorm(modelSize, bias: bias))
        queryKeyValue = Linear(modelSize, 3 * modelSize, bias: bias)
        output = Linear(modelSize, modelSize, bias: bias)
        up = Linear(modelSize, feedForwardSize ?? 4 * modelSize, bias: bias)
        down = Linear(feedForwardSize ?? 4 * modelSize, modelSize, bias: bias)
        (dropout1, dropout2) = (Dropout(dropout), Dropout(dropout))
    }

    /// What the module is called with.
    public struct Input {
        /// The features of each position, [N, T, E].
        public var x: Tensor
        /// Keys and values of the positions before those of `x`, which the call takes up.
        public var cache: KeyValueCache?
        /// The block's place in its model, and so in the cache.
        public var layer: Int

        /// - Parameters:
        ///   - x: [N, T, E].
        ///   - cache: of the positions before those of `x`.
        ///   - layer: the block's place in the cache.
        public init(_ x: Tensor, cache: KeyValueCache? = nil, layer: Int = 0) {
            (self.x, self.cache, self.layer) = (x, cache, layer)
        }
    }

    /// - Parameters:
    ///   - x: [N, T, E].
    ///   - cache: of the positions before those of `x`, which it takes up.
    ///   - layer: the block's place in the cache.
    public func callAsFunction(_ x: Tensor, cache: KeyValueCache? = nil, layer: Int = 0) -> Tensor {
        self(Input(x, cache: cache, layer: layer))
    }

    public func forward(_ input: Input) -> Tensor {
        let x = input.x
        if x.rank != 3 { mistake("GPTBlock", "expects an input [N, T, E], got \(x.shape)") }
        let (batch, length, size) = (x.shape[0], x.shape[1], x.shape[2])
        let projected = queryKeyValue(norm1(x))
        let attended: Tensor
        if let cache = input.cache {
            let parts = projected.reshaped([batch, length, 3, heads, size / heads]).permuted([2, 0, 3, 1, 4])
            let before = cache.count
            let (keys, values) = cache.extend(input.layer, parts[1], parts[2])
            // One query after others sees everything, and needs no mask.
            let mask =
                before > 0 && length > 1
                ? Tensor.ones([length, before + length], dtype: .bool).lowerTriangle(diagonal: before) : nil
            attended = scaledDotProductAttention(parts[0], keys, values, mask: mask, isCausal: before == 0)
                .transposed(1, 2).reshaped([batch, length, size])
        } else {
            attended = selfAttention(projected, heads: heads, isCausal: true)
        }
        let y = x + dropout1(output(attended))
        return y + dropout2(down(gelu(up(norm2(y)), approximation: .tanh)))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("norm1", norm1)
        visitor.visit("qkv", queryKeyValue)
        visitor.visit("out", output)
        visitor.visit("dropout1", dropout1)
        visitor.visit("norm2", norm2)
        visitor.visit("up", up)
        visitor.visit("down", down)
        visitor.visit("dropout2", dropout2)
    }

    public var settingsDescription: String { "heads=\(heads)" }
}

extension GPTBlock: RebuildableModule {
    public static let blueprint = Blueprint<GPTBlock>(
        "[N, T, E] -> [N, T, E]", .init("n_embd", \.queryKeyValue.inFeatures, in: .sizes),
        .init("n_head", \.heads, in: .sizes), .init("n_inner", \.up.outFeatures, in: .sizes),
        .init("dropout", \.dropout1.probability, in: 0...1), .init("bias", \.hasBias)
    ) { size, heads, feedForwardSize, dropout, bias in
        try requireHeads(heads, divide: size)
        return GPTBlock(size, heads: heads, feedForwardSize: feedForwardSize, dropout: dropout, bias: bias)
    }

    var hasBias: Bool { norm1.bias != nil }
}
