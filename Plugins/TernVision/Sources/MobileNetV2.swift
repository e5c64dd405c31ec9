import TernCore
import TernLayers
import TernNN

/// Depthwise convolutions between two 1 x 1, the last of them linear, with a way around where shapes allow: Sandler et al.,
/// "MobileNetV2: inverted residuals and linear bottlenecks", 2018. torchvision's `MobileNetV2`, whose state dictionaries load;
/// 3.5 million parameters with 1000 classes.
///
/// Shapes, with `N` batch and `C` classes: images [N, 3, H, W] -> logits [N, C]. Convolutions start normal with variance
/// `2 / (outputs * kernel area)`, the linear layer normal with deviation 0.01.
public final class MobileNetV2: Module {
    let features, classifier: Sequential
    /// The channels' share of those of the paper.
    public let widthMultiplier: Double

    /// - Parameters:
    ///   - classes: the number of outputs.
    ///   - widthMultiplier: the channels' share of those of the paper, in 0.01...100; the nearest multiples of 8 are
    ///     taken. torchvision's `width_mult`.
    ///   - dropout: before the linear layer.
    public init(classes: Int = 1000, widthMultiplier: Double = 1, dropout: Double = 0.2) {
        checkClasses(classes, "MobileNetV2")
        if !(0.01...100).contains(widthMultiplier) {
            mistake("MobileNetV2", "widthMultiplier must be in 0.01...100, got \(widthMultiplier)")
        }
        self.widthMultiplier = widthMultiplier
        /// A multiple of 8 that is not below nine tenths of what the multiplier gives.
        func width(_ channels: Int, _ factor: Double = widthMultiplier) -> Int {
            let wanted = Double(channels) * factor
            let nearest = max(8, Int(wanted + 4) / 8 * 8)
            return Double(nearest) < 0.9 * wanted ? nearest + 8 : nearest
        }
        var inputs = width(32)
        var layers: [Sequential.Layer] = [normalized(3, inputs, stride: 2, ReLU6())]
        let stages: [(expansion: Int, outputs: Int, count: Int, stride: Int)] = [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
            (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ]
        for stage in stages {
            for index in 0..<stage.count {
                let outputs = width(stage.outputs)
                layers.append(
                    InvertedResidual(
                        inputs, outputs, expansion: stage.expansion, stride: index == 0 ? stage.stride : 1))
                inputs = outputs
            }
        }
        let last = width(1280, max(1, widthMultiplier))
        layers.append(normalized(inputs, last, 1, ReLU6()))
        features = Sequential(layers)
        classifier = Sequential {
            Dropout(dropout)
            Linear(
                last, classes, weightInitializer: .normal(standardDeviation: 0.01), biasInitializer: .zeros)
        }
    }

    public func forward(_ images: Tensor) -> Tensor {
        checkImages(images, "MobileNetV2")
        return classifier(features(images).mean(axes: [2, 3]))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("features", features)
        visitor.visit("classifier", classifier)
    }
}

/// A block of ``MobileNetV2``: more channels, a depthwise convolution, fewer channels.
final class InvertedResidual: Module {
    private let layers: Sequential
    private let isResidual: Bool

    init(_ inputs: Int, _ outputs: Int, expansion: Int, stride: Int) {
        let inner = inputs * expansion
        layers = Sequential {
            if expansion != 1 { normalized(inputs, inner, 1, ReLU6()) }
            normalized(inner, inner, stride: stride, groups: inner, ReLU6())
            convolution(inner, outputs, 1)
            BatchNorm2d(outputs)
        }
        isResidual = stride == 1 && inputs == outputs
    }

    func forward(_ input: Tensor) -> Tensor { isResidual ? input + layers(input) : layers(input) }

    func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("conv", layers) }
}

extension MobileNetV2: RebuildableModule {
    public static let blueprint = Blueprint<MobileNetV2>(
        "[N, 3, H, W] -> [N, classes]", .init("num_classes", \.classifier.classes, in: .sizes),
        .init("width_mult", \.widthMultiplier, in: 0.01...100), .init("dropout", \.classifier.dropout, in: 0...1)
    ) { MobileNetV2(classes: $0, widthMultiplier: $1, dropout: $2) }
}
