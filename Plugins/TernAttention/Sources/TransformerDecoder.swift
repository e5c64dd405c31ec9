import TernCore
import TernLayers
import TernNN

/// Layers of a transformer's decoder, one after the other, with a norm at the end if there is one. PyTorch's
/// `TransformerDecoder`.
///
/// Shapes: as those of its layers.
public final class TransformerDecoder: Module {
    /// The layers, from the target up.
    public let layers: [TransformerDecoderLayer]
    /// The norm of the last layer's output, if there is one.
    public let norm: LayerNorm?

    /// - Parameters:
    ///   - layers: at least one, each another object.
    ///   - norm: of the last layer's output, if given.
    public init(_ layers: [TransformerDecoderLayer], norm: LayerNorm? = nil) {
        self.layers = layers
        self.norm = norm
    }

    /// - Parameters:
    ///   - count: how many layers.
    ///   - norm: of the last layer's output, if given.
    ///   - layer: makes one of the layers; each is another one.
    public convenience init(_ count: Int, norm: LayerNorm? = nil, _ layer: () -> TransformerDecoderLayer) {
        if count < 0 { mistake("TransformerDecoder", "expects at least 0 layers, got \(count)") }
        self.init((0..<count).map { _ in layer() }, norm: norm)
    }

    /// The parameters are those of
    /// ``TransformerDecoderLayer/callAsFunction(_:_:mask:memoryMask:keyPaddingMask:memoryKeyPaddingMask:isCausal:memoryIsCausal:)``.
    public func callAsFunction(
        _ target: Tensor, _ memory: Tensor, mask: Tensor? = nil, memoryMask: Tensor? = nil,
        keyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, isCausal: Bool = false,
        memoryIsCausal: Bool = false
    ) -> Tensor {
        self(
            TransformerDecoderLayer.Input(
                target, memory, mask: mask, memoryMask: memoryMask, keyPaddingMask: keyPaddingMask,
                memoryKeyPaddingMask: memoryKeyPaddingMask, isCausal: isCausal, memoryIsCausal: memoryIsCausal))
    }

    public func forward(_ input: TransformerDecoderLayer.Input) -> Tensor {
        var input = input
        for layer in layers { input.target = layer(input) }
        return norm.map { $0(input.target) } ?? input.target
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("layers", layers)
        visitor.visit("norm", norm)
    }
}

extension TransformerDecoder: RebuildableModule {
    public static let blueprint = Blueprint<TransformerDecoder>(
        "[N, L, E], [N, S, E] -> [N, L, E]", .layers("layers", \.layers), .optionalLayer("norm", \.norm),
        make: TransformerDecoder.init(_:norm:))
}
