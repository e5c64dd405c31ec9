import TernCore
import TernLayers
import TernNN

/// Layers of a transformer's encoder, one after the other, with a norm at the end if there is one. PyTorch's
/// `TransformerEncoder`.
///
/// ```swift
/// let encoder = TransformerEncoder(6, norm: LayerNorm(512)) { TransformerEncoderLayer(512, heads: 8, normFirst: true) }
/// encoder(x, keyPaddingMask: isPadding)
/// ```
///
/// Shapes: as those of its layers.
public final class TransformerEncoder: Module {
    /// The layers, from the source up.
    public let layers: [TransformerEncoderLayer]
    /// The norm of the last layer's output, if there is one.
    public let norm: LayerNorm?

    /// - Parameters:
    ///   - layers: at least one, each another object.
    ///   - norm: of the last layer's output, if given.
    public init(_ layers: [TransformerEncoderLayer], norm: LayerNorm? = nil) {
        self.layers = layers
        self.norm = norm
    }

    /// - Parameters:
    ///   - count: how many layers.
    ///   - norm: of the last layer's output, if given.
    ///   - layer: makes one of the layers; each is another one.
    public convenience init(_ count: Int, norm: LayerNorm? = nil, _ layer: () -> TransformerEncoderLayer) {
        if count < 0 { mistake("TransformerEncoder", "expects at least 0 layers, got \(count)") }
        self.init((0..<count).map { _ in layer() }, norm: norm)
    }

    /// The parameters are those of ``MultiheadAttention/callAsFunction(_:mask:keyPaddingMask:isCausal:)``.
    public func callAsFunction(
        _ source: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false
    ) -> Tensor {
        self(
            TransformerEncoderLayer.Input(source, mask: mask, keyPaddingMask: keyPaddingMask, isCausal: isCausal))
    }

    public func forward(_ input: TransformerEncoderLayer.Input) -> Tensor {
        var input = input
        for layer in layers { input.source = layer(input) }
        return norm.map { $0(input.source) } ?? input.source
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("layers", layers)
        visitor.visit("norm", norm)
    }
}

extension TransformerEncoder: RebuildableModule {
    public static let blueprint = Blueprint<TransformerEncoder>(
        "[N, L, E] -> [N, L, E]", .layers("layers", \.layers), .optionalLayer("norm", \.norm),
        make: TransformerEncoder.init(_:norm:))
}
