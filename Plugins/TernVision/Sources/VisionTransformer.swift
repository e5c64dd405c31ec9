import TernAttention
import TernCore
import TernLayers
import TernNN

/// A transformer over the patches of an image, and a first token whose result is classified: Dosovitskiy et al., "An image is worth
/// 16x16 words: transformers for image recognition at scale", 2020. torchvision's `VisionTransformer`, whose state dictionaries
/// load.
///
/// ```swift
/// let model = VisionTransformer(imageSize: 32, patchSize: 4, layers: 6, heads: 3, hiddenSize: 192, classes: 10)
/// ```
///
/// Shapes, with `N` batch and `C` classes: images [N, 3, S, S] of the one size -> logits [N, C]. Patches' projection starts
/// truncated normal with variance `1 / (3 * patch area)`, positions normal with deviation 0.02, the class token and the last layer
/// with 0.
public final class VisionTransformer: Module {
    /// The height and width of the images in pixels.
    public let imageSize, patchSize: Int
    let projection: Conv2d
    let classToken: Parameter
    let encoder: PatchEncoder
    let head: Linear

    /// - Parameters:
    ///   - imageSize: the height and width of the images in pixels.
    ///   - patchSize: a divisor of `imageSize`.
    ///   - layers: how many encoder layers.
    ///   - heads: a divisor of `hiddenSize`.
    ///   - hiddenSize: the features of each patch.
    ///   - feedForwardSize: `4 * hiddenSize` if absent.
    ///   - dropout: in the embedding and the layers, in training.
    ///   - attentionDropout: of the attention's weights, in training.
    ///   - classes: the number of outputs.
    public init(
        imageSize: Int, patchSize: Int, layers: Int, heads: Int, hiddenSize: Int, feedForwardSize: Int? = nil,
        dropout: Double = 0, attentionDropout: Double = 0, classes: Int = 1000
    ) {
        checkClasses(classes, "VisionTransformer")
        if patchSize < 1 || imageSize < 1 || imageSize % patchSize != 0 {
            mistake("VisionTransformer", "patchSize must divide imageSize \(imageSize), got \(patchSize)")
        }
        if layers < 1 { mistake("VisionTransformer", "layers must be positive, got \(layers)") }
        (self.imageSize, self.patchSize) = (imageSize, patchSize)
        let deviation = 1 / Double(3 * patchSize * patchSize).squareRoot()
        projection = Conv2d(
            3, hiddenSize, kernelSize: Size2d(patchSize), stride: Size2d(patchSize),
            weightInitializer: .truncatedNormal(standardDeviation: deviation, bound: 2), biasInitializer: .zeros)
        classToken = Parameter([1, 1, hiddenSize], .zeros)
        let patches = (imageSize / patchSize) * (imageSize / patchSize)
        encoder = PatchEncoder(
            positions: patches + 1, layers: layers, heads: heads, hiddenSize: hiddenSize,
            feedForwardSize: feedForwardSize ?? 4 * hiddenSize, dropout: dropout, attentionDropout: attentionDropout)
        head = Linear(hiddenSize, classes, weightInitializer: .zeros, biasInitializer: .zeros)
    }

    public func forward(_ images: Tensor) -> Tensor {
        if images.rank != 4 || Shape(images.shape.dropFirst()) != [3, imageSize, imageSize] {
            mistake(
                "VisionTransformer", "expects images [N, 3, \(imageSize), \(imageSize)], got \(images.shape)")
        }
        let patches = projection(images).flattened(from: 2).transposed()
        let token = classToken.value.expanded(to: [images.shape[0], 1, patches.shape[2]])
        return head(encoder(concatenated([token, patches], axis: 1))[.all, 0])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("class_token", classToken)
        visitor.visit("conv_proj", projection)
        visitor.visit("encoder", encoder)
        visitor.visit("heads.head", head)
    }

    public var settingsDescription: String { "image_size=\(imageSize), patch_size=\(patchSize)" }
}

/// Positions, blocks and a norm: [N, T, E] -> [N, T, E].
final class PatchEncoder: Module {
    private let positions: Parameter
    let dropout: Dropout
    let layers: [PatchBlock]
    private let norm: LayerNorm

    init(
        positions count: Int, layers: Int, heads: Int, hiddenSize: Int, feedForwardSize: Int, dropout: Double,
        attentionDropout: Double
    ) {
        positions = Parameter([1, count, hiddenSize], .normal(standardDeviation: 0.02))
        self.dropout = Dropout(dropout)
        self.layers = (0..<layers).map { _ in
            PatchBlock(hiddenSize, heads, feedForwardSize, dropout, attentionDropout)
        }
        norm = LayerNorm(hiddenSize, epsilon: 1e-6)
    }

    func forward(_ input: Tensor) -> Tensor {
        var x = dropout(input + positions.value)
        for layer in layers { x = layer(x) }
        return norm(x)
    }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("pos_embedding", positions)
        visitor.visit("dropout", dropout)
        for (index, layer) in layers.enumerated() { visitor.visit("layers.encoder_layer_\(index)", layer) }
        visitor.visit("ln", norm)
    }
}

/// `x = x + attention(ln_1(x))`, `x = x + mlp(ln_2(x))`.
final class PatchBlock: Module {
    private let norm1, norm2: LayerNorm
    let attention: MultiheadAttention
    private let dropout: Dropout
    let mlp: Sequential

    init(_ size: Int, _ heads: Int, _ feedForwardSize: Int, _ dropout: Double, _ attentionDropout: Double) {
        (norm1, norm2) = (LayerNorm(size, epsilon: 1e-6), LayerNorm(size, epsilon: 1e-6))
        attention = MultiheadAttention(size, heads: heads, dropout: attentionDropout, batchFirst: true)
        self.dropout = Dropout(dropout)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(
                inputs, outputs, weightInitializer: .xavierUniform(), biasInitializer: .normal(standardDeviation: 1e-6))
        }
        mlp = Sequential {
            linear(size, feedForwardSize)
            GELU()
            Dropout(dropout)
            linear(feedForwardSize, size)
            Dropout(dropout)
        }
    }

    func forward(_ input: Tensor) -> Tensor {
        let x = input + dropout(attention(norm1(input)))
        return x + mlp(norm2(x))
    }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("ln_1", norm1)
        visitor.visit("self_attention", attention)
        visitor.visit("dropout", dropout)
        visitor.visit("ln_2", norm2)
        visitor.visit("mlp", mlp)
    }
}

/// A ``VisionTransformer`` of 5.7 million parameters with 1000 classes: 192 features, 12 layers of 3 heads, patches of 16 x 16.
/// Touvron et al., "Training data-efficient image transformers", 2020; timm's `vit_tiny_patch16_224`.
public func vitTiny(imageSize: Int = 224, patchSize: Int = 16, dropout: Double = 0, classes: Int = 1000)
    -> VisionTransformer
{
    VisionTransformer(
        imageSize: imageSize, patchSize: patchSize, layers: 12, heads: 3, hiddenSize: 192, dropout: dropout,
        classes: classes)
}

/// A ``VisionTransformer`` of 22 million parameters with 1000 classes: 384 features, 12 layers of 6 heads, patches of 16 x 16.
/// timm's `vit_small_patch16_224`.
public func vitSmall(imageSize: Int = 224, patchSize: Int = 16, dropout: Double = 0, classes: Int = 1000)
    -> VisionTransformer
{
    VisionTransformer(
        imageSize: imageSize, patchSize: patchSize, layers: 12, heads: 6, hiddenSize: 384, dropout: dropout,
        classes: classes)
}

extension VisionTransformer: RebuildableModule {
    public static let blueprint = Blueprint<VisionTransformer>(
        "[N, 3, S, S] -> [N, classes]", .init("image_size", \.imageSize, in: .sizes),
        .init("patch_size", \.patchSize, in: .sizes), .init("num_layers", \.encoder.layers.count, in: .layerCounts),
        .init("num_heads", \.block.attention.heads, in: .sizes), .init("hidden_dim", \.head.inFeatures, in: .sizes),
        .init("mlp_dim", \.feedForwardSize, in: .sizes), .init("dropout", \.encoder.dropout.probability, in: 0...1),
        .init("attention_dropout", \.block.attention.dropout, in: 0...1),
        .init("num_classes", \.head.outFeatures, in: .sizes)
    ) { imageSize, patchSize, layers, heads, hiddenSize, feedForwardSize, dropout, attentionDropout, classes in
        if imageSize % patchSize != 0 || hiddenSize % heads != 0 {
            throw ConfigurationError(
                "patch_size must divide image_size and num_heads hidden_dim, got \(patchSize) and \(imageSize), "
                    + "\(heads) and \(hiddenSize)")
        }
        return VisionTransformer(
            imageSize: imageSize, patchSize: patchSize, layers: layers, heads: heads, hiddenSize: hiddenSize,
            feedForwardSize: feedForwardSize, dropout: dropout, attentionDropout: attentionDropout, classes: classes)
    }

    private var block: PatchBlock { encoder.layers[0] }
    private var feedForwardSize: Int { block.mlp.hiddenSize }
}
